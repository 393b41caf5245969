"""An invented council for measuring: a round and as many case audits as wanted, straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.adapters.tool_file import load_shipped
from auditflow.models import AuditRound, CaseAudit, CouncilService, Person, Role, Team
from auditflow.services.act import Act
from auditflow.services.audit_tool import publish_tool_version
from auditflow.services.journal import Note, begin
from auditflow.services.journal_batch import Batch, begin_many, set_clocks
from auditflow.services.timetable import timetable
from workflows.registry import WORKFLOWS

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """Ids of those whom the measured work concerns."""

    qa_lead: int
    auditors: tuple[int, ...]
    worker: int
    team: int
    tool_version: int


def make_council(session: Session, auditors: int = 16) -> Bench:
    """People in the roles that the measured moves ask for."""
    service = CouncilService(name="Family help")
    session.add(service)
    session.flush()
    team = Team(name="Assessment East", service_id=service.id)
    session.add(team)
    session.flush()
    manager = _person(session, "Mary Tull", "team_manager", team_id=team.id)
    team.manager_id = manager.id
    worker = _person(session, "Wil Ash", "practitioner", team_id=team.id, manager_id=manager.id)
    lead = _person(session, "Quinn Abbott", "qa_lead")
    graders = [_person(session, f"Auditor {n}", "auditor") for n in range(auditors)]
    tool = publish_tool_version(session, load_shipped()[0], at=AT)
    return Bench(lead.id, tuple(p.id for p in graders), worker.id, team.id, tool.id)


def _person(session: Session, name: str, role: str, **columns: int) -> Person:
    slug = f"{name.lower().replace(' ', '.')}"
    held = session.scalars(sa.select(Role).where(Role.name == role)).one()
    person = Person(
        name=name,
        email=f"{slug}@example.invalid",
        fs_uniquifier=slug,
        roles=[held],
        created_at=AT,
        trained_on=date(2026, 1, 15),
        **columns,
    )
    session.add(person)
    session.flush()
    return person


def make_round(session: Session, bench: Bench, state: str) -> AuditRound:
    """A round in this state."""
    row = AuditRound(
        name=f"Round {next(_numbers)}",
        tool_version_id=bench.tool_version,
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 27),
        first_ends_on=date(2026, 11, 27),
        record_date=date(2026, 10, 23),
        created_by_id=bench.qa_lead,
        created_at=AT,
        state=state,
    )
    begin(session, row, _act(bench), Note("created", "qa_lead"))
    return row


def make_audits(session: Session, bench: Bench, round_id: int, state: str, how_many: int) -> list[int]:
    """Case audits in this state, allocated to the auditors in turn, with the clocks of the state."""
    names = ("ref", "auditor_id", "worker_id", "team_id", "case_type", "stratum")
    batch = Batch("case_audit", "created", "created", "", state, "qa_lead", _act(bench), names, {"round_id": round_id})
    rows = [
        (
            f"CF-{next(_numbers):08}",
            bench.auditors[n % len(bench.auditors)],
            bench.worker,
            bench.team,
            "child_in_need",
            "",
        )
        for n in range(how_many)
    ]
    ids = begin_many(session, batch, rows)
    running = WORKFLOWS["case_audit"].deadlines_of(state)
    set_clocks(session, "case_audit", ids, timetable(session).rows(running, AT, {"round_ends_on": date(2026, 11, 27)}))
    return ids


def auditors_of(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Who audits each of these."""
    rows = session.execute(sa.select(CaseAudit.id, CaseAudit.auditor_id).where(CaseAudit.id.in_(ids)))
    return {audit: auditor for audit, auditor in rows if auditor is not None}


def _act(bench: Bench) -> Act:
    return Act(bench.qa_lead, AT, f"bench-{next(_numbers):012}")
