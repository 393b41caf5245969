"""The figures of `auditflow analyse` as a table for people; the sentence first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.wording import number, percent, signed

__all__ = ["agreement_text", "chart_text", "estimate_text", "movement_text"]

Figures = Mapping[str, Any]
_WHY = {
    "no_cases": "no cases",
    "no_pairs": "no case in both files",
    "no_population": "give --population",
    "no_strata": "give --stratum and --sizes",
    "groups_not_graded": "not every group has a graded case",
    "no_disagreement_seen": "no disagreement was seen, so that there is nothing to make a range from",
    "one_case_in_a_stratum": "a stratum with one case only: merge strata",
    "one_case": "one case only",
    "one_grade_only": "everyone used one grade",
    "every_pair_moved_one_way": "every pair moved one way",
    "too_few_pairs": "too few pairs",
    "too_few_bridge_cases": "too few records graded again",
    "no_variation": "no variation to judge by",
    "too_few_points": "too few points",
    "no_points": "no points",
}
_GRADES = [grade.short_name for grade in Grade]

_LEAST = 0.0005


def _lines(pairs: Sequence[tuple[str, str]]) -> str:
    width = max(len(label) for label, _ in pairs)
    return "\n".join(f"{label:<{width}}  {text}" for label, text in pairs)


def _why(figures: Figures) -> str:
    return f"– ({_WHY.get(str(figures.get('reason')), 'not defined')})"


def _between(figures: Figures, n: int, low: str = "low", high: str = "high") -> str:
    if figures[low] is None:
        return _why(figures)
    return f"{percent(figures[low], n)} to {percent(figures[high], n)}"


def _of_points(figures: Figures, name: str) -> str:
    return signed(100 * figures[name], 1)


def _plain(value: float | None, decimals: int = 3) -> str:
    return "–" if value is None else number(value, decimals)


def _p(value: float | None) -> str:
    """A probability, or “below 0.001”: none is nought."""
    return "below 0.001" if value is not None and value < _LEAST else _plain(value)


def grade_matrix(table: Sequence[Sequence[int]], corner: str) -> str:
    """A 4 × 4 table with its names."""
    left = max(map(len, [corner, *_GRADES]))
    head = f"{corner:<{left}}" + "".join(f"  {name:>{len(name)}}" for name in _GRADES)
    body = [
        f"{name:<{left}}" + "".join(f"  {count:>{len(column)}}" for count, column in zip(row, _GRADES, strict=True))
        for name, row in zip(_GRADES, table, strict=True)
    ]
    return "\n".join([head, *body])


def estimate_text(figures: Figures) -> str:
    """Good or better with its intervals, and the distribution."""
    n, finite, strata = figures["n"], figures["finite_population"], figures["stratified"]
    counted = _why(finite)
    if finite["count_low"] is not None:
        counted = f"{finite['count_low']:,} to {finite['count_high']:,} cases ({_between(finite, n)})"
    weighted = _why(strata)
    if strata["p"] is not None:
        weighted = f"{percent(strata['p'], n)} ({_between(strata, n)})"
    rows = [
        ("Cases graded", f"{n:,}"),
        ("Not applicable", f"{figures['not_applicable']:,}"),
        ("Good or better", f"{figures['good']:,}"),
        ("Wilson interval", _between(figures["wilson"], n)),
        ("Guaranteed interval", _between(figures["clopper_pearson"], n)),
        ("Of all eligible cases", counted),
        ("Weighted by stratum", weighted),
        *_uncovered(strata),
        *((name, f"{count:,}") for name, count in figures["distribution"].items()),
    ]
    return f"{figures['sentence']}\n\n{_lines(rows)}"


def _uncovered(strata: Figures) -> list[tuple[str, str]]:
    """How many eligible cases the estimate speaks of, where that is not all of them."""
    if strata.get("covered") == strata.get("population"):
        return []
    told = f"{strata['covered']:,} of {strata['population']:,}: the others are in groups without a graded case"
    return [("Eligible cases spoken of", told)]


def movement_text(figures: Figures) -> str:
    """What moved, the tests, the bounds, the drift check and the domains."""
    parts = [figures["sentence"], grade_matrix(figures["matrix"], "Before / after"), _lines(_movement_rows(figures))]
    if figures["drift"] is not None:
        parts.append(_lines(_drift_rows(figures["drift"])))
    if figures["domains"]:
        parts.append(_domain_table(figures["domains"]))
    return "\n\n".join(parts)


def _movement_rows(figures: Figures) -> list[tuple[str, str]]:
    change, bounds, margins = figures["change"], figures["bounds"], figures["marginal_homogeneity"]
    pairs = figures["pairs"]
    moved = _why(change)
    if change["difference"] is not None:
        ends = f"{_of_points(change, 'low')} to {_of_points(change, 'high')}"
        moved = f"{_of_points(change, 'difference')} points ({ends})"
    return [
        ("Pairs", f"{pairs:,} ({figures['lost']:,} lost, {figures['unpaired']:,} unpaired)"),
        ("Improved, same, declined", f"{figures['improved']:,}, {figures['same']:,}, {figures['declined']:,}"),
        ("Good or better", f"{figures['good_before']:,} before, {figures['good_after']:,} after"),
        ("Became good, stopped", f"{figures['became_good']:,}, {figures['stopped_being_good']:,}"),
        ("Change", moved),
        ("McNemar", f"mid-p {_p(figures['mcnemar']['mid_p'])}, exact {_p(figures['mcnemar']['exact'])}"),
        (
            "All grades",
            f"Stuart–Maxwell {_plain(margins['stuart'])} (df {margins['df']}, p {_p(margins['p_stuart'])})",
        ),
        ("Wilcoxon, sign test", f"p {_p(figures['wilcoxon']['p'])}, p {_p(figures['sign_test'])}"),
        ("If the lost are counted", _between(bounds, pairs, "after_low", "after_high") + " good or better"),
    ]


def _drift_rows(drift: Figures) -> list[tuple[str, str]]:
    def interval(name: str, low: str, high: str) -> str:
        if drift[name] is None or drift[low] is None:
            return f"{_plain(drift[name], 2)} {_why(drift)}"
        return f"{signed(drift[name], 2)} ({number(drift[low], 2)} to {number(drift[high], 2)})"

    return [
        ("Change in the score", interval("change", "change_low", "change_high")),
        ("Auditors’ drift", interval("drift", "drift_low", "drift_high")),
        ("Change adjusted", interval("adjusted", "low", "high")),
        ("Records graded again", f"{drift['bridge']:,} (without a pair: {drift['bridge_left_out']:,})"),
        ("Claim", str(drift["claim"]).replace("_", " ")),
    ]


def _domain_table(domains: Mapping[str, Figures]) -> str:
    width = max(map(len, [*domains, "Domain"]))
    head = f"{'Domain':<{width}}  Pairs  Before  After  Became  Stopped  mid-p  Holm"
    rows = [
        f"{name:<{width}}  {d['pairs']:>5}  {d['good_before']:>6}  {d['good_after']:>5}  {d['became_good']:>6}  "
        f"{d['stopped_being_good']:>7}  {_plain(d['mcnemar']['mid_p']):>5}  {_plain(d['holm']):>5}"
        for name, d in domains.items()
    ]
    return "\n".join([head, *rows])


def agreement_text(figures: Figures) -> str:
    """The table, the counts and the coefficients under each weighting."""
    shift = figures["shift"]
    rows = [
        ("Cases", f"{figures['n']:,}"),
        ("Same grade", f"{figures['exact']:,}"),
        ("Within one grade", f"{figures['adjacent']:,}"),
        *((f"{name.capitalize()} weights", _weighted(figures[name])) for name in ("identity", "linear", "quadratic")),
        ("Gwet, fairly confident", _range(figures["intervals"]["ac"])),
        ("Kappa, fairly confident", _range(figures["intervals"]["kappa"])),
        ("Krippendorff, ordinal", _plain(figures["krippendorff_ordinal"])),
        ("Second against first", f"{shift['raised']} higher, {shift['unchanged']} same, {shift['lowered']} lower"),
    ]
    return "\n\n".join([figures["sentence"], grade_matrix(figures["table"], "First / second"), _lines(rows)])


def _weighted(figures: Figures) -> str:
    if figures["pa"] is None:
        return _why(figures)
    kappa = (
        _why(figures) if figures["kappa"] is None else f"{_plain(figures['kappa'])} (se {_plain(figures['kappa_se'])})"
    )
    return f"Gwet {_plain(figures['ac'])} (se {_plain(figures['ac_se'])}), kappa {kappa}"


def _range(interval: Figures) -> str:
    if interval["low"] is None:
        return _why(interval)
    return f"{_plain(interval['low'])} to {_plain(interval['high'])}"


def chart_text(figures: Figures, periods: Sequence[str], values: Sequence[float | None]) -> str:
    """The sentence, the limits, and each point with its label."""
    width = max([len(period) for period in periods] or [0])
    points = [
        f"{period:<{width}}  {_plain(value):>10}  {str(label or 'no figure').replace('_', ' ')}"
        for period, value, label in zip(periods, values, figures["labels"], strict=True)
    ]
    icons = [(name.capitalize(), str(figures[name] or "–").replace("_", " ")) for name in ("variation", "assurance")]
    return "\n\n".join([figures["sentence"], "\n".join(points), _lines(icons)])
