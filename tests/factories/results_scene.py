"""A baseline of 16 and its re-audit, both in reporting, for the pages of results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.results import close_round
from tests.factories.audits import make_case_audit, make_re_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.results import agree, list_main

FIRST = [1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4]
SECOND = [2, 1, 3, 3, 3, 3, 2, 2, 2, 3, 3, 3, 3, 2, 4]


@dataclass
class Scene:
    database: Database
    council: Council
    baseline: int
    again: int


def make_scene(database: Database) -> Scene:
    """A baseline of 16 in reporting (7 good or better), one case added; its re-audit in reporting, one case lost."""
    with database.writing() as session:
        council = make_council(session)
        first = make_round(session, council, state="reporting")
        for grade in FIRST:
            agree(session, make_case_audit(session, council, first), grade, domains={"planning": grade})
        added = make_case_audit(session, council, first, kind="judgemental", team_id=council.teams[1].id)
        agree(session, added, 4)
        again = make_re_audit(session, council, first)
        cases = [one for one in list_main(session, first) if one.kind == "random"]
        for audit, grade in zip(cases, SECOND, strict=False):
            one = make_case_audit(
                session, council, again, ref=audit.ref, baseline_id=audit.id, auditor_id=council.auditors[1].id
            )
            agree(session, one, grade, domains={"planning": grade})
        make_case_audit(
            session,
            council,
            again,
            ref=cases[15].ref,
            baseline_id=cases[15].id,
            state="removed",
            lost_reason="closed_early",
        )
        came_in = make_case_audit(session, council, again, ref="CF-77777", kind="replacement")
        agree(session, came_in, 3)
        ids = (first.id, again.id)
        session.flush()
        session.expunge_all()
    return Scene(database, council, *ids)


def close(scene: Scene, clock: FixedClock, round_id: int) -> None:
    with scene.database.writing() as session:
        close_round(session, round_id, Act(scene.council.qa_lead.id, clock.now(), f"close-{round_id}"))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    ran: list[str] = []

    def count(*args: object) -> None:
        ran.append(str(args[2]))

    sa.event.listen(database.engine, "before_cursor_execute", count)
    yield ran
    sa.event.remove(database.engine, "before_cursor_execute", count)
