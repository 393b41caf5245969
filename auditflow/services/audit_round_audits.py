"""All open audits of a round moved at once, for what befalls the round: a few statements whatever their number.

The table of movement is asked once for each state they are in, as `transitions.apply` would for each audit. The
facts are the caller's: they are those of the round, the same for every audit in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.services.act import Act
from auditflow.services.journal_batch import Batch, Line, set_clocks, write_many
from auditflow.services.subjects import table_of
from workflows import machine
from workflows.registry import WORKFLOWS


def move_open_audits(
    session: Session, round_id: int, move: tuple[str, str], act: Act, *, facts: Mapping[str, Any], **fixed: Any
) -> list[int]:
    """Make `move` (its action, and the role that makes it) on every open audit; their clocks stop.

    `fixed` are further columns of each audit. Returns who audited them, as often as they had one of them.
    """
    action, role = move
    table, workflow = table_of("case_audit"), WORKFLOWS["case_audit"]
    columns = (table.c.state, table.c.id, table.c.version, table.c.chain_head, table.c.auditor_id)
    mine = (table.c.round_id == round_id, table.c.state.in_(workflow.open))
    rows = session.execute(sa.select(*columns).where(*mine).order_by(table.c.state, table.c.id)).all()
    for state in dict.fromkeys(row.state for row in rows):
        here = [row for row in rows if row.state == state]
        decision = machine.decide(workflow, state=state, action=action, roles=frozenset({role}), facts=facts)
        batch = Batch("case_audit", action, decision.move.past, state, decision.target, role, act, fixed=fixed)
        write_many(session, batch, [Line(row.id, row.version, row.chain_head) for row in here])
        set_clocks(session, "case_audit", [row.id for row in here], ())
    return [row.auditor_id for row in rows if row.auditor_id is not None]
