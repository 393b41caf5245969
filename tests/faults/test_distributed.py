"""Two webs, two workers and a beat as processes on PostgreSQL and Redis, while things die under them.

A round is run over HTTP, now on one web and now on the other. A worker is killed in the middle of a message
and Redis loses everything it knew: every mail arrives once, no deadline is lost, what people did stays done,
and the journal verifies.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Deadline, Outbox
from auditflow.models.database import Database
from auditflow.queries.journal import list_entries
from auditflow.services.sign_in_link import make_link
from auditflow.services.verify import verify_journal
from tests.conftest import empty, missing
from tests.factories.actions import Acts, make_concern
from tests.factories.audits import make_case_audit, make_round, make_tool
from tests.factories.council import Council, make_council
from tests.factories.mail_servers import SmtpServer, closed_port
from tests.factories.sampling import make_frame
from tests.faults.processes import BIN, ROOT, Program, Visitor, programs, wait_for
from tests.faults.remote import RemoteBrowser
from tests.faults.round_by_http import audits_of, finish, grade, launch, moderate

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

SECRET = "an invented secret of forty characters!!"
PASSWORD = "clock marmalade harbour"
STOP_AT = 5
"""The message in the middle of which the worker is killed."""
LATE = 10
"""Audits whose start is late when the workers come up: each is said to its auditor and both leads."""


class StoppingServer(SmtpServer):
    """Stands still in the middle of one message, so that whoever sends it can be found and killed."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.peer: tuple[str, int] | None = None
        self.go_on = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.begun += 1
        if self.begun == STOP_AT:
            self.peer = session.peer
            await asyncio.to_thread(self.go_on.wait, 60)
        return await super().handle_RCPT(server, session, envelope, address, options)

    def ids(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(str(mail["Message-ID"]) for mail in list(self.received))


class Broker:
    """A Redis of the test's own that keeps nothing on disk: stopped, it has forgotten everything."""

    def __init__(self, start: Callable[..., Program], folder: Path) -> None:
        self.port = closed_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start_program, self.folder = start, folder
        self.program: Program | None = None

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.program = self.start_program("redis", "redis-server", *words, "--dir", str(self.folder))
        wait_for(self.answers, "Redis answers")

    def stop(self) -> None:
        assert self.program is not None
        self.program.kill()

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture
def shared(postgres_database: Database) -> Iterator[Database]:
    """PostgreSQL, empty before and after."""
    empty(postgres_database)
    yield postgres_database
    empty(postgres_database)


@pytest.fixture
def start(shared: Database, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs; they end before the database is emptied."""
    with programs({}, tmp_path) as started:
        yield started


@pytest.fixture
def broker(start: Callable[..., Program], tmp_path: Path) -> Broker:
    if shutil.which("redis-server") is None:
        missing("redis", "there is no program redis-server")
    broker = Broker(start, tmp_path)
    broker.start()
    return broker


@pytest.fixture
def smtp() -> Iterator[StoppingServer]:
    with StoppingServer().running() as server:
        yield server


def lived_in(database: Database, base_url: str) -> tuple[Council, list[int], dict[int, str]]:
    """A case list, a round whose audits should have been started long ago, and the invitations of its people."""
    with database.writing() as session:
        council = make_council(session, auditors=2)
        make_tool(session)
        make_frame(session, council)
        audit_round = make_round(session, council)
        audits = [make_case_audit(session, council, audit_round) for _ in range(LATE)]
        session.flush()
        people = (*council.auditors, council.qa_lead, *council.managers)
        now = datetime.now(UTC)
        links = {p.id: make_link(p, secret_key=SECRET, base_url=base_url, at=now) for p in people}
        return council, [a.id for a in audits], links


def raise_unheard(database: Database, council: Council, case_audit_id: int) -> int:
    """A concern raised five hours ago that nobody acknowledged: the system must pass it up."""
    clock = FixedClock(datetime.now(UTC) - timedelta(hours=5))
    with database.writing() as session:
        audit = session.get_one(CaseAudit, case_audit_id)
        return make_concern(session, council.auditors[0], audit, Acts(clock)).id


def who_talks(port: int, workers: list[Program]) -> Program:
    """The worker one of whose processes holds the connection from this port."""
    for worker in workers:
        tree = subprocess.run(
            ["ps", "-o", "pid=", "-s", str(worker.process.pid)], capture_output=True, text=True, check=False
        )
        for pid in tree.stdout.split():
            if any(_inode(port) == link for link in _sockets(int(pid))):
                return worker
    raise AssertionError("no worker holds that connection")


def _inode(port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[1].rpartition(":")[2], 16) == port:
            return f"socket:[{words[9]}]"
    return ""


def _sockets(pid: int) -> list[str]:
    try:
        return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    except OSError:
        return []


def unsent(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.sent_at.is_(None))) or 0


def count_told(database: Database, template: str) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.template == template)) or 0


def test_a_killed_worker_and_a_forgetful_broker_lose_nothing(
    shared: Database, start: Callable[..., Program], broker: Broker, smtp: StoppingServer, tmp_path: Path
) -> None:
    ports = [closed_port(), closed_port()]
    env = {
        "AUDITFLOW_DATABASE_URL": shared.engine.url.render_as_string(hide_password=False),
        "AUDITFLOW_REDIS_URL": broker.url,
        "AUDITFLOW_SECRET_KEY": SECRET,
        "AUDITFLOW_MAIL_URL": f"smtp://127.0.0.1:{smtp.port}?from=audit@example.org&tls=none",
        "AUDITFLOW_DATA": str(tmp_path / "var"),
        "AUDITFLOW_BASE_URL": f"http://127.0.0.1:{ports[0]}",
    }
    council, audits, links = lived_in(shared, env["AUDITFLOW_BASE_URL"])
    for n, port in enumerate(ports):
        words = ["gunicorn", "auditflow.wsgi:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        start(f"web{n}", *words, "--threads", "2", "--no-control-socket", **env)
    celery = ("celery", "-A", "celery_worker")
    workers = [
        start(f"worker{n}", *celery, "worker", "--concurrency", "1", "-n", f"w{n}@here", "--loglevel", "WARNING", **env)
        for n in range(2)
    ]
    beat = start("beat", *celery, "beat", "--loglevel", "WARNING", **env)

    first, second = (Visitor(f"http://127.0.0.1:{port}") for port in ports)
    wait_for(first.answers, "the first web answers")
    wait_for(second.answers, "the second web answers")
    first.choose_password(links.pop(council.auditors[0].id), PASSWORD)
    second.sign_in("auditor.a@example.invalid", PASSWORD)
    give_back(first, audits[0])

    # Killed in the middle of a message; the other worker takes its batch over when the lease has run out.
    wait_for(lambda: smtp.peer, "a worker is in the middle of the message")
    assert smtp.peer is not None
    who_talks(smtp.peer[1], workers).kill()
    smtp.go_on.set()
    assert sum(worker.running for worker in workers) == 1
    wait_for(
        lambda: unsent(shared) == 0 and count_told(shared, "case_audit.late_start"), "the rest is sent", seconds=90
    )

    bases = [first.base, second.base]
    people = {person: RemoteBrowser(bases, link, PASSWORD) for person, link in links.items()}
    people[council.auditors[0].id] = RemoteBrowser.known(bases, first)
    lead = people[council.qa_lead.id]
    path = launch(lead)

    # Without its broker the web goes on; what fell due meanwhile is caught up with.
    broker.stop()
    for case_audit_id, auditor, again in audits_of(shared):
        grade(people[auditor], case_audit_id)
        if again:
            continue
        moderate(shared, people, case_audit_id)
        people[auditor].get(f"/audits/{case_audit_id}/feedback").submit(action="/share")
    finish(lead, path)
    give_back(second, audits[1])
    alert_id = raise_unheard(shared, council, audits[2])
    assert unsent(shared) > 0
    broker.start()
    wait_for(lambda: count_told(shared, "alert.escalated_to_head"), "the concern is passed up", seconds=120)
    wait_for(lambda: unsent(shared) == 0, "everything is sent", seconds=60)

    with shared.reading() as session:
        keys = list(session.scalars(sa.select(Outbox.key)))
        assert [e.entry for e in list_entries(session, [("alert", alert_id)])][-1] == "escalated_to_head"
        left = session.scalar(
            sa.select(sa.func.count())
            .select_from(Deadline)
            .where(Deadline.noticed_at.is_(None), Deadline.due_at < datetime.now(UTC))
        )
        assert left == 0
        assert verify_journal(session).findings == ()
        late = Counter(session.scalars(sa.select(Outbox.subject_id).where(Outbox.template == "case_audit.late_start")))
    assert {late[audit] for audit in audits[1:]} == {3}, "said once to the auditor and to both leads"
    assert count_told(shared, "case_audit.conflict_declared") == 2 * 2
    assert len(smtp.ids()) == len(keys)
    assert set(smtp.ids().values()) == {1}, "a mail arrived twice"
    assert beat.running
    doctor = subprocess.run(
        [BIN / "auditflow", "doctor"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert doctor.returncode == 0, doctor.stderr


def give_back(visitor: Visitor, case_audit_id: int) -> None:
    """An auditor declares a conflict of interest; both leads are told."""
    status, page = visitor.send(f"/audits/{case_audit_id}/conflict", {"reason": "A neighbour of mine."})
    assert status == 200, page[-2000:]
    assert "problem" not in page
