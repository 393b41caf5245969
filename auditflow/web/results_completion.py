"""Planned, done, late and exempt, and what these four leave open; whose work the audits are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.reporting.result_words import plural, reasons_words
from auditflow.web.results_links import Links, linked

Figures = Mapping[str, Any]


CAME_IN = {"census": "every case that the rules let in", "re_audit": "cases of the first audit"}
"""How the planned cases of a kind of round came in, where they were not drawn."""


def completion_figures(done: Figures, links: Links, kind: str) -> list[dict[str, Any]]:
    """The four figures, each with a link to its cases below it."""
    planned = CAME_IN.get(kind, "drawn for this round")
    return [
        _figure("Planned", done["planned"], planned, links.to(group="planned")),
        _figure("Done", done["done"], "agreed, or later", links.to()),
        _figure("Late", done["late"], "agreed after the end date", links.to(group="late")),
        _figure("Exempt", done["exempted"], "approved by the director", links.to(group="exempted")),
    ]


def _figure(label: str, value: int, note: str, href: str) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "href": href if value else ""}


def completion_words(done: Figures, links: Links, kind: str) -> list[str]:
    """What the four figures leave open, a sentence each, with a link to its cases.

    A census keeps no reserve, so nothing that left it is missing from it.
    """
    words, reserves = [], kind != "census"
    if done["removed"]:
        came_in = f" {plural(done['replacements'], 'reserve')} came in." if reserves else ""
        rest = f" removed: {reasons_words(done['removed_reasons'])}.{came_in}"
        words.append(links.words(plural(done["removed"], "case"), rest, group="removed"))
    if reserves and done["missing"] > 0:
        missing = plural(done["missing"], "case is", "cases are")
        words.append(links.words(missing, " missing: no reserve was left.", group="missing"))
    if done["exempted"]:
        words.append(f"Exempt: {reasons_words(done['exempted_reasons'])}.")
    if done["open"]:
        still = plural(done["open"], "case is", "cases are")
        words.append(links.words(still, " not agreed, and in no figure.", group="open"))
    if done["disputed"]:
        grades = plural(done["disputed"], "grade is", "grades are")
        words.append(links.words(grades, " published in dispute: the first grade stands.", group="disputed"))
    return words


def coverage_words(coverage: Figures | None, links: Links) -> list[str]:
    """How many workers have a case among the audits, and how many have none; nothing where the list names none."""
    if not coverage or not coverage["workers"]:
        return []
    covered, workers = coverage["covered"], coverage["workers"]
    page = "results_workers.results_workers_list"
    start = linked(
        f"{covered:,} of the {plural(workers, 'worker')}",
        links.page(page, show="covered") if covered else "",
        f" on the list {'has' if covered == 1 else 'have'} a case among the audits.",
    )
    without = workers - covered
    if not without or not links.opens:
        return [start]
    rest = f" {'has' if without == 1 else 'have'} none."
    return [start, linked(plural(without, "worker"), links.page(page, show="without"), rest)]


def loss_warning(done: Figures, kind: str) -> str:
    """What to remember when more than one case in ten was lost from the round; empty otherwise.

    Source: a loss rate above 10 % is stated beside every figure (docs/statistics.md, "From grades to results").
    """
    lost, planned = done["removed"] + done["exempted"], done["planned"]
    if 10 * lost <= planned:
        return ""
    drawn = "" if kind in CAME_IN else " drawn"
    return (
        f"{lost:,} of the {plural(planned, 'case')}{drawn} could not be audited, more than 1 in 10: "
        "the estimates are for cases that can be audited."
    )
