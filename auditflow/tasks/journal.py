"""The journal's night: sealed, the seal posted to those who keep it outside, everything verified."""

from __future__ import annotations

import structlog

from auditflow.adapters.mail import MailRefused, MailUnavailable, Message
from auditflow.models import Seal
from auditflow.services.seal import seal_journal
from auditflow.services.seal_post import keep_verification, list_unposted_seals, mark_seal_posted, seal_letter
from auditflow.services.verify import verify_journal
from auditflow.tasks.office import Office

log = structlog.get_logger()


def seal_night(office: Office) -> int:
    """Seal what changed and post it; returns the seal's number, 0 if nothing changed."""
    with office.database.writing() as session:
        made = seal_journal(session, office.clock.now())
    post_seals(office)
    return made.number if made else 0


def post_seals(office: Office) -> int:
    """Send every seal that has not gone out yet; returns how many went. A mail server that is gone is asked later."""
    if not office.settings.seal_addresses:
        return 0
    with office.database.reading() as session:
        waiting = list_unposted_seals(session)
    for count, seal in enumerate(waiting):
        if not _post(office, seal):
            return count
        with office.database.writing() as session:
            mark_seal_posted(session, seal.number)
    return len(waiting)


def _post(office: Office, seal: Seal) -> bool:
    """To every address; a repeat has the same key, so it shows once. False: try again later."""
    subject, body = seal_letter(seal, council_name=office.settings.council_name)
    for address in office.settings.seal_addresses:
        try:
            office.mailer.send(Message(to=address, subject=subject, body=body, key=f"seal-{seal.number}-{address}"))
        except MailUnavailable:
            log.warning("the seal waits for the mail server", seal=seal.number)
            return False
        except MailRefused:
            log.error("an address refused the seal; see AUDITFLOW_SEAL_ADDRESSES", seal=seal.number)
    return True


def verify_night(office: Office) -> int:
    """Verify the whole journal and keep what was found for the health page; returns how many findings."""
    with office.database.reading() as session:
        result = verify_journal(session)
    with office.database.writing() as session:
        keep_verification(session, result, office.clock.now())
    for finding in result.findings:
        log.error("journal", kind=finding.kind, subject=finding.subject_type, id=finding.subject_id)
    return len(result.findings)
