"""Groups of children in the results: who is in the sample, and good or better over the last rounds together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound
from auditflow.queries.results import get_result_round
from auditflow.queries.results_groups import GroupCase, list_group_cases
from auditflow.reporting.result_words import range_words, share_words
from auditflow.statistics.group_summary import NOT_RECORDED, group_summary
from auditflow.statistics.summary import is_weighted
from auditflow.statistics.wording import percent, plural
from auditflow.web.layout import case_ref
from auditflow.web.request import db, viewer
from auditflow.web.results_links import Links
from auditflow.web.results_pool import ROUNDS, Earlier, earlier_rounds, fresh
from auditflow.web.routing import Pages

pages = Pages("results_groups", __name__)

LABELS = {"sex": "Sex", "ethnicity": "Ethnicity", "disability": "Disability"}

Figures = Mapping[str, Any]


def group_parts(results: Figures, earlier: Earlier, links: Links) -> dict[str, Any]:
    """A table for each attribute that this round's list has; `earlier` are rounds of fresh cases, newest first."""
    own = results.get("groups") or {}
    return {"groups": [_part(name, results, _having(name, earlier), links) for name in LABELS if name in own]}


def _having(name: str, earlier: Earlier) -> Earlier:
    """The rounds that are put with this one for an attribute: only those whose list has it."""
    return [(row, one) for row, one in earlier if name in (one.results.get("groups") or {})][: ROUNDS - 1]


def _part(name: str, own: Figures, earlier: Earlier, links: Links) -> dict[str, Any]:
    together = [own, *(one.results for _, one in earlier)]
    uneven = any(is_weighted(results["estimate"]) for results in together)
    figures = group_summary([results["groups"][name] for results in together], uneven=uneven)
    groups, n = figures["groups"], figures["n"]
    assert isinstance(groups, list)
    assert isinstance(n, int)
    rounds = f"the last {len(earlier) + 1} rounds together" if earlier else "this round"
    rows = [_row(group, n, name, links) for group in groups]
    return {"id": name, "label": LABELS[name], "sentence": figures["sentence"], "rounds": rounds, "rows": rows}


def _row(group: Figures, n: int, name: str, links: Links) -> list[Any]:
    title = group["group"]
    listed = f"{group['listed']:,}"
    if group["listed_share"] is not None:
        listed += f" ({percent(group['listed_share'], 1)})"
    value = "" if title == NOT_RECORDED else title
    page = "results_groups.results_group_cases"
    graded = {
        "text": share_words(group["n"], n) if group["n"] else 0,
        "href": links.page(page, attribute=name, value=value),
        "hidden": f"graded, {title}",
    }
    good = {
        "text": share_words(group["good"], group["n"]) if group["good"] else 0,
        "href": links.page(page, attribute=name, value=value, good=1),
        "hidden": f"good or better, {title}",
    }
    return [title, listed, graded, good, range_words(group, group["n"])]


@pages.page("/results/<int:round_id>/groups/<any(sex, ethnicity, disability):attribute>", may=("qa_lead",))
def results_group_cases(round_id: int, attribute: str) -> Any:
    """The cases of one group, of all the rounds that its figures put together."""
    row = get_result_round(db(), viewer(), round_id)
    if row.baseline_id is not None:
        raise NotFound("There are no such cases.")
    rounds: Sequence[AuditRound] = [row, *(one for one, _ in _having(attribute, fresh(earlier_rounds(row))))]
    value, good = request.args.get("value", "")[:200], request.args.get("good") == "1"
    found = list_group_cases(db(), viewer(), rounds, attribute, value)
    rows = [_cells(case) for case in found if case.grade.good_or_better or not good]
    words = f"{LABELS[attribute]}, {value or NOT_RECORDED.lower()}{', good or better' if good else ', graded'}"
    return render_template(
        "results/group_cases.html",
        row=row,
        about=f"{words}: {plural(len(rows), 'case')}.",
        rows=rows,
    )


def _cells(case: GroupCase) -> list[Any]:
    href = url_for("case_audit_history.case_audit_history", case_audit_id=case.audit_id)
    return [{"text": case_ref(case.ref), "href": href}, case.round_name, case.grade.short_name]
