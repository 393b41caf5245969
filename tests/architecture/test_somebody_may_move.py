"""In councils of two to six people nothing waits unseen: somebody, or the system, carries each open item on,
or it is listed as stuck.

The councils are random (seeded), with leavers, people of several roles, teams without a manager. What the
check of stuck items finds with a few statements for everybody is compared with asking each person alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import (
    Action,
    Alert,
    Approval,
    AuditRound,
    CaseAudit,
    Correction,
    CouncilService,
    Deadline,
    Moderation,
    Person,
    Stuck,
    Submission,
    Team,
)
from auditflow.queries.facts import list_facts, this_one
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from auditflow.services.stuck import check_stuck
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_tool
from tests.factories.council import START, make_person
from tests.factories.moderation import make_dispute, make_submission
from workflows import machine
from workflows.facts import when_asking
from workflows.registry import WORKFLOWS
from workflows.roles import PERSON_ROLES
from workflows.waiting import ELSEWHERE, NOT_BEFORE_LAUNCH, WAITING

COUNCILS = 10
ROLES = [role for role in PERSON_ROLES if role != "board_member"]
GRADED = ("submitted", "moderation", "changed", "returned", "agreed", "disputed", "feedback_shared")


class SmallCouncil:
    """Two to six people in one or two teams, and one item in every open state of every workflow."""

    def __init__(self, session: Session, number: int) -> None:
        self.session, self.number = session, number
        self.dice = random.Random(number)
        service = CouncilService(name=f"Service {number}")
        session.add(service)
        session.flush()
        self.teams = [Team(name=f"Team {number}-{i}", service_id=service.id) for i in range(self.dice.randint(1, 2))]
        session.add_all(self.teams)
        session.flush()
        self.people = [self._person(i, service) for i in range(self.dice.randint(2, 6))]
        for team in self.teams:
            team.manager_id = self._anybody() if self.dice.random() < 0.8 else None
        for person in self.people:
            boss = self._anybody()
            person.manager_id = boss if boss != person.id and self.dice.random() < 0.5 else None
        session.flush()

    def _person(self, number: int, service: CouncilService) -> Person:
        roles = self.dice.sample(ROLES, self.dice.randint(1, 4))
        return make_person(
            self.session,
            f"Person {self.number}-{number}",
            roles,
            team_id=self.dice.choice([None, *(team.id for team in self.teams)]),
            service_id=self.dice.choice([None, service.id]),
        )

    def _anybody(self) -> int:
        return self.dice.choice(self.people).id

    def somebody_leaves(self) -> None:
        """After the items are made, so that some of them lose their holder."""
        for person in self.people:
            person.active = self.dice.random() < 0.75
        self.session.flush()

    def fill(self) -> None:
        """One item in every open state."""
        live = self._round("live")
        for state in sorted(WORKFLOWS["audit_round"].open - {"live"}):
            self._round(state)
        for state in sorted(WORKFLOWS["case_audit"].open):
            self._audit(live, state)
        agreed = self._audit(live, "agreed")
        for state in sorted(WORKFLOWS["action"].open):
            self._action(agreed, state)
        self._requests(agreed)
        for state in ("raised", "acknowledged"):
            self._alert(agreed, state)

    def _begin(self, row: Any) -> None:
        begin(self.session, row, Act(None, START, f"b{id(row)}"), Note("created", "system"))

    def _round(self, state: str) -> AuditRound:
        row = AuditRound(
            name=f"Round {self.number} {state}",
            tool_version_id=make_tool(self.session).id,
            starts_on=date(2026, 10, 26),
            ends_on=date(2026, 11, 20),
            first_ends_on=date(2026, 11, 20),
            record_date=date(2026, 10, 23),
            created_at=START,
            state=state,
        )
        self._begin(row)
        return row

    def _audit(self, audit_round: AuditRound, state: str) -> CaseAudit:
        worker = self.dice.choice(self.people)
        graded = {"first_grade": 2, "first_submitted_at": START} if state in GRADED else {}
        row = CaseAudit(
            round_id=audit_round.id,
            ref=f"C{self.number}-{self.session.query(CaseAudit).count()}",
            auditor_id=None if state == "selected" else self._anybody(),
            worker_id=worker.id,
            team_id=self.dice.choice([worker.team_id, self.teams[0].id]),
            state=state,
            **graded,
        )
        self._begin(row)
        if graded:
            submission = make_submission(self.session, row, grade=2)
            if state == "moderation":
                self._moderations(audit_round, row, submission)
        if state == "disputed":
            make_dispute(self.session, row)
        return row

    def _moderations(self, audit_round: AuditRound, audit: CaseAudit, submission: Submission) -> None:
        self._moderation(audit, submission, "with_moderator")
        other = self._audit(audit_round, "returned")
        self._moderation(other, self.session.query(Submission).filter_by(case_audit_id=other.id).one(), "waiting")

    def _moderation(self, audit: CaseAudit, submission: Submission, state: str) -> None:
        others = [person.id for person in self.people if person.id != audit.auditor_id]
        given = self.dice.choice(others) if state == "with_moderator" else None
        self._begin(
            Moderation(
                case_audit_id=audit.id,
                auditor_id=audit.auditor_id,
                submission_id=submission.id,
                moderator_id=given,
                created_at=START,
                state=state,
            )
        )

    def _action(self, audit: CaseAudit, state: str) -> None:
        self._begin(
            Action(
                case_audit_id=audit.id,
                text="Update the plan",
                proposed_by_id=audit.auditor_id,
                owner_id=self._anybody(),
                first_due_on=date(2026, 11, 30),
                due_on=date(2026, 11, 30),
                created_at=START,
                state=state,
            )
        )

    def _requests(self, audit: CaseAudit) -> None:
        asked = {"requested_by_id": self._anybody(), "requested_at": START, "state": "requested"}
        self._begin(
            Correction(case_audit_id=audit.id, item="overall.grade", proposed={"value": 3}, reason="Typo", **asked)
        )
        action = self.session.scalars(sa.select(Action.id).order_by(Action.id)).first()
        about = [("case_audit", audit.id, "remove"), ("case_audit", audit.id, "mark_not_audited")]
        for subject_type, subject_id, ask in [*about, ("action", action, "cannot_do")]:
            request = Approval(subject_type=subject_type, subject_id=subject_id, ask=ask, reason="Moved", **asked)
            self._begin(request)

    def _alert(self, audit: CaseAudit, state: str) -> None:
        given = {
            "case_audit_id": audit.id,
            "team_id": audit.team_id,
            "raised_by_id": self._anybody(),
            "raised_at": START,
            "about_manager": self.dice.random() < 0.3,
            "state": state,
        }
        columns = Alert.__table__.columns
        for column in columns:
            needed = not column.nullable and column.default is None and column.server_default is None
            if needed and column.name not in given and not column.primary_key:
                given[column.name] = START if "at" in column.name.split("_") else "x"
        self._begin(Alert(**{k: v for k, v in given.items() if k in columns}))


def items(session: Session) -> Iterator[tuple[str, int, str]]:
    """Every item that waits for a person, as (kind, id, state)."""
    for kind, waiting in WAITING.items():
        model = {
            "audit_round": AuditRound,
            "case_audit": CaseAudit,
            "moderation": Moderation,
            "action": Action,
            "alert": Alert,
            "correction": Correction,
            "approval": Approval,
        }[kind]
        for item_id, state in session.execute(sa.select(model.id, model.state).where(model.state.in_(waiting))):
            yield kind, item_id, state


def may_carry_on(session: Session, person: Person, kind: str, item_id: int, state: str, at: datetime) -> bool:
    """Whether this one person, asked alone, may make a move that carries the item on."""
    facts = list_facts(session, kind, actor_id=person.id, at=at, where=this_one, subject_id=item_id)[0]
    known = {**facts.values, **when_asking(kind), "nobody_qualifies": False}
    roles = facts.roles
    if kind == "case_audit" and "auditor" not in person.role_keys:
        roles = roles - {"auditor"}
    moves = machine.available(WORKFLOWS[kind], state=state, roles=roles, facts=known)
    return bool({move.action for move in moves} & set(WAITING[kind][state].actions))


@pytest.mark.parametrize("number", range(COUNCILS))
def test_somebody_may_carry_each_open_item_on_or_it_is_listed(session: Session, number: int) -> None:
    council = SmallCouncil(session, number)
    council.fill()
    council.somebody_leaves()
    at = MONDAY_MORNING + timedelta(hours=1)
    check_stuck(session, Act(None, at, "night"))
    session.expire_all()
    listed = {(row.subject_type, row.subject_id) for row in session.scalars(sa.select(Stuck))}
    active = [person for person in council.people if person.active]
    wrong = []
    for kind, item_id, state in list(items(session)):
        movers = [p.name for p in active if may_carry_on(session, p, kind, item_id, state, at)]
        if bool(movers) == ((kind, item_id) in listed):
            wrong.append((kind, item_id, state, movers))
    assert not wrong


def test_what_waits_for_the_system_has_a_deadline_that_acts_or_another_item(session: Session) -> None:
    council = SmallCouncil(session, 1)
    council.fill()
    for kind, state in ELSEWHERE:
        clocks = [deadline for deadline in WORKFLOWS[kind].deadlines_of(state) if deadline.acts]
        ids = session.scalars(sa.select(CaseAudit.id).where(CaseAudit.state == state)).all()
        assert ids, state
        for audit_id in ids if clocks else ():
            assert session.get(Deadline, (kind, audit_id, clocks[0].key)), state
        assert clocks or state in ("submitted", "moderation")
    assert set(NOT_BEFORE_LAUNCH) <= set(WAITING["case_audit"])
