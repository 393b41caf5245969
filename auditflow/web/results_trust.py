"""How far to trust the grades: moderation, blind second grading, grades before moderation, added cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.reporting.result_words import plural, share
from auditflow.web.results_links import Links

Figures = Mapping[str, Any]
AS_SUBMITTED = "As first submitted"


def trust_rows(results: Figures, links: Links) -> list[dict[str, Any]]:
    """A row for each, the cases behind its first figure a link."""
    rows = [{"key": "Moderation, chosen at random", "value": _moderation(results["moderation"], links)}]
    if results["moderation"]["others"]:
        rows.append({"key": "Moderation, for a reason", "value": _others(results["moderation"], links)})
    rows.append({"key": "Two auditors, blind", "value": results["agreement"]["sentence"]})
    first = results["as_submitted"]
    if first["n"] and not results["round"]["selected_because_poor"]:
        good = share(first["good"], first["n"])
        value = (
            links.words(good, " good or better.", group="good_first") if first["good"] else f"{good} good or better."
        )
        rows.append({"key": AS_SUBMITTED, "value": value})
    rows.append({"key": "Added by hand", "value": _added(results["added"], links)})
    return rows


def _moderation(moved: Figures, links: Links) -> str:
    if not moved["n"]:
        return str(moved["sentence"])
    before, after = share(moved["good_before"], moved["n"]), share(moved["good_after"], moved["n"])
    shares = f"Good or better among them: {before} before, {after} after."
    # The sentence is one that the command line says too; its number of cases is what can be opened.
    cases = plural(moved["n"], "case")
    start, _, rest = str(moved["sentence"]).partition(f" of {cases} ")
    if not rest:
        return f"{moved['sentence']} {shares} Figures use the moderated grade."
    return links.words(f"{start} of {cases}", f" {rest} {shares} Figures use the moderated grade.", group="moderated")


def _others(moved: Figures, links: Links) -> str:
    rest = f" with a reason to be moderated; {moved['others_changed']:,} changed."
    return links.words(plural(moved["others"], "case"), rest, group="for_a_reason")


def _added(added: Figures, links: Links) -> str:
    if not added["planned"]:
        return "No case was added by hand."
    counted = ", ".join(f"{n} {grade}" for grade, n in added["distribution"].items() if n)
    graded = f"; {counted}" if counted else ""
    rest = f" (not random){graded}. Shown apart, and in no figure."
    return links.words(plural(added["planned"], "added case"), rest, group="added")
