"""Reading a long case list as a job: progress, a worker that dies, cancelling, a file that cannot be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput
from auditflow.models import Frame, FrameCase, FrameUpload, Job, Journal
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.frame import (
    NewFrame,
    cancel_import,
    queue_import,
    set_mapping,
    suggest_frame_mapping,
    upload_frame,
)
from auditflow.services.job import LEASE, MOST_ATTEMPTS, claim_job
from auditflow.tasks.frame import remove_uploads
from auditflow.tasks.job import Progress, run_jobs
from auditflow.tasks.office import Office, open_office
from tests.factories.council import Council, make_council
from tests.pages import Browser

HEAD = "Case reference,Case type,Allocated Team,Allocated Worker,Date opened\n"


def long_list(rows: int) -> bytes:
    body = "".join(f"CF-{i:06},Child in need,Team {i % 14},Worker {i % 180},2026-01-05\n" for i in range(rows))
    return (HEAD + body).encode()


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        return make_council(session)


@pytest.fixture
def office(settings: Settings, database: Database, clock: FixedClock) -> Office:
    return open_office(settings, database=database, clock=clock)


def queue(office: Office, council: Council, rows: int = 3000, content: bytes | None = None) -> int:
    """A list that waits for a worker; returns the job's id."""
    mine = Act(council.qa_lead.id, office.clock.now(), "upload")
    with office.database.writing() as session:
        new = NewFrame("Long list", date(2026, 10, 30), "long.csv", content or long_list(rows))
        frame = upload_frame(session, new, mine)
        set_mapping(session, frame, suggest_frame_mapping(session, frame), mine.then("map"))
        return queue_import(session, frame.id, mine.then("queue")).id


def look(office: Office) -> tuple[Frame, Job, int]:
    with office.database.reading() as session:
        cases = session.scalar(sa.select(sa.func.count()).select_from(FrameCase)) or 0
        return session.get_one(Frame, 1), session.get_one(Job, 1), cases


