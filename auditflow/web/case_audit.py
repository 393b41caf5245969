"""An auditor's audits: the list, one audit as a list of tasks, starting it, giving it back."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.audit_tool import Kind
from auditflow.models import CaseAudit
from auditflow.queries.case_audit import (
    OwnAudit,
    find_deadline,
    get_case_audit,
    get_person_name,
    list_own_case_audits,
    list_submissions,
)
from auditflow.queries.case_audit_actions import list_case_actions
from auditflow.queries.case_audit_sheet import read_sheet
from auditflow.queries.draft import list_waiting_versions
from auditflow.queries.moderation_list import list_decided_moderations
from auditflow.queries.moderation_sheet import grade_words
from auditflow.queries.moves import Moves, moves_for
from auditflow.queries.returned import find_return, list_returned_comments
from auditflow.services.case_audit import declare_conflict, start_case_audit
from auditflow.web.case_audit_list import HEADINGS, SORTS, STATES, csv_row, table_rows
from auditflow.web.case_audit_pages import (
    GRADERS,
    STATUS_BAD,
    audit_link,
    concern_link,
    describe,
    fresh,
    own_audit,
    sent_version,
    writable,
)
from auditflow.web.case_audit_places import section_title
from auditflow.web.case_audit_tasks import before_tasks, continue_link, finish_tasks, grade_tasks, people_tasks
from auditflow.web.download import table_file
from auditflow.web.layout import day
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms.case_audit import DeclareConflictForm
from workflows import case_audit as table

pages = Pages("case_audit", __name__)


@pages.page("/audits", may=GRADERS)
def case_audit_list() -> Any:
    """The audits allocated to the signed-in auditor, filtered and sorted by the address."""
    state, search, sort = (request.args.get(name, "") for name in ("state", "search", "sort"))
    rows = _list(state, search, sort)
    return render_template(
        "case_audit/list.html",
        columns=SORTS.columns(sort, {"state": state, "search": search}),
        rows=table_rows(db(), rows, now()),
        count=len(rows),
        open_count=sum(row.audit.state in ("allocated", "in_progress", "returned", "changed") for row in rows),
        states=STATES,
        state=state,
        search=search,
        sort=sort,
        filtered=bool(state or search),
    )


def _list(state: str, search: str, sort: str) -> list[OwnAudit]:
    known = [key for key, _ in STATES]
    if state and state not in known:
        state = ""
    return list_own_case_audits(
        db(), viewer().person_id, states=[state] if state else (), search=search.strip()[:200], sort=sort or "due"
    )


@pages.page("/audits.<any(csv, xlsx):kind>", may=GRADERS)
def case_audit_download(kind: str) -> Any:
    """The same list as a file."""
    state, search, sort = (request.args.get(name, "") for name in ("state", "search", "sort"))
    rows = [csv_row(row) for row in _list(state, search, sort)]
    return table_file(Sheet("My audits", HEADINGS, rows), "my-audits", kind)


@pages.page("/audits/<int:case_audit_id>", may=SIGNED_IN, opens="case_audit")
def case_audit_show(case_audit_id: int) -> Any:
    """The audit: for its auditor what there is to do, for everybody else where it stands."""
    audit = get_case_audit(db(), viewer(), case_audit_id)
    if audit.auditor_id != viewer().person_id:
        return _stand(audit)
    if audit.state == "allocated":
        return _start_page(audit)
    if writable(audit):
        return _task_list(audit)
    if audit.state == "changed":
        return redirect(url_for("case_audit_change.case_audit_change_show", case_audit_id=case_audit_id))
    return _stand(audit)


def _start_page(audit: CaseAudit) -> str:
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    due_at = find_deadline(db(), audit.id, ["start"])
    return render_template(
        "case_audit/start.html",
        audit=audit,
        about=describe(audit),
        sheet=read_sheet(db(), audit),
        moves=moves,
        due_at=due_at,
        late=due_at is not None and due_at < now(),
        worker=get_person_name(db(), audit.worker_id),
        concern_href=concern_link(audit.id),
    )


def _task_list(audit: CaseAudit) -> str:
    session = db()
    sheet = read_sheet(session, audit)
    last = sheet.actions.last
    comments = list_returned_comments(session, audit.id) if audit.state == "returned" else []
    waiting = list_waiting_versions(session, audit.id, viewer().person_id)
    due_at = find_deadline(session, audit.id, ["submit", "answer_return"])
    return render_template(
        "case_audit/tasks.html",
        audit=audit,
        sheet=sheet,
        about=describe(audit),
        due_at=due_at,
        late=due_at is not None and due_at < now(),
        go_on=continue_link(sheet, comments),
        before=before_tasks(sheet, last, comments),
        grades=grade_tasks(sheet),
        people=people_tasks(session, sheet),
        finish=finish_tasks(sheet),
        left=_left_by_section(sheet),
        returned_by=_returned_by(audit),
        comments=comments,
        waiting=[(version.id, section_title(sheet, section)) for version, section in waiting],
        moves=moves_for(session, "case_audit", audit.id, viewer().person_id, now()),
        concern_href=concern_link(audit.id),
    )


def _returned_by(audit: CaseAudit) -> str:
    decision = find_return(db(), audit.id) if audit.state == "returned" else None
    return get_person_name(db(), decision.moderator_id) if decision else ""


def _left_by_section(sheet: Any) -> list[dict[str, str]]:
    """Each page with something missing once, with its count."""
    return [
        {
            "text": page.section.short_title,
            "href": url_for(
                "case_audit_section.case_audit_section_show", case_audit_id=sheet.audit.id, section=page.section.key
            ),
            "note": f": {page.left}" + (", or not applicable" if page.section.may_be_not_applicable else ""),
        }
        for page in sheet.done.progress
        if page.left and page.section.kind in Kind
    ]


def _stand(audit: CaseAudit) -> str:
    """Where the audit stands, for whoever may see that it exists."""
    session, me = db(), viewer()
    moves = moves_for(session, "case_audit", audit.id, me.person_id, now())
    reads = audit.auditor_id == me.person_id or me.has("qa_lead")
    return render_template(
        "case_audit/stand.html",
        audit=audit,
        about=describe(audit),
        state=table.WORKFLOW.labels[audit.state],
        grade=grade_words(audit.published_grade) if reads and audit.published_grade else "",
        mine=audit.auditor_id == me.person_id,
        moves=moves,
        submissions=list_submissions(session, me, audit.id) if reads else [],
        actions=list_case_actions(session, audit).own if reads else (),
        auditor=get_person_name(session, audit.auditor_id),
        reads=reads,
        further=_further(audit, moves),
        concern_href=concern_link(audit.id),
        key=new_key(),
    )


def _further(audit: CaseAudit, moves: Moves) -> list[dict[str, str]]:
    """Where this person reads more: what was found, once it is shared, and the moderation that they did."""
    links = []
    if audit.shared_at and "reader" in moves.facts.roles:
        href = url_for("feedback.feedback_show", case_audit_id=audit.id)
        links.append({"text": "What was found", "href": href})
    for row in list_decided_moderations(db(), viewer().person_id, audit.id):
        href = url_for("moderation.moderation_show", moderation_id=row.task.id)
        links.append({"text": f"Your moderation, decided on {day(row.task.decided_at)}", "href": href})
    return links


@pages.act("/audits/<int:case_audit_id>/start", may=GRADERS)
def case_audit_start(case_audit_id: int) -> Any:
    """Start the audit: the auditor says that nothing stands against it."""
    own_audit(case_audit_id)
    start_case_audit(db(), case_audit_id, act(), expected_version=sent_version())
    return redirect(audit_link(case_audit_id), code=303)


@pages.page("/audits/<int:case_audit_id>/conflict", may=GRADERS)
def case_audit_conflict_show(case_audit_id: int) -> Any:
    """Asks what the conflict is."""
    audit = own_audit(case_audit_id)
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    if not moves.may("declare_conflict"):
        abort(404)
    return render_template(
        "case_audit/conflict.html", audit=audit, form=DeclareConflictForm(version=audit.version, key=new_key())
    )


@pages.act("/audits/<int:case_audit_id>/conflict", may=GRADERS)
def case_audit_conflict_declare(case_audit_id: int) -> Any:
    """Give the case back."""
    audit, form = own_audit(case_audit_id), DeclareConflictForm(request.form)
    if not form.validate():
        fresh(form, audit.version)
        return render_template("case_audit/conflict.html", audit=audit, form=form), STATUS_BAD
    declare_conflict(db(), case_audit_id, act(), reason=form.reason.data or "", expected_version=form.version.data)
    return render_template("case_audit/given_back.html", ref=audit.ref)
