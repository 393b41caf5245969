"""What exists for whom: the director's part of disputes and corrections, and an external moderator's last day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Deadline, Dispute, Person
from auditflow.queries.audit_round import get_visible_round
from auditflow.queries.dashboard import list_waiting
from auditflow.queries.dispute import list_disputed
from auditflow.queries.moves import moves_for
from auditflow.queries.scope import Viewer, viewer_of, visible_case_audits
from auditflow.queries.work import list_work
from auditflow.services.act import Act
from auditflow.services.dispute import Determination, determine_dispute, escalate_dispute
from tests.factories.council import Council, make_council
from tests.factories.moderation import make_dispute, make_submitted


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def disputed(session: Session, council: Council) -> CaseAudit:
    audit = make_submitted(session, council, "disputed", moderated_grade=2)
    make_dispute(session, audit)
    return audit


def sees(session: Session, person: Person, clock: FixedClock) -> Viewer:
    return viewer_of(session, person.id)


def pass_up(session: Session, audit: CaseAudit, clock: FixedClock) -> None:
    session.get_one(Deadline, ("case_audit", audit.id, "determine")).due_at = clock.now() - timedelta(days=1)
    session.flush()
    escalate_dispute(session, audit.id, Act(None, clock.now(), "late"))


def listed(session: Session, person: Person, audit: CaseAudit, clock: FixedClock) -> dict[str, bool]:
    """Where a person comes upon a disputed audit: its page, the disputes, the round's page, what they have to do."""
    viewer = sees(session, person, clock)
    found = session.scalars(sa.select(CaseAudit.id).where(visible_case_audits(viewer)))
    return {
        "page": audit.id in list(found),
        "disputes": audit in [row for row, _, _ in list_disputed(session, viewer)],
        "round": audit.id in [item.id for item in list_waiting(session, viewer, audit.round_id)],
        "work": audit.id in [item.subject_id for item in list_work(session, viewer, clock.now())],
    }


def test_a_dispute_is_the_directors_once_it_was_passed_up(
    session: Session, council: Council, disputed: CaseAudit, clock: FixedClock
) -> None:
    assert get_visible_round(session, sees(session, council.director, clock), disputed.round_id)
    assert not any(listed(session, council.director, disputed, clock).values())
    pass_up(session, disputed, clock)
    assert all(listed(session, council.director, disputed, clock).values())
    act = Act(council.director.id, clock.now(), "decide")
    determine_dispute(session, disputed.id, Determination(3, "Both are arguable."), act)
    assert listed(session, council.director, disputed, clock)["page"], "what they decided stays theirs to read"


@pytest.mark.parametrize("up", [False, True])
def test_whoever_may_decide_a_dispute_sees_it(
    session: Session, council: Council, disputed: CaseAudit, clock: FixedClock, up: bool
) -> None:
    if up:
        pass_up(session, disputed, clock)
        session.execute(sa.update(Dispute).values(handed_to_id=council.external.id))
    deciders = 0
    for person in session.scalars(sa.select(Person)):
        may = moves_for(session, "case_audit", disputed.id, person.id, clock.now()).may("determine")
        where = listed(session, person, disputed, clock)
        assert where["page"] or not may, person.name
        assert where["work"] == may, person.name
        deciders += may
    assert deciders == (5 if up else 3), "two QA leads, the other head of service, then director and external"
