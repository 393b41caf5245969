"""What came of a round's findings: actions counted by the domain whose findings they answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Action, ActionFinding, CaseAudit
from auditflow.models.base import core

ACTION, FINDING, AUDIT = map(core, (Action, ActionFinding, CaseAudit))
DONE = ("done", "verified")


def answering(round_id: Any) -> sa.Select[Any]:
    """The actions that answer a finding of the round's audits, whichever audit they were first made for."""
    of_round = AUDIT.c.round_id == round_id
    return sa.select(FINDING.c.action_id).join(AUDIT, AUDIT.c.id == FINDING.c.case_audit_id).where(of_round)


def count_domain_actions(session: Session, round_id: int) -> dict[str, dict[str, int]]:
    """By domain: actions `made`, those `done`, and of these by the difference they made (`yes`, `partly`, `no`).

    An action that answers findings of two domains counts in both; one that was taken back counts nowhere.
    """
    columns = (ACTION.c.id, ACTION.c.state, ACTION.c.difference, FINDING.c.finding)
    statement = (
        sa.select(*columns)
        .join(FINDING, FINDING.c.action_id == ACTION.c.id)
        .join(AUDIT, AUDIT.c.id == FINDING.c.case_audit_id)
        .where(AUDIT.c.round_id == round_id, ACTION.c.state != "withdrawn")
    )
    found = {
        (finding.partition(".")[0], id_): (state, made) for id_, state, made, finding in session.execute(statement)
    }
    counts: dict[str, Counter[str]] = {}
    for (domain, _), (state, difference) in found.items():
        of_domain = counts.setdefault(domain, Counter(made=0, done=0, yes=0, partly=0, no=0))
        of_domain["made"] += 1
        of_domain["done"] += state in DONE
        if state == "verified" and difference:
            of_domain[difference] += 1
    return {domain: dict(counts[domain]) for domain in sorted(counts)}
