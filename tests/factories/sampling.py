"""A frozen case list of invented cases, and rounds taken by the services as far as a test needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.frame import Case, canonical_sha256
from auditflow.models import AuditRound, Draw, Frame, FrameCase, NameMatch
from auditflow.services.act import Act
from auditflow.services.allocation import allocate_cases, choose_auditors, suggest_allocation
from auditflow.services.audit_round import RoundPlan, plan_round
from auditflow.services.journal import Note, begin
from auditflow.services.launch import launch_round
from auditflow.services.sample import draw_sample, lock_design
from tests.factories.audits import make_tool
from tests.factories.council import START, Council

COLUMNS = ("case_ref", "case_type", "status", "team", "worker", "family", "opened", "last_audited", "restricted")
TYPES = ("child_in_need", "child_in_need", "child_in_need", "child_protection", "child_in_care")
DESIGN: dict[str, Any] = {
    "ref": "case_ref",
    "size": 12,
    "stratify": "case_type",
    "minimum": 2,
    "per_worker": {"column": "worker", "most": 3},
    "allocation": "proportionate",
    "reserves": "quarter",
    "exclude": [{"reason": "Closed", "column": "status", "not_in": ["Open"]}],
}
UNLIMITED = {name: value for name, value in DESIGN.items() if name != "per_worker"}
"""Without the limit a worker, by which the chance of the draw may pass over a reserve."""


def listed_case(council: Council, n: int) -> Case:
    """The n-th invented case: every seventh is closed; workers take turns."""
    worker = council.workers[n % len(council.workers)]
    team = next(team for team in council.teams if team.id == worker.team_id)
    return Case(
        case_ref=f"CF-{20000 + n}",
        case_type=TYPES[n % len(TYPES)],
        status="Closed" if n % 7 == 6 else "Open",
        team=team.name,
        worker=worker.name,
        family=f"F-{n // 2}",
        opened="2026-05-04",
    )


def make_frame(
    session: Session, council: Council, *, cases: int = 60, matched: bool = True, more: Sequence[Case] = ()
) -> Frame:
    """A frozen list of `cases` cases and `more`, its names matched to the council's people and teams."""
    listed = [*(listed_case(council, n) for n in range(cases)), *more]
    frame = Frame(
        name="Open cases, 23 October 2026",
        as_at=date(2026, 10, 23),
        stage="frozen",
        source_sha256="a" * 64,
        frame_sha256=canonical_sha256(listed, COLUMNS),
        columns=list(COLUMNS),
        rows_read=cases,
        rows_kept=cases,
        created_by_id=council.qa_lead.id,
        created_at=START,
        frozen_at=START,
    )
    begin(
        session,
        frame,
        Act(council.qa_lead.id, START, f"frame-{cases}-{id(frame)}"),
        Note("frozen", "qa_lead", details={"frame_sha256": frame.frame_sha256}),
    )
    session.add_all(
        FrameCase(
            frame_id=frame.id,
            row=n + 2,
            ref=case.case_ref,
            **{name: getattr(case, name) for name in ("case_type", "status", "team", "worker", "opened", "closed")},
            more={"family": case.family, "last_audited": "", "restricted": ""},
        )
        for n, case in enumerate(listed)
    )
    if matched:
        match_names(session, council)
    session.flush()
    return frame


def match_names(session: Session, council: Council) -> None:
    """Every worker and team of the council is known under its own name."""
    for worker in council.workers:
        session.add(NameMatch(kind="worker", name=worker.name, match="matched", person_id=worker.id))
    for team in council.teams:
        session.add(NameMatch(kind="team", name=team.name, match="matched", team_id=team.id))
    session.flush()


@dataclass
class Steps:
    """Takes one round through its steps as the QA lead, a minute apart."""

    session: Session
    council: Council
    at: datetime
    number: int = 0

    def act(self, person_id: int | None = None) -> Act:
        """The next act, by the QA lead unless somebody else is named."""
        self.number += 1
        moment = self.at + timedelta(minutes=self.number)
        return Act(person_id or self.council.qa_lead.id, moment, f"step-{self.number:02d}-{id(self)}")

    def planned(self, frame: Frame, design: dict[str, Any] | None = None, **columns: Any) -> AuditRound:
        """A planned round of four weeks on this list."""
        given: dict[str, Any] = {
            "name": "Baseline, November 2026",
            "tool_version_id": make_tool(self.session).id,
            "starts_on": date(2026, 11, 2),
            "ends_on": date(2026, 11, 27),
            "record_date": date(2026, 10, 23),
            "frame_id": frame.id,
            "design": DESIGN if design is None else design,
        }
        return plan_round(self.session, RoundPlan(**{**given, **columns}), self.act())

    def locked(self, row: AuditRound) -> AuditRound:
        """Its design locked."""
        lock_design(self.session, row.id, self.act(), expected_version=row.version)
        return row

    def drawn(self, row: AuditRound) -> Draw:
        """Its sample drawn."""
        draw = draw_sample(self.session, row.id, self.act(), expected_version=row.version).draw
        assert draw is not None
        return draw

    def allocated(self, row: AuditRound, capacity: int = 8) -> None:
        """Every case allocated as suggested, to all auditors of the council."""
        capacities = {auditor.id: capacity for auditor in self.council.auditors}
        choose_auditors(self.session, row.id, capacities, self.act())
        allocate_cases(self.session, row.id, suggest_allocation(self.session, row.id).auditor_of, self.act())

    def live(self, frame: Frame, design: dict[str, Any] | None = None) -> AuditRound:
        """A launched round."""
        row = self.locked(self.planned(frame, design))
        self.drawn(row)
        self.allocated(row)
        launch_round(self.session, row.id, self.act(), expected_version=row.version)
        return row
