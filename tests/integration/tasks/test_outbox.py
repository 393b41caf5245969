"""The relay: every message once, whatever happens to the mail server, the person or the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.adapters.mail import Message
from auditflow.domain.clock import FixedClock
from auditflow.models import Outbox, Person
from auditflow.models.database import Database
from auditflow.services.relay import LEASE, claim_messages
from auditflow.tasks.office import Office
from auditflow.tasks.outbox import GONE, NO_WORDS, relay_outbox
from tests.factories.council import START, make_person
from tests.factories.mail_servers import NotifyStandIn, SmtpServer, closed_port

OpenOffice = Callable[..., Office]
TEMPLATE = "person.invited"


def put_out(database: Database, count: int = 1, *, template: str = TEMPLATE, **columns: object) -> list[int]:
    """So many messages to so many people; returns the people's ids."""
    with database.writing() as session:
        people = [make_person(session, f"Person {n}", **columns) for n in range(count)]
        for n, person in enumerate(people):
            session.add(
                Outbox(
                    key=f"message-{n}",
                    template=template,
                    person_id=person.id,
                    subject_type="person",
                    subject_id=person.id,
                    created_at=START,
                    due_at=START,
                )
            )
        return [person.id for person in people]


def rows(database: Database) -> list[Outbox]:
    with database.reading() as session:
        return list(session.scalars(sa.select(Outbox).order_by(Outbox.id)))


def smtp_url(server: SmtpServer | int) -> str:
    port = server if isinstance(server, int) else server.port
    return f"smtp://127.0.0.1:{port}?from=audit@example.org&tls=none"


def test_messages_become_files_once(office: Office, database: Database) -> None:
    put_out(database, 3)
    assert relay_outbox(office) == 3
    assert relay_outbox(office) == 0
    assert len(list((office.settings.data / "mail").glob("*.eml"))) == 3
    assert all(row.sent_at == office.clock.now() and row.lease_until is None for row in rows(database))


def test_a_message_says_where_to_sign_in_and_nothing_about_the_case(open_with: OpenOffice, database: Database) -> None:
    put_out(database)
    with SmtpServer().running() as server:
        assert relay_outbox(open_with(mail_url=smtp_url(server))) == 1
    (mail,) = server.received
    assert mail["To"] == "person.0@example.invalid"
    assert "http://127.0.0.1:8000/" in mail.get_content()


def test_notify_gets_the_key_as_its_reference(open_with: OpenOffice, database: Database) -> None:
    put_out(database, email="lena@example.org")
    with NotifyStandIn().running() as notify:
        assert relay_outbox(open_with(mail_url=notify.url)) == 1
    assert [one["reference"] for one in notify.sent] == ["message-0"]


def test_a_server_that_is_gone_is_asked_ever_more_rarely_and_then_gets_it_once(
    open_with: OpenOffice, database: Database, clock: FixedClock
) -> None:
    put_out(database)
    gone = open_with(mail_url=smtp_url(closed_port()))
    for wait in (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)):
        assert relay_outbox(gone) == 0
        (row,) = rows(database)
        assert row.due_at == clock.now() + wait
        assert "does not answer" in (row.error or "")
        clock.moment = row.due_at - timedelta(seconds=1)
        assert relay_outbox(gone) == 0
        assert rows(database)[0].attempts == row.attempts, "it was tried before its time"
        clock.moment = row.due_at
    with SmtpServer().running() as server:
        back = open_with(mail_url=smtp_url(server))
        assert relay_outbox(back) == 1
        assert relay_outbox(back) == 0
    assert len(server.received) == 1
    assert rows(database)[0].error is None


def test_one_refusal_to_connect_spares_the_rest_of_the_batch(open_with: OpenOffice, database: Database) -> None:
    put_out(database, 3)
    relay_outbox(open_with(mail_url=smtp_url(closed_port())))
    assert [row.attempts for row in rows(database)] == [1, 0, 0]
    assert all(row.lease_until is None for row in rows(database))


def test_an_address_that_the_server_refuses_is_not_tried_again(open_with: OpenOffice, database: Database) -> None:
    put_out(database)
    with SmtpServer(answers={"RCPT": "550 no such person"}).running() as server:
        office = open_with(mail_url=smtp_url(server))
        assert relay_outbox(office) == 0
        assert relay_outbox(office) == 0
    (row,) = rows(database)
    assert row.refused_at is not None
    assert "550" in (row.error or "")
    assert row.attempts == 1


def test_nobody_writes_to_a_person_who_has_left(office: Office, database: Database) -> None:
    put_out(database, active=False)
    assert relay_outbox(office) == 0
    assert rows(database)[0].error == GONE
    assert not (office.settings.data / "mail").exists()


def test_a_message_without_words_holds_up_no_other(office: Office, database: Database) -> None:
    (first,) = put_out(database, template="person.never_heard_of")
    with database.writing() as session:
        message = session.scalars(sa.select(Outbox)).one()
        session.add(
            Outbox(
                key="next",
                template=TEMPLATE,
                person_id=first,
                subject_type="person",
                subject_id=first,
                created_at=START,
                due_at=message.due_at,
            )
        )
    assert relay_outbox(office) == 1
    assert [row.error for row in rows(database)] == [NO_WORDS, None]


def test_what_a_killed_worker_had_claimed_is_sent_when_its_lease_runs_out(
    office: Office, database: Database, clock: FixedClock
) -> None:
    put_out(database)
    with database.writing() as session:
        claim_messages(session, clock.now())
    assert relay_outbox(office) == 0
    clock.moment = clock.now() + LEASE + timedelta(seconds=1)
    assert relay_outbox(office) == 1


def test_a_slow_worker_leaves_alone_what_another_took_over(
    office: Office, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first message takes longer than the lease; meanwhile another relay sends the second."""
    put_out(database, 2)
    sent: list[str] = []
    inside = []

    def slow_send(self: object, message: Message) -> None:
        sent.append(message.key)
        if not inside:
            inside.append(True)
            clock.moment = clock.now() + LEASE + timedelta(seconds=1)
            relay_outbox(office)

    monkeypatch.setattr(type(office.mailer), "send", slow_send)
    relay_outbox(office)
    assert sent.count("message-1") == 1


def test_a_message_sent_but_not_marked_keeps_its_message_id(
    open_with: OpenOffice, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed exactly between sending and marking: the repeat is recognised by its Message-ID."""
    put_out(database)

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with SmtpServer().running() as server:
        office = open_with(mail_url=smtp_url(server))
        with monkeypatch.context() as patch:
            patch.setattr("auditflow.tasks.outbox.mark_sent", die)
            with pytest.raises(KeyboardInterrupt):
                relay_outbox(office)
        clock.moment = clock.now() + LEASE + timedelta(seconds=1)
        relay_outbox(office)
    assert len(server.received) == 2
    assert len({mail["Message-ID"] for mail in server.received}) == 1


def test_people_are_named_as_they_are_now(office: Office, database: Database) -> None:
    (person_id,) = put_out(database)
    with database.writing() as session:
        person = session.get(Person, person_id)
        assert person is not None
        person.email = "new@example.org"
    relay_outbox(office)
    (file,) = (office.settings.data / "mail").glob("*.eml")
    assert "To: new@example.org" in file.read_text()
