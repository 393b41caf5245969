"""The database of one example, and the model of it, in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.grades import Grade
from auditflow.models import (
    Action,
    Alert,
    Approval,
    AuditRound,
    CaseAudit,
    Correction,
    Deadline,
    Journal,
    Moderation,
    Outbox,
    RoundResult,
)
from auditflow.models.base import core
from auditflow.services.results import compute_results, results_digest
from tests.factories.cycle_effects import figures
from tests.factories.cycle_world import World

KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "audit_round": (AuditRound, ("ends_on", "first_ends_on")),
    "case_audit": (
        CaseAudit,
        ("auditor_id", "first_grade", "published_grade", "published_disputed", "returns", "challenged"),
    ),
    "second": (CaseAudit, ("auditor_id", "first_grade")),
    "moderation": (Moderation, ("moderator_id",)),
    "action": (Action, ("owner_id",)),
    "alert": (Alert, ("escalated_to",)),
    "approval": (Approval, ()),
    "correction": (Correction, ("requested_by_id", "decided_by_id", "decided_at")),
}
"""What the model calls a kind of item, where it is kept, and what is compared of it."""
SUBJECTS = {"second": "case_audit"}
OF_MODEL: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "audit_round": lambda i: (i.ends_on, i.first_ends_on),
    "case_audit": lambda i: (i.auditor, (i.submissions or [None])[0], i.published, i.marked, i.returns, i.challenged),
    "second": lambda i: (i.auditor, i.grade),
    "moderation": lambda i: (i.moderator,),
    "action": lambda i: (i.owner,),
    "alert": lambda i: (i.level,),
    "approval": lambda i: (),
    "correction": lambda i: (i.requester, i.decider, i.decided_at),
}


def read_database(session: Session, first_entry: int) -> dict[str, Any]:
    """Every item, time limit and word of the journal since this entry, and how many messages there are."""
    session.flush()
    d, j = core(Deadline), core(Journal)
    limits = session.execute(sa.select(d.c.subject_type, d.c.subject_id, d.c.key, d.c.due_at)).all()
    journal: dict[tuple[str, int], list[tuple[int, str]]] = {}
    statement = sa.select(j.c.subject_type, j.c.subject_id, j.c.number, j.c.entry).order_by(j.c.id)
    for kind, item, number, entry in session.execute(statement.where(j.c.id > first_entry)):
        if kind in KINDS:
            journal.setdefault((kind, item), []).append((number, entry))
    return {
        "rows": {kind: [tuple(row) for row in session.execute(ROWS[kind])] for kind in KINDS},
        "clocks": {(kind, item, key): due for kind, item, key, due in limits if kind in KINDS},
        "journal": journal,
        "messages": session.scalar(sa.select(sa.func.count()).select_from(Outbox)),
        "results": _results(session),
    }


def _select(kind: str) -> sa.Select[Any]:
    model, names = KINDS[kind]
    c = core(model).c
    statement = sa.select(c.id, c.state, c.version, *(c[name] for name in names)).order_by(c.id)
    return (
        statement.where(c.purpose == "main" if kind == "case_audit" else c.purpose != "main")
        if model is CaseAudit
        else statement
    )


ROWS = {kind: _select(kind) for kind in KINDS}


def _results(session: Session) -> list[tuple[int, str, str]]:
    """The number and the digest of each version of frozen results, and the digest of what is in it."""
    c = core(RoundResult).c
    found = session.execute(sa.select(c.number, c.sha256, c.results).order_by(c.number))
    return [(number, said, results_digest(results)) for number, said, results in found]


def read_model(world: World) -> dict[str, Any]:
    """What the database must hold of the model's items."""
    items = [(SUBJECTS.get(kind, kind), item) for kind, found in world.items.items() for item in found]
    return {
        "rows": {kind: [(i.id, i.state, i.version, *OF_MODEL[kind](i)) for i in world.of(kind)] for kind in KINDS},
        "clocks": {(kind, i.id, key): clock.due for kind, i in items for key, clock in i.clocks.items()},
        "journal": {(kind, i.id): list(enumerate(i.entries, 1)) for kind, i in items},
    }


def counts_of(results: dict[str, Any]) -> dict[str, Any]:
    """What results say of the published grades, as plain counts."""
    grades: Counter[str] = Counter()
    for team in results["teams"]:
        grades.update(team["distribution"])
    return {"grades": +grades, **{name: results["completion"][name] for name in ("done", "late", "disputed")}}


def counts_by_model(world: World) -> dict[str, Any]:
    """The same, counted from the model."""
    counted = figures(world)
    return {
        "grades": Counter(Grade(grade).short_name for _, grade, _, _ in counted),
        "done": len(counted),
        "late": sum(late for *_, late in counted),
        "disputed": sum(marked for _, _, marked, _ in counted),
    }


Versions = list[tuple[int, str, str]]


def check_published(session: Session, world: World, before: Versions, found: Versions) -> None:
    """No version of frozen results ever changes; a new one holds the figures of its moment."""
    assert [number for number, *_ in found] == list(range(1, world.round.versions + 1))
    assert all(said == holds for _, said, holds in found)
    assert found[: len(before)] == before, "published results changed"
    if len(found) > len(before):
        now = compute_results(session, world.round.id)
        assert found[-1][1] == results_digest(now), "these are not the figures of now"
        assert counts_of(now) == counts_by_model(world)
