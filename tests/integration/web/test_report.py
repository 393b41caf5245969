"""Pages of reports: what is kept, making it with progress, who downloads what, what the board is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from auditflow.app import furnish
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, Job, Person, ReadLog, Report
from auditflow.models.database import Database
from auditflow.reporting import report as reporting
from auditflow.services.act import Act
from auditflow.services.results import close_round, remake_results
from auditflow.tasks.job import run_jobs
from auditflow.tasks.office import Office, open_office
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.reports import NO_PANGO, keep_reports, make_quickly, words_of
from tests.factories.results import agree, list_main
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass
class Scene:
    database: Database
    council: Council
    office: Office
    round_id: int

    @property
    def path(self) -> str:
        return f"/results/{self.round_id}/reports"

    def close(self, *, made: bool = True) -> None:
        act = Act(self.council.qa_lead.id, self.office.clock.now(), "close")
        with self.database.writing() as session:
            close_round(session, self.round_id, act)
        if made:
            run_jobs(self.office)

    def correct(self) -> None:
        """A grade is corrected after the round closed: there is a second version."""
        with self.database.writing() as session:
            row = session.get_one(AuditRound, self.round_id)
            list_main(session, row)[0].published_grade = 4
            assert remake_results(session, row.id, Act(None, self.office.clock.now(), "corrected")) is not None


@pytest.fixture
def scene(database: Database, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A round of six in reporting, and a worker that makes reports at once."""
    make_quickly(monkeypatch)
    with database.writing() as session:
        council = make_council(session)
        row = make_round(session, council, state="reporting")
        for grade in (1, 2, 2, 3, 3, 4):
            agree(session, make_case_audit(session, council, row), grade)
        session.flush()
        session.expunge_all()
    return Scene(database, council, open_office(settings, database=database, clock=clock), row.id)


def files(client: FlaskClient, page_links: list[str]) -> dict[str, tuple[int, str]]:
    """Ending of each file that is linked -> status and media type."""
    found = {}
    for link in page_links:
        if "/reports/" in link and link.rpartition(".")[2] in ("docx", "pdf", "xlsx"):
            answer = client.get(link)
            found[link.rpartition(".")[2]] = (answer.status_code, answer.mimetype)
    return found


def test_a_draft_is_made_with_progress_that_outlives_the_page(scene: Scene, sign_in: SignIn) -> None:
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(scene.path)
    assert "No report is kept yet." in page.text
    waiting = page.submit()
    assert waiting.path == scene.path
    assert "Waiting to start" in waiting.text
    assert "You can leave this page" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.html
    assert lead.get(f"{scene.path}/progress.json").response.json["label"] == "Waiting to start"
    run_jobs(scene.office)
    assert lead.get(f"{scene.path}/progress.json").response.json == {"next": scene.path}
    made = lead.get(scene.path)
    assert "A draft of 2 November 2026 is kept. The board sees none before the round is closed." in made.text
    assert "Make the reports again" in made.text
    assert "refresh" not in made.html


def test_pressing_twice_makes_them_once(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.qa_lead).get(scene.path)
    page.submit()
    page.submit()
    run_jobs(scene.office)
    page.submit()  # Back, and sent again
    with scene.database.reading() as session:
        assert [job.state for job in session.scalars(sa.select(Job))] == ["done"]


def test_cancelling_on_the_page(scene: Scene, sign_in: SignIn) -> None:
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(scene.path).submit().submit(action="/cancel")
    assert page.path == scene.path
    assert "Making the reports was cancelled. What was made already is kept." in page.text
    assert run_jobs(scene.office) == 0
    assert "Make the reports" in lead.get(scene.path).text


def test_each_file_has_its_type_and_name(scene: Scene, sign_in: SignIn) -> None:
    scene.close()
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(scene.path)
    assert "Version 1 is kept here as it was made on 2 November 2026." in page.text
    for ending, name, kind in (
        ("docx", "board-report-1-version-1.docx", "board_word"),
        ("pdf", "board-report-1-version-1.pdf", "board_pdf"),
        ("xlsx", "results-1-version-1.xlsx", "workbook"),
    ):
        (link,) = [link for link in page.links() if "/reports/" in link and link.endswith(ending)]
        answer = lead.client.get(link)
        assert answer.data == words_of(kind, 1)
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["Cache-Control"] == "no-store"
        lead.get(link.replace(ending, {"docx": "pdf", "pdf": "xlsx", "xlsx": "docx"}[ending]), status=404)
    assert page.text.count("The SHA-256 of each file") == 1
    with scene.database.reading() as session:
        digest = session.scalars(sa.select(Report.sha256)).first() or ""
    assert digest[:8] in page.text


def test_opening_the_workbook_is_logged_and_the_board_report_is_not(scene: Scene, sign_in: SignIn) -> None:
    scene.close()
    lead = sign_in(scene.council.qa_lead)
    assert set(files(lead.client, lead.get(scene.path).links())) == {"docx", "pdf", "xlsx"}
    with scene.database.reading() as session:
        logged = session.scalars(sa.select(ReadLog)).one()
        assert (logged.subject_type, logged.subject_id, logged.endpoint) == (
            "audit_round",
            scene.round_id,
            "report.report_workbook",
        )


