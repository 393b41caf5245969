"""Submitting an audit: what was typed is put together, checked, kept for ever, and sent on at once.

On PostgreSQL the move costs four statements with its answers (facts, move, submission, domain grades), and
what the system does in consequence one more beside its facts (plus the moderation task, where there is one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.answers import is_blank
from auditflow.domain.audit_tool import PARTICIPATION, answer_problems, answers_digest, grade_of
from auditflow.domain.errors import BadInput, NotFound, Stale
from auditflow.domain.grades import Grade
from auditflow.models import CaseAudit, DomainGrade, Journal, ModerationComment, Submission
from auditflow.models.base import core
from auditflow.queries.case_audit_sheet import Sheet, read_sheet
from auditflow.queries.draft import list_waiting_versions
from auditflow.queries.policy import get_moderation_choice
from auditflow.queries.returned import COMMENTS, list_returned_comments
from auditflow.services.act import Act
from auditflow.services.moderation import open_moderation
from auditflow.services.transitions import Request, apply

CHANGED = "Your answers have changed since you checked them. Look at them again, then submit."


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: `state` is where the rules of the round moved the audit to."""

    state: str
    number: int
    repeated: bool = False


def submit_case_audit(
    session: Session,
    case_audit_id: int,
    act: Act,
    *,
    expected_version: int | None = None,
    checked: str | None = None,
) -> Submitted:
    """Submit what the auditor has typed. `checked` is the digest of the answers that they looked at last.

    Raises NotFound if it is not theirs, Stale if the answers are not those that were checked, GuardRefused
    while something is missing, BadInput for answers of the wrong shape or a comment without an answer.
    """
    audit = _locked(session, case_audit_id, act)
    earlier = _earlier(session, audit, act)
    if earlier is not None:
        return Submitted(audit.state, earlier, repeated=True)
    sheet = read_sheet(session, audit)
    digest = answers_digest(sheet.answers)
    if checked is not None and checked != digest:
        raise Stale(CHANGED)
    _refuse_unsound(sheet)
    _refuse_unsettled(session, sheet)
    answered = _answered_comments(session, sheet)
    number = 1 + (session.scalar(sa.select(sa.func.max(Submission.number)).where(_of(audit))) or 0)
    apply(session, _request(sheet, act, digest, number, expected_version))
    submission_id = _keep(session, case_audit_id, sheet.answers, act, digest=digest, number=number)
    _answer_comments(session, answered, act)
    return Submitted(_send_on(session, sheet, act, submission_id), number)


def _of(audit: CaseAudit) -> sa.ColumnElement[bool]:
    return Submission.case_audit_id == audit.id


def _locked(session: Session, case_audit_id: int, act: Act) -> CaseAudit:
    """The audit, locked so that no draft of it is saved while it is put together."""
    mine = sa.select(CaseAudit).where(CaseAudit.id == case_audit_id, CaseAudit.auditor_id == act.actor_id)
    found = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such audit among yours.")
    return found


def _earlier(session: Session, audit: CaseAudit, act: Act) -> int | None:
    """The number of the submission that this very form made before, if it did."""
    details = session.scalars(
        sa.select(Journal.details).where(
            Journal.subject_type == "case_audit",
            Journal.subject_id == audit.id,
            Journal.key == act.key,
            Journal.action == "submit",
        )
    ).one_or_none()
    return None if details is None else int(details["submission"])


def _refuse_unsound(sheet: Sheet) -> None:
    audit = sheet.audit
    problems = answer_problems(sheet.tool, sheet.answers, audit.case_type, grading_only=sheet.grading_only)
    if problems:
        raise BadInput(problems[0], details={"problems": problems})


def _refuse_unsettled(session: Session, sheet: Sheet) -> None:
    """What was typed twice has to be settled: otherwise half of it would be submitted unnoticed."""
    if list_waiting_versions(session, sheet.audit.id, sheet.audit.auditor_id or 0):
        raise BadInput(
            "There are two versions of something you typed. Choose which to keep, then submit.", code="two_versions"
        )


