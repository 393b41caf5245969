"""Who may audit which case of a round: training, capacity, conflicts of interest, earlier grades.

The same rules as `queries.facts` has for one case and one person, read for a whole round in a fixed number of
statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import (
    AuditRound,
    CaseAudit,
    FrameCase,
    Journal,
    Moderation,
    NameMatch,
    Person,
    RoundAuditor,
    Submission,
    Team,
)
from auditflow.models.base import core
from auditflow.queries.facts.people import holds

AUDIT = core(CaseAudit)
CASE = core(FrameCase)
MATCH = core(NameMatch)
JOURNAL = core(Journal)
PERSON = core(Person).alias("someone")
TEAM = core(Team)
SUBMISSION = core(Submission)
TASK = core(Moderation)
DONE = ("removed", "not_audited", "filed")
OVERSEERS = ("qa_lead", "director", "head_of_service")
"""Whose office shows them grades of other people's audits, so that no grading of theirs is blind."""


@dataclass(frozen=True, slots=True)
class RoundCase:
    """One case audit as allocation sees it."""

    id: int
    ref: str
    purpose: str
    kind: str
    state: str
    version: int
    chain_head: str
    auditor_id: int | None
    pinned: bool
    case_type: str
    worker_id: int | None
    team_id: int | None
    team: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An auditor of the round: `load` counts the cases of the round they have, whatever became of them."""

    id: int
    name: str
    capacity: int
    load: int
    trained: bool
    trained_until: date | None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The round's cases, its auditors, and the pairs that may not be, as (person id, case audit id).

    `graded` are those who graded the case before, have it for another purpose, or (a blind grading) could see
    what somebody else made of it.
    """

    cases: dict[int, RoundCase]
    candidates: dict[int, Candidate]
    conflicts: frozenset[tuple[int, int]]
    graded: frozenset[tuple[int, int]]

    @property
    def waiting(self) -> list[RoundCase]:
        """The cases without an auditor; a second grading waits until its main audit has one."""
        alone = {c.ref for c in self.cases.values() if c.purpose == "main" and c.auditor_id is None}
        return [c for c in self.cases.values() if c.state == "selected" and (c.purpose == "main" or c.ref not in alone)]

    def others(self, audit_id: int, but: int | None = None) -> list[int]:
        """The auditors, other than `but`, who could audit this case without any reservation."""
        barred = self.conflicts | self.graded
        return [c.id for c in self.candidates.values() if c.trained and c.id != but and (c.id, audit_id) not in barred]


def read_eligibility(session: Session, row: AuditRound, *, also: tuple[int, ...] = ()) -> Eligibility:
    """Everything about allocation in one round; `also` are people to judge besides the round's auditors."""
    cases = {case.id: case for case in _list_cases(session, row.id)}
    load = Counter(case.auditor_id for case in cases.values() if case.auditor_id and case.state not in DONE)
    candidates = {c.id: c for c in _list_candidates(session, row, load, also)}
    graded = _graded_before(session, row, cases, frozenset(candidates))
    blind = {case.id: case.ref for case in cases.values() if case.purpose == "second"}
    if blind:
        seen = list_seen(session, row, frozenset(candidates))
        graded |= {(person, audit_id) for audit_id, ref in blind.items() for person in seen.of(ref)}
    return Eligibility(cases, candidates, _conflicts(session, row.id, cases, frozenset(candidates)), graded)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who could know a case's grades before grading it: by their office, of all cases; else having judged it."""

    everywhere: frozenset[int]
    judged: dict[str, set[int]]

    def of(self, ref: str) -> Set[int]:
        """The people who could see what others made of this case."""
        return self.everywhere | self.judged.get(ref, set())


def list_seen(session: Session, row: AuditRound, people: frozenset[int]) -> Seen:
    """Which of these people cannot grade cases of this round blind: two statements."""
    offices = sa.select(PERSON.c.id).where(PERSON.c.id.in_(people), holds(PERSON.c.id, *OVERSEERS))
    rounds = [row.id, *([row.baseline_id] if row.baseline_id else [])]
    judged = [
        sa.select(AUDIT.c.ref, person)
        .select_from(AUDIT.join(table, AUDIT.c.id == table.c.case_audit_id))
        .where(AUDIT.c.round_id.in_(rounds), person.in_(people), AUDIT.c.purpose == "main")
        for table, person in ((TASK, TASK.c.moderator_id), (SUBMISSION, SUBMISSION.c.auditor_id))
    ]
    of_case: dict[str, set[int]] = {}
    for ref, person in session.execute(sa.union_all(*judged)):
        of_case.setdefault(ref, set()).add(person)
    return Seen(frozenset(session.scalars(offices)), of_case)


