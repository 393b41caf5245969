"""The moderator's comments and decision: about the practice, and apart from it about the audit itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.answers import canonical_json, part, sha256_hex
from auditflow.domain.errors import BadInput, NotPermitted, WrongState
from auditflow.domain.grades import Grade
from auditflow.domain.published_grade import published_grade
from auditflow.models import CaseAudit, DomainGrade, Moderation, ModerationComment, Submission
from auditflow.queries.moderation import get_case_audit, get_moderation, get_submission, list_comments
from auditflow.services.act import Act
from auditflow.services.permission import require_role
from auditflow.services.transitions import Outcome, Request, apply

CHOICES = ("confirm", "change", "return")
AUDIT_QUESTIONS = ("evidence", "follows", "difference")
"""What is asked about the audit itself: evidence found, grade follows from reason, difference clear."""
AUDIT_ANSWERS = ("yes", "partly", "no")
LONGEST = 20_000

_MOVE = {"confirm": "confirm", "change": "change", "return": "return_to_auditor"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the moderator decides.

    `overall` and `domains` (key -> grade, None for not applicable) are read for a change only: a
    confirmation takes the auditor's. `audit_view` answers AUDIT_QUESTIONS, with an optional `feedback`
    text; it is needed unless the audit goes back.
    """

    choice: str
    reason: str = ""
    overall: int | None = None
    domains: Mapping[str, int | None] = field(default_factory=dict)
    audit_view: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The grades after a decision, and how they stand to the auditor's."""

    overall: int | None
    domains: Mapping[str, int | None]
    changed: int
    undecided: int


def graded_domains(submission: Submission) -> dict[str, int | None]:
    """Domain -> the auditor's grade in this submission; None is not applicable."""
    found = {}
    for key in part(submission.answers, "domains"):
        grade = part(submission.answers, "domains", key).get("grade")
        if grade is not None:
            found[key] = grade if isinstance(grade, int) else None
    return found


def domains_digest(domains: Mapping[str, int | None]) -> str:
    """The SHA-256 of a set of grades by domain, as the entry of the decision holds it."""
    return sha256_hex(canonical_json(dict(domains)))


def require_moderator(session: Session, row: Moderation, act: Act) -> None:
    """Raises WrongState or NotPermitted unless the task is with the person acting, who may still moderate."""
    if row.state != "with_moderator":
        raise WrongState("This moderation is not with a moderator now.")
    try:
        require_role(session, ("moderation", row.id), act, "moderator")
    except NotPermitted:
        raise NotPermitted("This moderation is not with you.") from None


def comment_on(session: Session, moderation_id: int, item: str, comment: str, act: Act) -> None:
    """Write, change or (with no words) remove the moderator's comment on one item; not yet sent to anybody.

    `item` is a domain of the submission, or `overall`.
    """
    row = get_moderation(session, moderation_id)
    require_moderator(session, row, act)
    if item not in {"overall", "participation", *graded_domains(get_submission(session, row))}:
        raise BadInput("This audit has no such item.", field="item")
    text = comment.strip()
    if len(text) > LONGEST:
        raise BadInput(f"A comment has {LONGEST:,} characters at most. This one has {len(text):,}.", field="comment")
    found = session.scalars(
        sa.select(ModerationComment).where(
            ModerationComment.moderation_id == moderation_id, ModerationComment.item == item
        )
    ).one_or_none()
    if found is None and text:
        session.add(ModerationComment(moderation_id=moderation_id, item=item, comment=text, made_at=act.at))
    elif found is not None and text:
        found.comment, found.made_at = text, act.at
    elif found is not None:
        session.delete(found)
    session.flush()


def decide_moderation(
    session: Session, moderation_id: int, decision: Decision, act: Act, *, version: int | None = None
) -> Outcome:
    """Record the decision; the case audit moves in the same transaction, and both grades are kept.

    Raises BadInput (an answer is missing or not one of those offered), or what `transitions.apply` raises;
    then nothing is written.
    """
    row = get_moderation(session, moderation_id)
    _check(decision)
    submission = get_submission(session, row)
    judgement = _judge(decision, submission)
    with session.begin_nested():
        outcome = _decide_task(session, row, decision, judgement, act, version)
        if not outcome.repeated:
            _move_audit(session, row, decision, judgement, act)
            if decision.choice != "return":
                _keep_domains(session, row, submission.number, judgement.domains)
    return outcome


