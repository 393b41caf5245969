"""What a board is shown of a round: a sentence, the counts of one picture, a caveat.

Fractions in words, no interval, no decimals, no team. A count that could point at single cases is not there at
all: neither the picture nor the sentence tells 0 from 4, or 4 from 0 short of all.
"""

from auditflow.domain.graded import RoundGrades
from auditflow.statistics.claims import board_sentence
from auditflow.statistics.crossing import crossing
from auditflow.statistics.disclosure import hide_percentage
from auditflow.statistics.drift import DriftAdjusted
from auditflow.statistics.re_audit_summary import month_name
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import FEW, fraction_words

__all__ = ["board_re_audit", "board_round"]


def board_round(given: RoundGrades, *, threshold: int = 5) -> Figures:
    """A round by itself: how many of its random cases are good or better."""
    grades = [audit.published for audit in given.counted if audit.published is not None]
    n, good = len(grades), sum(grade.good_or_better for grade in grades)
    name = month_name(given.record_date)
    if n < FEW:
        return _board("Fewer than 10 cases were audited: too few to report.", [], n)
    share = fraction_words(good, n)
    sentence = f"In {name} {share} of the cases we checked were good or better."
    return _board(sentence, [_bar(name, good, n)], n, threshold)


def board_re_audit(figures: Figures, *, threshold: int = 5) -> Figures:
    """The same cases before and after (figures of `re_audit_summary`), and what can be told of practice."""
    names = (str(figures["before"]), str(figures["after"]))
    n = int(str(figures["pairs"]))
    if figures["because_poor"]:
        return _board(str(figures["finding"]), [], n)
    matrix, drift = figures["matrix"], figures["drift"]
    assert isinstance(matrix, list)
    crossed = crossing(matrix)
    adjusted = None
    if isinstance(drift, dict):
        adjusted = DriftAdjusted(**{name: value for name, value in drift.items() if name != "left_out"})
    sentence = board_sentence(crossed, adjusted, *names)
    if n < FEW:
        return _board(sentence, [], n)
    bars = [_bar(names[0], crossed.good_before, n), _bar(names[1], crossed.good_after, n)]
    return _board(sentence, bars, n, threshold)


def _bar(name: str, good: int, n: int) -> Figures:
    return {"label": name, "heading": f"{name}: {fraction_words(good, n)}", "good": good, "of": n}


def _board(sentence: str, bars: list[Figures], n: int, threshold: int = 5) -> Figures:
    small = [bar for bar in bars if hide_percentage(int(str(bar["good"])), int(str(bar["of"])), threshold)]
    if n >= FEW:
        caveat = (
            f"How any single team is doing: {n:,} cases are enough to speak about the service, and too few for a team."
        )
    else:
        caveat = "How any single team, or the service as a whole, is doing: there are too few cases."
    return {
        "sentence": sentence,
        "bars": [] if small else bars,
        "hidden": bool(small),
        "caveat": caveat,
        "cases": n if n >= FEW else None,
    }
