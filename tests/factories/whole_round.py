"""A small round lived through by the services, from its plan to a correction after closing, with two disputes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auditflow.models import AuditRound, CaseAudit, Deadline, Frame, Moderation
from auditflow.queries.correction import get_last_submission
from auditflow.services.act import Act
from auditflow.services.audit_round import begin_reporting
from auditflow.services.case_audit import accept_change, dispute_change, start_case_audit
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.correction import approve_correction, request_correction
from auditflow.services.dispute import Determination, challenge_grade, determine_dispute
from auditflow.services.feedback import share_feedback
from auditflow.services.launch import launch_round
from auditflow.services.moderation import Decision, decide_moderation
from auditflow.services.moderation_decision import graded_domains
from auditflow.services.results import close_round
from tests.factories.drafts import write_all
from tests.factories.results import list_main
from tests.factories.sampling import Steps

THREE: dict[str, Any] = {
    "ref": "case_ref",
    "size": 3,
    "stratify": None,
    "allocation": "proportionate",
    "reserves": "quarter",
    "exclude": [{"reason": "Closed", "column": "status", "not_in": ["Open"]}],
}
VIEW = {"evidence": "yes", "follows": "yes", "difference": "partly"}
POLICY = {"random_percent": 0, "random_least": 0, "new_auditor_audits": 0, "second_gradings": False}


@dataclass
class WholeRound:
    """The round and its three audits: decided in a dispute, published in dispute, agreed and corrected."""

    steps: Steps
    row: AuditRound
    decided: CaseAudit
    undecided: CaseAudit
    corrected: CaseAudit

    def challenge(self, audit: CaseAudit) -> None:
        """The manager of the case's team challenges the grade."""
        act = self.steps.act(_manager(self, audit))
        challenge_grade(self.steps.session, audit.id, "The plan was changed in May.", act)

    def time_is_over(self, audit: CaseAudit) -> None:
        """Nobody decided the dispute in time."""
        session = self.steps.session
        limit = session.get_one(Deadline, ("case_audit", audit.id, "determine"))
        limit.due_at = self.steps.at - timedelta(days=1)
        session.flush()


def _manager(whole: WholeRound, audit: CaseAudit) -> int:
    team = next(team for team in whole.steps.council.teams if team.id == audit.team_id)
    assert team.manager_id is not None
    return team.manager_id


def reporting_round(steps: Steps, frame: Frame) -> WholeRound:
    """Reporting: one grade disputed by its auditor and decided, one changed and accepted, one agreed at once."""
    session = steps.session
    row = steps.locked(steps.planned(frame, THREE, policy=POLICY))
    steps.drawn(row)
    steps.allocated(row)
    launch_round(session, row.id, steps.act(), expected_version=row.version)
    whole = WholeRound(steps, row, *list_main(session, row))
    for audit, grade in ((whole.decided, 4), (whole.undecided, 4), (whole.corrected, 3)):
        submit(steps, audit, grade)
    for audit in (whole.decided, whole.undecided):
        moderate_down(steps, audit)
    dispute_change(session, whole.decided.id, steps.act(whole.decided.auditor_id), reason="The visits are there.")
    key = next(iter(_domains(session, whole.decided)))
    decision = Determination(4, "The record bears it out.", {key: 4})
    determine_dispute(session, whole.decided.id, decision, steps.act())
    accept_change(session, whole.undecided.id, steps.act(whole.undecided.auditor_id))
    share_feedback(session, whole.undecided.id, steps.act())
    begin_reporting(session, row.id, steps.act(), expected_version=row.version)
    session.expire_all()
    return whole


def whole_round(steps: Steps, frame: Frame) -> WholeRound:
    """Closed, with a challenge nobody decided in time, and one domain's grade corrected afterwards."""
    whole = reporting_round(steps, frame)
    whole.challenge(whole.undecided)
    whole.time_is_over(whole.undecided)
    close_round(steps.session, whole.row.id, steps.act())
    item = f"domains.{next(iter(_domains(steps.session, whole.corrected)))}.grade"
    asker, audit = steps.council.second_qa_lead.id, whole.corrected
    asked = request_correction(steps.session, audit.id, item, {"value": 1}, "Misread.", steps.act(asker))
    approve_correction(steps.session, asked.id, "Right.", steps.act())
    steps.session.expire_all()
    return whole


def submit(steps: Steps, audit: CaseAudit, grade: int) -> None:
    """Started, written and submitted by its auditor."""
    session, act = steps.session, steps.act(audit.auditor_id)
    start_case_audit(session, audit.id, act)
    session.refresh(audit)
    write_all(session, audit, act.at, grade=grade)
    submit_case_audit(session, audit.id, Act(audit.auditor_id, act.at, f"submit-{audit.id}"))
    session.refresh(audit)


def moderate_down(steps: Steps, audit: CaseAudit) -> None:
    """Its moderator changes every grade to Requires improvement, with a reason."""
    session = steps.session
    task = session.scalars(sa.select(Moderation).where(Moderation.case_audit_id == audit.id)).one()
    domains = {key: grade and 2 for key, grade in _domains(session, audit).items()}
    assert task.moderator_id is not None
    decision = Decision("change", "Little of it is analysis.", 2, domains, VIEW)
    decide_moderation(session, task.id, decision, steps.act(task.moderator_id))
    session.refresh(audit)


def _domains(session: Any, audit: CaseAudit) -> dict[str, int | None]:
    return graded_domains(get_last_submission(session, audit.id))
