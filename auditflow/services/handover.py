"""New holders for what somebody has who leaves: audits, moderations and actions, one by one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput
from auditflow.queries.person import HeldItem
from auditflow.services.act import Act
from auditflow.services.action import reassign_action
from auditflow.services.allocation import allocate_case
from auditflow.services.moderation import reassign_moderation


def hand_over(session: Session, item: HeldItem, to_id: int, act: Act, *, reason: str) -> None:
    """Give one item to somebody else, by the move of its own workflow, all or nothing.

    Raises Refused as that move does: not permitted, in conflict, submitted already.
    """
    if not reason.strip():
        raise BadInput("Say why these change hands.", field="reason")
    step = act.then(f"{item.kind}-{item.id}")
    with session.begin_nested():
        if item.kind == "case_audit":
            allocate_case(session, item.id, to_id, step, expected_version=item.version, reason=reason)
        elif item.kind == "moderation":
            reassign_moderation(session, item.id, reason, step, to_id=to_id, version=item.version)
        else:
            reassign_action(session, item.id, to_id, reason, step, version=item.version)
