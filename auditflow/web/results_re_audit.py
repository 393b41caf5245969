"""The page of a re-audit's results: what moved among the same cases, and what cannot be told of practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.reporting.result_words import GRADES, plural, points_words, reasons_words, share, share_words
from auditflow.statistics.sentences import when
from auditflow.statistics.wording import FEW
from auditflow.web.results_actions import action_rows
from auditflow.web.results_links import Links
from auditflow.web.results_page import Figures, shared_parts

WORST_FIRST = [grade.short_name for grade in Grade]
BEYOND_CHANCE = 0.05


def re_audit_page(results: Figures, links: Links, earlier: Sequence[Figures] = ()) -> dict[str, Any]:
    """Everything that the template of a re-audit shows; no p-value is among it."""
    moved = results["re_audit"]
    more = {} if moved["because_poor"] else _percentages(moved, links)
    shared = shared_parts(results, links, earlier)
    return {
        "moved": moved,
        "finding": moved["finding"],
        "bullets": _bullets(moved, links),
        "matrix_links": _matrix_links(links),
        "matrix_sums": _matrix_sums(links),
        "worst_first": WORST_FIRST,
        "lost_rows": _lost_rows(moved, links),
        "bars": [],
        "dots_up": [],
        "dots_chance": [],
        "action_rows": action_rows(moved, links),
        **more,
        **shared,
        "trust": [_same_person(moved, links), *shared["trust"]],
    }


def _same_person(moved: Figures, links: Links) -> dict[str, str]:
    """Whether anybody graded a case both times, which would say more of the person than of the practice."""
    count, key = moved["same_auditor"], "Same person twice"
    if not count:
        return {"key": key, "value": f"No case was audited by the person who audited it {when(moved['before'])}."}
    rest = ": nobody else could audit it. Left out of every figure of movement."
    return {"key": key, "value": links.words(plural(count, "case"), rest, group="same_auditor")}


def _percentages(moved: Figures, links: Links) -> dict[str, Any]:
    compared = [domain for domain in moved["domains"] if domain["pairs"]]
    beyond = [domain for domain in compared if domain["holm"] is not None and domain["holm"] < BEYOND_CHANCE]
    chance = [domain for domain in compared if domain not in beyond]
    return {
        "bars": [_bar(moved, "before"), _bar(moved, "after")] if moved["pairs"] else [],
        "dots_up": [_dots(domain) for domain in beyond],
        "dots_chance": [_dots(domain) for domain in chance],
        "domain_rows": [_domain_row(domain, domain in beyond, links) for domain in compared],
    }


def _bar(moved: Figures, which: str) -> dict[str, Any]:
    name, good = moved[which], moved[f"good_{which}"]
    counts = [moved[f"distribution_{which}"][grade] for grade in GRADES]
    heading = f"{name[:1].upper()}{name[1:]}: {share(good, moved['pairs'])} good or better"
    return {"label": name, "heading": heading, "counts": counts}


def _bullets(moved: Figures, links: Links) -> list[str]:
    """Good or better first, as description; then those lost, with what the figure would be at worst."""
    if moved["because_poor"]:
        return [moved["sentence"]]
    found = []
    if moved["pairs"]:
        found.append(_good_words(moved))
    if moved["lost"]:
        found.append(_lost_words(moved, links))
    if moved["same_auditor"]:
        rest = " had the same auditor both times, because nobody else could: left out of every figure of movement."
        found.append(links.words(plural(moved["same_auditor"], "case"), rest, group="same_auditor"))
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


def _lost_words(moved: Figures, links: Links) -> str:
    lost, cases, good = moved["lost"], moved["cases"] - moved["same_auditor"], moved["good_after"]
    rest = (
        f" {'was' if lost == 1 else 'were'} not re-audited. Even if none of them were good "
        f"or better now, it would be {share(good, cases)}, against {_before_all(moved)} {when(moved['before'])}."
    )
    return links.words(f"{lost} of the {cases} cases", rest, group="lost")


def _before_all(moved: Figures) -> str:
    cases = moved["cases"] - moved["same_auditor"]
    return share(moved["good_before"] + moved["lost_good_before"], cases)


def _matrix_links(links: Links) -> list[list[str]] | None:
    if not links.opens:
        return None
    return [[links.to(group="pairs", before=i, after=j) for j in range(1, 5)] for i in range(1, 5)]


def _matrix_sums(links: Links) -> dict[str, Any] | None:
    """The cases behind the sums of the matrix: of each row, of each column, and all of them."""
    if not links.opens:
        return None
    return {
        "rows": [links.to(group="pairs", before=i) for i in range(1, 5)],
        "columns": [links.to(group="pairs", after=j) for j in range(1, 5)],
        "all": links.to(group="pairs"),
    }


def _lost_rows(moved: Figures, links: Links) -> list[dict[str, Any]]:
    lost, cases = moved["lost"], moved["cases"] - moved["same_auditor"]
    rows: list[dict[str, Any]] = [{"key": "Not re-audited", "value": f"0 of {cases}"}]
    if lost:
        rest = f": {reasons_words(moved['lost_reasons'])}.{_lost_good_words(moved)}"
        rows[0]["value"] = links.words(f"{lost} of {cases}", rest, group="lost")
    if lost and not moved["because_poor"]:
        good = moved["good_after"]
        rows.append({"key": "If none were good now", "value": f"{share(good, cases)} good or better"})
        rows.append({"key": "If all were good now", "value": f"{share(good + lost, cases)} good or better"})
    rows.append({"key": "Replacements", "value": _replacements(moved, links)})
    return rows


def _lost_good_words(moved: Figures) -> str:
    if moved["because_poor"]:
        return ""
    good = moved["lost_good_before"]
    verb = "was" if good == 1 else "were"
    return f" {good} of the {moved['lost']} {verb} good or better {when(moved['before'])}."


def _replacements(moved: Figures, links: Links) -> str:
    count = moved["replacements"]
    if not count:
        return "None audited."
    rest = (
        f", in the order of the reserve. They have no grade {when(moved['before'])}, so they are in no "
        "before-and-after figure."
    )
    return links.words(f"{count} audited", rest, group="replaced")


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


def _domain_row(domain: Mapping[str, Any], beyond: bool, links: Links) -> list[Any]:
    n, title = domain["pairs"], domain["title"]

    def cell(name: str, hidden: str, **query: int) -> dict[str, Any]:
        count = domain[name]
        text = share_words(count, n) if name.startswith("good_") and count else count
        return links.cell(text, f"{hidden}, {title}", group="pairs", domain=domain["key"], **query)

    return [
        title,
        cell("pairs", "graded both times"),
        cell("good_before", "good or better before", was=1),
        cell("good_after", "good or better after", good=1),
        cell("became_good", "became good", was=0, good=1),
        cell("stopped_being_good", "stopped being good", was=1, good=0),
        "yes" if beyond else "could be chance",
    ]
