"""What exists for whom: the director's part of disputes and corrections, and an external moderator's last day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import NotFound
from auditflow.models import Action, CaseAudit, Correction, Deadline, Dispute, Person
from auditflow.queries.action import Filter, list_actions
from auditflow.queries.alert import list_open_alerts
from auditflow.queries.audit_round import get_visible_round, list_rounds
from auditflow.queries.correction import get_visible_correction
from auditflow.queries.dashboard import list_waiting
from auditflow.queries.dispute import list_disputed
from auditflow.queries.moves import moves_for
from auditflow.queries.scope import Viewer, viewer_of, visible_case_audits
from auditflow.queries.work import list_work
from auditflow.services.act import Act
from auditflow.services.dispute import Determination, determine_dispute, escalate_dispute
from tests.factories.actions import Acts, make_action, make_concern
from tests.factories.council import Council, make_council
from tests.factories.moderation import make_dispute, make_moderation, make_submitted


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def disputed(session: Session, council: Council) -> CaseAudit:
    audit = make_submitted(session, council, "disputed", moderated_grade=2)
    make_dispute(session, audit)
    return audit


def sees(session: Session, person: Person, clock: FixedClock) -> Viewer:
    return viewer_of(session, person.id, clock.now())


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


@pytest.fixture
def handed(session: Session, council: Council, disputed: CaseAudit, clock: FixedClock) -> CaseAudit:
    """An audit that the external moderator moderated, with an action and a concern; and a dispute handed to them."""
    pass_up(session, disputed, clock)
    session.execute(sa.update(Dispute).values(handed_to_id=council.external.id))
    audit = make_submitted(session, council, "moderation", auditor_id=council.auditors[1].id, ref="CF-7")
    task = make_moderation(session, council, audit=audit)
    session.flush()
    task.moderator_id = council.external.id
    make_action(session, council, audit, Acts(clock), state="done")
    make_concern(session, council.external, audit, Acts(clock))
    session.add(
        Correction(
            **{"case_audit_id": audit.id, "requested_by_id": council.external.id, "requested_at": clock.now()},
            **{"item": "overall.grade", "proposed": {"value": 2}, "reason": "Typed wrongly.", "state": "requested"},
        )
    )
    session.flush()
    return audit


def in_sight(session: Session, viewer: Viewer, clock: FixedClock) -> dict[str, int]:
    return {
        "audits": len(session.scalars(sa.select(CaseAudit.id).where(visible_case_audits(viewer))).all()),
        "actions": len(list_actions(session, viewer, Filter("all"), clock.now().date())),
        "concerns": len(list_open_alerts(session, viewer)),
        "rounds": len(list_rounds(session, viewer)),
        "work": len(list_work(session, viewer, clock.now())),
    }


def test_what_was_handed_to_an_external_moderator_is_gone_after_the_last_day(
    session: Session, council: Council, handed: CaseAudit, clock: FixedClock
) -> None:
    council.external.external_until = clock.now().date()
    session.flush()
    viewer = sees(session, council.external, clock)
    assert in_sight(session, viewer, clock) == {"audits": 2, "actions": 1, "concerns": 1, "rounds": 2, "work": 3}
    correction = session.scalars(sa.select(Correction)).one()
    assert get_visible_correction(session, viewer, correction.id)

    clock.advance(timedelta(days=1))
    viewer = sees(session, council.external, clock)
    assert viewer.roles == frozenset()
    assert set(in_sight(session, viewer, clock).values()) == {0}
    with pytest.raises(NotFound):
        get_visible_correction(session, viewer, correction.id)


def test_who_is_here_for_something_else_too_keeps_that(
    session: Session, council: Council, handed: CaseAudit, clock: FixedClock
) -> None:
    council.external.external_until = date(2026, 10, 30)
    council.external.roles = [*council.external.roles, *council.auditors[0].roles]
    handed.auditor_id, own = council.external.id, handed.id
    session.flush()
    viewer = sees(session, council.external, clock)
    assert viewer.roles == {"auditor"}
    found = session.scalars(sa.select(CaseAudit.id).where(visible_case_audits(viewer))).all()
    assert list(found) == [own], "not the dispute that was handed to them"


def test_nothing_can_be_done_after_the_last_day_either(
    session: Session, council: Council, handed: CaseAudit, disputed: CaseAudit, clock: FixedClock
) -> None:
    me = council.external.id
    action = session.scalars(sa.select(Action.id)).one()
    assert moves_for(session, "case_audit", disputed.id, me, clock.now()).may("determine")
    assert moves_for(session, "action", action, me, clock.now()).may("verify")
    council.external.external_until = date(2026, 10, 30)
    session.flush()
    assert not moves_for(session, "case_audit", disputed.id, me, clock.now()).may("determine")
    assert not moves_for(session, "action", action, me, clock.now()).may("verify")
