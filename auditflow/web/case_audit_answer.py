"""Answering a moderator who returned the audit: each comment with a box for the answer."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from auditflow.domain.audit_tool import find_section
from auditflow.models import ModerationComment
from auditflow.queries.case_audit import get_person_name
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.queries.returned import COMMENTS, find_return, list_returned_comments
from auditflow.web.case_audit_pages import (
    GRADERS,
    STATUS_BAD,
    audit_link,
    fresh,
    keep_and_go,
    keep_for_script,
    own_sheet,
    section_link,
)
from auditflow.web.case_audit_places import section_place
from auditflow.web.request import db, new_key
from auditflow.web.routing import Pages
from forms.base import ChangeForm
from forms.case_audit import answer_comments_form

pages = Pages("case_audit_answer", __name__)

RULE = "/audits/<int:case_audit_id>/comments"


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_answer_show(case_audit_id: int) -> Any:
    """The moderator's comments, each with what was answered so far."""
    sheet = own_sheet(case_audit_id)
    comments = list_returned_comments(db(), case_audit_id)
    if sheet.audit.state != "returned" or not comments:
        return redirect(audit_link(case_audit_id))
    draft = sheet.drafts.get(COMMENTS)
    form = _class(sheet, comments)(data=_typed(sheet, comments), version=draft.number if draft else 0, key=new_key())
    return _render(sheet, comments, form)


@pages.act(RULE, may=GRADERS)
def case_audit_answer_save(case_audit_id: int) -> Any:
    """Keep the answers; they go to the moderator when the audit is submitted again."""
    sheet, comments, form = _sent(case_audit_id)
    if not form.validate():
        return _render(sheet, comments, fresh(form)), STATUS_BAD
    return keep_and_go(case_audit_id, COMMENTS, form, _content(comments, form), audit_link(case_audit_id))


@pages.act(f"{RULE}/autosave", may=GRADERS)
def case_audit_answer_autosave(case_audit_id: int) -> Any:
    """Keep the answers while they are typed."""
    _, comments, form = _sent(case_audit_id)
    return keep_for_script(case_audit_id, COMMENTS, form, _content(comments, form) if form.validate() else None)


def _sent(case_audit_id: int) -> tuple[Sheet, list[ModerationComment], ChangeForm]:
    sheet = own_sheet(case_audit_id)
    comments = list_returned_comments(db(), case_audit_id)
    return sheet, comments, _class(sheet, comments)(request.form)


def _class(sheet: Sheet, comments: list[ModerationComment]) -> type[ChangeForm]:
    return answer_comments_form((comment.id, _about(sheet, comment)) for comment in comments)


def _about(sheet: Sheet, comment: ModerationComment) -> str:
    section = find_section(sheet.tool, comment.item.partition(".")[0], sheet.audit.case_type)
    return section.title if section else "the audit as a whole"


def _typed(sheet: Sheet, comments: list[ModerationComment]) -> dict[str, str]:
    draft = sheet.drafts.get(COMMENTS)
    typed = draft.content if draft else {}
    return {f"comment_{comment.id}": str(typed.get(str(comment.id), "")) for comment in comments}


def _content(comments: list[ModerationComment], form: ChangeForm) -> dict[str, str]:
    return {str(comment.id): form[f"comment_{comment.id}"].data or "" for comment in comments}


def _render(sheet: Sheet, comments: list[ModerationComment], form: ChangeForm) -> str:
    decision, draft = find_return(db(), sheet.audit.id), sheet.drafts.get(COMMENTS)
    return render_template(
        "case_audit/answer.html",
        audit=sheet.audit,
        form=form,
        moderator=get_person_name(db(), decision.moderator_id if decision else None),
        decision=decision,
        items=[
            {
                "title": _about(sheet, comment),
                "comment": comment.comment,
                "field": form[f"comment_{comment.id}"],
                "href": _place(sheet, comment),
            }
            for comment in comments
        ],
        saved_at=draft.saved_at if draft else None,
        save_url=f"{section_place(sheet.audit.id, COMMENTS)}/autosave",
    )


def _place(sheet: Sheet, comment: ModerationComment) -> str:
    key = comment.item.partition(".")[0]
    known = find_section(sheet.tool, key, sheet.audit.case_type)
    return section_link(sheet.audit.id, key) if known else ""
