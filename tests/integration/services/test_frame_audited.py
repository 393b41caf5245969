"""Freezing fills in when cases and workers were last audited here, and draws use it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.clock import FixedClock
from auditflow.domain.frame import canonical_sha256
from auditflow.models import AuditRound, CaseAudit, Frame, FrameCase, Journal, NameMatch
from auditflow.queries.frame import read_canonical_cases
from auditflow.queries.sample_list import available_columns, read_case_rows
from auditflow.services.act import Act
from auditflow.services.frame import (
    NewFrame,
    freeze_frame,
    import_frame,
    set_mapping,
    suggest_frame_mapping,
    upload_frame,
)
from auditflow.services.sample import draw_sample, lock_design
from tests.factories.council import Council
from tests.factories.results import agree, list_main, set_columns
from tests.factories.sampling import Steps, make_frame

HEADER = "Case reference,Case type,Status,Allocated Team,Allocated Worker,Date opened"
SUBMITTED = datetime.fromisoformat("2026-11-12T23:30:00+00:00")


@pytest.fixture
def before(session: Session, council: Council, clock: FixedClock) -> AuditRound:
    """A round whose first three cases are audited: two agreed, one submitted only."""
    row = Steps(session, council, clock.now()).live(make_frame(session, council))
    first, second, third, *_ = list_main(session, row)
    agree(session, first, 2, at=SUBMITTED)
    agree(session, second, 3, at=SUBMITTED - timedelta(days=7))
    set_columns(session, third, state="moderation", first_grade=2, first_submitted_at=SUBMITTED)
    return row


def next_list(
    session: Session, council: Council, *, as_at: date = date(2027, 1, 22), header: str = HEADER, more: str = ""
) -> Frame:
    """The same cases a quarter later, as a file that says nothing of audits unless `more` does."""
    listed = session.scalars(sa.select(FrameCase).order_by(FrameCase.ref)).all()
    rows = [f"{c.ref},{c.case_type},{c.status},{c.team},{c.worker},{c.opened}{more}" for c in listed]
    content = "\n".join([header, *rows, ""]).encode()
    act = Act(council.qa_lead.id, datetime.fromisoformat("2027-02-01T09:00:00+00:00"), f"next-list-{as_at}")
    frame = upload_frame(session, NewFrame("January list", as_at, "list.csv", content), act)
    set_mapping(session, frame, suggest_frame_mapping(session, frame), act.then("map"))
    import_frame(session, frame.id, act.then("import"))
    return freeze_frame(session, frame.id, act.then("freeze"))


def cases_of(session: Session, frame: Frame) -> dict[str, tuple[str, str, str]]:
    return {
        case.case_ref: (case.worker, case.last_audited, case.worker_last_audited)
        for case in read_canonical_cases(session, frame)
    }


def audited(session: Session, row: AuditRound) -> list[CaseAudit]:
    return [audit for audit in list_main(session, row) if audit.state == "agreed"]


def test_both_dates_come_from_the_audits_that_were_agreed(
    session: Session, council: Council, before: AuditRound
) -> None:
    frame = next_list(session, council)
    found = cases_of(session, frame)
    first, second = audited(session, before)
    assert found[first.ref][1] == "2026-11-12", "the day in England"
    assert found[second.ref][1] == "2026-11-05"
    assert sum(bool(day) for _, day, _ in found.values()) == 2, "what is submitted only is no audit yet"
    days = {found[first.ref][0]: "2026-11-12"}
    days.setdefault(found[second.ref][0], "2026-11-05")
    assert {(w, d) for w, _, d in found.values() if d} == set(days.items())


def test_they_are_part_of_the_frozen_list_its_columns_notes_and_journal(
    session: Session, council: Council, before: AuditRound
) -> None:
    frame = next_list(session, council)
    assert {"last_audited", "worker_last_audited"} < set(available_columns(frame))
    assert frame.frame_sha256 == canonical_sha256(read_canonical_cases(session, frame), frame.columns or ())
    assert "Date last audited: taken from audits made here for 2 cases." in (frame.notes or [])
    frozen = sa.select(Journal.details).where(Journal.subject_type == "frame", Journal.subject_id == frame.id)
    details = session.scalars(frozen.where(Journal.entry == "frozen")).one()
    workers = {worker for worker, _, day in cases_of(session, frame).values() if day}
    assert (details["last_audited"], details["worker_last_audited"]) == (2, len(workers))


def test_a_later_date_of_the_file_stands_and_a_later_audit_than_the_list_counts_as_on_its_day(
    session: Session, council: Council, before: AuditRound
) -> None:
    header = f"{HEADER},Date last audited"
    found = cases_of(session, next_list(session, council, header=header, more=",2026-12-20"))
    assert {day for _, day, _ in found.values()} == {"2026-12-20"}
    early = cases_of(session, next_list(session, council, as_at=date(2026, 11, 10)))
    first, second = audited(session, before)
    assert (early[first.ref][1], early[second.ref][1]) == ("2026-11-10", "2026-11-05")


def test_a_worker_is_the_person_under_another_name_too(session: Session, council: Council, before: AuditRound) -> None:
    first = audited(session, before)[0]
    listed = session.scalars(sa.select(FrameCase).where(FrameCase.ref == first.ref)).one()
    session.add(NameMatch(kind="worker", name="A. N. Other", match="matched", person_id=first.worker_id))
    session.execute(sa.update(FrameCase).where(FrameCase.worker == listed.worker).values(worker="A. N. Other"))
    session.expire_all()
    found = cases_of(session, next_list(session, council))
    assert {day for worker, _, day in found.values() if worker == "A. N. Other"} == {"2026-11-12"}


def test_audits_of_a_cancelled_round_are_none(session: Session, council: Council, before: AuditRound) -> None:
    for audit in audited(session, before):
        set_columns(session, audit, state="filed")
    frame = next_list(session, council)
    assert "last_audited" not in available_columns(frame)
    assert "worker_last_audited" not in available_columns(frame)
    assert not frame.notes


def test_a_draw_leaves_out_what_was_audited_and_begins_with_workers_who_were_not(
    session: Session, council: Council, before: AuditRound, clock: FixedClock
) -> None:
    frame = next_list(session, council)
    design = {
        "ref": "case_ref",
        "size": 10,
        "reference_date": "2027-01-22",
        "exclude": [{"reason": "Audited", "column": "last_audited", "within_days": 180}],
        "priority_strata": [{"name": "Overlooked", "column": "worker_last_audited", "older_than_days": 365, "size": 9}],
    }
    steps = Steps(session, council, clock.now())
    row = steps.planned(frame, design)
    lock_design(session, row.id, steps.act())
    draw = draw_sample(session, row.id, steps.act()).draw
    assert draw is not None
    assert draw.manifest["excluded"] == {"Audited": 2}
    assert draw.manifest["allocation"]["Overlooked"] == 9
    cases = read_case_rows(session, frame, sampling.Design.from_dict(design).columns)
    assert sampling.verify(draw.manifest, cases.rows, columns=cases.columns) == []
