"""A case list from upload to freezing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, WrongState
from auditflow.domain.frame import canonical_csv
from auditflow.models import Frame, FrameReject, FrameUpload, Journal
from auditflow.queries.frame import read_canonical_cases
from auditflow.services.act import Act
from auditflow.services.frame import (
    NewFrame,
    freeze_frame,
    import_frame,
    set_mapping,
    suggest_frame_mapping,
    upload_frame,
)
from tests.factories.council import make_council

ROWS = (
    "Case reference,Case type,Allocated Team,Allocated Worker,Date opened,Age\n"
    "CF-2,Child in need,Assessment East,Ann Lee,2026-01-05,7\n"
    "CF-1,Child protection plan,Assessment West,Ben Moss,05/02/2026,12\n"
    "CF-1,Child in need,Assessment West,Ben Moss,05/02/2026,12\n"
    ",Child in need,Assessment East,Ann Lee,2026-01-05,3\n"
)


@pytest.fixture
def act(session: Session, clock: FixedClock) -> Act:
    return Act(make_council(session).qa_lead.id, clock.now(), "frame")


def make_frame(session: Session, act: Act, content: str = ROWS, name: str = "list.csv") -> Frame:
    frame = upload_frame(session, NewFrame("October list", date(2026, 10, 30), name, content.encode()), act)
    set_mapping(session, frame, suggest_frame_mapping(session, frame), act.then("map"))
    return frame


def test_an_import_keeps_the_good_rows_and_says_what_was_wrong_with_the_others(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    import_frame(session, frame.id, act.then("import"))
    assert (frame.stage, frame.rows_kept, frame.rows_rejected) == ("imported", 2, 2)
    rejects = session.execute(sa.select(FrameReject.row, FrameReject.reason).order_by(FrameReject.row)).all()
    assert [row for row, _ in rejects] == [4, 5]
    cases = list(read_canonical_cases(session, frame))
    assert [case.case_ref for case in cases] == ["CF-1", "CF-2"]
    assert cases[0].opened == "2026-02-05"
    assert cases[0].age_band


def test_a_list_of_today_is_taken_in_the_first_hour_of_a_summer_day(session: Session, act: Act) -> None:
    past_midnight = replace(act, at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    frame = upload_frame(session, NewFrame("July", date(2027, 7, 1), "list.csv", ROWS.encode()), past_midnight)
    assert frame.as_at == date(2027, 7, 1)


def test_an_import_can_be_run_again(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    import_frame(session, frame.id, act.then("once"))
    import_frame(session, frame.id, act.then("twice"))
    assert len(list(read_canonical_cases(session, frame))) == 2


def test_freezing_digests_the_canonical_list_and_removes_the_uploaded_bytes(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    import_frame(session, frame.id, act.then("import"))
    freeze_frame(session, frame.id, act.then("freeze"))
    canonical = canonical_csv(read_canonical_cases(session, frame), frame.columns or ())
    assert frame.frame_sha256 == hashlib.sha256(canonical).hexdigest()
    assert session.scalar(sa.select(sa.func.count()).select_from(FrameUpload)) == 0
    entries = session.scalars(sa.select(Journal.entry).where(Journal.subject_type == "frame").order_by(Journal.number))
    assert entries.all() == ["uploaded", "imported", "frozen"]


def test_a_frozen_list_never_changes(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    import_frame(session, frame.id, act.then("import"))
    freeze_frame(session, frame.id, act.then("freeze"))
    with pytest.raises(WrongState):
        import_frame(session, frame.id, act.then("again"))
    with pytest.raises(WrongState):
        set_mapping(session, frame, {}, act.then("map again"))


def test_the_mapping_is_remembered_for_the_next_file_of_the_same_shape(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    changed = {sheet: {**columns} for sheet, columns in (frame.mapping or {}).items()}
    sheet = next(iter(changed))
    changed[sheet].pop("worker")
    set_mapping(session, frame, changed, act.then("mine"))
    other = upload_frame(session, NewFrame("November", date(2026, 11, 1), "other.csv", ROWS.encode()), act.then("two"))
    assert "worker" not in suggest_frame_mapping(session, other)[sheet]


def test_a_list_without_cases_is_not_frozen(session: Session, act: Act) -> None:
    frame = make_frame(session, act)
    with pytest.raises(WrongState):
        freeze_frame(session, frame.id, act.then("freeze"))


@pytest.mark.parametrize("content", ["", "\x00\x01\x02 not a list"])
def test_a_file_that_is_no_list_is_refused_with_a_sentence(session: Session, act: Act, content: str) -> None:
    with pytest.raises(BadInput):
        upload_frame(session, NewFrame("x", date(2026, 10, 30), "x.csv", content.encode()), act)
