"""Figures as people read them: results are rounded here and nowhere else.

Percentages are whole numbers below 100 cases and stand beside their count; below 10 cases there is only the
count. Halves round up, so that 26 of 80 is 33%.
"""

import math

from auditflow.statistics.shapes import check_share

__all__ = [
    "FEW",
    "fraction_words",
    "grade_change",
    "grade_change_words",
    "nearest_words",
    "number",
    "percent",
    "plural",
    "points",
    "share",
    "signed",
]

FEW = 10  # below this many cases: counts only
_MANY = 100  # from this many: one decimal
_SMALL = 4  # counts up to this are not shown outside the service
_SAME = 5e-10

_SHARES = (
    (0.05, "about 1 in 20"),
    (0.1, "about 1 in 10"),
    (1 / 7, "about 1 in 7"),
    (0.2, "about 1 in 5"),
    (0.25, "about a quarter"),
    (1 / 3, "about 1 in 3"),
    (0.4, "about 2 in 5"),
    (0.5, "about half"),
    (0.6, "about 3 in 5"),
    (2 / 3, "about 2 in 3"),
    (0.75, "about three quarters"),
    (0.8, "about 4 in 5"),
    (0.9, "about 9 in 10"),
    (0.95, "about 19 in 20"),
)
_STEPS = (
    (0.1, "about a tenth of a grade"),
    (0.2, "about a fifth of a grade"),
    (0.25, "about a quarter of a grade"),
    (1 / 3, "about a third of a grade"),
    (0.4, "about two fifths of a grade"),
    (0.5, "about half a grade"),
    (0.6, "about three fifths of a grade"),
    (2 / 3, "about two thirds of a grade"),
    (0.75, "about three quarters of a grade"),
    (1.0, "about one grade"),
)


def number(value: float, decimals: int = 0) -> str:
    """A plain number for a sentence: "1,250", "0.3", "−0.1".

    Halves are rounded away from 0, and what rounds to 0 has no minus.
    """
    scale = 10**decimals
    whole = math.floor(abs(value) * scale + 0.5 + 1e-9)
    text = f"{whole / scale:,.{decimals}f}"
    return f"−{text}" if value < 0 and whole else text


def signed(value: float, decimals: int = 0) -> str:
    """The same with a plus before what rounds to more than 0."""
    text = number(value, decimals)
    return text if text[0] == "−" or not text.strip("0.,") else f"+{text}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun: "1 case", "2 cases"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(proportion: float, n: int) -> str:
    """A proportion of n cases as a percentage: whole below 100 cases, one decimal from there."""
    return f"{number(100 * proportion, 1 if n >= _MANY else 0)}%"


def share(x: int, n: int) -> str:
    """A count of cases with its percentage, "26 of 80 (33%)"; below 10 cases without, "3 of 8"."""
    check_share(x, n)
    return f"{x:,} of {n:,}" if n < FEW else f"{x:,} of {n:,} ({percent(x / n, n)})"


def points(difference: float, n: int) -> str:
    """A difference of two shares of n cases, in percentage points, without the word: "+20", "−3"."""
    return signed(100 * difference, 1 if n >= _MANY else 0)


def fraction_words(x: int, n: int) -> str:
    """A share of n ≥ 10 cases in everyday words, for readers outside the service.

    Counts of 4 or fewer, on either side, are never told apart.
    """
    check_share(x, n)
    if x <= _SMALL:
        return "very few or none"
    if n - x <= _SMALL:
        return "all or nearly all"
    return nearest_words(x / n)


def nearest_words(proportion: float) -> str:
    """A proportion in everyday words, whatever the counts behind it."""
    return min(_SHARES, key=lambda step: abs(step[0] - proportion))[1]


def grade_change(value: float, low: float | None = None, high: float | None = None) -> str:
    """A size in grades, with its interval: "0.3 of a grade (0.1 to 0.5)".

    One decimal, or two or three where fewer would show a 0 that is not 0.
    """
    sizes = [abs(figure) for figure in (value, low, high) if figure is not None and abs(figure) > _SAME]
    least = min(sizes, default=1.0)
    decimals = next((places for places in (1, 2) if least * 10**places >= 0.5), 3)
    text = f"{number(value, decimals)} of a grade"
    if low is None or high is None:
        return text
    return f"{text} ({number(low, decimals)} to {number(high, decimals)})"


def grade_change_words(value: float) -> str:
    """The size of a change in grades in everyday words: "about a fifth of a grade"."""
    size = abs(value)
    if size < 0.05:
        return "hardly at all"
    if size > 1.25:
        return f"about {number(size, 1)} grades"
    return "by " + min(_STEPS, key=lambda step: abs(step[0] - size))[1]
