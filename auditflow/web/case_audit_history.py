"""The history of one audit: four things kept apart on top, then every entry of the journal, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import render_template, request

from auditflow.domain.audit_tool import list_sections
from auditflow.domain.clock import LONDON, local_date
from auditflow.domain.grades import Grade
from auditflow.models import CaseAudit
from auditflow.queries.audit_tool import get_round_tool
from auditflow.queries.case_audit import get_person_name, get_readable_case_audit, starts_after_another
from auditflow.queries.case_audit_grades import LastDecision, find_first_auditor_name, find_last_decision
from auditflow.queries.dispute import list_disputes
from auditflow.queries.journal import JournalEntry, is_whole, list_case_subjects, list_entries
from auditflow.web.case_audit_pages import describe
from auditflow.web.case_audit_submit import READERS
from auditflow.web.journal_words import entry_actor, entry_reason, entry_title
from auditflow.web.request import db, viewer
from auditflow.web.routing import Pages
from workflows import case_audit as table

pages = Pages("case_audit_history", __name__)

NOT_YET = "Not yet"
STARTS_EMPTY = "Somebody else worked on this case before. You see it when you have submitted."
OWN_WORDS = ("reason", "reflection", "concern", "text", "done", "how_known", "resolution", "decision")
VIEW = {"evidence": "evidence found", "follows": "grade follows from the reason", "difference": "difference clear"}

SAID_ELSEWHERE = {("moderation", "created"), ("moderation", "decided")}
"""Entries that the audit's own entry of the same moment says already."""


@pages.page("/audits/<int:case_audit_id>/history", may=READERS, opens="case_audit")
def case_audit_history(case_audit_id: int) -> Any:
    """What happened, from the start, or newest first."""
    session = db()
    audit = get_readable_case_audit(session, viewer(), case_audit_id)
    subjects = list_case_subjects(session, viewer(), case_audit_id)
    everything = list_entries(session, subjects)
    entries = [entry for entry in everything if (entry.subject_type, entry.entry) not in SAID_ELSEWHERE]
    empty = starts_after_another(session, viewer(), audit.id)
    if empty:
        entries = _since_given(entries)
    notes = _notes(audit, everything)
    notes |= _why_moderated(everything, concern=any(kind == "alert" for kind, _ in subjects))
    newest_first = request.args.get("order") == "newest"
    return render_template(
        "case_audit/history.html",
        audit=audit,
        about=describe(audit),
        finding=_finding(audit),
        apart=[{"key": "Earlier work", "value": STARTS_EMPTY}] if empty else _kept_apart(audit),
        days=_days(list(reversed(entries)) if newest_first else entries, audit.id, notes),
        newest_first=newest_first,
        whole=is_whole(session, case_audit_id),
        head=audit.chain_head,
    )


def _since_given(entries: list[JournalEntry]) -> list[JournalEntry]:
    """From the entry that gave the audit to whoever has it now."""
    given = [i for i, e in enumerate(entries) if (e.subject_type, e.entry) == ("case_audit", "reallocated")]
    return entries[given[-1] :] if given else []


def _finding(audit: CaseAudit) -> str:
    state = table.WORKFLOW.labels[audit.state]
    if audit.published_grade is None:
        return f"{state}."
    return f"{_used(audit)}, {state[0].lower()}{state[1:]}."