def test_the_board_takes_the_published_report_from_its_own_page(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        keep_reports(session, session.get_one(AuditRound, scene.round_id), None)
    scene.close(made=False)
    board = sign_in(scene.council.board_member)
    path = f"/results/{scene.round_id}/board"
    assert "Download this" not in board.get(path).text
    run_jobs(scene.office)
    page = board.get(path)
    assert "Download this as a Word document (1 KB) or a PDF (1 KB)." in page.text
    assert files(board.client, page.links()) == {"docx": (200, WORD), "pdf": (200, "application/pdf")}
    board.get(scene.path, status=404)
    board.get(f"{scene.path}/progress.json", status=404)


def test_the_board_is_never_given_a_report_of_other_figures_than_it_sees(scene: Scene, sign_in: SignIn) -> None:
    scene.close()
    scene.correct()
    board, path = sign_in(scene.council.board_member), f"/results/{scene.round_id}/board"
    assert "Download this" not in board.get(path).text
    run_jobs(scene.office)
    (link,) = [link for link in board.get(path).links() if link.endswith(".pdf")]
    assert board.client.get(link).data == words_of("board_pdf", 2)


def test_who_is_shown_which_files(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        keep_reports(session, session.get_one(AuditRound, scene.round_id), None)
        drafts = list(session.scalars(sa.select(Report.id)))
    scene.close()
    for person, earlier in ((scene.council.director, 2), (scene.council.heads[0], 0)):
        browser = sign_in(person)
        page = browser.get(scene.path)
        links = [link for link in page.links() if "/reports/" in link]
        assert len(links) == 2 + earlier
        assert not any(link.endswith("xlsx") for link in links)
        assert "Every grading" not in page.text
        assert ("Earlier reports" in page.text) == (earlier > 0)
        browser.get(f"{scene.path}/{drafts[0]}.docx", status=200 if earlier else 404)
        browser.get(f"{scene.path}/{drafts[2]}.xlsx", status=404)
        browser.post(scene.path, {"key": "k" * 20}, status=404)
    for person in (scene.council.auditors[0], scene.council.managers[0], scene.council.administrator):
        sign_in(person).get(scene.path, status=404)
        sign_in(person).get(f"{scene.path}/4.pdf", status=404)


def test_a_lead_who_grades_one_of_its_cases_has_no_workbook(scene: Scene, sign_in: SignIn) -> None:
    scene.close()
    with scene.database.writing() as session:
        row = session.get_one(AuditRound, scene.round_id)
        ref = session.scalars(sa.select(CaseAudit.ref)).first()
        again = make_round(session, scene.council, name="Again", tool_version_id=row.tool_version_id)
        make_case_audit(session, scene.council, again, ref=ref, auditor_id=scene.council.qa_lead.id)
    lead = sign_in(scene.council.qa_lead)
    assert set(files(lead.client, lead.get(scene.path).links())) == {"docx", "pdf"}


def test_a_file_that_cannot_be_made_here_is_said_on_the_page(
    scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quickly(monkeypatch, refuse=("board_pdf",))
    scene.close()
    page = sign_in(scene.council.qa_lead).get(scene.path)
    assert f"Not made. {NO_PANGO}" in page.text
    assert f"Not made. {NO_PANGO}" in sign_in(scene.council.director).get(scene.path).text
    board = sign_in(scene.council.board_member).get(f"/results/{scene.round_id}/board")
    assert "Download this as a Word document (1 KB)." in board.text


def test_a_job_that_failed_says_why_and_can_be_tried_again(
    scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_source: object) -> bytes:
        raise ValueError("a fault of ours")

    lead = sign_in(scene.council.qa_lead)
    lead.get(scene.path).submit()
    with monkeypatch.context() as patch:
        patch.setitem(reporting.MAKERS, "board_word", broken)
        run_jobs(scene.office)
    page = lead.get(scene.path)
    assert "The last reports could not be made. Something went wrong on our side" in page.text
    page.submit()
    run_jobs(scene.office)
    assert "could not be made" not in lead.get(scene.path).text


def test_while_a_new_version_is_made_the_earlier_ones_can_be_had(scene: Scene, sign_in: SignIn) -> None:
    scene.close()
    scene.correct()
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(scene.path)
    assert "Waiting to start" in page.text
    assert "Earlier reports (1)" in page.text
    assert set(files(lead.client, page.links())) == {"docx", "pdf", "xlsx"}


def test_a_live_round_has_its_tables_and_no_report(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.execute(sa.update(AuditRound).values(state="live"))
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(scene.path)
    assert "Reports for the board can be made once reporting has begun." in page.text
    assert "Every table of the results (Excel)" in page.text
    lead.post(scene.path, {"key": "k" * 20}, status=409)


def test_the_results_page_leads_to_reports_and_files(scene: Scene, sign_in: SignIn) -> None:
    lead = sign_in(scene.council.qa_lead)
    assert scene.path in lead.get(f"/results/{scene.round_id}").links()
    page = lead.get(scene.path)
    for name in ("tables.xlsx", "domains.csv", "gradings.xlsx", "gradings.csv"):
        assert f"/results/{scene.round_id}/{name}" in page.links()


def test_the_template_to_begin_from_is_a_word_document(scene: Scene, sign_in: SignIn) -> None:
    answer = sign_in(scene.council.qa_lead).client.get("/results/word-template.docx")
    assert (answer.status_code, answer.mimetype, answer.data[:2]) == (200, WORD, b"PK")
    sign_in(scene.council.board_member).get("/results/word-template.docx", status=404)


def test_the_page_says_whether_the_council_has_a_template_of_its_own(
    scene: Scene, sign_in: SignIn, app: Flask, settings: Settings, clock: FixedClock
) -> None:
    lead = sign_in(scene.council.qa_lead)
    assert "The usual template is in use." in lead.get(scene.path).text
    furnish(app, replace(settings, report_template=settings.data / "own.docx"), clock, scene.database)
    assert "Your council’s own template is in use." in lead.get(scene.path).text
