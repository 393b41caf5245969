"""Two versions of one text, typed in two tabs or on two computers: both are shown, and the person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request

from auditflow.domain.audit_tool import Kind, Section, find_section
from auditflow.domain.errors import WrongState
from auditflow.domain.grades import Grade
from auditflow.models import Draft, DraftVersion
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.queries.draft import get_version
from auditflow.services.draft import choose_version
from auditflow.web.case_audit_pages import GRADERS, STATUS_BAD, fresh, own_sheet
from auditflow.web.case_audit_places import section_place, section_title
from auditflow.web.request import act, db, new_key, viewer
from auditflow.web.routing import Pages
from forms.case_audit import ChooseVersionForm

pages = Pages("case_audit_version", __name__)

RULE = "/audits/<int:case_audit_id>/versions/<int:version_id>"
ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No", "na": "Not applicable"}


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_version_show(case_audit_id: int, version_id: int) -> Any:
    """Both versions, field by field."""
    sheet = own_sheet(case_audit_id)
    version, draft = _versions(case_audit_id, version_id)
    if version.settled_at is not None:
        return redirect(section_place(case_audit_id, draft.section))
    return _render(sheet, version, draft, ChooseVersionForm(version=draft.number, key=new_key()))


@pages.act(RULE, may=GRADERS)
def case_audit_version_choose(case_audit_id: int, version_id: int) -> Any:
    """Keep the version chosen; the other stays on record."""
    sheet = own_sheet(case_audit_id)
    version, draft = _versions(case_audit_id, version_id)
    form = ChooseVersionForm(request.form)
    if form.validate():
        try:
            choose_version(db(), version_id, act(), keep=form.keep.data, base_number=form.version.data or 0)
            return redirect(section_place(case_audit_id, draft.section), code=303)
        except WrongState as refusal:
            form.add_error(refusal.sentence)
    form.version.data = draft.number
    return _render(sheet, version, draft, fresh(form)), STATUS_BAD


def _versions(case_audit_id: int, version_id: int) -> tuple[DraftVersion, Draft]:
    version, draft = get_version(db(), version_id, viewer().person_id)
    if draft.case_audit_id != case_audit_id:
        abort(404)
    return version, draft


def _render(sheet: Sheet, version: DraftVersion, draft: Draft, form: Any) -> str:
    section = find_section(sheet.tool, draft.section, sheet.audit.case_type, grading_only=sheet.grading_only)
    labels = _labels(sheet, section) if section else {}
    stored, sent = _flat(draft.content), _flat(version.content)
    rows = [
        {"label": labels.get(key, "Text"), "stored": stored.get(key, ""), "sent": sent.get(key, "")}
        for key in dict.fromkeys([*labels, *stored, *sent])
        if stored.get(key, "") != sent.get(key, "")
    ]
    return render_template(
        "case_audit/versions.html",
        audit=sheet.audit,
        title=section_title(sheet, draft.section),
        rows=rows,
        draft=draft,
        version=version,
        form=form,
        back=section_place(sheet.audit.id, draft.section),
    )


def _labels(sheet: Sheet, section: Section) -> dict[str, str]:
    """Flattened key of an answer -> what its field is called, in the order of the page."""
    if section.kind is Kind.PARTICIPATION:
        return {
            f"{party.key}.{name}": f"{party.title}: {party.words(name).label}"
            for party in sheet.tool.participation.parties
            for name in ("took_part", "who", "how", "view", "why_not")
        }
    labels = {f"questions.{question.key}": question.text for question in section.questions}
    return labels | {
        "grade": "Grade",
        "reason": "Reason for the grade",
        "evidence": "Evidence",
        "difference": "Difference for the child",
    }


def _flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Answers as one level of words: grades by name, answers as on the page."""
    found: dict[str, str] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, int):
            found[f"{prefix}{key}"] = Grade(value).short_name
        elif value:
            found[f"{prefix}{key}"] = ANSWERS.get(value, value)
    return found
