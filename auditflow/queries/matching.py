"""The names of a case list and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import FrameCase, NameMatch, Person, SampleCase, Team
from auditflow.models.base import core

CASE = core(FrameCase)
MATCH = core(NameMatch)
PERSON = core(Person)
KINDS = (("worker", CASE.c.worker), ("team", CASE.c.team))


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One name of a list: how many cases it has there, and who it is here."""

    kind: str
    name: str
    cases: int
    match: str
    target_id: int | None
    target: str


def list_match_lines(session: Session, frame_id: int) -> list[MatchLine]:
    """Every worker's and team's name of a list, the open ones first, then by name."""
    lines: list[MatchLine] = []
    for kind, name in KINDS:
        statement = (
            sa.select(
                name,
                sa.func.count(),
                sa.func.coalesce(MATCH.c.match, "unmatched"),
                sa.func.coalesce(MATCH.c.person_id, MATCH.c.team_id),
                sa.func.coalesce(PERSON.c.name, Team.name, ""),
            )
            .select_from(CASE)
            .outerjoin(MATCH, sa.and_(MATCH.c.kind == kind, MATCH.c.name == name))
            .outerjoin(PERSON, PERSON.c.id == MATCH.c.person_id)
            .outerjoin(Team, Team.id == MATCH.c.team_id)
            .where(CASE.c.frame_id == frame_id, name != "")
            .group_by(name, MATCH.c.match, MATCH.c.person_id, MATCH.c.team_id, PERSON.c.name, Team.name)
        )
        lines += [MatchLine(kind, *row) for row in session.execute(statement)]
    return sorted(
        lines, key=lambda line: (line.match != "unmatched", line.kind != "team", line.name.casefold(), line.name)
    )


def list_open_names(session: Session, frame_id: int) -> list[tuple[str, str, int]]:
    """(kind, name, cases) of the names that nobody has spoken about yet, teams first."""
    return [(m.kind, m.name, m.cases) for m in list_match_lines(session, frame_id) if m.match == "unmatched"]


def list_open_sampled_names(session: Session, round_id: int) -> list[tuple[str, str]]:
    """(kind, name) of the sampled cases' names that still keep the round from being launched."""
    found: list[tuple[str, str]] = []
    sample = core(SampleCase)
    for kind, name in KINDS:
        said = sa.exists(sa.select(1).where(MATCH.c.kind == kind, MATCH.c.name == name, MATCH.c.match != "unmatched"))
        statement = (
            sa.select(name)
            .select_from(sample.join(CASE, CASE.c.id == sample.c.frame_case_id))
            .where(sample.c.round_id == round_id, sample.c.kind != "reserve", name != "", sa.not_(said))
            .distinct()
            .order_by(name)
        )
        found += [(kind, str(value)) for value in session.scalars(statement)]
    return found
