"""The history of an audit: nobody learns there of a concern that does not exist for them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from auditflow.domain.policy import TRIGGERS
from auditflow.models import CaseAudit
from auditflow.services.act import Act
from auditflow.services.feedback import share_feedback
from auditflow.services.moderation import Decision, decide_moderation, mark_moderation_opened
from auditflow.services.subjects import SUBJECTS
from tests.factories.actions import Acts, make_concern
from tests.factories.audit_story import Story, make_story

WORDS = "The manager told the worker not to write the visit down."


@pytest.fixture
def story(database, clock) -> Story:
    """An audit with a concern about the manager, moderated for it, its feedback shared."""
    story = make_story(database, clock.now(), policy={"random_percent": 0, "random_least": 0, "new_auditor_audits": 0})
    story.write_all(grade=3)
    with database.writing() as session:
        audit = session.get_one(CaseAudit, story.audit_id)
        make_concern(session, story.council.auditors[0], audit, Acts(clock), concern=WORDS, about_manager=True)
    story.submit()
    with database.writing() as session:
        task = session.scalars(sa.select(SUBJECTS["moderation"])).one()
        moderator = Act(task.moderator_id, clock.now(), "moderate-0123456789")
        mark_moderation_opened(session, task.id, moderator.then("open"))
        view = {"evidence": "yes", "follows": "yes", "difference": "yes"}
        decide_moderation(session, task.id, Decision("confirm", audit_view=view), moderator)
        share_feedback(session, story.audit_id, Act(story.auditor, clock.now(), "share-0123456789"))
    return story


def test_a_manager_reads_nothing_there_of_a_concern_about_them(story: Story, sign_in) -> None:
    page = sign_in(story.council.managers[0]).get(f"{story.url}/history")
    assert "Sent for moderation" in page.text
    assert WORDS not in page.text
    assert "concern" not in page.text.lower()


def test_who_may_see_the_concern_finds_it_there(story: Story, sign_in) -> None:
    for person in (story.council.qa_lead, story.council.auditors[0], story.council.heads[0]):
        page = sign_in(person).get(f"{story.url}/history")
        assert WORDS in page.text
        assert TRIGGERS["concern"] in page.text
