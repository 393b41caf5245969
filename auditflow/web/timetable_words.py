"""Time limits in words: what each one is for, and how long it is now."""

from __future__ import annotations

from auditflow.services.timetable import timetable
from auditflow.web.request import db
from workflows.time_limits import TIME_LIMITS

ASKED = {
    "days_to_start_audit": "To start an audit that was allocated",
    "days_to_moderate": "To decide a moderation",
    "days_to_offer_moderation_to_next": "Until an undecided moderation goes to the next moderator",
    "days_to_answer_return": "To answer an audit that was returned",
    "days_to_accept_change": "To accept or dispute a changed grade",
    "days_to_share_feedback": "To share feedback once the grade is agreed",
    "days_to_challenge": "To challenge a grade after the feedback",
    "days_to_decide_dispute": "To decide a dispute before it goes to the director",
    "days_to_accept_action": "To accept or decline a proposed action",
    "days_to_verify_action": "To check what a done action changed",
    "hours_to_acknowledge": "To acknowledge an immediate concern before it goes to the head of service",
    "hours_to_acknowledge_before_director": "To acknowledge an immediate concern before it goes to the director",
    "hours_to_resolve": "To resolve an acknowledged concern before it goes to the head of service",
    "hours_to_resolve_before_director": "To resolve an acknowledged concern before it goes to the director",
}


def time_limit(setting: str) -> str:
    """How long the council gives for it now: “5 working days”, “1 hour”."""
    shipped = TIME_LIMITS[setting]
    figure = timetable(db()).figures.get(setting, shipped.figure)
    return f"{figure} {shipped.unit if figure != 1 else shipped.unit.removesuffix('s')}"
