"""A census of new child protection plans, list after list, taken by the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.frame import Case, canonical_sha256
from auditflow.models import AuditRound, Frame, FrameCase
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from auditflow.services.launch import launch_round
from tests.factories.council import START, Council
from tests.factories.sampling import COLUMNS, Steps

OPEN_ONLY = {"reason": "Closed", "column": "status", "not_in": ["Open"]}
NEW = {"reason": "Not new: opened more than 31 days before the list", "column": "opened", "older_than_days": 31}
RULES: dict[str, Any] = {
    "ref": "case_ref",
    "size": "all",
    "reserves": 0,
    "reference_date": "2026-10-23",
    "exclude": [OPEN_ONLY, NEW],
}
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 23), date(2026, 11, 23), date(2026, 12, 23)


def new_cases(council: Council, numbers: Sequence[int], opened: str) -> list[Case]:
    """Open cases with these numbers; workers take turns."""
    workers = [council.workers[n % len(council.workers)] for n in numbers]
    teams = {team.id: team.name for team in council.teams}
    return [
        Case(
            case_ref=f"NP-{n:04d}",
            case_type="child_protection",
            status="Open",
            team=teams[worker.team_id or 0],
            worker=worker.name,
            opened=opened,
        )
        for n, worker in zip(numbers, workers, strict=True)
    ]


def month_list(session: Session, council: Council, as_at: date, cases: Sequence[Case]) -> Frame:
    """A frozen list of these cases; who they name is matched by the caller."""
    frame = Frame(
        name=f"New plans, {as_at:%B %Y}",
        as_at=as_at,
        stage="frozen",
        source_sha256="a" * 64,
        frame_sha256=canonical_sha256(cases, COLUMNS),
        columns=list(COLUMNS),
        rows_read=len(cases),
        rows_kept=len(cases),
        created_by_id=council.qa_lead.id,
        created_at=START,
        frozen_at=START,
    )
    begin(
        session,
        frame,
        Act(council.qa_lead.id, START, f"list-{as_at}-{id(frame)}"),
        Note("frozen", "qa_lead", details={"frame_sha256": frame.frame_sha256}),
    )
    names = ("case_type", "status", "team", "worker", "opened", "closed")
    session.add_all(
        FrameCase(
            frame_id=frame.id,
            row=n,
            ref=case.case_ref,
            **{name: getattr(case, name) for name in names},
            more={"family": case.family},
        )
        for n, case in enumerate(cases, 2)
    )
    session.flush()
    return frame


def october(session: Session, council: Council) -> Frame:
    """Twelve new plans, two older ones and a closed one."""
    listed = new_cases(council, range(1, 13), "2026-10-12") + new_cases(council, (90, 91), "2026-03-02")
    closed = new_cases(council, (99,), "2026-10-12")[0]._replace(status="Closed")
    return month_list(session, council, OCTOBER, [*listed, closed])


def november(session: Session, council: Council) -> Frame:
    """Ten new plans; three of October's are on the list still and as new, one of them listed as closed."""
    listed = new_cases(council, range(21, 31), "2026-11-10") + new_cases(council, (2, 3), "2026-11-02")
    closed = new_cases(council, (4,), "2026-11-02")[0]._replace(status="Closed")
    return month_list(session, council, NOVEMBER, [*listed, closed])


def live_census(steps: Steps, frame: Frame, rules: dict[str, Any] | None = None) -> AuditRound:
    """A census of this list, launched."""
    row = steps.locked(steps.planned(frame, rules or RULES, kind="census", name="New plans"))
    steps.drawn(row)
    steps.allocated(row)
    launch_round(steps.session, row.id, steps.act(), expected_version=row.version)
    return row
