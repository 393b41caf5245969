"""What the pages of an audit share: the auditor's own audit, keeping a draft, and where to go next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, url_for

from auditflow.domain.errors import BadInput
from auditflow.domain.frame import case_type_label
from auditflow.models import CaseAudit
from auditflow.queries.case_audit import get_age_band, get_own_case_audit, get_team_name
from auditflow.queries.case_audit_row import CaseAuditRow
from auditflow.queries.case_audit_sheet import Sheet, read_own_sheet
from auditflow.services.draft import WRITABLE, Conflict, Saved, save_draft
from auditflow.web.layout import clock_time
from auditflow.web.request import act, db, form_version, new_key, viewer
from forms.base import ChangeForm

STATUS_BAD = 400

GRADERS = ("auditor", "external_moderator")
"""Roles that may hold a case to grade; which case is theirs, the queries say."""


def own_audit(case_audit_id: int) -> CaseAudit:
    """The signed-in auditor's audit. Raises NotFound: another person's case does not exist."""
    return get_own_case_audit(db(), viewer(), case_audit_id)


def own_sheet(case_audit_id: int) -> Sheet:
    """The signed-in auditor's audit with everything they typed. Raises NotFound."""
    return read_own_sheet(db(), viewer(), case_audit_id)


def writable(audit: CaseAudit | CaseAuditRow) -> bool:
    """Whether its auditor may write in it now."""
    return audit.state in WRITABLE


def audit_link(case_audit_id: int) -> str:
    """The audit's own page."""
    return url_for("case_audit.case_audit_show", case_audit_id=case_audit_id)


def section_link(case_audit_id: int, section: str) -> str:
    """The page of one section."""
    return url_for("case_audit_section.case_audit_section_show", case_audit_id=case_audit_id, section=section)


def concern_link(case_audit_id: int) -> str:
    """Where a concern about this child is raised."""
    return f"/audits/{case_audit_id}/concern"


def describe(audit: CaseAudit) -> str:
    """Kind of case, age and team, as the caption of its pages."""
    age = get_age_band(db(), audit)
    aged = f"aged {age[0].lower()}{age[1:]}" if age else ""
    parts = (case_type_label(audit.case_type), aged, get_team_name(db(), audit.team_id))
    return ", ".join(part for part in parts if part)


def fresh(form: ChangeForm, number: int = 0) -> ChangeForm:
    """A form that was refused, ready to be sent again: a key of its own, and a version if it had none.

    A form without a version gets 0: what is stored then stands beside it instead of being overwritten.
    """
    form.key.data = new_key()
    if form.version.data is None:
        form.version.data = number
    return form


def sent_version() -> int:
    """The version of the audit that the page was made for. Raises BadInput for a page without one."""
    version = form_version()
    if version is None:
        raise BadInput("This page was out of date or incomplete. Open it again and repeat what is missing.")
    return version


def keep(case_audit_id: int, section: str, content: Mapping[str, Any], base_number: int) -> Saved | Conflict:
    """Save what was typed into one section."""
    return save_draft(db(), case_audit_id, act(), section=section, content=content, base_number=base_number)


def conflict_link(case_audit_id: int, conflict: Conflict) -> str:
    """The page that shows both versions."""
    return url_for(
        "case_audit_version.case_audit_version_show", case_audit_id=case_audit_id, version_id=conflict.version_id
    )


def keep_and_go(case_audit_id: int, section: str, form: ChangeForm, content: Mapping[str, Any], target: str) -> Any:
    """Save and redirect to `target`, or to both versions if the stored text has moved on."""
    kept = keep(case_audit_id, section, content, form.version.data or 0)
    if isinstance(kept, Conflict):
        target = conflict_link(case_audit_id, kept)
    return redirect(target, code=303)


def keep_for_script(
    case_audit_id: int, section: str, form: ChangeForm, content: Mapping[str, Any] | None
) -> tuple[Any, int]:
    """What autosave is told: saved (time, number, what is left here), in conflict (where), or why not."""
    if content is None:
        return jsonify(error=form.error_list()[0]["text"]), STATUS_BAD
    kept = keep(case_audit_id, section, content, form.version.data or 0)
    if isinstance(kept, Conflict):
        return jsonify(conflict=conflict_link(case_audit_id, kept)), 409
    left = next((page.left for page in own_sheet(case_audit_id).done.progress if page.section.key == section), None)
    return jsonify(saved_at=clock_time(kept.saved_at), version=kept.number, left=left), 200
