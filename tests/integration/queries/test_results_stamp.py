"""The stamp of a round's results: another one after anything that a figure is made from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, Moderation, Team
from auditflow.queries.results_stamp import read_stamp
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.results import close_round
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.results import moderate

Find = Callable[[Session, AuditRound, AuditRound], object]


def one(session: Session, kind: type, *where: object) -> object:
    return session.scalars(sa.select(kind).where(*where)).first()  # type: ignore[arg-type]


CHANGES: dict[str, Find] = {
    "the round": lambda session, first, again: again,
    "its baseline": lambda session, first, again: first,
    "an audit": lambda session, first, again: one(session, CaseAudit, CaseAudit.round_id == again.id),
    "an audit of the baseline": lambda session, first, again: one(session, CaseAudit, CaseAudit.round_id == first.id),
    "a moderation": lambda session, first, again: one(session, Moderation),
    "a team": lambda session, first, again: one(session, Team),
}


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def rounds(session: Session, council: Council) -> tuple[AuditRound, AuditRound]:
    """A baseline with a moderated audit, and its re-audit in reporting."""
    first = make_round(session, council, state="reporting")
    moderate(session, council, make_case_audit(session, council, first), 2, 3, share=True)
    more = {"kind": "re_audit", "baseline_id": first.id, "tool_version_id": first.tool_version_id}
    again = make_round(session, council, state="reporting", name="Re-audit", **more)
    make_case_audit(session, council, again)
    return first, again


@pytest.mark.parametrize("changed", CHANGES)
def test_what_a_figure_is_made_from_makes_results_new(
    session: Session, council: Council, clock: FixedClock, rounds: tuple[AuditRound, AuditRound], changed: str
) -> None:
    first, again = rounds
    before = read_stamp(session, again.id)
    assert read_stamp(session, again.id) == before
    row = CHANGES[changed](session, first, again)
    act = Act(council.qa_lead.id, clock.now(), "a-change")
    record(session, row, act, Note("changed", "qa_lead"))  # type: ignore[arg-type]
    assert read_stamp(session, again.id) != before


def test_a_closed_rounds_stamp_is_the_digest_it_was_frozen_under(
    session: Session, council: Council, clock: FixedClock, rounds: tuple[AuditRound, AuditRound]
) -> None:
    _, again = rounds
    close_round(session, again.id, Act(council.qa_lead.id, clock.now(), "close-it"))
    before = read_stamp(session, again.id)
    audit = one(session, CaseAudit, CaseAudit.round_id == again.id)
    record(session, audit, Act(council.qa_lead.id, clock.now(), "later"), Note("changed", "qa_lead"))  # type: ignore[arg-type]
    assert read_stamp(session, again.id) == before


def test_a_round_that_is_not_there_has_no_stamp(session: Session) -> None:
    assert read_stamp(session, 999_999) is None
