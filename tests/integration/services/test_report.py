"""Reports of a round: asked for once, kept once, in the journal; made anew when the results are."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.config import load_settings
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import NotFound, NotPermitted, Stale, WrongState
from auditflow.models import AuditRound, Job, Journal, Report
from auditflow.models.database import Database
from auditflow.queries.report import list_report_jobs
from auditflow.reporting.report import read_source
from auditflow.services.act import Act
from auditflow.services.audit_round import begin_reporting, reopen_round
from auditflow.services.job import cancel_job
from auditflow.services.report import Made, cancel_reports, keep_report, queue_reports
from auditflow.services.results import close_round, remake_results
from auditflow.services.verify.reports import check_reports
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.reports import keep_reports
from tests.factories.results import agree, list_main, set_columns


@pytest.fixture
def act(council: Council, clock: FixedClock) -> Act:
    return Act(council.qa_lead.id, clock.now(), "the-button")


@pytest.fixture
def row(session: Session, council: Council) -> AuditRound:
    """A round of six in reporting."""
    row = make_round(session, council, state="reporting")
    for grade in (1, 2, 2, 3, 3, 4):
        agree(session, make_case_audit(session, council, row), grade)
    return row


def versions(session: Session, round_id: int, *states: str) -> list[int | None]:
    return [job.payload["version"] for job in list_report_jobs(session, round_id) if job.state in states]


def test_asking_twice_gives_the_same_job(session: Session, row: AuditRound, act: Act) -> None:
    first = queue_reports(session, row.id, act)
    assert queue_reports(session, row.id, act.then("again")).id == first.id
    assert (first.kind, first.payload["version"], first.created_by_id) == ("report.make", None, act.actor_id)


def test_the_same_act_asks_once_even_when_everything_is_made(session: Session, row: AuditRound, act: Act) -> None:
    first = queue_reports(session, row.id, act)
    first.state = "done"
    session.flush()
    assert queue_reports(session, row.id, act).id == first.id
    assert queue_reports(session, row.id, act.then("another-press")).id != first.id


def test_every_round_has_jobs_of_its_own(session: Session, council: Council, row: AuditRound, act: Act) -> None:
    other = make_round(session, council, state="reporting", tool_version_id=row.tool_version_id)
    assert queue_reports(session, row.id, act).id != queue_reports(session, other.id, act).id
    assert len(list_report_jobs(session, row.id)) == 1


@pytest.mark.parametrize("state", ["planned", "live", "cancelled"])
def test_only_a_round_that_reports_has_reports(session: Session, row: AuditRound, act: Act, state: str) -> None:
    set_columns(session, row, state=state)
    with pytest.raises(WrongState, match="once reporting has begun"):
        queue_reports(session, row.id, act)
    with pytest.raises(NotFound):
        queue_reports(session, 999, act)


@pytest.mark.parametrize("who", ["director", "board_member", "administrator"])
def test_nobody_but_the_lead_has_them_made_or_cancels(
    session: Session, council: Council, row: AuditRound, clock: FixedClock, who: str
) -> None:
    theirs = Act(getattr(council, who).id, clock.now(), "not-theirs")
    with pytest.raises(NotPermitted):
        queue_reports(session, row.id, theirs)
    with pytest.raises(NotPermitted):
        cancel_reports(session, row.id, theirs)


def test_closing_has_the_reports_made_by_the_system_once(session: Session, row: AuditRound, act: Act) -> None:
    close_round(session, row.id, act)
    close_round(session, row.id, act)
    (job,) = list_report_jobs(session, row.id)
    assert (job.payload["version"], job.created_by_id, job.state) == (1, None, "queued")


def test_a_draft_that_is_not_made_yet_is_given_up_when_the_round_closes(
    session: Session, row: AuditRound, act: Act
) -> None:
    queue_reports(session, row.id, act)
    close_round(session, row.id, act.then("close"))
    session.expire_all()
    assert versions(session, row.id, "cancelled") == [None]
    assert versions(session, row.id, "queued") == [1]


def test_results_that_are_made_again_have_their_reports_made_too(session: Session, row: AuditRound, act: Act) -> None:
    close_round(session, row.id, act)
    assert remake_results(session, row.id, act.then("nothing-changed")) is None
    set_columns(session, list_main(session, row)[0], published_grade=4)
    assert remake_results(session, row.id, act.then("corrected")) is not None
    # Made now, the files of version 1 would hold its figures beside the gradings of version 2.
    assert versions(session, row.id, "queued") == [2]
    assert versions(session, row.id, "cancelled") == [1]
    settings = load_settings({})
    assert read_source(session, settings, row.id, 2, act.at).about.version == 2
    with pytest.raises(WrongState, match="Later results"):
        read_source(session, settings, row.id, 1, act.at)


def test_the_act_of_an_earlier_version_sent_again_gives_up_nothing_of_the_later(
    session: Session, row: AuditRound, act: Act
) -> None:
    close_round(session, row.id, act)
    first = list_report_jobs(session, row.id)[0]
    set_columns(session, list_main(session, row)[0], published_grade=4)
    assert remake_results(session, row.id, act.then("corrected")) is not None
    queue_reports(session, row.id, Act(None, act.at, first.payload["key"]))
    assert versions(session, row.id, "queued") == [2]


def test_what_is_cancelled_is_not_made_and_can_be_asked_for_again(session: Session, row: AuditRound, act: Act) -> None:
    job = queue_reports(session, row.id, act)
    cancel_reports(session, row.id, act.then("cancel"))
    session.refresh(job)
    assert job.state == "cancelled"
    assert queue_reports(session, row.id, act.then("after-all")).id != job.id


def test_a_report_is_kept_with_its_digest_in_the_journal(session: Session, row: AuditRound, act: Act) -> None:
    job = queue_reports(session, row.id, act)
    made = Made("board_pdf", b"%PDF-1.7 a report", job.id, "b" * 64)
    report = keep_report(session, row.id, None, made, act.then("made"))
    digest = hashlib.sha256(made.content).hexdigest()
    assert (report.sha256, report.size, report.made_by_id, report.made_at) == (digest, 17, act.actor_id, act.at)
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "report_made")).one()
    assert entry.details == {
        "kind": "board_pdf",
        "version": None,
        "job": job.id,
        "sha256": digest,
        "results_sha256": "b" * 64,
    }
    assert (entry.subject_id, entry.actor_id, entry.role) == (row.id, act.actor_id, "qa_lead")


def test_a_job_keeps_each_kind_once(session: Session, row: AuditRound, act: Act) -> None:
    job = queue_reports(session, row.id, act)
    made = act.then("made")
    first = keep_report(session, row.id, None, Made("workbook", b"one", job.id, "b" * 64), made)
    again = keep_report(session, row.id, None, Made("workbook", b"another", job.id, "b" * 64), made)
    assert again.id == first.id
    assert session.scalar(sa.select(Report.content)) == b"one"
    assert len(session.scalars(sa.select(Journal).where(Journal.entry == "report_made")).all()) == 1


def test_a_kept_report_that_was_changed_or_removed_is_found(session: Session, row: AuditRound) -> None:
    word, pdf, _ = keep_reports(session, row, None)
    assert list(check_reports(session)) == []
    forged = hashlib.sha256(b"forged").hexdigest()
    session.execute(sa.update(Report).where(Report.id == word.id).values(content=b"forged", sha256=forged))
    session.execute(sa.delete(Report).where(Report.id == pdf.id))
    found = list(check_reports(session))
    assert {(one.kind, one.subject_type, one.subject_id) for one in found} == {("report_edited", "audit_round", row.id)}
    assert len(found) == 3, "the changed file, its entry that has no file any more, and the entry of the removed one"


def test_only_known_kinds_and_versions_are_kept(session: Session, row: AuditRound, act: Act) -> None:
    job = queue_reports(session, row.id, act)
    for kind, version in (("poster", 1), ("workbook", 0)):
        with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
            keep_report(session, row.id, version, Made(kind, b"x", job.id, "b" * 64), act.then(kind))
    cancel_job(session, job.id, at=act.at)
    assert session.get_one(Job, job.id).kind == "report.make"


def test_a_draft_made_meanwhile_does_not_make_the_page_for_closing_stale(
    session: Session, row: AuditRound, act: Act
) -> None:
    seen = row.version
    keep_reports(session, row, None)
    assert row.version > seen
    close_round(session, row.id, act.then("close"), expected_version=seen)
    assert session.get_one(AuditRound, row.id).state == "closed"


def test_anything_else_done_meanwhile_does(session: Session, council: Council, row: AuditRound, act: Act) -> None:
    seen = row.version
    keep_reports(session, row, None)
    reopen_round(session, row.id, "A case was missed.", act.then("reopen"))
    begin_reporting(session, row.id, act.then("begin"))
    with pytest.raises(Stale):
        close_round(session, row.id, act.then("close"), expected_version=seen)


def test_two_who_press_at_once_get_the_same_job(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        council = make_council(session)
        row_id = make_round(session, council, state="reporting").id
        leads = [council.qa_lead.id, council.second_qa_lead.id]
    both = Barrier(2, timeout=20)

    def press(lead: int) -> int:
        both.wait()
        with database.writing() as session:
            return queue_reports(session, row_id, Act(lead, clock.now(), f"press-{lead}")).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(press, leads))) == 1
