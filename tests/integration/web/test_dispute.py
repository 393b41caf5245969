"""Dispute pages: the list, the service's challenge, the decision, handing it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Deadline, Dispute, Person
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.dispute import escalate_dispute
from tests.factories.council import START, Council, make_council
from tests.factories.moderation import make_dispute, make_submitted
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


@dataclass
class Scene:
    database: Database
    council: Council
    disputed: int
    shared: int

    def audit(self, audit_id: int) -> CaseAudit:
        with self.database.reading() as session:
            return session.get_one(CaseAudit, audit_id)

    def escalate(self, clock: FixedClock) -> None:
        with self.database.writing() as session:
            limit = session.get_one(Deadline, ("case_audit", self.disputed, "determine"))
            limit.due_at = clock.now() - timedelta(days=1)
            session.flush()
            escalate_dispute(session, self.disputed, Act(None, clock.now(), "late"))


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        disputed = make_submitted(session, council, "disputed", moderated_grade=2)
        make_dispute(session, disputed)
        shared = make_submitted(
            session, council, "feedback_shared", moderated_grade=3, published_grade=3, shared_at=START
        )
        made = (council, disputed.id, shared.id)
        session.flush()
        session.expunge_all()
    return Scene(database, *made)


def test_those_who_may_decide_see_the_list_and_others_do_not(scene: Scene, sign_in: SignIn) -> None:
    assert "1 grade is in dispute" in sign_in(scene.council.qa_lead.id).get("/disputes").text
    assert "1 grade is in dispute" in sign_in(scene.council.heads[1].id).get("/disputes").text
    assert "No grade is in dispute" in sign_in(scene.council.heads[0].id).get("/disputes").text
    for person in (scene.council.auditors[0], scene.council.workers[0], scene.council.managers[0]):
        sign_in(person.id).get("/disputes", status=404)


def test_the_page_shows_both_grades_and_both_reasons(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.qa_lead.id).get(f"/audits/{scene.disputed}/dispute")
    for words in (
        "auditor’s grade is Good",
        "moderator’s is Requires improvement",
        "The plan was changed.",
        "Because.",
    ):
        assert words in page.text


def test_my_work_says_what_is_in_dispute(scene: Scene, sign_in: SignIn) -> None:
    work = sign_in(scene.council.qa_lead.id).get("/").text
    assert "The auditor graded it Good, the moderator Requires improvement." in work


def test_people_inside_the_line_do_not_see_it(scene: Scene, sign_in: SignIn) -> None:
    for person in (scene.council.heads[0], scene.council.external, scene.council.auditors[1]):
        sign_in(person.id).get(f"/audits/{scene.disputed}/dispute", status=404)
    sign_in(scene.council.qa_lead.id).get(f"/audits/{scene.shared}/dispute", status=404)


def test_deciding(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.heads[1].id)
    page = browser.get(f"/audits/{scene.disputed}/dispute")
    empty = page.submit(action="/dispute", status=400)
    assert "Decide the overall grade" in empty.text
    assert "Give the reason for your decision" in empty.text
    odd = page.submit({"grade": "9", "reason": "r"}, action="/dispute", status=400)
    assert "choose one of the answers shown" in odd.text
    page.submit({"grade": "4", "grade_voice": "4", "reason": "The record bears it out."}, action="/dispute")
    audit = scene.audit(scene.disputed)
    assert (audit.state, audit.determined_grade, audit.published_grade) == ("agreed", 4, 4)


def test_a_double_click_decides_once_and_an_old_page_is_stale(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.qa_lead.id).get(f"/audits/{scene.disputed}/dispute")
    other = sign_in(scene.council.second_qa_lead.id).get(f"/audits/{scene.disputed}/dispute")
    answers = {"grade": "2", "reason": "It drifted."}
    page.submit(answers, action="/dispute")
    page.submit(answers, action="/dispute")
    late = other.submit({"grade": "3", "reason": "I see it otherwise"}, action="/dispute", status=409)
    assert "I see it otherwise" in late.text
    assert scene.audit(scene.disputed).published_grade == 2


def test_the_director_sees_it_once_it_went_up_and_hands_it_on(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    browser = sign_in(scene.council.director.id)
    browser.get(f"/audits/{scene.disputed}/dispute", status=404)
    assert "No grade is in dispute" in browser.get("/disputes").text
    scene.escalate(clock)
    page = browser.get(f"/audits/{scene.disputed}/dispute")
    assert "Choose the external moderator" in page.submit(action="/hand-on", status=400).text
    page.submit({"person_id": str(scene.council.external.id)}, action="/hand-on")
    outside = sign_in(scene.council.external.id)
    page = outside.get(f"/audits/{scene.disputed}/dispute")
    page.submit({"grade": "3", "reason": "Both are arguable."}, action="/dispute")
    assert scene.audit(scene.disputed).published_grade == 3


def test_only_the_director_hands_on(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    scene.escalate(clock)
    data = {"person_id": str(scene.council.external.id)}
    sign_in(scene.council.qa_lead.id).post(f"/audits/{scene.disputed}/dispute/hand-on", data, status=404)


def test_the_team_manager_challenges_once(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.managers[0].id)
    page = browser.get(f"/audits/{scene.shared}/challenge")
    assert "The grade is Good" in page.text
    assert "You can challenge it until" in page.text
    assert "Say why you challenge" in page.submit({"reason": "  "}, status=400).text
    done = page.submit({"reason": "The plan was changed in May."})
    assert "in dispute, so it may change" in done.text
    assert scene.audit(scene.shared).challenged
    with scene.database.reading() as session:
        kinds = session.scalars(sa.select(Dispute.kind).where(Dispute.case_audit_id == scene.shared)).all()
    assert kinds == ["service"]


def test_nobody_else_challenges(scene: Scene, sign_in: SignIn) -> None:
    for person in (scene.council.managers[1], scene.council.workers[0], scene.council.qa_lead):
        sign_in(person.id).get(f"/audits/{scene.shared}/challenge", status=404)
        sign_in(person.id).post(f"/audits/{scene.shared}/challenge", {"reason": "No"}, status=404)


def test_too_late_to_challenge_says_so(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    with scene.database.writing() as session:
        limit = session.get_one(Deadline, ("case_audit", scene.shared, "challenge"))
        limit.due_at = clock.now() - timedelta(days=1)
    browser = sign_in(scene.council.managers[0].id)
    assert "time to challenge this grade is over" in browser.get(f"/audits/{scene.shared}/challenge").text
    version = str(scene.audit(scene.shared).version)
    refused = browser.post(
        f"/audits/{scene.shared}/challenge",
        {"reason": "Late", "version": version, "key": "0123456789abcdef"},
        status=400,
    )
    assert "time to challenge this grade is over" in refused.text
