"""The rows of a case list arrive as they were read, whatever characters they hold."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import auditflow.services.frame_rows as frame_rows
from auditflow.adapters.case_list import CaseListReading
from auditflow.domain.frame import COLUMNS, Case
from auditflow.models import Frame, FrameCase
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from tests.conftest import MONDAY_MORNING


def store(session: Session, cases: list[Case]) -> list[FrameCase]:
    frame = Frame(name="List", as_at=date(2026, 10, 23), source_sha256="a" * 64, created_at=MONDAY_MORNING)
    begin(session, frame, Act(None, MONDAY_MORNING, "uploaded-0123456789"), Note("uploaded", "system"))
    origins = [("Sheet", number + 2) for number in range(len(cases))]
    frame_rows.write_cases(session, frame.id, CaseListReading(cases, origins, [], [], len(cases), 0, COLUMNS))
    return list(session.scalars(sa.select(FrameCase).order_by(FrameCase.row)))


def test_every_value_is_stored_as_it_stands(session: Session) -> None:
    odd = ["a\tb", "c\\d", "e\nf", "g\rh", r"\N", r"\.", "“ß” ☃", 'say "no"', "", "O’Neill, Ann"]
    cases = [Case(f"CF-{n}", worker=text, family=text, sex=text) for n, text in enumerate(odd)]
    stored = store(session, cases)
    assert [row.worker for row in stored] == odd
    assert [row.more for row in stored] == [{"family": text, "sex": text} if text else {} for text in odd]
    assert [row.row for row in stored] == list(range(2, 12))


def test_each_column_goes_to_its_own_place(session: Session) -> None:
    case = Case(*(f"{name}"[:10] for name in COLUMNS))
    (row,) = store(session, [case])
    assert [row.ref, row.case_type, row.status, row.team, row.worker, row.opened, row.closed] == [
        *("case_ref", "case_type", "status", "team", "worker", "opened", "closed")
    ]
    assert row.more == {name: name[:10] for name in COLUMNS if name not in frame_rows.OWN}


def test_blocks_and_what_is_remembered_make_no_difference(session: Session, monkeypatch) -> None:
    monkeypatch.setattr(frame_rows, "BLOCK", 3)
    monkeypatch.setattr(frame_rows, "REMEMBERED", 2)
    cases = [Case(f"CF-{n:02}", family=f"F-{n % 4}", lists="b") for n in range(10)]
    assert [(row.ref, row.more["family"]) for row in store(session, cases)] == [(c.case_ref, c.family) for c in cases]


def test_a_list_without_rows_writes_nothing(session: Session) -> None:
    assert store(session, []) == []
