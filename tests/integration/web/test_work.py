"""My work: each row says how far it has come, who did what, or what it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from auditflow.domain.clock import FixedClock
from auditflow.models import Deadline, ModerationComment, Person, Reflection
from auditflow.models.database import Database
from tests.conftest import MONDAY_MORNING
from tests.factories.actions import Acts, make_action
from tests.factories.audit_story import make_story
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, make_council
from tests.factories.moderation import make_moderation, make_submitted
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


def test_an_audit_that_is_being_written(database: Database, clock: FixedClock, sign_in: SignIn) -> None:
    story = make_story(database, MONDAY_MORNING)
    assert "0 of 12 domains finished" in sign_in(story.auditor).get("/work").text
    story.write_all()
    clock.advance(timedelta(days=1))
    assert "12 of 12 domains finished. Last saved yesterday at 09:00." in sign_in(story.auditor).get("/work").text


def test_lateness_is_counted_in_working_days(database: Database, clock: FixedClock, sign_in: SignIn) -> None:
    with database.writing() as session:
        council = make_council(session)
        task = make_moderation(session, council, audit=make_submitted(session, council, "moderation"))
        task.state, task.moderator_id = "with_moderator", council.managers[1].id
        session.get_one(Deadline, ("moderation", task.id, "decide")).due_at = clock.now() + timedelta(days=4)
        moderator = task.moderator_id
    clock.advance(timedelta(days=11))
    assert "Due Friday" in (said := sign_in(moderator).get("/work").text)
    assert ", 5 working days late" in said


def test_an_audit_that_is_not_started(database: Database, sign_in: SignIn) -> None:
    story = make_story(database, MONDAY_MORNING, started=False, case_type="child_in_need")
    assert "Child in need. Not started." in sign_in(story.auditor).get("/work").text


@pytest.mark.parametrize(
    ("state", "decision", "grade", "said"),
    [
        ("returned", "return", None, "returned it with 1 comment. Your grades and words are as you left them."),
        ("changed", "change", 2, "changed your grade from Good to Requires improvement."),
        ("changed", "change", 3, "changed the grade of at least one domain."),
    ],
)
def test_what_a_moderator_did(
    database: Database, sign_in: SignIn, state: str, decision: str, grade: int | None, said: str
) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit = make_submitted(session, council, "moderation", grade=3, audit_round=make_round(session, council))
        task, moderator = make_moderation(session, council, audit=audit), council.managers[1]
        session.flush()
        audit.state, task.state, task.moderator_id = state, "decided", moderator.id
        task.decided_at, task.decision, task.grade = START, decision, grade
        session.add(
            ModerationComment(moderation_id=task.id, item="overall", comment="Say how you know.", made_at=START)
        )
        auditor, name = audit.auditor_id, moderator.name
    assert f"{name} {said}" in sign_in(auditor).get("/work").text


def test_a_moderation_task_and_an_action(database: Database, clock: FixedClock, sign_in: SignIn) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council)
        task = make_moderation(
            session, council, audit=make_submitted(session, council, "moderation", audit_round=audit_round)
        )
        task.state, task.moderator_id = "with_moderator", council.managers[1].id
        action = make_action(session, council, make_case_audit(session, council, audit_round), Acts(clock))
        auditor, moderator, owner, text = council.auditors[0].name, task.moderator_id, action.owner_id, action.text
    assert f"Audited by {auditor}." in sign_in(moderator).get("/work").text
    assert text in sign_in(owner).get("/work").text


def test_a_practitioner_is_asked_and_then_told(database: Database, sign_in: SignIn) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit_round, worker = make_round(session, council), council.workers[0]
        begun = make_case_audit(session, council, audit_round, state="in_progress")
        shared = make_submitted(
            session, council, "feedback_shared", published_grade=3, shared_at=START, audit_round=audit_round
        )
        read = make_submitted(
            session, council, "feedback_shared", published_grade=3, shared_at=START, audit_round=audit_round
        )
        for audit, read_at in ((begun, None), (shared, None), (read, START)):
            session.add(Reflection(case_audit_id=audit.id, person_id=worker.id, invited_at=START, read_at=read_at))
        refs, person = (begun.ref, shared.ref, read.ref), worker.id
    page = sign_in(person).get("/work")
    assert f"Say how you see case {refs[0]}" in page.text
    assert f"Read what was found on case {refs[1]}" in page.text
    assert refs[2] not in page.text
    assert "Feedback (2)" in " ".join("".join(page.root.itertext()).split())  # type: ignore[union-attr]


def test_a_done_action_is_checked_by_the_auditor_and_not_by_its_owner(
    database: Database, clock: FixedClock, sign_in: SignIn
) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit = make_case_audit(session, council, make_round(session, council))
        action = make_action(session, council, audit, Acts(clock))
        action.state, action.done_text, action.done_at = "done", "The plan was written.", START
        auditor, owner, words = audit.auditor_id, action.owner_id, f"Check what the action on case {audit.ref} changed"
    assert words in sign_in(auditor).get("/work").text
    assert words not in sign_in(owner).get("/work").text
