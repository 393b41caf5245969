"""A leaver's withdrawn audit over HTTP: the lead gives it to somebody else, who sees nothing of what was there."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import RoundAuditor
from auditflow.models.database import Database
from tests.factories.audit_story import make_story
from tests.pages import Browser

SignIn = Callable[[object], Browser]


def test_a_withdrawn_audit_of_a_leaver_goes_to_another_auditor_who_starts_empty(
    sign_in: SignIn, database: Database, clock: FixedClock
) -> None:
    story = make_story(database, clock.now(), policy={"new_auditor_audits": 5})
    first, second = story.council.auditors[:2]
    with database.writing() as session:
        session.execute(
            sa.insert(RoundAuditor),
            [{"round_id": story.round_id, "person_id": a.id, "capacity": 8} for a in (first, second)],
        )
    story.write_all()
    assert story.submit().state == "moderation"
    leaver = sign_in(first)
    leaver.get(f"{story.url}/submitted").submit(action="/withdraw")
    lead = sign_in(story.council.qa_lead)
    move = lead.get(f"/rounds/{story.round_id}/cases/{story.audit_id}/move")
    answer = {"person_id": str(second.id), "reason": "Has left the council."}
    assert f"Case {story.ref} has another auditor" in move.submit(answer).text
    fresh = sign_in(second)
    history = fresh.get(f"{story.url}/history").text
    assert "Somebody else worked on this case before" in history
    assert "Submitted" not in history
    assert fresh.client.get(f"{story.url}/submissions/1").status_code == 404
    assert lead.client.get(f"{story.url}/submissions/1").status_code == 200
    assert f"Good ({first.name})" in lead.get(f"{story.url}/history").text
