"""Sending what waits in the outbox."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import OperationalError

from auditflow.adapters.mail import MailRefused, MailUnavailable, Message
from auditflow.models import Outbox
from auditflow.services.letter import Letter, write_letter
from auditflow.services.relay import claim_messages, give_back, keep_lease, mark_refused, mark_sent, mark_waiting
from auditflow.tasks.office import Office

log = structlog.get_logger()

GONE = "The person is no longer here."
NO_WORDS = "The message could not be put into words."


def relay_outbox(office: Office) -> int:
    """Send one batch; returns how many were handed over. A server that is gone ends the batch early."""
    with office.database.writing() as session:
        batch = claim_messages(session, office.clock.now())
    sent = 0
    for place, message in enumerate(batch):
        if not _still_ours(office, message):
            continue
        outcome = _send(office, message)
        sent += outcome == "sent"
        if outcome == "waiting":
            # Each of the rest would wait for the same server; the next tick tries again, from the next message on.
            _give_back(office, batch[place + 1 :])
            break
    return sent


def _still_ours(office: Office, message: Outbox) -> bool:
    """Right before each message: a slow server must not make the lease of the last ones run out unseen."""
    with office.database.writing() as session:
        return keep_lease(session, message, office.clock.now())


def _give_back(office: Office, messages: list[Outbox]) -> None:
    with office.database.writing() as session:
        give_back(session, messages)


def _send(office: Office, message: Outbox) -> str:
    error, outcome = "", "refused"
    try:
        letter = _letter(office, message)
        if letter is None:
            error = GONE
        else:
            office.mailer.send(Message(to=letter.to, subject=letter.subject, body=letter.body, key=letter.key))
            outcome = "sent"
    except MailUnavailable as gone:
        error, outcome = gone.sentence, "waiting"
    except MailRefused as refusal:
        error = refusal.sentence
    _mark(office, message, outcome, error)
    return outcome


def _letter(office: Office, message: Outbox) -> Letter | None:
    settings = office.settings
    try:
        with office.database.reading() as session:
            return write_letter(
                session,
                message,
                base_url=settings.base_url,
                council_name=settings.council_name,
                secret_key=settings.secret_key,
            )
    except OperationalError:
        raise
    except Exception:
        # One that cannot be written is put aside; the others must not wait behind it for ever.
        log.exception("no words for a message", template=message.template, message=message.id)
        raise MailRefused(NO_WORDS) from None


def _mark(office: Office, message: Outbox, outcome: str, error: str) -> None:
    now = office.clock.now()
    with office.database.writing() as session:
        if outcome == "sent":
            mark_sent(session, message.id, now)
        elif outcome == "waiting":
            mark_waiting(session, message, now, error)
        else:
            mark_refused(session, message.id, now, error)
