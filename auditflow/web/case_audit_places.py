"""Where each thing that is typed about an audit is written, and what the place is called."""

from __future__ import annotations

from flask import url_for

from auditflow.domain.audit_tool import find_section
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.queries.returned import COMMENTS
from auditflow.web.case_audit_pages import audit_link, section_link

NOTES = "_notes"
LAST_ACTIONS = "_last_actions"


def section_place(case_audit_id: int, section: str) -> str:
    """The page on which a draft is written."""
    if section == NOTES:
        return url_for("case_audit_notes.case_audit_notes_show", case_audit_id=case_audit_id)
    if section == COMMENTS:
        return url_for("case_audit_answer.case_audit_answer_show", case_audit_id=case_audit_id)
    if section.startswith("_"):
        return audit_link(case_audit_id)
    return section_link(case_audit_id, section)


def section_title(sheet: Sheet, section: str) -> str:
    """What that page is called."""
    known = {NOTES: "My notes", COMMENTS: "Answers to the moderator", LAST_ACTIONS: "Actions of the last audit"}
    found = find_section(sheet.tool, section, sheet.audit.case_type, grading_only=sheet.grading_only)
    return found.title if found else known.get(section, "This audit")
