"""The navigation: two to five items by role, with counts of what waits for the person."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import request, url_for
from werkzeug.routing import BuildError

from auditflow.queries.scope import Viewer

# (text, endpoint, roles that see it); an item whose page does not exist is left out by `navigation`.
ITEMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("My work", "work.work_list", ()),
    ("Audits", "case_audit.case_audit_list", ("auditor",)),
    ("Moderation", "moderation.moderation_list", ("team_manager", "external_moderator")),
    ("Feedback", "feedback.feedback_list", ("practitioner", "team_manager")),
    ("Case lists", "frame.frame_list", ("qa_lead",)),
    ("Rounds", "audit_round.audit_round_list", ("qa_lead", "director")),
    ("Actions", "action.action_list", ("team_manager", "practitioner", "auditor", "head_of_service")),
    ("Concerns", "alert.alert_list", ("team_manager", "head_of_service", "director", "qa_lead")),
    ("Raise a concern", "alert_raise.alert_raise_choose", ("auditor", "external_moderator")),
    ("Requests", "approval.approval_list", ("head_of_service", "director")),
    ("Results", "results.results_list", ("qa_lead", "director", "head_of_service", "board_member")),
    ("People", "person.person_list", ("administrator",)),
    ("Timetable", "timetable.timetable_show", ("administrator",)),
    ("Journal", "journal.journal_list", ("administrator",)),
)

PARTS = {
    **dict.fromkeys(("team", "health", "handover"), "person"),
    **dict.fromkeys(
        ("dashboard", "sample", "allocation", "launch", "round_lead", "re_audit", "census", "case_audit_second"),
        "audit_round",
    ),
    **dict.fromkeys(("dispute", "correction", "stuck"), "work"),
    **dict.fromkeys(("control_chart", "report"), "results"),
}
"""Pages that belong to an item of another name: pages -> the item's."""


def navigation(viewer: Viewer, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The items this person sees, as the layout wants them; `counts` by endpoint say what waits there."""
    pages = (request.endpoint or "").partition(".")[0]
    return [
        {"text": text, "href": href, "count": counts.get(endpoint, 0), "active": _is_of(pages, endpoint)}
        for text, endpoint in _items(viewer.roles)
        if (href := _href(endpoint))
    ]


@lru_cache(maxsize=256)
def _items(roles: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Text and endpoint of what somebody with these roles sees."""
    # A board member has nothing to do here: their home is the results.
    items = ITEMS[1:] if roles == {"board_member"} else ITEMS
    return tuple((text, endpoint) for text, endpoint, seen_by in items if not seen_by or not roles.isdisjoint(seen_by))


@lru_cache(maxsize=2048)
def _is_of(pages: str, endpoint: str) -> bool:
    """Whether these pages are of the endpoint's noun, or a part of them: `frame_match` is of `frame`."""
    noun = endpoint.partition(".")[0]
    return PARTS.get(pages, pages) == noun or pages.startswith(f"{noun}_")


def _href(endpoint: str) -> str:
    try:
        return url_for(endpoint)
    except BuildError:
        return ""