def test_a_hundred_thousand_rows_are_read_with_progress(
    office: Office, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(office, council, 100_000)
    said: list[tuple[int, int, str]] = []
    within = Progress.within

    def hear(self: Progress, session: Any, done: int, total: int, message: str) -> None:
        said.append((done, total, message))
        within(self, session, done, total, message)

    monkeypatch.setattr(Progress, "within", hear)
    assert run_jobs(office) == 1
    frame, job, cases = look(office)
    assert (frame.stage, frame.rows_kept, cases) == ("imported", 100_000, 100_000)
    assert (job.state, job.result) == ("done", {"read": 100_000, "kept": 100_000, "rejected": 0})
    done = [number for number, _, _ in said]
    assert done == sorted(done)
    assert len({number for number in done if 0 < number < 100_000}) >= 5
    assert said[0][2] == "Opening the file"


def test_a_job_whose_worker_died_is_taken_up_again(office: Office, council: Council, clock: FixedClock) -> None:
    queue(office, council)
    with office.database.writing() as session:
        claim_job(session, clock.now())  # by a worker that is killed at once
    assert run_jobs(office) == 0
    clock.moment += LEASE + timedelta(seconds=1)
    assert run_jobs(office) == 1
    frame, job, cases = look(office)
    assert (frame.stage, job.state, job.attempts, cases) == ("imported", "done", 2, 3000)


def test_a_worker_that_died_after_writing_changes_nothing_the_second_time(
    office: Office, council: Council, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(office, council)
    with monkeypatch.context() as patch:
        patch.setattr("auditflow.tasks.job.finish_job", killed)
        with pytest.raises(SystemExit):
            run_jobs(office)
    assert look(office)[0].stage == "imported"
    clock.moment += LEASE + timedelta(seconds=1)
    run_jobs(office)
    frame, job, cases = look(office)
    assert (job.state, cases, frame.rows_kept) == ("done", 3000, 3000)
    with office.database.reading() as session:
        entries = session.scalars(sa.select(Journal.entry).where(Journal.subject_type == "frame")).all()
    assert list(entries).count("imported") == 1


def killed(*_: Any, **__: Any) -> None:
    raise SystemExit(9)


def test_a_job_that_kills_its_workers_is_given_up(office: Office, council: Council, clock: FixedClock) -> None:
    queue(office, council)
    for _ in range(MOST_ATTEMPTS):
        with office.database.writing() as session:
            assert claim_job(session, clock.now()) is not None
        clock.moment += LEASE + timedelta(seconds=1)
    assert run_jobs(office) == 0
    assert look(office)[1].state == "failed"


def test_cancelling_before_it_starts_keeps_nothing(office: Office, council: Council) -> None:
    queue(office, council)
    with office.database.writing() as session:
        cancel_import(session, 1, Act(council.qa_lead.id, office.clock.now(), "cancel"))
    assert run_jobs(office) == 0
    frame, job, cases = look(office)
    assert (frame.stage, job.state, cases) == ("uploaded", "cancelled", 0)


@pytest.mark.parametrize("moment", ["Opening the file", "Keeping 3,000 cases"])
def test_cancelling_while_it_runs_keeps_nothing(
    office: Office, council: Council, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    queue(office, council)
    within = Progress.within

    def cancel_then(self: Progress, session: Any, done: int, total: int, message: str) -> None:
        within(self, session, done, total, message)
        if message == moment:
            cancel_import(session, 1, Act(council.qa_lead.id, office.clock.now(), "cancel"))

    monkeypatch.setattr(Progress, "within", cancel_then)
    run_jobs(office)
    frame, job, cases = look(office)
    assert (frame.stage, job.state, cases) == ("uploaded", "cancelled", 0)


def test_a_file_that_cannot_be_read_says_why_and_waits_for_another_mapping(office: Office, council: Council) -> None:
    queue(office, council, content=HEAD.encode())
    run_jobs(office)
    frame, job, _ = look(office)
    assert (frame.stage, job.state) == ("uploaded", "failed")
    assert "no cases under it" in job.message


def test_uploads_that_nobody_froze_go_after_a_day(office: Office, council: Council, clock: FixedClock) -> None:
    queue(office, council)
    assert remove_uploads(office) == 0
    clock.moment += timedelta(days=1, seconds=1)
    assert remove_uploads(office) == 1
    with office.database.reading() as session:
        assert session.scalar(sa.select(FrameUpload.frame_id)) is None


def test_the_page_follows_the_job(office: Office, council: Council, sign_in: Callable[[Any], Browser]) -> None:
    lead = sign_in(council.qa_lead)
    file = (io.BytesIO(long_list(2500)), "long.csv")
    page = lead.get("/case-lists/new").submit({"name": "Long", "as_at": ["30", "10", "2026"], "file": file})
    waiting = page.submit()
    assert waiting.path == "/case-lists/1/progress"
    assert "Waiting to start" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.html
    assert lead.get("/case-lists/1/progress.json").response.json["label"] == "Waiting to start"
    assert lead.get("/case-lists/1").path == "/case-lists/1/progress"
    assert "Being read" in lead.get("/case-lists").text
    run_jobs(office)
    assert lead.get("/case-lists/1/progress.json").response.json == {"next": "/case-lists/1"}
    assert "2,500 cases in the list." in lead.get("/case-lists/1/progress").text


def test_cancelling_on_the_page(office: Office, council: Council, sign_in: Callable[[Any], Browser]) -> None:
    queue(office, council)
    lead = sign_in(council.qa_lead)
    page = lead.get("/case-lists/1/progress").submit(action="/cancel")
    assert page.path == "/case-lists/1/columns"
    assert "Nothing of it was kept" in page.text
    assert run_jobs(office) == 0


def test_a_list_that_failed_shows_the_sentence_where_columns_are_chosen(
    office: Office, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    queue(office, council, content=HEAD.encode())
    run_jobs(office)
    assert "no cases under it" in sign_in(council.qa_lead).get("/case-lists/1").text


def test_a_mapping_is_needed_first(office: Office, council: Council) -> None:
    from auditflow.services.frame import read_uploaded

    with office.database.writing() as session:
        mine = Act(council.qa_lead.id, office.clock.now(), "upload")
        upload_frame(session, NewFrame("L", date(2026, 10, 30), "l.csv", long_list(1)), mine)
        with pytest.raises(BadInput, match="Map the columns first"):
            read_uploaded(session, 1)
