"""What was done about the findings of the first audit, beside how their domains moved; and the actions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from auditflow.queries.results import get_result_round, get_round_grades
from auditflow.queries.results_actions import COUNTED, DomainAction, list_domain_actions
from auditflow.reporting.result_words import share_words
from auditflow.web.action import action_link
from auditflow.web.layout import case_ref
from auditflow.web.request import db, viewer
from auditflow.web.results_links import Links
from auditflow.web.routing import Pages
from workflows.registry import WORKFLOWS

pages = Pages("results_actions", __name__)

LABELS = WORKFLOWS["action"].labels
COUNTED_WORDS = {
    "made": "Actions",
    "done": "Actions that were done",
    "yes": "Actions that made a difference",
    "partly": "Actions that made a difference in part",
    "no": "Actions that made no difference",
}
DIFFERENCE = {"yes": "yes", "partly": "in part", "no": "no"}
Figures = Mapping[str, Any]


def action_rows(moved: Figures, links: Links) -> list[list[Any]]:
    """A row for each domain with actions, in the order of the audit tool; none where nothing was asked for."""
    actions = moved.get("actions") or {}
    wanted = [domain for domain in moved.get("domains") or () if domain["key"] in actions]
    return [_row(domain, actions[domain["key"]], links) for domain in wanted]


def _row(domain: Figures, count: Figures, links: Links) -> list[Any]:
    n, title = domain["pairs"], domain["title"]
    moved = f"{share_words(domain['good_before'], n)} to {share_words(domain['good_after'], n)}" if n else ""
    return [title, *(_cell(domain, name, count[name], links) for name in COUNTED), moved]


def _cell(domain: Figures, name: str, count: int, links: Links) -> dict[str, Any]:
    href = links.page("results_actions.results_actions_list", domain=domain["key"], counted=name)
    return {"text": count, "href": href, "hidden": f"{COUNTED_WORDS[name].lower()}, {domain['title']}"}


@pages.page("/results/<int:round_id>/actions", may=("qa_lead",))
def results_actions_list(round_id: int) -> Any:
    """The actions that a count of the table stands for: they answer findings of the first audit, or of this one."""
    row = get_result_round(db(), viewer(), round_id)
    titles, counted = get_round_grades(db(), row).domains, request.args.get("counted", "")
    counted = counted if counted in COUNTED else "made"
    domain = request.args.get("domain", "")
    domain = domain if domain in titles else ""
    found = list_domain_actions(db(), viewer(), row.baseline_id or row.id, domain=domain, counted=counted)
    return render_template(
        "results/actions.html",
        row=row,
        about=", ".join([COUNTED_WORDS[counted], *([titles[domain]] if domain else [])]),
        rows=[_action_cells(action) for action in found],
    )


def _action_cells(action: DomainAction) -> list[Any]:
    return [
        {"text": case_ref(action.ref), "href": action_link(action.id), "hidden": f": {action.text[:80]}"},
        action.text,
        LABELS[action.state],
        DIFFERENCE.get(action.difference or "", ""),
    ]
