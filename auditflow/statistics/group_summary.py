"""Groups of children side by side, pooled over rounds: a plain dictionary, as in `summary`.

The usual answer is that there are too few cases to compare; saying so is the point.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import combinations

from auditflow.statistics.estimates import wilson
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import FEW

__all__ = ["NOT_RECORDED", "group_summary"]

NOT_RECORDED = "Not recorded"
UNEVEN = "Not compared: some kinds of case were checked more often than others."
Counts = Mapping[str, Mapping[str, int]]


def group_summary(rounds: Iterable[Counts], *, uneven: bool = False) -> Figures:
    """One attribute over the rounds (the newest first): each group's counts, share and interval, and the sentence.

    `listed` and its share are of the newest round's list. Under 10 graded cases there are counts only; so there
    are where a round checked some kinds of case more often than others (`uneven`), for groups differ in their kinds.
    """
    rounds = list(rounds)
    names = sorted({name for counts in rounds for name in counts}, key=lambda name: (not name, name))
    newest = rounds[0] if rounds else {}
    everybody = sum(counts["listed"] for counts in newest.values())
    rows = [_row(name, rounds, newest.get(name, {}).get("listed", 0), everybody) for name in names]
    if uneven:
        rows = [{**row, "p": None, "low": None, "high": None, "reason": "uneven"} for row in rows]
    sentence = UNEVEN if uneven else _sentence(rows)
    return {"groups": rows, "n": sum(int(str(row["n"])) for row in rows), "sentence": sentence}


def _row(name: str, rounds: list[Counts], listed: int, everybody: int) -> Figures:
    n, good = (sum(counts.get(name, {}).get(key, 0) for counts in rounds) for key in ("n", "good"))
    enough = n >= FEW
    interval = asdict(wilson(good, n)) if enough else {"low": None, "high": None}
    return {
        "group": name or NOT_RECORDED,
        "listed": listed,
        "listed_share": listed / everybody if everybody else None,
        "n": n,
        "good": good,
        "p": good / n if enough else None,
        "low": interval["low"],
        "high": interval["high"],
        "reason": None if enough else "too_few_cases",
    }


def _sentence(rows: list[Figures]) -> str:
    told = [row for row in rows if row["p"] is not None and row["group"] != NOT_RECORDED]
    apart = [(one, other) for one, other in combinations(told, 2) if _apart(one, other)]
    if not apart:
        return "Too few to compare." if len(told) < 2 else "Too few to compare: the ranges overlap."
    low, high = sorted(apart[0], key=lambda row: float(str(row["p"])))
    return f"{high['group']} lies above {low['group']}, and their ranges do not overlap: look at why."


def _apart(one: Figures, other: Figures) -> bool:
    low, high = sorted((one, other), key=lambda row: float(str(row["p"])))
    return float(str(low["high"])) < float(str(high["low"]))
