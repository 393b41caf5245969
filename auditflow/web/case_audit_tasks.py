"""An audit as a list of tasks: what is finished, what is left, where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import Kind, Progress, Status
from auditflow.domain.grades import Grade
from auditflow.models import ModerationComment, Reflection
from auditflow.queries.case_audit_actions import CaseAction
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.queries.returned import COMMENTS
from auditflow.web.case_audit_pages import section_link
from auditflow.web.case_audit_places import LAST_ACTIONS
from auditflow.web.layout import day

Task = dict[str, Any]
DONE: Task = {"status": "Completed"}
NOT_STARTED: Task = {"status": "Not started", "colour": "blue"}


def before_tasks(sheet: Sheet, last: Sequence[CaseAction], comments: list[ModerationComment]) -> list[Task]:
    """What comes before grading: the check for conflicts, the last audit's actions, a moderator's comments."""
    tasks: list[Task] = []
    if comments:
        tasks.append(_answer_task(sheet, comments))
    tasks.append(
        {
            "title": "Check that you may audit this case",
            "hint": "Not your case, not your team, no one you know",
            "href": url_for("case_audit_notes.case_audit_check_conflict", case_audit_id=sheet.audit.id),
            **DONE,
        }
    )
    if last:
        read = LAST_ACTIONS in sheet.drafts
        many = f"{len(last)} actions" if len(last) > 1 else "1 action"
        tasks.append(
            {
                "title": "Read the last audit’s actions",
                "hint": many,
                "href": url_for("case_audit_notes.case_audit_last_actions", case_audit_id=sheet.audit.id),
                **(DONE if read else NOT_STARTED),
            }
        )
    return tasks


def _answer_task(sheet: Sheet, comments: list[ModerationComment]) -> Task:
    draft = sheet.drafts.get(COMMENTS)
    typed = draft.content if draft else {}
    left = sum(not str(typed.get(str(comment.id), "")).strip() for comment in comments)
    return {
        "title": "Answer the moderator’s comments",
        "hint": f"{len(comments)} {'comment' if len(comments) == 1 else 'comments'}",
        "href": url_for("case_audit_answer.case_audit_answer_show", case_audit_id=sheet.audit.id),
        **({"status": f"{left} left", "colour": "yellow"} if left else DONE),
    }


def grade_tasks(sheet: Sheet) -> list[Task]:
    """The domains; the hint is the grade."""
    return [_task(sheet, page) for page in sheet.done.progress if page.section.kind is Kind.DOMAIN]


def people_tasks(session: Session, sheet: Sheet) -> list[Task]:
    """Who took part; the hint says whether the practitioner was asked to reflect and has."""
    return [
        {**_task(sheet, page), "hint": _reflection(session, sheet)}
        for page in sheet.done.progress
        if page.section.kind is Kind.PARTICIPATION
    ]


def _reflection(session: Session, sheet: Sheet) -> str:
    row = session.get(Reflection, (sheet.audit.id, sheet.audit.worker_id)) if sheet.audit.worker_id else None
    if row is None:
        return "The practitioner, the child and the family: how, or why not"
    if row.reflected_at is not None:
        return f"The practitioner reflected on {day(row.reflected_at)}"
    return f"Reflection asked for on {day(row.invited_at)}"


def finish_tasks(sheet: Sheet) -> list[Task]:
    """The overall grade, then checking and submitting."""
    overall = next(page for page in sheet.done.progress if page.section.kind is Kind.OVERALL)
    check: Task = {"title": "Check your answers and submit"}
    if all(page.status is not Status.CANNOT_START for page in sheet.done.progress):
        check["href"] = url_for("case_audit_submit.case_audit_check", case_audit_id=sheet.audit.id)
        check |= NOT_STARTED
    return [_task(sheet, overall), check]


def _task(sheet: Sheet, page: Progress) -> Task:
    task: Task = {"title": page.section.title}
    if page.status is Status.CANNOT_START:
        return task
    task["href"] = section_link(sheet.audit.id, page.section.key)
    if page.grade is not None:
        task["hint"] = page.grade.short_name if isinstance(page.grade, Grade) else "Not applicable"
    if page.status is Status.COMPLETE:
        return task | DONE
    if page.status is Status.NOT_STARTED:
        return task | NOT_STARTED
    return task | {"status": f"{page.left} left", "colour": "yellow"}


def continue_link(sheet: Sheet, comments: list[ModerationComment]) -> dict[str, str]:
    """The green button: comments to answer, else the next page with something missing, else check and submit."""
    if comments:
        task = _answer_task(sheet, comments)
        if "colour" in task:
            return {"text": "Answer the comments", "href": task["href"]}
    following = sheet.done.next_section
    if following is None:
        href = url_for("case_audit_submit.case_audit_check", case_audit_id=sheet.audit.id)
        return {"text": "Check your answers and submit", "href": href}
    verb = "Continue" if sheet.drafts else "Begin"
    return {"text": f"{verb}: {following.title}", "href": section_link(sheet.audit.id, following.key)}
