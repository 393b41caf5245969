"""Feedback pages: sharing, the practitioner's invitation, reflection and outcome, the team manager's view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Person, Reflection
from auditflow.models.database import Database
from tests.factories.actions import Acts, make_action
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council
from tests.factories.moderation import make_submitted
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


@dataclass
class Scene:
    database: Database
    council: Council
    worker: int
    begun: int
    agreed: int
    shared: int

    def audit(self, audit_id: int) -> CaseAudit:
        with self.database.reading() as session:
            return session.get_one(CaseAudit, audit_id)

    def reflection(self, audit_id: int) -> Reflection:
        with self.database.reading() as session:
            return session.get_one(Reflection, (audit_id, self.worker))


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        worker = council.workers[0].id
        audit_round = make_round(session, council)
        begun = make_case_audit(session, council, audit_round, state="in_progress")
        agreed = make_submitted(session, council, "agreed", published_grade=3, audit_round=audit_round)
        shared = make_submitted(
            session, council, "feedback_shared", published_grade=3, shared_at=START, audit_round=audit_round
        )
        for audit in (begun, shared):
            session.add(Reflection(case_audit_id=audit.id, person_id=worker, invited_at=START))
        made = (council, worker, begun.id, agreed.id, shared.id)
        session.flush()
        session.expunge_all()
    return Scene(database, *made)


def test_the_practitioner_finds_their_cases(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.worker).get("/feedback")
    assert "asked for your view on 1 case" in page.text
    assert "What was found on 1 case is there for you to read." in page.text
    assert len([link for link in page.links() if link.endswith("/feedback") and "audits" in link]) == 2
    assert "Open your view on case" in page.text, "there is no feedback to open yet"
    assert "No audit of your cases yet" in sign_in(scene.council.workers[5].id).get("/feedback").text


def test_before_it_is_shared_the_practitioner_is_asked_and_sees_no_finding(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.worker)
    page = browser.get(f"/audits/{scene.begun}/feedback")
    assert "What you know is part of the audit" in page.text
    assert "Good" not in page.text
    assert "Write your reflection first" in page.submit({"reflection": " "}, action="/reflect", status=400).text
    page.submit({"reflection": "She trusts me now."}, action="/reflect")
    assert scene.reflection(scene.begun).reflection == "She trusts me now."
    assert "She trusts me now." in browser.get(f"/audits/{scene.begun}/feedback").html
    browser.post(f"/audits/{scene.begun}/feedback/read", {}, status=409)


def test_another_practitioner_and_another_team_do_not_see_it(scene: Scene, sign_in: SignIn) -> None:
    others = (
        scene.council.workers[1],
        scene.council.managers[1],
        scene.council.auditors[1],
        scene.council.board_member,
    )
    for person in (*others, scene.council.administrator):
        browser = sign_in(person.id)
        browser.get(f"/audits/{scene.shared}/feedback", status=404)
        browser.post(f"/audits/{scene.shared}/feedback/reflect", {"reflection": "x"}, status=404)
        browser.post(f"/audits/{scene.agreed}/feedback/share", {}, status=404)
    sign_in(scene.council.board_member.id).get(f"/audits/{scene.shared}/feedback", status=404)


def test_the_auditor_shares_and_sees_who_reads_it(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.auditors[0].id)
    page = browser.get(f"/audits/{scene.agreed}/feedback")
    assert "Mary Tull" in page.text
    assert "The agreed grade is Good" in page.text
    done = page.submit(action="/share")
    assert "The feedback is shared" in done.text
    page.submit(action="/share")
    assert scene.audit(scene.agreed).state == "feedback_shared"


def test_the_practitioner_reads_the_outcome(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.worker)
    page = browser.get(f"/audits/{scene.shared}/feedback")
    for words in ("The agreed grade is Good", "All in all.", "She sleeps.", "No action came of this audit"):
        assert words in page.text
    page.submit(action="/read")
    assert scene.reflection(scene.shared).read_at is not None
    assert "You read this on" in browser.get(f"/audits/{scene.shared}/feedback").text
    assert "there for you to read" not in browser.get("/feedback").text
    assert not any(link.endswith("/challenge") for link in page.links())


def test_the_team_manager_reads_it_with_the_practitioners_words_and_may_challenge(
    scene: Scene, sign_in: SignIn
) -> None:
    sign_in(scene.worker).get(f"/audits/{scene.shared}/feedback").submit(
        {"reflection": "I was new."}, action="/reflect"
    )
    browser = sign_in(scene.council.managers[0].id)
    assert any(link == f"/audits/{scene.shared}/feedback" for link in browser.get("/feedback").links())
    page = browser.get(f"/audits/{scene.shared}/feedback")
    assert "I was new." in page.text
    assert f"/audits/{scene.shared}/challenge" in page.links()
    browser.get(f"/audits/{scene.begun}/feedback", status=404)


def test_a_page_left_open_replaces_no_words_that_were_saved_since(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.worker)
    first = browser.get(f"/audits/{scene.begun}/feedback")
    left_open = browser.get(f"/audits/{scene.begun}/feedback")
    first.submit({"reflection": "She trusts me now."}, action="/reflect")
    again = left_open.submit({"reflection": "Her brother does too."}, action="/reflect", status=400)
    assert "You saved other words since you opened this page" in again.text
    assert "She trusts me now." in again.text
    assert "Her brother does too." in again.html
    assert scene.reflection(scene.begun).reflection == "She trusts me now."
    again.submit({"reflection": "She trusts me now. Her brother does too."}, action="/reflect")
    assert scene.reflection(scene.begun).reflection == "She trusts me now. Her brother does too."


def test_too_long_a_reflection_is_kept_and_refused(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.worker).get(f"/audits/{scene.begun}/feedback")
    refused = page.submit({"reflection": "y" * 20_001}, action="/reflect", status=400)
    assert "20,000" in refused.text
    assert "y" * 20_001 in refused.html


@pytest.fixture
def moved(scene: Scene, clock: FixedClock) -> Scene:
    """The shared case, with an action, is with a worker of the third team now, and feedback was shared with them."""
    with scene.database.writing() as session:
        now_with = scene.council.workers[4].id
        session.add(Reflection(case_audit_id=scene.shared, person_id=now_with, invited_at=START))
        session.add(Reflection(case_audit_id=scene.agreed, person_id=now_with, invited_at=START))
        audit = session.get_one(CaseAudit, scene.shared)
        make_action(session, scene.council, audit, Acts(clock))
    return scene


def test_the_manager_of_the_team_that_has_the_case_now_reads_what_they_were_told_of(
    moved: Scene, sign_in: SignIn
) -> None:
    browser = sign_in(moved.council.managers[2].id)
    assert f"/audits/{moved.shared}/feedback" in browser.get("/feedback").links()
    page = browser.get(f"/audits/{moved.shared}/feedback")
    assert "The agreed grade is Good" in page.text
    (action,) = [link for link in page.links() if link.startswith("/actions/")]
    browser.get(action)
    sign_in(moved.council.workers[4].id).get(action)


def test_nothing_more_is_theirs_than_what_was_shared(moved: Scene, sign_in: SignIn) -> None:
    browser = sign_in(moved.council.managers[2].id)
    page = browser.get(f"/audits/{moved.shared}/feedback")
    assert f"/audits/{moved.shared}/challenge" not in page.links()
    browser.get(f"/audits/{moved.shared}/challenge", status=404)
    browser.get(f"/audits/{moved.agreed}/feedback", status=404)
    browser.get(f"/audits/{moved.agreed}", status=404)
    browser.get(f"/audits/{moved.shared}/moderation", status=404)
    assert f"/audits/{moved.agreed}/feedback" not in browser.get("/feedback").links()
    sign_in(moved.council.managers[3].id).get(f"/audits/{moved.shared}/feedback", status=404)
