"""The page of a round's results: the stored figures as charts, tables and sentences want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.reporting.result_words import (
    GRADE_KEYS,
    GRADES,
    plural,
    range_words,
    share,
    share_words,
)
from auditflow.statistics.summary import is_weighted
from auditflow.statistics.wording import FEW
from auditflow.web.results_agreement import agreement_part
from auditflow.web.results_completion import completion_figures, completion_words, coverage_words, loss_warning
from auditflow.web.results_draw import draw_codes, draw_words
from auditflow.web.results_estimate import estimate_notes
from auditflow.web.results_links import Links
from auditflow.web.results_trust import trust_rows

Figures = Mapping[str, Any]


def round_page(results: Figures, links: Links, *, teams: bool, earlier: Sequence[Figures] = ()) -> dict[str, Any]:
    """Everything that the template of a round by itself shows."""
    estimate, kind = results["estimate"], results["round"]["kind"]
    domains = [domain for domain in results["domains"] if domain["n"] or domain["not_applicable"]]
    more, weighted = shared_parts(results, links, earlier), is_weighted(estimate)
    beside = (*estimate_notes(results), loss_warning(results["completion"], kind), more["drawn"])
    return {
        "finding": estimate["sentence"],
        "bullets": [word for word in beside if word],
        "n": estimate["n"],
        "bars": [_bar(estimate)] if estimate["n"] else [],
        "bar_words": _bar_words(estimate),
        "grade_links": _grade_links(estimate, links),
        "domains": [_domain(domain, links, ranged=not weighted) for domain in domains],
        "ranges": sum(domain["n"] >= FEW for domain in domains),
        "weighted": weighted,
        "teams": [_team(team, links) for team in results["teams"]] if teams else [],
        **more,
    }


def shared_parts(results: Figures, links: Links, earlier: Sequence[Figures]) -> dict[str, Any]:
    """What the page of a round and of a re-audit have in common: the draw, completion, trust, added cases.

    `earlier` are the figures of agreement of the rounds before this one, newest first.
    """
    done, kind = results["completion"], results["round"]["kind"]
    return {
        "drawn": draw_words(results, links),
        "draw_codes": draw_codes(results),
        "figures": completion_figures(done, links, kind),
        "completion_words": [*completion_words(done, links, kind), *coverage_words(results.get("coverage"), links)],
        "trust": trust_rows(results, links),
        "agreement": agreement_part(results["agreement"], links, earlier) if links.opens else None,
    }


def _bar(estimate: Figures) -> dict[str, Any]:
    counts = [estimate["distribution"][grade] for grade in GRADES]
    heading = f"{share(estimate['good'], estimate['n'])} good or better"
    return {"label": "Cases", "heading": heading, "counts": counts}


def _bar_words(estimate: Figures) -> str:
    counts = [f"{estimate['distribution'][grade]} {grade}" for grade in GRADES]
    return f"Of {plural(estimate['n'], 'case')}: {', '.join(counts)}."


def _grade_links(estimate: Figures, links: Links) -> list[dict[str, Any]]:
    if not links.opens:
        return []
    return [
        {
            "text": f"{grade}: {plural(estimate['distribution'][grade], 'case')}",
            "href": links.to(grade=GRADE_KEYS[grade]),
        }
        for grade in GRADES
        if estimate["distribution"][grade]
    ]


def _domain(domain: Figures, links: Links, *, ranged: bool) -> list[Any]:
    n, good, key, title = domain["n"], domain["good"], domain["key"], domain["title"]
    return [
        title,
        links.cell(n, f"graded, {title}", domain=key),
        links.cell(share_words(good, n) if good else 0, f"good or better, {title}", domain=key, good=1),
        range_words(domain["wilson"], n) if ranged else "",
        links.cell(domain["not_applicable"], f"not applicable, {title}", domain=key, grade="none"),
    ]


def _team(team: Figures, links: Links) -> list[Any]:
    name, n = team["team"], team["n"]
    counts = [
        links.cell(team["distribution"][grade], f"{grade}, {name}", team=name, grade=GRADE_KEYS[grade])
        for grade in GRADES
    ]
    good = share_words(team["good"], n) if team["good"] else 0
    return [
        name,
        links.cell(n, f"cases, {name}", team=name),
        *counts,
        links.cell(good, f"good or better, {name}", team=name, good=1),
    ]
