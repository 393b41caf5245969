"""Correction pages: asking, seeing both versions, deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from auditflow.models import CaseAudit, Correction, Person, Stuck
from auditflow.models.database import Database
from tests.factories.council import START, Council, make_council
from tests.factories.moderation import make_submitted
from tests.pages import Browser, Page

SignIn = Callable[[Person | int], Browser]
ASKED = {"item": "overall.grade", "grade": "2", "reason": "Typed wrongly."}


@dataclass
class Scene:
    database: Database
    council: Council
    agreed: int

    def audit(self) -> CaseAudit:
        with self.database.reading() as session:
            return session.get_one(CaseAudit, self.agreed)

    def correction(self) -> Correction:
        with self.database.reading() as session:
            return session.scalars(sa.select(Correction)).one()


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        audit = make_submitted(session, council, "agreed", published_grade=3)
        made = (council, audit.id)
        session.flush()
        session.expunge_all()
    return Scene(database, *made)


def ask(scene: Scene, sign_in: SignIn, person: Person, **answers: str) -> Page:
    page = sign_in(person.id).get(f"/audits/{scene.agreed}/correction")
    return page.submit({**ASKED, **answers})


def test_asking_shows_what_it_says_and_what_it_should_say(scene: Scene, sign_in: SignIn) -> None:
    page = ask(scene, sign_in, scene.council.auditors[0])
    assert "It waits for a decision" in page.text
    assert "It says Good" in page.text
    assert "It should say Requires improvement" in page.text


def test_what_is_missing_is_asked_for_and_kept(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.auditors[0].id).get(f"/audits/{scene.agreed}/correction")
    empty = page.submit(status=400)
    assert "Choose what is to be corrected" in empty.text
    no_grade = page.submit({"item": "overall.grade", "reason": "My reason"}, status=400)
    assert "Choose the grade that it should be" in no_grade.text
    assert "My reason" in no_grade.text
    same = page.submit({"item": "overall.reason", "text": "All in all.", "reason": "r"}, status=400)
    assert "That is what it says already" in same.text
    odd = page.submit({"item": "weather", "reason": "r"}, status=400)
    assert "choose one of the answers shown" in odd.text


def test_strangers_neither_ask_nor_see(scene: Scene, sign_in: SignIn) -> None:
    correction = ask(scene, sign_in, scene.council.auditors[0]).path
    strangers = (scene.council.auditors[1], scene.council.managers[1])
    sign_in(scene.council.board_member.id).get(correction, status=404)
    for person in (*strangers, scene.council.administrator, scene.council.workers[0]):
        browser = sign_in(person.id)
        browser.get(f"/audits/{scene.agreed}/correction", status=404)
        browser.get(correction, status=404)
        browser.post(correction, {"choice": "approve"}, status=404)


def test_the_qa_lead_approves_and_the_old_grade_stays(scene: Scene, sign_in: SignIn) -> None:
    path = ask(scene, sign_in, scene.council.auditors[0]).path
    browser = sign_in(scene.council.qa_lead.id)
    assert "1 correction waits" in browser.get("/corrections").text
    page = browser.get(path)
    assert "Choose whether you approve or refuse" in page.submit(status=400).text
    done = page.submit({"choice": "approve"})
    assert "It says now Requires improvement" in done.text
    assert "It said Good" in done.text
    audit = scene.audit()
    assert (audit.first_grade, audit.published_grade) == (3, 2)
    assert "No correction waits" in browser.get("/corrections").text


def test_refusing_needs_a_reason(scene: Scene, sign_in: SignIn) -> None:
    path = ask(scene, sign_in, scene.council.auditors[0]).path
    page = sign_in(scene.council.qa_lead.id).get(path)
    assert "Give a reason" in page.submit({"choice": "refuse"}, status=400).text
    page.submit({"choice": "refuse", "reason": "The record says so."})
    assert scene.correction().state == "refused"
    assert "The record says so." in sign_in(scene.council.auditors[0].id).get(path).text


def test_whoever_asked_does_not_decide(scene: Scene, sign_in: SignIn) -> None:
    page = ask(scene, sign_in, scene.council.qa_lead)
    assert "You asked for this yourself" in page.text
    form = {"choice": "approve", "key": "0123456789abcdef", "version": str(scene.correction().version)}
    refused = sign_in(scene.council.qa_lead.id).post(page.path, form, status=400)
    assert "You asked for this yourself" in refused.text


def test_a_second_decision_is_stale(scene: Scene, sign_in: SignIn) -> None:
    path = ask(scene, sign_in, scene.council.auditors[0]).path
    first = sign_in(scene.council.qa_lead.id).get(path)
    second = sign_in(scene.council.second_qa_lead.id).get(path)
    first.submit({"choice": "approve"})
    assert "Too late" in second.submit({"choice": "refuse", "reason": "Too late"}, status=409).text


def test_the_director_opens_only_what_nobody_else_may_decide(scene: Scene, sign_in: SignIn) -> None:
    ask(scene, sign_in, scene.council.auditors[0])
    browser, here = sign_in(scene.council.director.id), f"/corrections/{scene.correction().id}"
    browser.get(here, status=404)
    with scene.database.writing() as session:
        session.add(Stuck(subject_type="correction", subject_id=scene.correction().id, since=START, excluded=[]))
    browser.get(here).submit({"choice": "approve"})
    assert "Approved" in browser.get(here).text
