"""Good or better, round by round: the published rounds of fresh random cases, with their ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from auditflow.models import AuditRound, RoundResult
from auditflow.statistics.summary import weighted_share
from auditflow.statistics.trend_summary import TrendPoint, trend_summary
from auditflow.statistics.wording import FEW, percent, share

FEWEST_SHOWN = 2
TICKS = [{"value": n, "text": f"{n}%" if n in {0, 50, 100} else ""} for n in (0, 25, 50, 75, 100)]


def trend_parts(
    rounds: Iterable[AuditRound], frozen: Mapping[int, RoundResult], titles: Mapping[int, tuple[str, str]]
) -> list[dict[str, Any]]:
    """One picture for each audit tool with at least two published rounds; `titles` by the tool's version.

    A re-audit looks at cases that were seen before, so it is in none of them. A census looks at every new case of a
    kind, which other cases than those of a sample are: the two are not compared.
    """
    found: dict[tuple[str, bool], list[tuple[AuditRound, RoundResult]]] = {}
    for row in sorted(rounds, key=lambda row: (row.record_date, row.id)):
        if row.id in frozen and row.baseline_id is None:
            key = titles[row.tool_version_id][0], row.kind == "census"
            found.setdefault(key, []).append((row, frozen[row.id]))
    newest = {key: title for key, title in titles.values()}
    return [
        _part(key, newest[key], made, census=census)
        for (key, census), made in found.items()
        if len(made) >= FEWEST_SHOWN
    ]


def _part(key: str, title: str, made: list[tuple[AuditRound, RoundResult]], *, census: bool) -> dict[str, Any]:
    figures = trend_summary([_point(row.name, result.results["estimate"]) for row, result in made])
    links = [url_for("results.results_show", round_id=row.id) for row, _ in made]
    points = figures["points"]
    assert isinstance(points, list)
    rows = [_row(point) | {"href": href} for point, href in zip(points, links, strict=True)]
    name = f"trend-{key}-census" if census else f"trend-{key}"
    title = f"{title}, every new case" if census else title
    return {"id": name, "title": title, "census": census, "sentence": figures["sentence"], "rows": rows}


def _point(name: str, estimate: Mapping[str, Any]) -> TrendPoint:
    shown = estimate.get("interval") or {**estimate["wilson"], "value": estimate["p"]}
    return TrendPoint(name, estimate["good"], estimate["n"], shown["value"], shown["low"], shown["high"])


def _row(point: Mapping[str, Any]) -> dict[str, Any]:
    n = point["n"]
    enough = n >= FEW and point["value"] is not None and point["low"] is not None
    value = point["value"]
    weighted = enough and weighted_share(point["good"], n, value)
    # Groups checked more often than others count for their share of all cases: the cases' own share is another one.
    words = f"{percent(value, n)} of all, {point['good']:,} of {n:,} checked" if weighted else share(point["good"], n)
    if enough:
        words += f", fairly confident {percent(point['low'], n)} to {percent(point['high'], n)}"
    figures = {name: 100 * point[name] if enough else None for name in ("value", "low", "high")}
    return {"label": point["name"], "text": words, "of": n, "strong": False, **figures}
