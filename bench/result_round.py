"""A round in reporting, as a council has it: 80 cases drawn from a list of 5,000, graded, some moderated, some lost.

Its draw is the product's own; what came of the cases is written straight into the tables.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import (
    AuditRound,
    AuditToolVersion,
    CaseAudit,
    CouncilService,
    DomainGrade,
    Moderation,
    Person,
    Role,
    SampleCase,
    Submission,
    Team,
)
from auditflow.models.base import core
from auditflow.models.database import Database
from bench.council import AT, Bench, make_council
from bench.sample import draw, frozen_list, locked_round

LISTED, TEAMS, DOUBLES, ADDED = 5_000, 14, 16, 3
AGREED = AT + timedelta(days=17)
AUDIT, GRADE, TASK, SENT = map(core, (CaseAudit, DomainGrade, Moderation, Submission))
Values = dict[str, Any]


def reported_round(database: Database, listed: int = LISTED) -> tuple[Bench, int]:
    """The people, and the id of the round."""
    with database.writing() as session:
        bench = make_council(session)
        round_id = locked_round(session, bench, frozen_list(session, listed))
    draw(database, bench, round_id, keep=True)
    with database.writing() as session:
        _grade(session, bench, round_id, random.Random(5))
        table = core(AuditRound)
        session.execute(sa.update(table).where(table.c.id == round_id).values(state="reporting"))
    return bench, round_id


def _grade(session: Session, bench: Bench, round_id: int, chance: random.Random) -> None:
    teams = _teams(session)
    drawn = session.execute(
        sa.select(AUDIT.c.id, AUDIT.c.ref).where(AUDIT.c.round_id == round_id).order_by(AUDIT.c.id)
    ).all()
    for number, (audit_id, _) in enumerate(drawn):
        values = _agreed(chance, bench, teams) if number > 3 else _lost(number)
        session.execute(sa.update(AUDIT).where(AUDIT.c.id == audit_id).values(version=AUDIT.c.version + 1, **values))
    new = [
        *(_case(round_id, f"ADD-{n}", kind="judgemental") | _agreed(chance, bench, teams) for n in range(ADDED)),
        _reserve(session, round_id) | _agreed(chance, bench, teams),
        *(_case(round_id, ref, purpose="second") | _filed(chance, bench) for _, ref in drawn[4 : 4 + DOUBLES]),
    ]
    session.execute(sa.insert(AUDIT), [_whole(values) for values in new])
    _write_grades(session, round_id, chance)
    _moderate(session, bench, round_id, chance)


def _teams(session: Session) -> list[int]:
    service = session.scalars(sa.select(CouncilService.id)).first()
    session.add_all(Team(name=f"Team {n}", service_id=service) for n in range(TEAMS))
    session.flush()
    return list(session.scalars(sa.select(Team.id)))


def _agreed(chance: random.Random, bench: Bench, teams: Sequence[int]) -> Values:
    grade = chance.choices((1, 2, 3, 4), (10, 40, 40, 10))[0]
    return _first(grade, chance.choice(bench.auditors)) | {
        "state": "agreed",
        "published_grade": grade,
        "published_disputed": chance.random() < 0.03,
        "agreed_at": AGREED + timedelta(days=chance.randrange(14)),
        "team_id": chance.choice(teams),
    }


def _first(grade: int, auditor: int) -> Values:
    return {"first_grade": grade, "first_submitted_at": AGREED, "auditor_id": auditor}


def _filed(chance: random.Random, bench: Bench) -> Values:
    return _first(chance.choices((1, 2, 3, 4), (10, 40, 40, 10))[0], chance.choice(bench.auditors)) | {"state": "filed"}


def _lost(number: int) -> Values:
    if number == 0:
        return {"state": "not_audited", "lost_reason": "record_unavailable"}
    if number == 3:
        return {}
    return {"state": "removed", "lost_reason": "closed_in_error"}


def _case(round_id: int, ref: str, **more: Any) -> Values:
    return {"round_id": round_id, "ref": ref, "case_type": "child_in_need", "version": 1, **more}


def _whole(values: Values) -> Values:
    """The same columns in every row, so that they go in one statement."""
    usual: Values = {"purpose": "main", "kind": "random", "stratum": "", "sample_case_id": None, "team_id": None}
    usual |= {"published_grade": None, "published_disputed": False, "agreed_at": None}
    return usual | values


def _reserve(session: Session, round_id: int) -> Values:
    """A reserve that came in for one of the lost."""
    waiting = sa.select(SampleCase).where(SampleCase.round_id == round_id, SampleCase.kind == "reserve")
    reserve = session.scalars(waiting.order_by(SampleCase.stratum, SampleCase.position)).first()
    assert reserve is not None, "a draw keeps reserves"
    reserve.kind = "replacement"
    more = {"kind": "replacement", "stratum": reserve.stratum, "sample_case_id": reserve.id}
    return _case(round_id, reserve.ref, **more)


def _write_grades(session: Session, round_id: int, chance: random.Random) -> None:
    """Submissions, with the grade of each domain."""
    definition = session.scalars(sa.select(AuditToolVersion.definition)).one()
    keys = [domain["key"] for domain in definition["domains"]]
    columns = (AUDIT.c.id, AUDIT.c.auditor_id, AUDIT.c.first_grade)
    graded = session.execute(sa.select(*columns).where(AUDIT.c.round_id == round_id, AUDIT.c.first_grade.is_not(None)))
    sent, grades = [], []
    for audit_id, auditor, grade in graded:
        whole = {"answers": {}, "sha256": "0" * 64, "submitted_at": AGREED}
        sent.append({"case_audit_id": audit_id, "number": 1, "auditor_id": auditor, "overall_grade": grade, **whole})
        grades += [_domain(audit_id, "auditor", key, chance) for key in keys]
    session.execute(sa.insert(SENT), sent)
    session.execute(sa.insert(GRADE), grades)


def _domain(audit_id: int, source: str, key: str, chance: random.Random) -> Values:
    grade = chance.choices((None, 1, 2, 3, 4), (8, 10, 36, 36, 10))[0]
    return {"case_audit_id": audit_id, "source": source, "number": 1, "domain": key, "grade": grade}


def _moderate(session: Session, bench: Bench, round_id: int, chance: random.Random) -> None:
    """A fifth of the audits decided by a moderator: most by the random share, the others for their grade."""
    where = (AUDIT.c.round_id == round_id, AUDIT.c.state == "agreed", AUDIT.c.purpose == "main")
    joined = sa.select(SENT.c.id, SENT.c.case_audit_id, SENT.c.auditor_id, SENT.c.overall_grade)
    found = session.execute(
        joined.join(AUDIT, AUDIT.c.id == SENT.c.case_audit_id).where(*where).order_by(SENT.c.id)
    ).all()
    moderator = session.scalars(sa.select(Person.id).join(Person.roles).where(Role.name == "team_manager")).first()
    for number, (submission, audit_id, auditor, first) in enumerate(found[::4]):
        grade = min(4, max(1, first + chance.choice((-1, 0, 0, 1))))
        task = _task(submission, audit_id, auditor, first, grade, _moment(number)) | {"moderator_id": moderator}
        session.execute(sa.insert(TASK).values(random_share=number % 4 > 0, **task))
        moved = {"moderated_grade": grade, "published_grade": grade}
        session.execute(sa.update(AUDIT).where(AUDIT.c.id == audit_id).values(**moved))
        session.execute(sa.insert(GRADE).values(**_domain(audit_id, "moderator", "voice", chance)))


def _moment(number: int) -> datetime:
    return AGREED + timedelta(minutes=number)


def _task(submission: int, audit_id: int, auditor: int, first: int, grade: int, at: datetime) -> Values:
    return {
        "submission_id": submission,
        "case_audit_id": audit_id,
        "auditor_id": auditor,
        "grade": grade,
        "decision": "confirm" if grade == first else "change",
        "state": "decided",
        "created_at": at,
        "decided_at": at,
        "version": 1,
        "triggers": [],
    }
