"""The one door through which a state changes.

`apply` reads the subject and its facts once, asks the workflow, and writes the move with its journal
entry, its messages and its deadlines in one statement guarded by the version that was read. It works in
the caller's transaction with Core statements, never with the ORM's flush.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from auditflow.domain.chain import Entry
from auditflow.domain.errors import BadInput, Misuse, NotFound, Stale
from auditflow.queries.facts import Facts, gather_facts
from auditflow.services.act import Act
from auditflow.services.journal import STALE
from auditflow.services.journal_entry import (
    SENT_BEFORE,
    Clocks,
    Writing,
    messages,
    request_digest,
    salted,
    write,
)
from auditflow.services.subjects import SUBJECTS, workflow_of
from auditflow.services.timetable import timetable
from auditflow.services.witness import witnessed
from workflows import machine
from workflows.table import Workflow


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `expected_version` is the version the person saw; None for the system only.

    `changes` are further columns of the subject's row, `texts` are words for the journal (a reason and
    others), `facts` are conditions that only the service can know (such as: the answers are complete),
    `tell` are people told besides those the table names (a person chosen by this very move).
    """

    subject_type: str
    subject_id: int
    action: str
    act: Act
    expected_version: int | None = None
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    stop: tuple[str, ...] = ()
    tell: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and in which role; `repeated`: it had been done before, under the same key (then no role)."""

    subject_type: str
    subject_id: int
    source: str
    target: str
    version: int
    repeated: bool = False
    role: str = ""


def apply(session: Session, request: Request) -> Outcome:
    """Make the move, or raise a typed refusal with a sentence a person can act on.

    Raises NotFound, Misuse, WrongState, NotPermitted, GuardRefused, BadInput or Stale.
    """
    session.flush()
    for last_try in (False, True):
        facts = gather_facts(session, request.subject_type, request.subject_id, request.act, request.action)
        if facts is None:
            raise NotFound("There is no such item.")
        if facts.repeats is not None:
            return _earlier(request, facts)
        if request.expected_version not in (None, facts.version):
            raise Stale(STALE)
        outcome = _move(session, request, facts)
        if outcome is not None:
            return outcome
        if last_try or request.expected_version is not None:
            break
    raise Stale(STALE)


def _texts(request: Request) -> dict[str, str]:
    reason = {"reason": request.reason.strip()} if request.reason.strip() else {}
    return reason | dict(request.texts)


def _digest(request: Request) -> str:
    return request_digest(request.action, request.details, _texts(request))


def _earlier(request: Request, facts: Facts) -> Outcome:
    assert facts.repeats is not None
    if facts.repeats.request_sha256 != _digest(request):
        raise Misuse(SENT_BEFORE)
    earlier = facts.repeats
    return Outcome(
        request.subject_type, request.subject_id, earlier.from_state, earlier.to_state, earlier.number, repeated=True
    )


def _move(session: Session, request: Request, facts: Facts) -> Outcome | None:
    workflow = workflow_of(request.subject_type)
    assert workflow is not None, "only subjects with a workflow are moved"
    known = {**facts.values, **request.facts}
    decision = machine.decide(workflow, state=facts.state, action=request.action, roles=facts.roles, facts=known)
    if decision.move.reason and not request.reason.strip():
        raise BadInput("Give a reason.", field="reason")
    rows, digests = salted(_texts(request))
    proof = witnessed(request.subject_type, request.changes) | ({"texts": digests} if digests else {})
    entry = Entry(
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        number=facts.version + 1,
        workflow_version=workflow.version,
        action=request.action,
        entry=decision.move.past,
        from_state=decision.source,
        to_state=decision.target,
        actor_id=request.act.actor_id,
        role=decision.role,
        details={**request.details, **proof},
        at=request.act.at,
        key=request.act.key,
        request_sha256=_digest(request),
        previous=facts.chain_head,
    )
    told = messages(entry, [*facts.recipients(decision.move.tell), *request.tell])
    clocks = _clocks(session, workflow, decision, request, known)
    if not write(session, Writing(entry, request.changes, rows, told, clocks)):
        return None
    _forget(session, request.subject_type, request.subject_id)
    moved = (decision.source, decision.target, entry.number)
    return Outcome(request.subject_type, request.subject_id, *moved, role=decision.role)


def _clocks(
    session: Session, workflow: Workflow, decision: machine.Decision, request: Request, facts: Mapping[str, Any]
) -> Clocks:
    """A move that stays where it is leaves the clocks alone; any other starts those of the state it enters.

    A deadline that runs in both states goes on unchanged, unless the move enters the same state anew.
    """
    if decision.move.target is None:
        return Clocks(stop=request.stop)
    entering = workflow.deadlines_of(decision.target)
    running = {d.key for d in workflow.deadlines_of(decision.source)} if decision.source != decision.target else set()
    starting = [d for d in entering if d.key not in running or d.from_fact]
    rows = timetable(session).rows(starting, request.act.at, facts)
    return Clocks(start=rows, keep=tuple(d.key for d in entering))


def _forget(session: Session, subject_type: str, subject_id: int) -> None:
    """What the ORM had loaded of this row is out of date now."""
    loaded = session.identity_map.get(identity_key(SUBJECTS[subject_type], subject_id))
    if loaded is not None:
        session.expire(loaded)
