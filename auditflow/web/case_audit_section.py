"""Writing an audit, one section a page; it saves itself, and every button saves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request, url_for

from auditflow.domain.audit_tool import Kind, Section, list_sections
from auditflow.queries.case_audit_actions import CaseAction
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.web.case_audit_pages import (
    GRADERS,
    STATUS_BAD,
    audit_link,
    concern_link,
    fresh,
    keep_and_go,
    keep_for_script,
    own_sheet,
    section_link,
    writable,
)
from auditflow.web.request import new_key
from auditflow.web.routing import Pages
from forms.grading import SectionForm, section_form

pages = Pages("case_audit_section", __name__)

RULE = "/audits/<int:case_audit_id>/sections/<section>"


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_section_show(case_audit_id: int, section: str) -> Any:
    """One section of the audit, as it was left."""
    sheet = own_sheet(case_audit_id)
    if not writable(sheet.audit):
        return redirect(audit_link(case_audit_id))
    page = _form_class(sheet, section)
    draft = sheet.drafts.get(section)
    form = page(data=page.initial(draft.content if draft else {}), version=draft.number if draft else 0, key=new_key())
    return _render(sheet, section, form)


@pages.act(RULE, may=GRADERS)
def case_audit_section_save(case_audit_id: int, section: str) -> Any:
    """Save the section and go where the button says."""
    sheet = own_sheet(case_audit_id)
    form = _sent(sheet, section)
    if not form.validate():
        return _render(sheet, section, fresh(form)), STATUS_BAD
    return keep_and_go(case_audit_id, section, form, form.answers(), _target(sheet, section))


@pages.act(f"{RULE}/autosave", may=GRADERS)
def case_audit_section_autosave(case_audit_id: int, section: str) -> Any:
    """Save the section while it is being typed; answers with JSON."""
    form = _sent(own_sheet(case_audit_id), section)
    return keep_for_script(case_audit_id, section, form, form.answers() if form.validate() else None)


def _form_class(sheet: Sheet, section: str) -> type[SectionForm]:
    return section_form(sheet.tool, section, sheet.audit.case_type, grading_only=sheet.grading_only)


def _sent(sheet: Sheet, section: str) -> SectionForm:
    page = _form_class(sheet, section)
    draft = sheet.drafts.get(section)
    return page(request.form, data=page.initial(draft.content if draft else {}))


def _following(sheet: Sheet, section: str) -> Section | None:
    """The page after this one, in the order of the tool."""
    sections = list_sections(sheet.tool, sheet.audit.case_type, grading_only=sheet.grading_only)
    keys = [s.key for s in sections]
    place = keys.index(section) + 1
    return sections[place] if place < len(keys) else None


def _target(sheet: Sheet, section: str) -> str:
    case_audit_id, go = sheet.audit.id, request.form.get("go", "next")
    following = _following(sheet, section)
    if go in ("propose", "link"):
        endpoint = f"case_audit_action.case_audit_action_{go}"
        return url_for(endpoint, case_audit_id=case_audit_id, section=section)
    if go == "tasks":
        return audit_link(case_audit_id)
    if following is None:
        return url_for("case_audit_submit.case_audit_check", case_audit_id=case_audit_id)
    return section_link(case_audit_id, following.key)


def _render(sheet: Sheet, key: str, form: SectionForm) -> str:
    audit, section, draft = sheet.audit, sheet.progress(key).section, sheet.drafts.get(key)
    left = [item for item in sheet.done.missing if item.section == key]
    return render_template(
        "case_audit/section.html",
        sheet=sheet,
        audit=audit,
        tool=sheet.tool,
        section=section,
        form=form,
        partial=f"case_audit/_{section.kind.value}.html",
        saved_at=draft.saved_at if draft else None,
        left=left,
        left_links=[{"text": item.label, "href": f"#{item.anchor}"} for item in left],
        left_in_all=len(sheet.done.missing),
        last_actions=_of_section(sheet.actions.last, section),
        actions=_of_section(sheet.actions.own, section),
        open_actions=len(sheet.actions.unfinished),
        needs_action=section.kind is not Kind.PARTICIPATION and not sheet.grading_only,
        following=_following(sheet, key),
        concern_href=concern_link(audit.id),
        audit_href=audit_link(audit.id),
    )


def _of_section(actions: Iterable[CaseAction], section: Section) -> list[CaseAction]:
    """Those that answer a finding of this section: its grade, or a “no” to one of its questions."""
    return [a for a in actions if any(finding.partition(".")[0] == section.key for finding in a.findings)]
