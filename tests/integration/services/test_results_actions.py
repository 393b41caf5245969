"""What came of the first audit's findings stands beside how their domains moved, and makes results new."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.results_stamp import read_stamp
from auditflow.services.action import link_action, withdraw_action
from auditflow.services.action_outcome import Verification, verify_action
from auditflow.services.results import compute_results
from tests.factories.actions import Acts, make_action
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council

PARTLY = Verification("partly", "One of the two weekends went to plan.")


@pytest.fixture
def act(clock: FixedClock) -> Acts:
    return Acts(clock)


@pytest.fixture
def first(session: Session, council: Council) -> CaseAudit:
    return make_case_audit(session, council, make_round(session, council), state="agreed")


@pytest.fixture
def again(session: Session, council: Council, first: CaseAudit) -> AuditRound:
    return make_round(session, council, kind="re_audit", baseline_id=first.round_id, name="Re-audit", state="reporting")


def counted(session: Session, again: AuditRound) -> dict[str, dict[str, int]]:
    actions: dict[str, dict[str, int]] = compute_results(session, again.id)["re_audit"]["actions"]
    return actions


def test_actions_are_counted_by_domain_and_by_the_difference_they_made(
    session: Session, council: Council, act: Acts, first: CaseAudit, again: AuditRound
) -> None:
    assert counted(session, again) == {}
    make_action(session, council, first, act, state="open", findings=["voice", "voice.seen_alone"])
    both = make_action(session, council, first, act, state="done", findings=["voice", "planning"])
    taken_back = make_action(session, council, first, act)
    nothing = {"made": 1, "done": 1, "yes": 0, "partly": 0, "no": 0}
    auditor = next(a for a in council.auditors if a.id == first.auditor_id)
    withdraw_action(session, taken_back.id, act(auditor), reason="Said twice.")
    assert counted(session, again) == {"planning": nothing, "voice": nothing | {"made": 2}}
    verify_action(session, both.id, PARTLY, act(council.qa_lead))
    assert counted(session, again)["planning"] == nothing | {"partly": 1}


def test_an_action_that_moves_or_is_linked_makes_the_results_new(
    session: Session, council: Council, act: Acts, first: CaseAudit, again: AuditRound
) -> None:
    action = make_action(session, council, first, act, state="done")
    stamps = [read_stamp(session, again.id)]
    link_action(session, first, ["planning"], action.id, act(council.qa_lead))
    stamps.append(read_stamp(session, again.id))
    verify_action(session, action.id, PARTLY, act(council.qa_lead))
    stamps.append(read_stamp(session, again.id))
    assert len(set(stamps)) == 3
