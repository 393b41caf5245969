"""Making the reports of a round as a job: progress, a worker that dies, cancelling, a file that cannot be made here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import Job, Journal, Report
from auditflow.models.report import REPORT_KINDS
from auditflow.reporting import report as reporting
from auditflow.reporting.report import Source
from auditflow.services.act import Act
from auditflow.services.job import LEASE, claim_job
from auditflow.services.report import cancel_reports, queue_reports
from auditflow.services.results import close_round, results_digest, results_of
from auditflow.services.seal import seal_journal
from auditflow.tasks.job import BROKEN, Progress, run_jobs
from auditflow.tasks.office import Office
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.reports import NO_PANGO, make_quickly, words_of
from tests.factories.results import agree

ALL = list(REPORT_KINDS)
LATER = LEASE + timedelta(seconds=1)


@dataclass
class Scene:
    """A round of six in reporting, and what happens to its reports."""

    office: Office
    council: Council
    round_id: int

    def act(self, key: str) -> Act:
        return Act(self.council.qa_lead.id, self.office.clock.now(), key)

    def ask(self, key: str = "make") -> int:
        with self.office.database.writing() as session:
            return queue_reports(session, self.round_id, self.act(key)).id

    def cancel(self) -> None:
        with self.office.database.writing() as session:
            cancel_reports(session, self.round_id, self.act("cancel"))

    def close(self) -> None:
        with self.office.database.writing() as session:
            close_round(session, self.round_id, self.act("close"))

    def kept(self) -> list[tuple[int | None, str]]:
        with self.office.database.reading() as session:
            return [(row.version, row.kind) for row in session.scalars(sa.select(Report).order_by(Report.id))]

    def job(self) -> Job:
        with self.office.database.reading() as session:
            return session.scalars(sa.select(Job).order_by(Job.id.desc())).first()  # type: ignore[return-value]

    def entries(self) -> list[str]:
        with self.office.database.reading() as session:
            noted = session.scalars(sa.select(Journal).where(Journal.entry == "report_made").order_by(Journal.id))
            return [entry.details["kind"] for entry in noted]


@pytest.fixture
def scene(office: Office) -> Scene:
    with office.database.writing() as session:
        council = make_council(session)
        row = make_round(session, council, state="reporting")
        for grade in (1, 2, 2, 3, 3, 4):
            agree(session, make_case_audit(session, council, row), grade, domains={"planning": grade})
        session.flush()
        session.expunge_all()
    return Scene(office, council, row.id)


def killed(*_: Any, **__: Any) -> None:
    raise SystemExit(9)


def hear(patch: pytest.MonkeyPatch, then: Callable[[str], object] = lambda _message: None) -> list[tuple[int, str]]:
    """What the job says of itself; `then` happens after each."""
    said: list[tuple[int, str]] = []
    call = Progress.__call__

    def heard(self: Progress, done: int, total: int, message: str) -> None:
        call(self, done, total, message)
        said.append((done, message))
        then(message)

    patch.setattr(Progress, "__call__", heard)
    return said


def test_three_files_are_made_with_progress_and_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made, said = make_quickly(monkeypatch), hear(monkeypatch)
    scene.ask()
    assert run_jobs(scene.office) == 1
    assert made == ALL
    assert scene.kept() == [(None, kind) for kind in ALL]
    assert said == [
        (0, "Reading the results"),
        (0, "Making the Word report"),
        (1, "Making the PDF report"),
        (2, "Making the workbook"),
    ]
    job = scene.job()
    assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, {"refused": {}})
    assert scene.entries() == ALL


def test_what_was_made_is_what_is_kept_and_journalled(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    make_quickly(monkeypatch)
    scene.close()
    run_jobs(scene.office)
    with scene.office.database.reading() as session:
        report = session.scalars(sa.select(Report).where(Report.kind == "workbook")).one()
        entry = session.scalars(sa.select(Journal).where(Journal.entry == "report_made")).all()[-1]
        digest = results_digest(results_of(session, scene.round_id))
        assert report.content == words_of("workbook", 1)
        assert entry.details["sha256"] == report.sha256 == hashlib.sha256(report.content).hexdigest()
        assert entry.details["results_sha256"] == digest
        assert (report.made_by_id, entry.actor_id, entry.role) == (None, None, "system")


def test_the_reports_say_what_they_were_made_from(
    open_with: Callable[..., Office], scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Source] = []
    make_quickly(monkeypatch, then=seen.append)
    with scene.office.database.writing() as session:
        seal = seal_journal(session, scene.office.clock.now())
        assert seal is not None
        sealed = (seal.number, seal.root)
    scene.ask()
    run_jobs(open_with(report_marking="OFFICIAL", council_name="Exampleshire Council"))
    about = seen[0].about
    assert (about.council_name, about.round_name, about.marking) == (
        "Exampleshire Council",
        "Baseline, December 2026",
        "OFFICIAL",
    )
    assert (about.version, about.made_on, about.closed_on, about.seal) == (None, date(2026, 11, 2), None, sealed)
    assert about.results_sha256 == results_digest(seen[0].results)
    assert about.tool_title
    assert len(seen[0].gradings) == 6
    scene.close()
    run_jobs(scene.office)
    assert (seen[-1].about.version, seen[-1].about.closed_on) == (1, date(2026, 11, 2))


def test_a_job_whose_worker_died_is_taken_up_again(
    scene: Scene, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quickly(monkeypatch)
    scene.ask()
    with scene.office.database.writing() as session:
        claim_job(session, clock.now())  # by a worker that is killed at once
    assert run_jobs(scene.office) == 0
    clock.moment += LATER
    assert run_jobs(scene.office) == 1
    assert scene.kept() == [(None, kind) for kind in ALL]


@pytest.mark.parametrize("dies_at", ALL)
def test_what_a_dead_worker_kept_is_not_made_again(
    scene: Scene, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    first = make_quickly(monkeypatch)
    scene.ask()
    with monkeypatch.context() as patch:
        patch.setitem(reporting.MAKERS, dies_at, killed)
        with pytest.raises(SystemExit):
            run_jobs(scene.office)
    before = list(first)
    clock.moment += LATER
    run_jobs(scene.office)
    assert before == ALL[: ALL.index(dies_at)]
    assert first == ALL, "none of them twice"
    assert scene.kept() == [(None, kind) for kind in ALL]
    assert scene.entries() == ALL
    assert (scene.job().state, scene.job().attempts) == ("done", 2)


def test_a_worker_that_died_after_the_last_file_changes_nothing_the_second_time(
    scene: Scene, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_quickly(monkeypatch)
    scene.ask()
    with monkeypatch.context() as patch:
        patch.setattr("auditflow.tasks.job.finish_job", killed)
        with pytest.raises(SystemExit):
            run_jobs(scene.office)
    clock.moment += LATER
    run_jobs(scene.office)
    assert (made, scene.entries(), scene.job().state) == (ALL, ALL, "done")


def test_cancelling_before_it_starts_makes_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_quickly(monkeypatch)
    scene.ask()
    scene.cancel()
    assert run_jobs(scene.office) == 0
    assert (made, scene.kept(), scene.job().state) == ([], [], "cancelled")


def test_cancelling_between_two_files_keeps_the_first(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    make_quickly(monkeypatch)
    hear(monkeypatch, lambda message: scene.cancel() if message == "Making the PDF report" else None)
    scene.ask()
    run_jobs(scene.office)
    assert scene.kept() == [(None, "board_word")]
    assert (scene.entries(), scene.job().state) == (["board_word"], "cancelled")


def test_a_file_that_was_being_made_when_it_was_cancelled_is_not_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_quickly(monkeypatch, then=lambda _source: scene.cancel())
    scene.ask()
    run_jobs(scene.office)
    assert (made, scene.kept(), scene.entries()) == (["board_word"], [], [])
    assert scene.job().state == "cancelled"


def test_a_draft_that_is_being_made_when_the_round_closes_is_not_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []

    def close_once(_source: Source) -> None:
        if not closed:
            closed.append(True)
            scene.close()

    make_quickly(monkeypatch, then=close_once)
    scene.ask()
    run_jobs(scene.office)
    assert scene.kept() == [(1, kind) for kind in ALL]


def test_where_no_pdf_can_be_made_the_others_are_and_the_job_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quickly(monkeypatch, refuse=("board_pdf",))
    scene.ask()
    run_jobs(scene.office)
    assert scene.kept() == [(None, "board_word"), (None, "workbook")]
    assert (scene.job().state, scene.job().result) == ("done", {"refused": {"board_pdf": NO_PANGO}})


def test_a_fault_of_ours_fails_the_job_with_a_sentence(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    make_quickly(monkeypatch)

    def broken(_source: Source) -> bytes:
        raise ValueError("a fault of ours")

    monkeypatch.setitem(reporting.MAKERS, "board_pdf", broken)
    scene.ask()
    run_jobs(scene.office)
    assert scene.kept() == [(None, "board_word")]
    assert (scene.job().state, scene.job().message) == ("failed", BROKEN)


def test_asking_again_makes_a_further_set_beside_the_first(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    make_quickly(monkeypatch)
    for key in ("first", "second"):
        scene.ask(key)
        run_jobs(scene.office)
    assert scene.kept() == [(None, kind) for kind in ALL * 2]


def test_the_files_are_what_their_names_say(scene: Scene) -> None:
    scene.close()
    run_jobs(scene.office)
    with scene.office.database.reading() as session:
        files = {report.kind: report.content for report in session.scalars(sa.select(Report))}
    refused = (scene.job().result or {})["refused"]
    assert {*files, *refused} == set(ALL)
    assert set(refused) <= {"board_pdf"}, "a machine without pango makes the others"
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(files["board_word"])).namelist()
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(files["workbook"])).namelist()
    assert files.get("board_pdf", b"%PDF").startswith(b"%PDF")
