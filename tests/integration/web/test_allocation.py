"""A leaver's withdrawn audit over HTTP: the lead gives it to somebody else, who sees nothing of what was there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import RoundAuditor
from auditflow.models.database import Database
from tests.factories.audit_story import make_story
from tests.factories.audits import make_tool
from tests.factories.council import make_council
from tests.factories.round_pages import drawn
from tests.factories.sampling import make_frame
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


ODD = ("²", "9" * 5_000, "-1", "x", str(2**31))


@pytest.mark.parametrize("odd", ODD)
def test_what_only_looks_like_a_number_is_refused_or_passed_over(sign_in: SignIn, database: Database, odd: str) -> None:
    with database.writing() as session:
        council = make_council(session)
        make_tool(session)
        make_frame(session, council)
        session.expunge_all()
    lead = sign_in(council.qa_lead)
    path = drawn(lead).path.replace("/draw", "")
    auditors = lead.get(f"{path}/auditors")
    person = auditors.form()["person"][0]
    assert "as a whole number" in auditors.submit({f"capacity-{person}": odd}, status=400).text
    assert "Choose from the auditors shown" in auditors.submit({"person": [person, odd]}, status=400).text
    cases = auditors.submit()
    name = next(name for name in cases.form() if name.startswith("auditor-"))
    assert "Suggest" in cases.submit({name: odd, f"auditor-{odd}": person, "pin": [odd], "do": "suggest"}).text