def _list_cases(session: Session, round_id: int) -> list[RoundCase]:
    names = ("id", "ref", "purpose", "kind", "state", "version", "chain_head", "auditor_id", "pinned", "case_type")
    columns = [*(AUDIT.c[n] for n in names), AUDIT.c.worker_id, AUDIT.c.team_id]
    team = sa.func.coalesce(TEAM.c.name, "")
    joined = AUDIT.outerjoin(TEAM, TEAM.c.id == AUDIT.c.team_id)
    where = (AUDIT.c.round_id == round_id, AUDIT.c.state.not_in(DONE))
    statement = sa.select(*columns, team).select_from(joined).where(*where).order_by(AUDIT.c.ref, AUDIT.c.id)
    return [RoundCase(*row) for row in session.execute(statement)]  # type: ignore[call-arg]


def is_trained(person: sa.FromClause, on: Any) -> sa.ColumnElement[bool]:
    """An active auditor whose training has begun and has not run out on a day."""
    in_date = sa.or_(person.c.training_until.is_(None), person.c.training_until >= on)
    return sa.and_(person.c.active, person.c.trained_on.is_not(None), in_date, holds(person.c.id, "auditor"))


def _list_candidates(session: Session, row: AuditRound, load: Counter[int], also: tuple[int, ...]) -> list[Candidate]:
    mine = core(RoundAuditor)
    joined = PERSON.outerjoin(mine, sa.and_(mine.c.person_id == PERSON.c.id, mine.c.round_id == row.id))
    capacity = sa.func.coalesce(mine.c.capacity, PERSON.c.capacity)
    statement = (
        sa.select(PERSON.c.id, PERSON.c.name, capacity, is_trained(PERSON, row.starts_on), PERSON.c.training_until)
        .select_from(joined)
        .where(sa.or_(mine.c.person_id.is_not(None), PERSON.c.id.in_(also)))
        .order_by(PERSON.c.name, PERSON.c.id)
    )
    return [Candidate(i, n, c, load[i], bool(t), until) for i, n, c, t, until in session.execute(statement)]


def _conflicts(
    session: Session, round_id: int, cases: dict[int, RoundCase], people: frozenset[int]
) -> frozenset[tuple[int, int]]:
    """Conflicts of interest (holds, held, line-manages, own team), and those an auditor declared."""
    own_team, manages, reports = _lines(session, people)
    held = _held(session, round_id)
    declared = _declared(session, round_id)
    found: set[tuple[int, int]] = set()
    for case in cases.values():
        against = (held.get(case.ref, set()) & people) | declared.get(case.ref, set())
        if case.worker_id is not None:
            against = against | ({case.worker_id} & people) | reports.get(case.worker_id, set())
        if case.team_id is not None:
            against = against | own_team.get(case.team_id, set()) | manages.get(case.team_id, set())
        found |= {(person, case.id) for person in against}
    return frozenset(found)


Groups = dict[int, set[int]]


def _lines(session: Session, people: frozenset[int]) -> tuple[Groups, Groups, Groups]:
    """Team -> auditors in it; team -> auditors who manage it or stand in; worker -> auditors they report to."""
    own_team: Groups = {}
    manages: Groups = {}
    reports: Groups = {}
    for team_id, manager_id, deputy_id in session.execute(sa.select(TEAM.c.id, TEAM.c.manager_id, TEAM.c.deputy_id)):
        manages[team_id] = {i for i in (manager_id, deputy_id) if i in people}
    rows = (
        sa.select(PERSON.c.id, PERSON.c.team_id, PERSON.c.manager_id, TEAM.c.manager_id)
        .select_from(PERSON.outerjoin(TEAM, TEAM.c.id == PERSON.c.team_id))
        .where(sa.or_(PERSON.c.team_id.is_not(None), PERSON.c.manager_id.is_not(None)))
    )
    for person, team_id, manager, team_manager in session.execute(rows):
        reports[person] = {i for i in (manager, team_manager) if i in people}
        if person in people and team_id is not None:
            own_team.setdefault(team_id, set()).add(person)
    return own_team, manages, reports


