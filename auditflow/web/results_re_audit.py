"""The page of a re-audit's results: what moved among the same cases, and what cannot be told of practice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.reporting.result_words import GRADES, plural, points_words, reasons_words, share, share_words
from auditflow.statistics.sentences import when
from auditflow.statistics.wording import FEW
from auditflow.web.results_actions import action_rows
from auditflow.web.results_page import Figures, Links, shared_parts

WORST_FIRST = [grade.short_name for grade in Grade]
BEYOND_CHANCE = 0.05


def re_audit_page(results: Figures, links: Links, before_links: Links) -> dict[str, Any]:
    """Everything that the template of a re-audit shows; no p-value is among it."""
    moved = results["re_audit"]
    more = {} if moved["because_poor"] else _percentages(moved)
    return {
        "moved": moved,
        "finding": moved["finding"],
        "bullets": _bullets(moved),
        "matrix_links": _matrix_links(moved, links),
        "worst_first": WORST_FIRST,
        "lost_rows": _lost_rows(moved, links, before_links),
        "bars": [],
        "dots_up": [],
        "dots_chance": [],
        "action_rows": action_rows(moved),
        **more,
        **shared_parts(results, links),
    }


def _percentages(moved: Figures) -> dict[str, Any]:
    compared = [domain for domain in moved["domains"] if domain["pairs"]]
    beyond = [domain for domain in compared if domain["holm"] is not None and domain["holm"] < BEYOND_CHANCE]
    chance = [domain for domain in compared if domain not in beyond]
    return {
        "bars": [_bar(moved, "before"), _bar(moved, "after")] if moved["pairs"] else [],
        "dots_up": [_dots(domain) for domain in beyond],
        "dots_chance": [_dots(domain) for domain in chance],
        "domain_rows": [_domain_row(domain, domain in beyond) for domain in compared],
    }


def _bar(moved: Figures, which: str) -> dict[str, Any]:
    name, good = moved[which], moved[f"good_{which}"]
    counts = [moved[f"distribution_{which}"][grade] for grade in GRADES]
    heading = f"{name[:1].upper()}{name[1:]}: {share(good, moved['pairs'])} good or better"
    return {"label": name, "heading": heading, "counts": counts}


def _bullets(moved: Figures) -> list[str]:
    """Good or better first, as description; then those lost, with what the figure would be at worst."""
    if moved["because_poor"]:
        return [moved["sentence"]]
    found = []
    if moved["pairs"]:
        found.append(_good_words(moved))
    if moved["lost"]:
        found.append(_lost_words(moved))
    if moved["same_auditor"]:
        found.append(
            f"{plural(moved['same_auditor'], 'case')} had the same auditor both times, because nobody else could: "
            "left out of every figure of movement."
        )
    return found


def _good_words(moved: Figures) -> str:
    n, before, after = moved["pairs"], moved["good_before"], moved["good_after"]
    verb = "rose" if after > before else "fell" if after < before else "stayed the same,"
    change = moved["change"]
    start = f"Good or better {verb} from {before} to {after} of the same {plural(n, 'case')}"
    if verb.startswith("stayed"):
        start = f"Good or better stayed at {after} of the same {plural(n, 'case')}"
    if n < FEW or change["low"] is None:
        return f"{start}. This count is not adjusted for how the auditors graded."
    low, high = points_words(change["low"]), points_words(change["high"])
    size = f"{points_words(change['difference'])} points ({low} to {high})"
    return f"{start}: {size}. This count is not adjusted for how the auditors graded."


def _lost_words(moved: Figures) -> str:
    lost, cases, good = moved["lost"], moved["cases"] - moved["same_auditor"], moved["good_after"]
    return (
        f"{lost} of the {cases} cases {'was' if lost == 1 else 'were'} not re-audited. Even if none of them were good "
        f"or better now, it would be {share(good, cases)}, against {_before_all(moved)} {when(moved['before'])}."
    )


def _before_all(moved: Figures) -> str:
    cases = moved["cases"] - moved["same_auditor"]
    return share(moved["good_before"] + moved["lost_good_before"], cases)


def _matrix_links(moved: Figures, links: Links) -> list[list[str]] | None:
    if not links.opens:
        return None
    return [[links.to(group="pairs", before=i, after=j) for j in range(1, 5)] for i in range(1, 5)]


def _lost_rows(moved: Figures, links: Links, before_links: Links) -> list[dict[str, Any]]:
    lost, cases = moved["lost"], moved["cases"] - moved["same_auditor"]
    words = f"{lost} of {cases}"
    if lost:
        words += f": {reasons_words(moved['lost_reasons'])}."
        if not moved["because_poor"]:
            good = moved["lost_good_before"]
            words += f" {good} of the {lost} {'was' if good == 1 else 'were'} good or better {when(moved['before'])}."
    rows: list[dict[str, Any]] = [{"key": "Not re-audited", "value": words}]
    if links.opens and lost:
        rows[0]["actions"] = [{"text": "Open", "href": links.to(group="removed"), "hidden": "the removed cases"}]
    if lost and not moved["because_poor"]:
        good = moved["good_after"]
        rows.append({"key": "If none were good now", "value": f"{share(good, cases)} good or better"})
        rows.append({"key": "If all were good now", "value": f"{share(good + lost, cases)} good or better"})
    rows.append(_replacements(moved, links))
    return rows


def _replacements(moved: Figures, links: Links) -> dict[str, Any]:
    count = moved["replacements"]
    if not count:
        return {"key": "Replacements", "value": "None audited."}
    row: dict[str, Any] = {
        "key": "Replacements",
        "value": f"{count} audited, in the order of the reserve. They have no grade {when(moved['before'])}, so they "
        "are in no before-and-after figure.",
    }
    if links.opens:
        row["actions"] = [{"text": "Open", "href": links.to(group="replacements"), "hidden": "the replacements"}]
    return row


def _dots(domain: Mapping[str, Any]) -> dict[str, Any]:
    n = domain["pairs"]
    before, after = domain["good_before"], domain["good_after"]
    enough = n >= FEW
    return {
        "label": domain["title"],
        "text": f"{before} to {after} of {n}",
        "before": 100 * before / n if enough else None,
        "after": 100 * after / n if enough else None,
    }


def _domain_row(domain: Mapping[str, Any], beyond: bool) -> list[Any]:
    n = domain["pairs"]
    return [
        domain["title"],
        n,
        share_words(domain["good_before"], n),
        share_words(domain["good_after"], n),
        domain["became_good"],
        domain["stopped_being_good"],
        "yes" if beyond else "could be chance",
    ]