def _check(decision: Decision) -> None:
    if decision.choice not in CHOICES:
        raise BadInput("Choose whether you confirm, change or return the audit.", field="choice")
    if decision.choice == "return":
        return
    for question in AUDIT_QUESTIONS:
        if decision.audit_view.get(question) not in AUDIT_ANSWERS:
            raise BadInput("Answer the three questions about the audit.", field=question)
    if decision.choice == "change" and not decision.reason.strip():
        raise BadInput("Give the reason for the change: the auditor reads it.", field="reason")


def _judge(decision: Decision, submission: Submission) -> Judgement:
    theirs = graded_domains(submission)
    if decision.choice == "return":
        return Judgement(None, theirs, 0, 0)
    if decision.choice == "confirm":
        return Judgement(submission.overall_grade, theirs, 0, 0)
    _check_grades(decision, theirs)
    domains = dict(decision.domains)
    changed = sum(grade != theirs[key] for key, grade in domains.items())
    changed += decision.overall != submission.overall_grade
    return Judgement(decision.overall, domains, changed, len(theirs.keys() - domains.keys()))


def _check_grades(decision: Decision, theirs: Mapping[str, int | None]) -> None:
    if decision.overall is None:
        raise BadInput("Decide the overall grade.", field="overall")
    grades = {int(known) for known in Grade}
    for key, grade in {"overall": decision.overall, **decision.domains}.items():
        if key != "overall" and key not in theirs:
            raise BadInput("A grade was sent for a domain that this audit does not have.", field=key)
        if grade is not None and grade not in grades:
            raise BadInput("Choose one of the grades shown.", field=key)
        if grade is None and theirs[key] is not None:
            raise BadInput("A domain that was graded cannot become not applicable.", field=key)


def _decide_task(
    session: Session, row: Moderation, decision: Decision, judgement: Judgement, act: Act, version: int | None
) -> Outcome:
    view = {k: v for k, v in decision.audit_view.items() if k in (*AUDIT_QUESTIONS, "feedback") and v}
    reason = decision.reason.strip()
    comments = list_comments(session, [row.id])
    texts = {"reason": reason, "feedback": view.get("feedback", "")}
    texts |= {f"comment_{number}": comment.comment for number, comment in enumerate(comments, 1)}
    details: dict[str, Any] = {
        "decision": decision.choice,
        "grade": judgement.overall,
        "changed": judgement.changed,
        "audit": {question: view[question] for question in AUDIT_QUESTIONS if question in view},
        "commented": [comment.item for comment in comments],
        "grades_sha256": domains_digest(judgement.domains),
    }
    changes = {
        "decided_at": act.at,
        "decision": decision.choice,
        "grade": judgement.overall,
        "reason": reason or None,
        "audit_view": view or None,
    }
    given = {name: text for name, text in texts.items() if text}
    return apply(
        session, Request("moderation", row.id, "decide", act, version, details=details, texts=given, changes=changes)
    )


def _move_audit(session: Session, row: Moderation, decision: Decision, judgement: Judgement, act: Act) -> None:
    audit = get_case_audit(session, row)
    apply(
        session,
        Request(
            "case_audit",
            audit.id,
            _MOVE[decision.choice],
            act.then("case_audit"),
            reason=decision.reason if decision.choice != "return" else "",
            details={"moderation": row.id, "grade": judgement.overall, "changed": judgement.changed},
            changes=_changes(audit, decision.choice, judgement.overall, act),
            facts={
                "undecided_grades": judgement.undecided,
                "changed_grades": judgement.changed,
                "comments": len(list_comments(session, [row.id])),
            },
        ),
    )


def _changes(audit: CaseAudit, choice: str, grade: int | None, act: Act) -> dict[str, Any]:
    if choice == "return":
        return {"returns": audit.returns + 1}
    if choice == "change":
        return {"moderated_grade": grade}
    published = published_grade(first=audit.first_grade, moderated=grade, determined=None)
    return {"moderated_grade": grade, "published_grade": published, "agreed_at": act.at}


def _keep_domains(session: Session, row: Moderation, number: int, domains: Mapping[str, int | None]) -> None:
    session.add_all(
        DomainGrade(case_audit_id=row.case_audit_id, source="moderator", number=number, domain=key, grade=grade)
        for key, grade in domains.items()
    )
    session.flush()
