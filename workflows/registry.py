"""Every workflow by the noun that it moves."""

from __future__ import annotations

from auditflow.domain.errors import Misuse
from workflows import action, alert, approval, audit_round, case_audit, correction, moderation
from workflows.table import Workflow

WORKFLOWS: dict[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        audit_round.WORKFLOW,
        case_audit.WORKFLOW,
        moderation.WORKFLOW,
        action.WORKFLOW,
        alert.WORKFLOW,
        correction.WORKFLOW,
        approval.WORKFLOW,
    )
}


def get_workflow(subject: str) -> Workflow:
    """The workflow of a noun. Raises `Misuse` if it has none."""
    if subject not in WORKFLOWS:
        raise Misuse(f"“{subject}” is not something that moves.")
    return WORKFLOWS[subject]
