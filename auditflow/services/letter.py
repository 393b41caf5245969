"""Putting an outbox row into words, at the moment it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.models import AuditRound, CaseAudit, Outbox, Person
from auditflow.services.letter_words import WORDS
from auditflow.services.sign_in_link import make_link
from auditflow.services.subjects import SUBJECTS

INVITATION = "person.invited"
"""The template whose message carries a link of its own."""

# Subject type -> the address of its page; whatever has no page of its own opens My work.
PAGES = {
    "audit_round": "/rounds/{id}",
    "case_audit": "/audits/{id}",
    "moderation": "/moderation/{id}",
    "action": "/actions/{id}",
    "alert": "/concerns/{id}",
    "approval": "/approvals/{id}",
    "person": "/people/{id}/hand-over",
}

RUN_ROUNDS = ("qa_lead", "director")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready for the post. `key` is the same however often it is sent."""

    to: str
    subject: str
    body: str
    key: str


def write_letter(
    session: Session, message: Outbox, *, base_url: str, council_name: str, secret_key: str = ""
) -> Letter | None:
    """The letter for an outbox row; None if the person is gone, no longer active, or past their last day here.

    `secret_key` makes the link of an invitation, which is never stored.
    """
    person = session.get(Person, message.person_id)
    if person is None or not person.active or _is_over(person, local_date(message.due_at)):
        return None
    subject = WORDS[message.template].format(**_about(session, message))
    page = base_url.rstrip("/") + _page(message, person)
    if message.template == INVITATION and secret_key:
        link = make_link(person, secret_key=secret_key, base_url=base_url, at=message.created_at)
        return Letter(person.email, subject, _invitation(person.name, link, council_name), message.key)
    body = (
        f"Hello {person.name}\n\n{subject}.\n\nSign in to read it: {page}\n\n"
        f"This message says nothing about the child on purpose.\n\n{council_name}, case audits\n"
    )
    return Letter(person.email, subject, body, message.key)


def _is_over(person: Person, day: date) -> bool:
    """Whether the only role they had was until an earlier day."""
    return bool(person.role_keys) and not person.roles_on(day)


def _page(message: Outbox, person: Person) -> str:
    """Where the person reads it: whoever does not run rounds finds a round's work among their own audits."""
    if message.subject_type == "audit_round" and person.role_keys.isdisjoint(RUN_ROUNDS):
        return "/audits" if "auditor" in person.role_keys else "/"
    return PAGES.get(message.subject_type, "/").format(id=message.subject_id)


def _invitation(name: str, link: str, council_name: str) -> str:
    return (
        f"Hello {name}\n\nYou have been given an account for case audits at {council_name}.\n\n"
        f"Choose a password here. The link works once, within 7 days:\n{link}\n\n"
        "If you did not expect this message, tell your administrator.\n"
    )


def _about(session: Session, message: Outbox) -> dict[str, str]:
    """The case reference and the round's name, as far as the subject has them."""
    row = session.get(SUBJECTS[message.subject_type], message.subject_id)
    audit = row if isinstance(row, CaseAudit) else None
    if audit is None and getattr(row, "case_audit_id", None):
        audit = session.get(CaseAudit, row.case_audit_id)  # type: ignore[union-attr]
    audit_round = row if isinstance(row, AuditRound) else None
    return {"ref": audit.ref if audit else "", "round": audit_round.name if audit_round else ""}
