"""The page of a round's results: the stored figures as charts, tables and sentences want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from auditflow.reporting.result_words import (
    GRADE_KEYS,
    GRADES,
    plural,
    range_words,
    reasons_words,
    share,
    share_words,
)
from auditflow.statistics.wording import FEW
from auditflow.web.results_agreement import agreement_part

Figures = Mapping[str, Any]


class Links:
    """Addresses of the cases behind a figure; none for those who may not open cases."""

    def __init__(self, round_id: int, opens: bool) -> None:
        self.round_id, self.opens = round_id, opens

    def to(self, **query: Any) -> str:
        """The list of these cases, or nothing."""
        return url_for("results_cases.results_cases_list", round_id=self.round_id, **query) if self.opens else ""

    def cell(self, count: int, hidden: str, **query: Any) -> dict[str, Any]:
        """A table's cell that opens its cases."""
        return {"text": count, "href": self.to(**query), "hidden": hidden}


def round_page(results: Figures, links: Links, *, teams: bool) -> dict[str, Any]:
    """Everything that the template of a round by itself shows."""
    estimate = results["estimate"]
    return {
        "finding": estimate["sentence"],
        "n": estimate["n"],
        "bars": [_bar(estimate)] if estimate["n"] else [],
        "bar_words": _bar_words(estimate),
        "grade_links": _grade_links(estimate, links),
        "domains": [_domain(domain, links) for domain in results["domains"] if domain["n"] or domain["not_applicable"]],
        "teams": [_team(team, links) for team in results["teams"]] if teams else [],
        **shared_parts(results, links),
    }


def shared_parts(results: Figures, links: Links) -> dict[str, Any]:
    """What the page of a round and of a re-audit have in common: completion, trust, added cases."""
    return {
        "figures": _figures(results["completion"], links),
        "completion_words": [*_completion_words(results["completion"]), *_coverage_words(results.get("coverage"))],
        "trust": _trust(results, links),
        "agreement": agreement_part(results["agreement"], links.to(group="double")) if links.opens else None,
        "discarded": results["round"]["discarded_draws"],
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


def _domain(domain: Figures, links: Links) -> list[Any]:
    n, good = domain["n"], domain["good"]
    title = domain["title"]
    return [
        title,
        links.cell(n, f"graded, {title}", domain=domain["key"]),
        {
            "text": share_words(good, n) if good else 0,
            "href": links.to(domain=domain["key"], good=1),
            "hidden": f"good or better, {title}",
        },
        range_words(domain["wilson"], n),
        domain["not_applicable"],
    ]


def _team(team: Figures, links: Links) -> list[Any]:
    name, n = team["team"], team["n"]
    counts = [
        links.cell(team["distribution"][grade], f"{grade}, {name}", team=name, grade=GRADE_KEYS[grade])
        for grade in GRADES
    ]
    good = share_words(team["good"], n) if n >= FEW else team["good"]
    return [name, links.cell(n, f"cases, {name}", team=name), *counts, good]


def _figures(done: Figures, links: Links) -> list[dict[str, Any]]:
    removed, late, exempt = done["removed"], done["late"], done["exempted"]
    return [
        _figure("Planned", done["planned"], f"{removed:,} removed", links.to(group="removed") if removed else ""),
        _figure("Done", done["done"], "agreed, or later", links.to() if done["done"] else ""),
        _figure("Late", late, "agreed after the end date", links.to(group="late") if late else ""),
        _figure("Exempt", exempt, "approved by the director", links.to(group="exempted") if exempt else ""),
    ]


def _figure(label: str, value: int, note: str, href: str) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "href": href}


def _completion_words(done: Figures) -> list[str]:
    """What the four figures leave open, a sentence each."""
    words = []
    if done["removed"]:
        words.append(
            f"Removed: {reasons_words(done['removed_reasons'])}. {plural(done['replacements'], 'reserve')} came in"
            + (f", and for {plural(done['missing'], 'case')} no reserve was left." if done["missing"] > 0 else ".")
        )
    if done["exempted"]:
        words.append(f"Exempt: {reasons_words(done['exempted_reasons'])}.")
    if done["open"]:
        words.append(f"{plural(done['open'], 'case is', 'cases are')} not agreed, and in no figure.")
    if done["disputed"]:
        words.append(
            f"{plural(done['disputed'], 'grade is', 'grades are')} published in dispute: the first grade stands."
        )
    return words


def _coverage_words(coverage: Figures | None) -> list[str]:
    """How many workers have a case among the audits; nothing where the list names none."""
    if not coverage or not coverage["workers"]:
        return []
    return [f"The cases are of {coverage['covered']:,} of the {plural(coverage['workers'], 'worker')} on the list."]


def _trust(results: Figures, links: Links) -> list[dict[str, Any]]:
    """How far to trust the grades: moderation, blind second grading, grades before moderation, added cases."""
    moved, agreed, added = results["moderation"], results["agreement"], results["added"]
    first = results["as_submitted"]
    rows: list[dict[str, Any]] = [{"key": "Moderation, chosen at random", "value": _moderation_words(moved)}]
    if moved["others"]:
        beside = (
            f"{plural(moved['others'], 'case')} with a reason to be moderated; {moved['others_changed']:,} changed."
        )
        rows.append({"key": "Moderation, for a reason", "value": beside})
    rows.append({"key": "Two auditors, blind", "value": agreed["sentence"]})
    if first["n"] and not results["round"]["selected_because_poor"]:
        rows.append({"key": "As first submitted", "value": f"{share(first['good'], first['n'])} good or better."})
    rows.append({"key": "Added by hand", "value": _added_words(added)})
    if links.opens and moved["n"]:
        rows[0]["actions"] = [{"text": "Open", "href": links.to(group="moderated"), "hidden": "the moderated cases"}]
    if links.opens and added["planned"]:
        rows[-1]["actions"] = [{"text": "Open", "href": links.to(group="added"), "hidden": "the added cases"}]
    return rows


def _moderation_words(moved: Figures) -> str:
    if not moved["n"]:
        return str(moved["sentence"])
    before, after = share(moved["good_before"], moved["n"]), share(moved["good_after"], moved["n"])
    shares = f"Good or better among them: {before} before, {after} after."
    return f"{moved['sentence']} {shares} Figures use the moderated grade."


def _added_words(added: Figures) -> str:
    if not added["planned"]:
        return "No case was added by hand."
    counted = ", ".join(f"{n} {grade}" for grade, n in added["distribution"].items() if n)
    graded = f"; {counted}" if counted else ""
    return f"{plural(added['planned'], 'added case')} (not random){graded}. Shown apart, and in no figure."