def _request(sheet: Sheet, act: Act, digest: str, number: int, expected_version: int | None) -> Request:
    audit, missing = sheet.audit, sheet.done.missing
    actions = sum(item.field.startswith("action.") for item in missing)
    people = sum(item.section == PARTICIPATION for item in missing)
    grade = _value(sheet.answers["overall"])
    changes: dict[str, Any] = {}
    if audit.first_submitted_at is None:
        changes = {"first_submitted_at": act.at, "first_grade": grade}
    return Request(
        "case_audit",
        audit.id,
        "submit",
        act,
        expected_version,
        details={"submission": number, "answers_sha256": digest, "grade": grade},
        changes=changes,
        facts={
            "incomplete_domains": len(missing) - actions - people,
            "unanswered_findings": actions,
            "participation_recorded": people == 0,
        },
    )


def _keep(session: Session, audit_id: int, answers: Mapping[str, Any], act: Act, *, digest: str, number: int) -> int:
    """Write the submission and its domain grades: two statements."""
    submission_id: int = session.execute(
        sa.insert(core(Submission)).returning(core(Submission).c.id),
        {
            "case_audit_id": audit_id,
            "number": number,
            "auditor_id": act.actor_id,
            "submitted_at": act.at,
            "overall_grade": _value(answers["overall"]),
            "answers": answers,
            "sha256": digest,
        },
    ).scalar_one()
    rows = [
        {"case_audit_id": audit_id, "source": "auditor", "number": number, "domain": key, "grade": _value(given)}
        for key, given in answers["domains"].items()
    ]
    session.execute(sa.insert(core(DomainGrade)).values(rows))
    return submission_id


def _value(given: Mapping[str, Any]) -> int | None:
    grade = grade_of(given)
    return grade.value if isinstance(grade, Grade) else None


def _answered_comments(session: Session, sheet: Sheet) -> dict[int, str]:
    """Comment id -> answer, where the audit had been returned. Raises BadInput if one is without an answer."""
    if sheet.audit.state != "returned":
        return {}
    draft = sheet.drafts.get(COMMENTS)
    typed = draft.content if draft else {}
    answers = {c.id: str(typed.get(str(c.id), "")) for c in list_returned_comments(session, sheet.audit.id)}
    unanswered = sum(is_blank(answer) for answer in answers.values())
    if unanswered:
        many = f"{unanswered} of the moderator’s comments have" if unanswered > 1 else "One of the comments has"
        raise BadInput(f"{many} no answer yet. Answer it before you submit again.", code="comments_unanswered")
    return answers


def _answer_comments(session: Session, answers: Mapping[int, str], act: Act) -> None:
    if not answers:
        return
    comment = core(ModerationComment)
    session.execute(
        sa.update(comment)
        .where(comment.c.id == sa.bindparam("comment_id"))
        .values(answer=sa.bindparam("said"), answered_at=act.at),
        [{"comment_id": comment_id, "said": answer} for comment_id, answer in answers.items()],
    )


def _send_on(session: Session, sheet: Sheet, act: Act, submission_id: int) -> str:
    """What the rules of the round do at once: file, agree or send to moderation. Returns the new state."""
    audit_id, grade = sheet.audit.id, _value(sheet.answers["overall"])
    if sheet.grading_only:
        return apply(session, Request("case_audit", audit_id, "file", act.by_system("file"))).target
    assert grade is not None, "the guards have seen to it"
    choice = get_moderation_choice(session, session.get_one(CaseAudit, audit_id), grade=grade)
    if not choice.moderated:
        changes = {"agreed_at": act.at, "published_grade": grade}
        not_chosen = {"moderation_chosen": False}
        system = act.by_system("agree")
        agree = Request("case_audit", audit_id, "agree", system, changes=changes, facts=not_chosen)
        return apply(session, agree).target
    details = {"random_share": choice.random_share, "triggers": list(choice.triggers)}
    outcome = apply(
        session,
        Request(
            "case_audit",
            audit_id,
            "send_to_moderation",
            act.by_system("moderate"),
            details=details,
            facts={"moderation_chosen": True},
        ),
    )
    submission = session.get_one(Submission, submission_id)
    open_moderation(
        session,
        session.get_one(CaseAudit, audit_id),
        submission,
        act,
        random_share=choice.random_share,
        triggers=choice.triggers,
    )
    return outcome.target
