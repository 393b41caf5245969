"""A written audit for tests over HTTP: a council, a live round and one auditor's audit, committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditflow.models.database import Database
from auditflow.queries.draft import find_draft
from auditflow.services.act import Act
from auditflow.services.case_audit_submit import Submitted, submit_case_audit
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.drafts import start, write, write_all

CALM: dict[str, Any] = {"new_auditor_audits": 0}
"""A policy that moderates nothing but what the test brings about."""


@dataclass
class Story:
    """Ids and people of the story; everything is stored in `database`."""

    database: Database
    at: datetime
    council: Council
    round_id: int
    audit_id: int
    ref: str

    @property
    def url(self) -> str:
        """The audit's page."""
        return f"/audits/{self.audit_id}"

    @property
    def auditor(self) -> int:
        """The auditor's id."""
        return self.council.auditors[0].id

    def section(self, key: str) -> str:
        """The page of a section."""
        return f"{self.url}/sections/{key}"

    def write_all(self, **choices: Any) -> None:
        """Complete answers to everything."""
        from auditflow.models import CaseAudit

        with self.database.writing() as session:
            write_all(session, session.get_one(CaseAudit, self.audit_id), self.at, **choices)

    def write(self, section: str, content: dict[str, Any]) -> None:
        """One section on top of what is stored, as another tab would."""
        from auditflow.models import CaseAudit

        with self.database.writing() as session:
            write(session, session.get_one(CaseAudit, self.audit_id), self.at, section, content)

    def submit(self, key: str = "submit-by-story") -> Submitted:
        """Submit what is written."""
        with self.database.writing() as session:
            return submit_case_audit(session, self.audit_id, Act(self.auditor, self.at, key))

    def draft(self, section: str) -> dict[str, Any]:
        """What is stored of a section; empty if nothing is."""
        with self.database.reading() as session:
            found = find_draft(session, self.audit_id, self.auditor, section)
            return dict(found.content) if found else {}

    def column(self, name: str) -> Any:
        """One column of the audit's row."""
        from auditflow.models import CaseAudit

        with self.database.reading() as session:
            return getattr(session.get_one(CaseAudit, self.audit_id), name)


def make_story(
    database: Database,
    at: datetime,
    *,
    started: bool = True,
    policy: dict[str, Any] | None = None,
    round_columns: dict[str, Any] | None = None,
    **columns: Any,
) -> Story:
    """A council with one audit of auditor A, in progress unless `started` is False."""
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council, policy=CALM if policy is None else policy, **(round_columns or {}))
        audit = make_case_audit(session, council, audit_round, **columns)
        if started:
            start(session, audit, at)
        session.flush()
        session.refresh(audit)
        return Story(database, at, council, audit_round.id, audit.id, audit.ref)
