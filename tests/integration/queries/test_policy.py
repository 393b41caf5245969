"""Whom the policy sends to moderation, as the tables have it: the share over what was drawn, and the triggers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.graded import DISCARDED
from auditflow.domain.policy import ModerationPolicy, random_share
from auditflow.models import Alert, AuditRound, CaseAudit, Draw, SampleCase
from auditflow.queries.policy import drawn_as, get_moderation_choice, list_drawn
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council

SEED = "checking-seed"
CALM: dict[str, Any] = {"new_auditor_audits": 0}


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def audit_round(session: Session, council: Council) -> AuditRound:
    return make_round(session, council, checking_seed=SEED, policy={**CALM, "random_least": 2})


@pytest.fixture
def drawn(session: Session, council: Council, audit_round: AuditRound) -> list[CaseAudit]:
    """Ten cases drawn at random, so that two are moderated."""
    return [make_case_audit(session, council, audit_round, ref=f"CF-R{n}") for n in range(10)]


def chosen(session: Session, audits: list[CaseAudit]) -> set[str]:
    return {a.ref for a in audits if get_moderation_choice(session, a, grade=3).random_share}


def test_the_share_is_drawn_over_the_randomly_drawn_cases_of_the_round(
    session: Session, drawn: list[CaseAudit]
) -> None:
    expected = random_share(ModerationPolicy(random_least=2), SEED, [audit.ref for audit in drawn])
    assert len(expected) == 2
    assert chosen(session, drawn) == expected


def test_added_and_replacing_cases_second_gradings_and_removals_do_not_move_the_share(
    session: Session, council: Council, audit_round: AuditRound, drawn: list[CaseAudit]
) -> None:
    before = chosen(session, drawn)
    make_case_audit(session, council, audit_round, ref="CF-ADDED", kind="judgemental")
    make_case_audit(session, council, audit_round, ref="CF-NEW", kind="replacement")
    make_case_audit(session, council, audit_round, ref="CF-R1", purpose="second")
    gone = make_case_audit(session, council, audit_round, ref="CF-GONE", state="removed", kind="judgemental")
    assert gone.ref not in list_drawn(session, audit_round.id)
    assert len(list_drawn(session, audit_round.id)) == 10
    assert chosen(session, drawn) == before


def test_cases_of_a_discarded_draw_do_not_move_the_share_though_one_is_drawn_again(
    session: Session, council: Council, audit_round: AuditRound, drawn: list[CaseAudit]
) -> None:
    for n in range(30):
        make_case_audit(session, council, audit_round, ref=f"CF-OLD{n}", state="removed", lost_reason=DISCARDED)
    make_case_audit(session, council, audit_round, ref="CF-R1", state="removed", lost_reason=DISCARDED)
    make_case_audit(session, council, audit_round, ref="CF-R10", state="removed", lost_reason="transferred")
    assert list_drawn(session, audit_round.id) == sorted([*(audit.ref for audit in drawn), "CF-R10"])
    share = random_share(ModerationPolicy(random_least=2), SEED, list_drawn(session, audit_round.id))
    assert chosen(session, drawn) == share & {audit.ref for audit in drawn}


def test_an_added_case_is_never_in_the_share(session: Session, council: Council, audit_round: AuditRound) -> None:
    audit = make_case_audit(session, council, audit_round, ref="CF-A", kind="judgemental")
    assert not get_moderation_choice(session, audit, grade=3).random_share


def test_a_reserve_takes_the_place_of_the_case_it_replaces_and_of_that_ones_place(
    session: Session, council: Council, audit_round: AuditRound, drawn: list[CaseAudit]
) -> None:
    share = chosen(session, drawn)
    inside, outside = min(share), min({audit.ref for audit in drawn} - share)
    draw = Draw(round_id=audit_round.id, number=1, seed="s", drawn_at=START, manifest={})
    session.add(draw)
    session.flush()

    def case(ref: str, position: int, kind: str, replaces: SampleCase | None = None) -> SampleCase:
        row = SampleCase(
            round_id=audit_round.id, draw_id=draw.id, ref=ref, position=position, kind=kind,
            replaces_id=replaces.id if replaces else None,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row

    for position, (ref, expected) in enumerate([(inside, True), (outside, False)]):
        first = case(ref, position, "random")
        second = case(f"{ref}-reserve", 20 + position, "replacement", first)
        third = case(f"{ref}-next", 30 + position, "replacement", second)
        audit = make_case_audit(
            session, council, audit_round, ref=third.ref, kind="replacement", sample_case_id=third.id
        )
        assert drawn_as(session, audit) == ref
        assert get_moderation_choice(session, audit, grade=3).random_share is expected


def test_a_concern_that_stands_sends_it_to_moderation(
    session: Session, council: Council, audit_round: AuditRound, clock: FixedClock
) -> None:
    audit = make_case_audit(session, council, audit_round, kind="judgemental")
    assert get_moderation_choice(session, audit, grade=3).triggers == ()
    alert = Alert(
        case_audit_id=audit.id, raised_by_id=council.auditors[0].id, raised_at=clock.now(), concern="x",
        spoken_to="Mary Tull", spoken_at=clock.now(), state="raised",
    )  # fmt: skip
    begin(session, alert, Act(council.auditors[0].id, clock.now(), "alert"), Note("created", "raiser"))
    assert get_moderation_choice(session, audit, grade=3).triggers == ("concern",)
    other = make_case_audit(session, council, audit_round, kind="judgemental", ref="CF-X")
    error = Alert(
        case_audit_id=other.id, raised_by_id=council.auditors[0].id, raised_at=clock.now(), concern="x",
        spoken_to="Mary Tull", spoken_at=clock.now(), state="raised_in_error",
    )  # fmt: skip
    begin(session, error, Act(council.auditors[0].id, clock.now(), "error"), Note("created", "raiser"))
    assert get_moderation_choice(session, other, grade=3).triggers == ()


def test_the_first_two_since_training_count_and_older_ones_do_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit_round = make_round(session, council, policy={})
    audits = [
        make_case_audit(session, council, audit_round, ref=f"CF-{n}", first_grade=3, first_submitted_at=clock.now())
        for n in range(2)
    ]
    third = make_case_audit(session, council, audit_round, ref="CF-THIRD")
    assert get_moderation_choice(session, audits[0], grade=3).triggers == ("new_auditor",)
    assert get_moderation_choice(session, third, grade=3).triggers == ()
    council.auditors[0].trained_on = clock.now().date()
    session.flush()
    assert get_moderation_choice(session, third, grade=3).triggers == ()
    audits[0].first_submitted_at = START
    session.flush()
    assert get_moderation_choice(session, third, grade=3).triggers == ("new_auditor",)
