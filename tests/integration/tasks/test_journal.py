"""The journal's night: sealed, posted outside, verified, and the result kept."""

from __future__ import annotations

import json
from collections.abc import Callable

import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Seal
from auditflow.models.database import Database
from auditflow.services.seal_post import find_verification
from auditflow.services.verify import verify_journal
from auditflow.tasks.journal import post_seals, seal_night, verify_night
from auditflow.tasks.office import Office
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import make_council
from tests.factories.mail_servers import SmtpServer, closed_port

OpenOffice = Callable[..., Office]
OUTSIDE = ("archive@example.org", "clerk@example.org")


def live(database: Database) -> None:
    with database.writing() as session:
        council = make_council(session)
        make_case_audit(session, council, make_round(session, council))


def test_the_seal_goes_to_every_address_and_verifies(open_with: OpenOffice, database: Database) -> None:
    live(database)
    with SmtpServer().running() as server:
        url = f"smtp://127.0.0.1:{server.port}?from=audit@example.org&tls=none"
        office = open_with(mail_url=url, seal_addresses=OUTSIDE)
        assert seal_night(office) == 1
        assert seal_night(office) == 0, "nothing changed since"
    assert sorted(str(mail["To"]) for mail in server.received) == sorted(OUTSIDE)
    line = next(line for line in server.received[0].get_content().splitlines() if line.startswith("{"))
    with database.reading() as session:
        assert verify_journal(session, outside_seal=json.loads(line)).findings == ()


def test_a_seal_waits_for_the_mail_server(open_with: OpenOffice, database: Database) -> None:
    live(database)
    gone = f"smtp://127.0.0.1:{closed_port()}?from=audit@example.org&tls=none"
    assert seal_night(open_with(mail_url=gone, seal_addresses=OUTSIDE)) == 1
    with SmtpServer().running() as server:
        url = f"smtp://127.0.0.1:{server.port}?from=audit@example.org&tls=none"
        office = open_with(mail_url=url, seal_addresses=OUTSIDE)
        assert post_seals(office) == 1
        assert post_seals(office) == 0
    assert len(server.received) == 2


def test_without_addresses_nothing_is_sent_and_the_seal_is_made(office: Office, database: Database) -> None:
    live(database)
    assert seal_night(office) == 1
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Seal)) == 1
    assert not (office.settings.data / "mail").exists()


def test_the_verification_is_kept(office: Office, database: Database, clock: FixedClock) -> None:
    live(database)
    assert verify_night(office) == 0
    with database.writing() as session:
        session.execute(sa.update(CaseAudit).values(published_grade=4, chain_head="0" * 64))
    assert verify_night(office) > 0
    with database.reading() as session:
        kept = find_verification(session)
    assert kept is not None
    assert kept["at"] == clock.now().isoformat()
    assert kept["findings"] > 0
