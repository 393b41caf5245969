"""What a board is shown of a round: a sentence, the counts of one picture, a caveat.

Fractions in words, no interval, no decimals, no team. A count that could point at single cases is not there at
all: neither the picture nor the sentence tells 0 from 4, or 4 short of all from all (none, or all, would tell of
every child in the sample).
"""

from datetime import date

from auditflow.statistics.claims import board_sentence
from auditflow.statistics.crossing import crossing
from auditflow.statistics.drift import DriftAdjusted
from auditflow.statistics.re_audit_summary import month_name
from auditflow.statistics.summary import weighted_share
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import FEW, fraction_words, nearest_words

__all__ = ["board_re_audit", "board_round"]


def board_round(estimate: Figures, record_date: date, *, threshold: int = 5) -> Figures:
    """A round by itself: how many of its random cases are good or better (figures of `published_estimate`).

    The fraction is the one of the headline for those who work with the figures. Where that is weighted, the counts of
    cases checked would show another one, so that there is no picture.
    """
    n, good = int(str(estimate["n"])), int(str(estimate["good"]))
    name = month_name(record_date)
    if n < FEW:
        return _board("Fewer than 10 cases were audited: too few to report.", [], n)
    interval = estimate["interval"]
    assert isinstance(interval, dict)
    if weighted_share(good, n, interval["value"]):
        return _weighted(name, estimate, float(interval["value"]), threshold)
    share = fraction_words(good, n)
    sentence = f"In {name} {share} of the cases we checked were good or better."
    return _board(sentence, [_bar(name, good, n)], n, threshold)


def _weighted(name: str, estimate: Figures, value: float, threshold: int) -> Figures:
    """Groups checked more often than others count for no more than their share of all cases."""
    n, good, strata = int(str(estimate["n"])), int(str(estimate["good"])), estimate["stratified"]
    assert isinstance(strata, dict)
    if _points_at_children(good, n, threshold):
        sentence = (
            f"In {name} too few of the cases we checked were on one side to say how many of all were good or better."
        )
        return _board(sentence, [], n, hidden=True)
    allowing = "Some kinds of case were checked more often than others, and this allows for it."
    cases = "cases" if strata["covered"] == strata["population"] else "cases in the groups we checked"
    return _board(f"In {name} {nearest_words(value)} of {cases} were good or better. {allowing}", [], n)


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


def _points_at_children(good: int, n: int, threshold: int) -> bool:
    return good < threshold or n - good < threshold


def _board(sentence: str, bars: list[Figures], n: int, threshold: int = 5, *, hidden: bool = False) -> Figures:
    small = [bar for bar in bars if _points_at_children(int(str(bar["good"])), int(str(bar["of"])), threshold)]
    if n >= FEW:
        caveat = (
            f"How any single team is doing: {n:,} cases are enough to speak about the service, and too few for a team."
        )
    else:
        caveat = "How any single team, or the service as a whole, is doing: there are too few cases."
    return {
        "sentence": sentence,
        "bars": [] if small else bars,
        "hidden": hidden or bool(small),
        "caveat": caveat,
        "cases": n if n >= FEW else None,
    }
