"""`auditflow serve` as a process: starts, answers, stops when told, and loses nothing when it is killed."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.models import Deadline, Journal, Outbox
from auditflow.models.database import Database, open_database
from auditflow.services.sign_in_link import make_link
from auditflow.services.verify import verify_journal
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import make_council
from tests.factories.mail_servers import closed_port
from tests.faults.processes import Program, Visitor, hidden_fields, programs, wait_for

SECRET = "an invented secret of forty characters!!"
POSTS = 20


class Place:
    """A laptop's installation with a round of twenty audits, and its server."""

    def __init__(self, folder: Path, start) -> None:
        self.file, self.port, self.start_program = folder / "auditflow.db", closed_port(), start
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = {"AUDITFLOW_DATA": str(folder), "AUDITFLOW_SECRET_KEY": SECRET, "AUDITFLOW_BASE_URL": self.base}
        self.database: Database = open_database(f"sqlite:///{self.file}")
        with self.database.writing() as session:
            council = make_council(session, auditors=1)
            audit_round = make_round(session, council)
            self.audits = [make_case_audit(session, council, audit_round).id for _ in range(POSTS)]
            auditor = council.auditors[0]
            self.link = make_link(auditor, secret_key=SECRET, base_url=self.base, at=datetime.now(UTC))

    def serve(self) -> Program:
        program: Program = self.start_program("serve", "auditflow", "serve", "--port", str(self.port), **self.env)
        visitor = Visitor(self.base)
        wait_for(lambda: visitor.answers() or not program.running, "it serves")
        assert program.running, program.said()
        return program

    def count(self, column: Any) -> int:
        """How many rows have something in this column."""
        with self.database.reading() as session:
            return session.scalar(sa.select(sa.func.count(column))) or 0

    def declared(self) -> set[int]:
        """The audits whose conflict was committed."""
        with self.database.reading() as session:
            return set(session.scalars(sa.select(Journal.subject_id).where(Journal.entry == "conflict_declared")))


@pytest.fixture
def place(sqlite_template: Path, tmp_path: Path) -> Iterator[Place]:
    shutil.copy(sqlite_template, tmp_path / "auditflow.db")
    with programs({}, tmp_path) as start:
        place = Place(tmp_path, start)
        yield place
        place.database.engine.dispose()


def test_it_stops_when_told_and_is_alone_on_its_data(place: Place) -> None:
    program = place.serve()
    second = place.start_program("second", "auditflow", "serve", "--port", str(closed_port()), **place.env)
    assert second.process.wait(60) == 1
    assert "already running" in second.said()
    assert "Traceback" not in second.said()
    assert program.stop() == 0
    assert "Traceback" not in program.said()


def test_its_own_worker_keeps_the_time_limits_and_delivers_the_mail(place: Place, tmp_path: Path) -> None:
    place.serve()
    # The audits were allocated long ago and nobody started them: the beat finds that, the relay tells the auditor.
    letters = wait_for(lambda: sorted((tmp_path / "mail").glob("*.eml")), "a message was delivered", seconds=90)
    assert "Subject: An audit should have been started: case" in letters[0].read_text()
    wait_for(lambda: place.count(Outbox.sent_at), "it is marked as sent")
    assert place.count(Deadline.noticed_at) == POSTS


def test_with_reload_it_serves_and_works_too(place: Place, tmp_path: Path) -> None:
    place.database.engine.dispose()
    place.file.rename(tmp_path / "auditflow.db")
    (tmp_path / "sign-ins.txt").write_text("clock-marmalade-harbour")
    words = ("auditflow", "demo", "--reload", "--port", str(place.port), "--data", str(tmp_path))
    program = place.start_program("reloading", *words)
    visitor = Visitor(place.base)
    wait_for(lambda: visitor.answers() or not program.running, "it serves")
    assert program.running, program.said()
    wait_for(lambda: list((tmp_path / "mail").glob("*.eml")), "a message was delivered", seconds=90)
    assert "info" not in program.said(), "the sign-ins are not lost among the worker's events"


def test_killed_in_the_middle_it_keeps_every_act_it_answered(place: Place) -> None:
    program = place.serve()
    visitor = Visitor(place.base)
    visitor.choose_password(place.link, "clock marmalade harbour")
    answered: set[int] = set()
    killer = threading.Event()

    def send_all() -> None:
        for audit in place.audits:
            try:
                status, _page = visitor.send(f"/audits/{audit}/conflict", {"reason": "A neighbour of mine."})
            except OSError:
                return
            if status == 200:
                answered.add(audit)
            if len(answered) == POSTS // 2:
                killer.set()

    sender = threading.Thread(target=send_all)
    sender.start()
    assert killer.wait(90)
    program.kill()
    sender.join(60)
    assert answered <= place.declared()
    with place.database.reading() as session:
        assert verify_journal(session).findings == ()
    place.serve()
    assert "Sign out" in visitor.open("/")[1], "the session goes on"


def test_a_lock_of_a_moment_is_waited_for(place: Place) -> None:
    place.serve()
    visitor = Visitor(place.base)
    visitor.choose_password(place.link, "clock marmalade harbour")
    path = f"/audits/{place.audits[0]}/conflict"
    other = sqlite3.connect(place.file, isolation_level=None, check_same_thread=False)
    status, page = visitor.open(path)
    assert status == 200
    fields = {**hidden_fields(page), "reason": "A neighbour of mine."}
    other.execute("BEGIN IMMEDIATE")
    # Longer than SQLite waits by itself, shorter than three tries.
    release = threading.Timer(7, lambda: other.execute("ROLLBACK"))
    release.start()
    status, page = visitor.open(path, fields)
    release.join()
    assert status == 200, page[-2000:]
    assert place.declared() == {place.audits[0]}

    other.execute("BEGIN IMMEDIATE")
    status, page = visitor.open(f"/audits/{place.audits[1]}/conflict", {**fields, "reason": "Words to keep."})
    other.execute("ROLLBACK")
    other.close()
    assert status == 503
    assert "Words to keep." in page
    assert "Nothing was lost" in page
