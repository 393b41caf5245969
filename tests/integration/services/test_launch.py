"""Allocation and launch: who may audit what, in bulk and by hand, and what a launch sets going."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, WrongState
from auditflow.domain.sampling import commitment
from auditflow.models import AuditRound, CaseAudit, Deadline, Frame, Journal, NameMatch, Outbox
from auditflow.queries.allocation import read_eligibility
from auditflow.queries.facts import list_facts
from auditflow.services.act import Act
from auditflow.services.allocation import (
    allocate_case,
    allocate_cases,
    choose_auditors,
    suggest_allocation,
)
from auditflow.services.case_audit import declare_conflict
from auditflow.services.launch import launch_round
from tests.factories.council import Council
from tests.factories.sampling import Steps, make_frame


@pytest.fixture
def drawn(steps: Steps, frame: Frame) -> AuditRound:
    row = steps.locked(steps.planned(frame))
    steps.drawn(row)
    return row


def audits(session: Session) -> list[CaseAudit]:
    return list(session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)))


def test_suggestion_leaves_nobody_with_more_than_their_share_and_writes_nothing(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    choose_auditors(session, drawn.id, {a.id: 8 for a in council.auditors}, steps.act())
    suggestion = suggest_allocation(session, drawn.id)
    loads = [list(suggestion.auditor_of.values()).count(a.id) for a in council.auditors]
    assert loads == [3, 3, 3, 3]
    assert {a.state for a in audits(session)} == {"selected"}


def test_allocating_in_bulk_is_the_same_chain_as_one_by_one(session: Session, steps: Steps, drawn: AuditRound) -> None:
    steps.allocated(drawn)
    found = audits(session)
    assert {(a.state, a.version) for a in found} == {("allocated", 2)}
    assert all(a.auditor_id and a.allocated_at for a in found)
    entry = session.scalars(
        sa.select(Journal).where(Journal.entry == "allocated", Journal.subject_id == found[0].id)
    ).one()
    assert (entry.from_state, entry.to_state, entry.role) == ("selected", "allocated", "qa_lead")
    assert entry.details == {"auditor_id": found[0].auditor_id}
    assert found[0].chain_head == entry.hash
    assert session.scalars(sa.select(Outbox)).all() == []
    assert session.scalars(sa.select(Deadline).where(Deadline.subject_type == "case_audit")).all() == []


def test_the_same_allocation_again_does_nothing(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    chosen = {a.id: council.auditors[0].id for a in audits(session)}
    act = steps.act()
    assert allocate_cases(session, drawn.id, chosen, act) == 12
    assert allocate_cases(session, drawn.id, chosen, act) == 0


def test_a_conflict_stops_the_whole_allocation_and_names_the_case(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    first = audits(session)[0]
    council.auditors[0].team_id = first.team_id
    session.flush()
    chosen = {a.id: council.auditors[0].id for a in audits(session)}
    with pytest.raises(GuardRefused, match=r"Case CF-\d+: The person you chose holds"):
        allocate_cases(session, drawn.id, chosen, steps.act())
    assert {a.state for a in audits(session)} == {"selected"}


def test_conflicts_for_a_whole_round_are_those_of_the_facts_for_one_case(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    # Of teams that were drawn: which these are is the chance of the draw.
    first, second, third = audits(session)[:3]
    manager = next(m for m in council.managers if m.team_id == second.team_id)
    in_team, manages, line, held, free = (*council.auditors, manager)
    in_team.team_id = first.team_id
    next(team for team in council.teams if team.id == third.team_id).deputy_id = manages.id
    worker = next(w for w in council.workers if w.id == second.worker_id)
    worker.manager_id = line.id
    earlier = make_frame(session, council, cases=60, matched=False)
    old = session.scalars(sa.select(NameMatch).where(NameMatch.name == "Former worker")).one_or_none()
    assert old is None
    session.add(NameMatch(kind="worker", name="Former worker", match="matched", person_id=held.id))
    session.execute(
        sa.text("UPDATE frame_case SET worker = 'Former worker' WHERE frame_id = :f AND ref = :r"),
        {"f": earlier.id, "r": third.ref},
    )
    session.flush()
    people = (in_team.id, manages.id, line.id, held.id, free.id)
    known = read_eligibility(session, drawn, also=people)
    for person in people:
        facts = list_facts(
            session, "case_audit", actor_id=person, at=steps.at, where=lambda table: table.c.round_id == drawn.id
        )
        expected = {f.subject_id for f in facts if f.values["actor_in_conflict"]}
        assert expected == {audit for who, audit in known.conflicts if who == person}, person
        assert expected, "each kind of conflict must be there to be compared"


def test_an_untrained_person_gets_no_case(session: Session, steps: Steps, drawn: AuditRound, council: Council) -> None:
    council.auditors[1].training_until = date(2026, 10, 31)
    session.flush()
    choose_auditors(session, drawn.id, {a.id: 8 for a in council.auditors}, steps.act())
    assert council.auditors[1].id not in suggest_allocation(session, drawn.id).auditor_of.values()
    with pytest.raises(GuardRefused, match="training"):
        allocate_case(session, audits(session)[0].id, council.auditors[1].id, steps.act())


def test_a_pin_is_kept(session: Session, steps: Steps, drawn: AuditRound, council: Council) -> None:
    choose_auditors(session, drawn.id, {a.id: 8 for a in council.auditors}, steps.act())
    wanted = {a.id: council.auditors[3].id for a in audits(session)[:5]}
    suggestion = suggest_allocation(session, drawn.id, pins=wanted)
    assert {i: suggestion.auditor_of[i] for i in wanted} == wanted


def test_moving_a_case_needs_a_reason_and_starts_empty(
    session: Session, steps: Steps, frame: Frame, council: Council
) -> None:
    row = steps.live(frame)
    audit = audits(session)[0]
    other = next(a for a in council.auditors if a.id != audit.auditor_id)
    with pytest.raises(BadInput, match="reason"):
        allocate_case(session, audit.id, other.id, steps.act(), expected_version=audit.version)
    allocate_case(session, audit.id, other.id, steps.act(), expected_version=audit.version, reason="On leave.")
    assert (audit.state, audit.auditor_id, audit.started_at) == ("allocated", other.id, None)
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.reallocated")).all()
    assert other.id in told
    assert row.state == "live"


def test_a_declared_conflict_is_never_suggested_again(
    session: Session, steps: Steps, frame: Frame, council: Council
) -> None:
    row = steps.live(frame)
    audit = audits(session)[0]
    auditor = audit.auditor_id
    assert auditor is not None
    declare_conflict(session, audit.id, steps.act(auditor), expected_version=audit.version)
    assert (audit.state, audit.auditor_id) == ("selected", None)
    assert suggest_allocation(session, row.id).auditor_of[audit.id] != auditor


def test_launch_needs_every_case_allocated_and_every_name_matched(
    session: Session, steps: Steps, drawn: AuditRound
) -> None:
    with pytest.raises(GuardRefused, match="no auditor yet"):
        launch_round(session, drawn.id, steps.act())
    steps.allocated(drawn)
    session.execute(sa.update(NameMatch).where(NameMatch.kind == "team").values(match="unmatched", team_id=None))
    with pytest.raises(GuardRefused, match="not matched"):
        launch_round(session, drawn.id, steps.act())
    assert drawn.state == "sampled"


def test_launch_starts_the_clocks_and_tells_each_auditor_once(
    session: Session, steps: Steps, frame: Frame, council: Council
) -> None:
    row = steps.live(frame)
    assert (row.state, row.launched_at) == ("live", steps.at.replace(minute=steps.number))
    due = session.execute(sa.select(Deadline.key, Deadline.due_at).where(Deadline.subject_type == "case_audit")).all()
    assert {(key, at.date()) for key, at in due} == {("start", date(2026, 11, 9))}
    assert len(due) == 12
    told = session.scalars(sa.select(Outbox.person_id).order_by(Outbox.person_id)).all()
    assert told == [a.id for a in council.auditors]
    assert {a.version for a in audits(session)} == {3}


def test_only_the_digest_of_the_checking_seed_is_journalled(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    assert row.checking_seed is not None
    assert row.checking_seed_sha256 == commitment(row.checking_seed)
    kept = session.scalars(sa.select(Journal)).all()
    assert any(row.checking_seed_sha256 in str(entry.details) for entry in kept)
    assert not any(row.checking_seed in str(entry.details) for entry in kept)


def test_a_double_click_launches_once(session: Session, steps: Steps, drawn: AuditRound) -> None:
    steps.allocated(drawn)
    act = steps.act()
    seeds = set()
    for _ in range(2):
        launch_round(session, drawn.id, act)
        seeds.add(drawn.checking_seed)
    assert len(seeds) == 1
    with pytest.raises(WrongState):
        launch_round(session, drawn.id, steps.act())


def test_only_the_qa_lead_allocates_and_launches(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    stranger = council.auditors[0].id
    for use in (
        lambda act: choose_auditors(session, drawn.id, {stranger: 1}, act),
        lambda act: allocate_cases(session, drawn.id, {audits(session)[0].id: stranger}, act),
        lambda act: launch_round(session, drawn.id, act),
    ):
        with pytest.raises(NotPermitted):
            use(Act(stranger, steps.at, f"stranger-{steps.number}"))


def test_whoever_is_no_auditor_is_not_trained(
    session: Session, steps: Steps, drawn: AuditRound, council: Council
) -> None:
    known = read_eligibility(session, drawn, also=(council.director.id, council.auditors[0].id))
    assert {c.id: c.trained for c in known.candidates.values()} == {
        council.director.id: False,
        council.auditors[0].id: True,
    }
