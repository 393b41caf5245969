"""The key of an act: made with the form, and never one that somebody thought up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.models import CaseAudit, Deadline, Journal, Reflection
from tests.factories.actions import run_deadlines
from tests.factories.audits import make_round
from tests.factories.council import START, make_council
from tests.factories.moderation import make_submitted


@pytest.fixture
def shared(database):
    """The id of an audit that its worker may read, and whose time to challenge runs out."""
    with database.writing() as session:
        council = make_council(session)
        row = make_round(session, council)
        graded = {"published_grade": 3, "shared_at": START, "agreed_at": START}
        audit = make_submitted(session, council, "feedback_shared", audit_round=row, **graded)
        session.flush()
        session.add(Reflection(case_audit_id=audit.id, person_id=audit.worker_id, invited_at=START))
        return audit.id, audit.worker_id


def test_nobody_takes_the_key_of_what_the_system_will_do(database, clock, sign_in, shared) -> None:
    audit_id, worker_id = shared
    with database.reading() as session:
        due_at = session.scalars(sa.select(Deadline.due_at).where(Deadline.key == "challenge")).one()
    taken = f"due:challenge:{due_at:%Y%m%d%H%M%S}"
    sign_in(worker_id).post(f"/audits/{audit_id}/feedback/read", {"key": taken})
    with database.writing() as session:
        assert session.scalars(sa.select(Journal.entry).where(Journal.entry == "outcome_read")).one()
        clock.advance(due_at - clock.now() + timedelta(seconds=1))
        assert "moved" in run_deadlines(session, clock.now())
    with database.reading() as session:
        assert session.get_one(CaseAudit, audit_id).state == "closed"


@pytest.mark.parametrize("key", ["k" * 20, "é\x00" * 30, ""])
def test_an_odd_key_is_taken_and_not_kept(database, sign_in, shared, key) -> None:
    audit_id, worker_id = shared
    sign_in(worker_id).post(f"/audits/{audit_id}/feedback/read", {"key": key})
    with database.reading() as session:
        assert session.scalars(sa.select(Journal.key).where(Journal.entry == "outcome_read")).one() != key


def test_the_key_of_a_form_is_kept_as_it_is(database, sign_in, shared) -> None:
    audit_id, worker_id = shared
    page = sign_in(worker_id).get(f"/audits/{audit_id}/feedback")
    (key,) = page.form("/read")["key"]
    page.submit(action="/read")
    with database.reading() as session:
        assert session.scalars(sa.select(Journal.key).where(Journal.entry == "outcome_read")).one() == key