def _held(session: Session, round_id: int) -> dict[str, set[int]]:
    """Reference -> people who hold or held the case in any list."""
    joined = AUDIT.join(CASE, CASE.c.ref == AUDIT.c.ref).join(
        MATCH, sa.and_(MATCH.c.kind == "worker", MATCH.c.name == CASE.c.worker)
    )
    statement = (
        sa.select(AUDIT.c.ref, MATCH.c.person_id)
        .select_from(joined)
        .where(AUDIT.c.round_id == round_id, MATCH.c.person_id.is_not(None))
    )
    held: dict[str, set[int]] = {}
    for ref, person in session.execute(statement):
        held.setdefault(ref, set()).add(person)
    return held


def _declared(session: Session, round_id: int) -> dict[str, set[int]]:
    """Reference -> people who once declared a conflict about the case in this round: it still holds."""
    statement = (
        sa.select(AUDIT.c.ref, JOURNAL.c.actor_id)
        .select_from(JOURNAL.join(AUDIT, AUDIT.c.id == JOURNAL.c.subject_id))
        .where(
            JOURNAL.c.subject_type == "case_audit",
            JOURNAL.c.entry == "conflict_declared",
            AUDIT.c.round_id == round_id,
            JOURNAL.c.actor_id.is_not(None),
        )
    )
    declared: dict[str, set[int]] = {}
    for ref, person in session.execute(statement):
        declared.setdefault(ref, set()).add(person)
    return declared


def _graded_before(
    session: Session, row: AuditRound, cases: dict[int, RoundCase], people: frozenset[int]
) -> frozenset[tuple[int, int]]:
    """Pairs of an auditor and a case that they graded in the baseline, or have (or graded) for another purpose."""
    rounds = [row.id, *([row.baseline_id] if row.baseline_id else [])]
    about = (AUDIT.c.id, AUDIT.c.round_id, AUDIT.c.first_grade)
    theirs = sa.select(AUDIT.c.ref, AUDIT.c.auditor_id, *about).where(
        AUDIT.c.round_id.in_(rounds), AUDIT.c.auditor_id.is_not(None)
    )
    # Who submitted and withdrew it before it was given to somebody else.
    earlier = (
        sa.select(AUDIT.c.ref, SUBMISSION.c.auditor_id, *about)
        .select_from(AUDIT.join(SUBMISSION, SUBMISSION.c.case_audit_id == AUDIT.c.id))
        .where(AUDIT.c.round_id.in_(rounds), SUBMISSION.c.auditor_id.is_distinct_from(AUDIT.c.auditor_id))
    )
    # Who has judged it as its moderator cannot be the one whom a moderator judges; number 0 is every audit of it.
    judged = (
        sa.select(AUDIT.c.ref, TASK.c.moderator_id, sa.literal(0), AUDIT.c.round_id, AUDIT.c.first_grade)
        .select_from(AUDIT.join(TASK, TASK.c.case_audit_id == AUDIT.c.id))
        .where(AUDIT.c.round_id == row.id, TASK.c.opened_at.is_not(None), TASK.c.moderator_id.is_not(None))
    )
    statement = sa.union_all(theirs, earlier, judged)
    by_ref: dict[str, list[tuple[int, int]]] = {}
    for ref, auditor, audit_id, round_id, grade in session.execute(statement):
        if auditor in people and (round_id == row.id or grade is not None):
            by_ref.setdefault(ref, []).append((auditor, audit_id))
    found = {
        (auditor, case.id)
        for case in cases.values()
        for auditor, audit_id in by_ref.get(case.ref, ())
        if audit_id != case.id
    }
    return frozenset(found)


def list_available_auditors(session: Session, on: date) -> list[Candidate]:
    """Every person with the auditor's role, trained or not, for choosing the auditors of a round."""
    where = (PERSON.c.active, holds(PERSON.c.id, "auditor"))
    columns = (PERSON.c.id, PERSON.c.name, PERSON.c.capacity, is_trained(PERSON, on), PERSON.c.training_until)
    rows = session.execute(sa.select(*columns).where(*where).order_by(PERSON.c.name, PERSON.c.id))
    return [Candidate(i, n, c, 0, bool(t), until) for i, n, c, t, until in rows]


def list_round_auditors(session: Session, round_id: int) -> dict[int, int]:
    """The auditors chosen for a round: person id -> how many cases they can take."""
    mine = core(RoundAuditor)
    rows = session.execute(sa.select(mine.c.person_id, mine.c.capacity).where(mine.c.round_id == round_id))
    return dict(sorted((person, capacity) for person, capacity in rows))
