"""Many entries in a few statements: the very entries that would have been written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import ENTRY_FIELDS, Entry
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import Stale
from auditflow.models import CaseAudit, Journal
from auditflow.services.act import Act
from auditflow.services.journal_batch import Batch, Line, begin_many, write_many
from auditflow.services.journal_entry import request_digest
from tests.factories.audits import make_round
from tests.factories.council import make_council

COLUMNS = ("ref", "case_type")


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = session.get_bind().engine

    def note(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def act(session: Session, clock: FixedClock) -> Act:
    return Act(make_council(session).qa_lead.id, clock.now(), "batch-1")


@pytest.fixture
def ids(session: Session, act: Act) -> list[int]:
    council = type("C", (), {"qa_lead": type("P", (), {"id": act.actor_id})})
    row = make_round(session, council)  # type: ignore[arg-type]
    fixed = {"round_id": row.id, "purpose": "main", "kind": "random"}
    batch = Batch("case_audit", "select", "selected", "", "selected", "qa_lead", act, COLUMNS, fixed)
    rows = [(f"CF-{n} “é”", "child_in_need") for n in range(1, 61)]
    return begin_many(session, batch, rows, [{"n": n, "word": "é"} for n in range(1, 61)])


def chain(session: Session, audit_id: int) -> list[Journal]:
    mine = (Journal.subject_type == "case_audit", Journal.subject_id == audit_id)
    return list(session.scalars(sa.select(Journal).where(*mine).order_by(Journal.number)))


def recomputed(entry: Journal) -> str:
    names = ENTRY_FIELDS
    return Entry(**{name: getattr(entry, name) for name in names}).hash


def test_each_hash_is_that_of_the_entry(session: Session, act: Act, ids: list[int]) -> None:
    audits = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()
    assert [a.id for a in audits] == ids
    lines = [Line(a.id, a.version, a.chain_head, {"auditor_id": act.actor_id}, (act.actor_id,)) for a in audits]
    later = act.then("allocate")
    batch = Batch("case_audit", "allocate", "allocated", "selected", "allocated", "qa_lead", later, ("auditor_id",))
    write_many(session, batch, lines)
    for audit in session.scalars(sa.select(CaseAudit)):
        entries = chain(session, audit.id)
        assert [(e.number, e.entry) for e in entries] == [(1, "selected"), (2, "allocated")]
        assert [e.hash for e in entries] == [recomputed(e) for e in entries]
        assert entries[1].previous == entries[0].hash
        assert entries[1].request_sha256 == request_digest("allocate", {"auditor_id": act.actor_id}, {})
        assert (audit.chain_head, audit.version, audit.state) == (entries[1].hash, 2, "allocated")
        assert (audit.returns, audit.challenged, audit.published_disputed) == (0, False, False)


def test_their_number_does_not_change_the_number_of_statements(session: Session, act: Act, ids: list[int]) -> None:
    audits = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()
    lines = [Line(a.id, a.version, a.chain_head) for a in audits]
    with statements(session) as seen:
        note = Batch("case_audit", "noted", "noted", "selected", "selected", "qa_lead", act.then("note"))
        write_many(session, note, lines)
    assert len(seen) == 2


def test_a_subject_that_changed_meanwhile_is_stale(session: Session, act: Act, ids: list[int]) -> None:
    audits = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()
    lines = [Line(a.id, a.version if n else 7, a.chain_head) for n, a in enumerate(audits)]
    batch = Batch("case_audit", "noted", "noted", "selected", "selected", "qa_lead", act.then("note"))
    with pytest.raises(Stale):
        write_many(session, batch, lines)