def _kept_apart(audit: CaseAudit) -> list[dict[str, Any]]:
    """The auditor's first grade, the moderator's, the view of the audit, the dispute; then the grade used."""
    decision = find_last_decision(db(), audit.id)
    rows = [
        ("The auditor’s grade", _grade(audit.first_grade, find_first_auditor_name(db(), audit))),
        ("The moderator’s grade", _moderated(decision)),
        ("View of the audit itself", _view(decision)),
        ("Dispute", _dispute(audit)),
        ("Grade used", _used(audit)),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _grade(grade: int | None, name: str) -> str:
    return NOT_YET if grade is None else f"{Grade(grade).short_name} ({name})"


def _moderated(decision: LastDecision | None) -> str:
    if decision is None:
        return "None"
    words = _grade(decision.grade, get_person_name(db(), decision.moderator_id))
    return f"{words}. “{decision.reason}”" if decision.reason else words


def _view(decision: LastDecision | None) -> str:
    view = decision.audit_view if decision else {}
    said = [f"{words}: {view[key]}" for key, words in VIEW.items() if key in view]
    words = "; ".join(said)
    return f"{words[0].upper()}{words[1:]}." if words else "None"


def _dispute(audit: CaseAudit) -> str:
    disputes = list_disputes(db(), audit.id)
    if not disputes:
        return "None"
    last = disputes[-1]
    if last.decided_at is None or last.grade is None:
        return f"Raised, not decided. “{last.reason}”"
    return f"Decided: {_grade(last.grade, get_person_name(db(), last.decided_by_id) or 'by the rules of the round')}"


def _used(audit: CaseAudit) -> str:
    if audit.published_grade is None:
        return NOT_YET
    return Grade(audit.published_grade).short_name + (", marked as disputed" if audit.published_disputed else "")


def _notes(audit: CaseAudit, entries: list[JournalEntry]) -> dict[int, str]:
    """Entry id -> what is said beside it: to whom a moderation went, and with which comments an audit came back."""
    titles = {section.key: section.title for section in list_sections(get_round_tool(db(), audit.round_id), None)}
    decided = {e.subject_id: e for e in entries if (e.subject_type, e.entry) == ("moderation", "decided")}
    notes: dict[int, str] = {}
    for entry in entries:
        if entry.subject_type == "moderation" and "moderator" in entry.details:
            notes[entry.id] = f"{get_person_name(db(), entry.details['moderator'])}."
        elif entry.entry == "returned_to_auditor":
            notes[entry.id] = _comments(titles, decided.get(entry.details.get("moderation", 0)))
    return notes


def _why_moderated(entries: list[JournalEntry], *, concern: bool) -> dict[int, str]:
    """Entry id -> why the audit was moderated. Nobody learns here of a concern that does not exist for them."""
    hidden = frozenset() if concern else frozenset({"concern"})
    return {entry.id: words for entry in entries if (words := entry_reason(entry, hidden))}


def _comments(titles: Mapping[str, str], decision: JournalEntry | None) -> str:
    """The comments of a return, each with what it is about; those whose words retention has removed are left out."""
    items = decision.details.get("commented", []) if decision else []
    texts = decision.texts if decision else {}
    return " ".join(
        f"{titles.get(item.partition('.')[0], 'The audit as a whole')}: “{texts[f'comment_{number}']}”"
        for number, item in enumerate(items, start=1)
        if f"comment_{number}" in texts
    )


def _days(entries: list[JournalEntry], case_audit_id: int, notes: Mapping[int, str]) -> list[dict[str, Any]]:
    found = []
    for date, group in groupby(entries, key=lambda entry: local_date(entry.at)):
        rows = [_row(entry, case_audit_id, notes) for entry in group]
        found.append({"heading": f"{date:%A} {date.day} {date:%B %Y}", "entries": rows})
    return found


def _row(entry: JournalEntry, case_audit_id: int, notes: Mapping[int, str]) -> dict[str, Any]:
    local = entry.at.astimezone(LONDON)
    row: dict[str, Any] = {
        "title": entry_title(entry),
        "meta": f"{local:%H:%M}, {entry_actor(entry)}",
        "text": notes.get(entry.id, ""),
        "quote": next((entry.texts[field] for field in OWN_WORDS if entry.texts.get(field)), ""),
        "late": entry.subject_type == "alert" and entry.to_state == "raised",
    }
    if entry.entry == "submitted" and entry.subject_type == "case_audit":
        number = entry.details.get("submission", 1)
        row |= {"href": f"/audits/{case_audit_id}/submissions/{number}", "link": "The audit as submitted"}
    if entry.subject_type == "action":
        row |= {"href": f"/actions/{entry.subject_id}", "link": "See action"}
    return row
