"""What moderators and deciders of disputes decided against their entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Dispute, Journal, JournalText, Moderation, Submission
from auditflow.services.dispute_escalation import UNDECIDED
from auditflow.services.moderation_decision import AUDIT_QUESTIONS
from auditflow.services.verify.finding import Finding
from auditflow.services.verify.said import Said, SaidEntry


@dataclass(frozen=True, slots=True)
class Task:
    """A moderation task as its row has it, and the details and reason of the entry that decided it."""

    row: Moderation
    submission: int
    details: Mapping[str, Any] | None
    reason: str | None

    @property
    def case_audit_id(self) -> int:
        """The audit that was moderated."""
        return self.row.case_audit_id

    @property
    def judged(self) -> bool:
        """Whether grades were decided: not where the audit went back."""
        return self.details is not None and self.details.get("decision") != "return"

    @property
    def erased(self) -> bool:
        """Whether there was a reason whose words are kept no more."""
        return self.reason is None and self.details is not None and "reason" in self.details.get("texts", {})

    @property
    def grades_sha256(self) -> str | None:
        """The digest of the grades of the domains, as decided."""
        return self.details.get("grades_sha256") if self.details is not None else None


def list_tasks(session: Session, ids: Sequence[int]) -> list[Task]:
    """Every moderation task of these case audits: one statement. An erased reason is None."""
    decided = sa.and_(
        Journal.subject_type == "moderation", Journal.subject_id == Moderation.id, Journal.entry == "decided"
    )
    statement = (
        sa.select(Moderation, Submission.number, Journal.details, JournalText.text)
        .join(Submission, Submission.id == Moderation.submission_id)
        .outerjoin(Journal, decided)
        .outerjoin(JournalText, _reason_of(Journal))
        .where(Moderation.case_audit_id.in_(ids))
        .order_by(Moderation.id)
    )
    return [Task(*row) for row in session.execute(statement)]


def _reason_of(entry: type[Journal]) -> sa.ColumnElement[bool]:
    return sa.and_(
        JournalText.subject_type == entry.subject_type,
        JournalText.subject_id == entry.subject_id,
        JournalText.number == entry.number,
        JournalText.field == "reason",
    )


def check_tasks(tasks: Sequence[Task]) -> Iterator[Finding]:
    """Decision, grade, view of the audit and reason of each task are those of the entry that decided it."""
    for task in tasks:
        row, said = task.row, task.details or {}
        view = {name: value for name, value in (row.audit_view or {}).items() if name in AUDIT_QUESTIONS}
        now = (row.decision, row.grade, view)
        if now != (said.get("decision"), said.get("grade"), said.get("audit", {})):
            sentence = "The moderator’s decision, grade or view of the audit is not what was decided."
            yield Finding("grade_edited", "moderation", row.id, row.version, sentence)
        elif row.reason != (task.reason if "reason" in said.get("texts", {}) else None) and not task.erased:
            yield Finding("text_edited", "moderation", row.id, row.version, "The moderator’s reason is not theirs.")


def check_disputes(session: Session, ids: Sequence[int], said: Mapping[int, Said]) -> Iterator[Finding]:
    """Each dispute is decided as its entry says, by whom and when, or not at all; none is missing."""
    entries = {number: entry for of in said.values() for number, entry in of.disputes.items()}
    audits = {number: audit_id for audit_id, of in said.items() for number in of.disputes}
    for row, reason in session.execute(_disputes(ids)):
        entry = entries.pop(row.id, None)
        if (row.grade, row.decided_by_id, row.decided_at) != _decision(entry):
            sentence = "What was decided in a dispute, by whom or when, is not what the journal says."
            yield Finding("grade_edited", "case_audit", row.case_audit_id, entry.number if entry else 0, sentence)
        elif entry is not None and row.decision != (UNDECIDED if entry.actor_id is None else reason or row.decision):
            sentence = "The reason of the decision in a dispute is not what was written."
            yield Finding("text_edited", "case_audit", row.case_audit_id, entry.number, sentence)
    for dispute_id, entry in entries.items():
        yield Finding("grade_edited", "case_audit", audits[dispute_id], entry.number, "A decided dispute is gone.")


def _decision(entry: SaidEntry | None) -> tuple[Any, ...]:
    return (entry.details.get("grade"), entry.actor_id, entry.at) if entry is not None else (None, None, None)


def _disputes(ids: Sequence[int]) -> sa.Select[Dispute, str]:
    """Every dispute of these audits with the reason in the entry that decided it, where that is kept."""
    decided = sa.and_(
        Journal.subject_type == "case_audit",
        Journal.subject_id == Dispute.case_audit_id,
        Journal.entry == "determined",
        Journal.at == Dispute.decided_at,
    )
    return (
        sa.select(Dispute, JournalText.text)
        .outerjoin(Journal, decided)
        .outerjoin(JournalText, _reason_of(Journal))
        .where(Dispute.case_audit_id.in_(ids))
        .order_by(Dispute.id)
    )
