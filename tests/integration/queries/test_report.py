"""Which reports exist for whom."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, CaseAudit, Person
from auditflow.models.report import REPORT_KINDS
from auditflow.queries.report import (
    find_open_report_job,
    get_report,
    list_published_reports,
    list_report_jobs,
    list_reports,
)
from auditflow.queries.scope import Viewer, viewer_of
from auditflow.services.act import Act
from auditflow.services.report import queue_reports
from auditflow.services.results import close_round
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.reports import keep_reports
from tests.factories.results import agree

DRAFT, PUBLISHED = None, 1
EVERYTHING = {(version, kind) for version in (DRAFT, PUBLISHED) for kind in REPORT_KINDS}
FOR_BOARDS = {one for one in EVERYTHING if one[1] != "workbook"}


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> AuditRound:
    """A closed round with a draft from before, and its published reports."""
    row = make_round(session, council, state="reporting")
    agree(session, make_case_audit(session, council, row), 3)
    keep_reports(session, row, DRAFT)
    close_round(session, row.id, Act(council.qa_lead.id, clock.now(), "close"))
    keep_reports(session, row, PUBLISHED)
    return row


def seen(session: Session, person: Person, row: AuditRound, clock: FixedClock) -> set[tuple[int | None, str]]:
    """What is listed for a person; each of these opens and nothing else does."""
    viewer = viewer_of(session, person.id, clock.now())
    listed = {(report.version, report.kind): report.id for report in list_reports(session, viewer, row.id)}
    for report in list_reports(session, _lead(session, clock), row.id):
        if (report.version, report.kind) in listed:
            assert get_report(session, viewer, row.id, report.id, [report.kind]).content.startswith(b"")
        else:
            with pytest.raises(NotFound):
                get_report(session, viewer, row.id, report.id, [report.kind])
    return set(listed)


def _lead(session: Session, clock: FixedClock) -> Viewer:
    lead = session.scalars(sa.select(Person).where(Person.name == "Quill Barnes")).one()
    return viewer_of(session, lead.id, clock.now())


def test_each_role_has_its_own_reports(session: Session, council: Council, row: AuditRound, clock: FixedClock) -> None:
    assert seen(session, council.qa_lead, row, clock) == EVERYTHING
    assert seen(session, council.director, row, clock) == FOR_BOARDS
    for person in (council.heads[0], council.board_member):
        assert seen(session, person, row, clock) == {one for one in FOR_BOARDS if one[0] == PUBLISHED}
    for person in (
        council.managers[0],
        council.auditors[0],
        council.workers[0],
        council.administrator,
        council.external,
    ):
        assert seen(session, person, row, clock) == set()


def test_a_lead_who_grades_a_case_of_the_round_again_has_no_workbook_of_it(
    session: Session, council: Council, row: AuditRound, clock: FixedClock
) -> None:
    audit = session.scalars(sa.select(CaseAudit)).one()
    again = make_round(session, council, name="Again", tool_version_id=row.tool_version_id)
    grading = make_case_audit(session, council, again, ref=audit.ref, auditor_id=council.qa_lead.id)
    assert seen(session, council.qa_lead, row, clock) == FOR_BOARDS
    assert seen(session, council.second_qa_lead, row, clock) == EVERYTHING
    agree(session, grading, 2)
    assert seen(session, council.qa_lead, row, clock) == EVERYTHING


def test_a_report_is_found_in_its_own_round_and_as_its_own_kind_only(
    session: Session, council: Council, row: AuditRound, clock: FixedClock
) -> None:
    viewer = viewer_of(session, council.qa_lead.id, clock.now())
    report = list_reports(session, viewer, row.id)[0]
    with pytest.raises(NotFound):
        get_report(session, viewer, row.id + 1, report.id, [report.kind])
    with pytest.raises(NotFound):
        get_report(session, viewer, row.id, report.id, [kind for kind in REPORT_KINDS if kind != report.kind])


def test_the_board_is_given_the_newest_of_each_kind_of_that_version(
    session: Session, council: Council, row: AuditRound, clock: FixedClock
) -> None:
    newer = keep_reports(session, row, PUBLISHED, "board_pdf")
    viewer = viewer_of(session, council.board_member.id, clock.now())
    found = list_published_reports(session, viewer, row.id, PUBLISHED)
    assert [report.kind for report in found] == ["board_word", "board_pdf"]
    assert found[1].id == newer[0].id
    assert list_published_reports(session, viewer, row.id, 2) == []


def test_the_open_job_is_the_newest_that_waits_or_runs(
    session: Session, council: Council, row: AuditRound, clock: FixedClock
) -> None:
    assert find_open_report_job(session, row.id) is None
    job = queue_reports(session, row.id, Act(council.qa_lead.id, clock.now(), "again"))
    assert find_open_report_job(session, row.id) is job
    assert list_report_jobs(session, row.id)[0] is job
    assert find_open_report_job(session, row.id + 1) is None
