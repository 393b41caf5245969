"""What came of a round's findings: actions by the domain whose findings they answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Action, ActionFinding, CaseAudit
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, visible_actions

ACTION, FINDING, AUDIT = map(core, (Action, ActionFinding, CaseAudit))
DONE = ("done", "verified")
COUNTED = ("made", "done", "yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class DomainAction:
    """An action that answers a finding of a domain, with the case it is about."""

    id: int
    state: str
    difference: str | None
    domain: str
    text: str
    ref: str

    def counts_as(self, name: str) -> bool:
        """Whether it is among those `made`, `done`, or checked and said to have made the difference of that name."""
        if name == "made":
            return True
        return self.state in DONE if name == "done" else self.state == "verified" and self.difference == name


def answering(round_id: Any) -> sa.Select[Any]:
    """The actions that answer a finding of the round's audits, whichever audit they were first made for."""
    of_round = AUDIT.c.round_id == round_id
    return sa.select(FINDING.c.action_id).join(AUDIT, AUDIT.c.id == FINDING.c.case_audit_id).where(of_round)


def count_domain_actions(session: Session, round_id: int) -> dict[str, dict[str, int]]:
    """By domain: actions `made`, those `done`, and of these by the difference they made (`yes`, `partly`, `no`).

    An action that answers findings of two domains counts in both; one that was taken back counts nowhere.
    """
    counts: dict[str, Counter[str]] = {}
    for action in _domain_actions(session, round_id):
        of_domain = counts.setdefault(action.domain, Counter(dict.fromkeys(COUNTED, 0)))
        of_domain.update(name for name in COUNTED if action.counts_as(name))
    return {domain: dict(counts[domain]) for domain in sorted(counts)}


def list_domain_actions(
    session: Session, viewer: Viewer, round_id: int, *, domain: str, counted: str
) -> list[DomainAction]:
    """The actions behind one of these counts that this person may see, by case. `domain` empty: of all domains."""
    may = set(session.scalars(sa.select(Action.id).where(visible_actions(viewer))))
    found = _domain_actions(session, round_id)
    wanted = {a.id: a for a in found if domain in ("", a.domain) and a.id in may and a.counts_as(counted)}
    return sorted(wanted.values(), key=lambda action: (action.ref, action.id))


def _domain_actions(session: Session, round_id: int) -> list[DomainAction]:
    """Each action of a round once for every domain that it answers."""
    own = AUDIT.alias("own")
    columns = (ACTION.c.id, ACTION.c.state, ACTION.c.difference, FINDING.c.finding, ACTION.c.text, own.c.ref)
    statement = (
        sa.select(*columns)
        .join(FINDING, FINDING.c.action_id == ACTION.c.id)
        .join(AUDIT, AUDIT.c.id == FINDING.c.case_audit_id)
        .join(own, own.c.id == ACTION.c.case_audit_id)
        .where(AUDIT.c.round_id == round_id, ACTION.c.state != "withdrawn")
    )
    found = {}
    for id_, state, difference, finding, text, ref in session.execute(statement):
        domain = finding.partition(".")[0]
        found[domain, id_] = DomainAction(id_, state, difference, domain, text, ref)
    return list(found.values())
