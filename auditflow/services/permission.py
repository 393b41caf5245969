"""Asking first: what a use case of several steps checks before it writes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound, NotPermitted, Stale
from auditflow.models import Journal
from auditflow.queries.facts import Facts, gather_facts
from auditflow.services.act import Act
from auditflow.services.journal import STALE
from auditflow.services.subjects import workflow_of
from workflows import machine
from workflows.facts import when_asking
from workflows.table import Workflow


def ask_first(
    session: Session,
    subject: tuple[str, int],
    action: str,
    act: Act,
    *,
    expected_version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Facts:
    """The facts of a move that would be allowed now; a repeat of an earlier act is allowed too.

    Raises NotFound, Stale, WrongState, NotPermitted or GuardRefused, as the move itself would.
    """
    subject_type, subject_id = subject
    session.flush()
    facts = gather_facts(session, subject_type, subject_id, act, action)
    if facts is None:
        raise NotFound("There is no such item.")
    if facts.repeats is not None:
        return facts
    if expected_version not in (None, facts.version):
        raise Stale(STALE)
    known = {**facts.values, **when_asking(subject_type), **(given or {})}
    machine.decide(_workflow(subject_type), state=facts.state, action=action, roles=facts.roles, facts=known)
    return facts


def require_role(session: Session, subject: tuple[str, int], act: Act, role: str) -> Facts:
    """The facts of a subject towards which the actor holds `role`. Raises NotFound or NotPermitted."""
    session.flush()
    facts = gather_facts(session, *subject, act, "")
    if facts is None:
        raise NotFound("There is no such item.")
    if role not in facts.roles:
        raise NotPermitted("This is not yours to do here.")
    return facts


def done_before(session: Session, subject: tuple[str, int], act: Act) -> bool:
    """Whether this very act is in the subject's journal already: a double click, or Back and send again."""
    subject_type, subject_id = subject
    mine = (Journal.subject_type == subject_type, Journal.subject_id == subject_id, Journal.key == act.key)
    return session.scalar(sa.select(Journal.id).where(*mine)) is not None


def _workflow(subject_type: str) -> Workflow:
    workflow = workflow_of(subject_type)
    assert workflow is not None, "only subjects with a workflow are moved"
    return workflow
