"""An action that answers what the audit found: a new one, or one that is open already."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from auditflow.domain.audit_tool import findings
from auditflow.domain.errors import BadInput, NotFound, WrongState
from auditflow.queries.case_audit_owners import list_possible_owners
from auditflow.queries.case_audit_sheet import Sheet
from auditflow.services.action import link_action, propose_action
from auditflow.web.case_audit_pages import GRADERS, STATUS_BAD, fresh, own_audit, own_sheet, section_link
from auditflow.web.layout import day
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from forms.case_audit import LinkActionForm, ProposeActionForm

pages = Pages("case_audit_action", __name__)

RULE = "/audits/<int:case_audit_id>/sections/<section>/action"
NEEDS = (BadInput, WrongState, NotFound)


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_action_propose(case_audit_id: int, section: str) -> Any:
    """Asks what is to be done, by whom and by when."""
    sheet = _sheet(case_audit_id, section)
    form = ProposeActionForm(data={"findings": _chosen(sheet, section)}, version=sheet.audit.version, key=new_key())
    return _render_propose(sheet, section, form)


@pages.act(RULE, may=GRADERS)
def case_audit_action_add(case_audit_id: int, section: str) -> Any:
    """Propose the action."""
    sheet, form = _sheet(case_audit_id, section), ProposeActionForm(request.form)
    form.offer(_findings(sheet, section), _owners(sheet))
    if form.validate():
        owner = form.owner_id.data
        try:
            propose_action(
                db(),
                own_audit(case_audit_id),
                form.findings.data or [],
                form.text.data or "",
                int(owner) if owner else None,
                form.due_on.data,
                act(),
            )
            return redirect(f"{section_link(case_audit_id, section)}#action", code=303)
        except NEEDS as refusal:
            form.add_error(refusal.sentence, refusal.field)
    return _render_propose(sheet, section, fresh(form, sheet.audit.version)), STATUS_BAD


@pages.page(f"{RULE}/link", may=GRADERS, opens="case_audit")
def case_audit_action_link(case_audit_id: int, section: str) -> Any:
    """Asks which open action answers it."""
    sheet = _sheet(case_audit_id, section)
    form = LinkActionForm(data={"findings": _chosen(sheet, section)}, version=sheet.audit.version, key=new_key())
    return _render_link(sheet, section, form)


@pages.act(f"{RULE}/link", may=GRADERS)
def case_audit_action_join(case_audit_id: int, section: str) -> Any:
    """Link the open action."""
    sheet, form = _sheet(case_audit_id, section), LinkActionForm(request.form)
    form.offer(_open(sheet), _findings(sheet, section))
    if form.validate():
        try:
            link_action(db(), own_audit(case_audit_id), form.findings.data or [], int(form.action_id.data), act())
            return redirect(f"{section_link(case_audit_id, section)}#action", code=303)
        except NEEDS as refusal:
            form.add_error(refusal.sentence, refusal.field)
    return _render_link(sheet, section, fresh(form, sheet.audit.version)), STATUS_BAD


def _sheet(case_audit_id: int, section: str) -> Sheet:
    """The audit, if it is open for writing, has this page and has actions at all. Raises NotFound."""
    sheet = own_sheet(case_audit_id)
    sheet.progress(section)
    if sheet.grading_only:
        raise NotFound("No actions come of this audit.")
    return sheet


def _findings(sheet: Sheet, section: str) -> list[tuple[str, str]]:
    """What an action can answer: this page first, then every other finding of the audit."""
    found = {f.key: f.label for f in findings(sheet.tool, sheet.answers, sheet.audit.case_type)}
    own = {section: found.pop(section, sheet.progress(section).section.title)}
    here = {key: label for key, label in found.items() if key.partition(".")[0] == section}
    return list({**own, **here, **found}.items())


def _chosen(sheet: Sheet, section: str) -> list[str]:
    """The findings of this page that nothing answers yet; the page itself if there is none."""
    found = findings(sheet.tool, sheet.answers, sheet.audit.case_type)
    here = [f.key for f in found if f.section == section and f.key not in sheet.answered]
    return here or [section]


def _owners(sheet: Sheet) -> list[tuple[str, str]]:
    people = list_possible_owners(db(), sheet.audit)
    return [("", "The manager of the case’s team"), *((str(person.id), person.name) for person in people)]


def _open(sheet: Sheet) -> list[tuple[str, str, str]]:
    return [
        (str(row.action.id), row.action.text, f"Due {day(row.action.due_on)}. {row.owner}")
        for row in sheet.actions.unfinished
    ]


def _render_propose(sheet: Sheet, section: str, form: Any) -> str:
    form.offer(_findings(sheet, section), _owners(sheet))
    return _page("case_audit/propose_action.html", sheet, section, form)


def _render_link(sheet: Sheet, section: str, form: Any) -> str:
    form.offer(_open(sheet), _findings(sheet, section))
    return _page("case_audit/link_action.html", sheet, section, form)


def _page(template: str, sheet: Sheet, section: str, form: Any) -> str:
    return render_template(
        template,
        audit=sheet.audit,
        form=form,
        section=sheet.progress(section).section,
        back=section_link(sheet.audit.id, section),
    )
