"""Moderation pages: lists, opening, comments, the decision, handing back, choosing a moderator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Moderation, ModerationComment, Person, Submission
from auditflow.models.database import Database
from tests.factories.council import Council, make_council
from tests.factories.moderation import make_moderation
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]
VIEW = {"evidence": "yes", "follows": "partly", "difference": "yes"}


@dataclass
class Scene:
    database: Database
    council: Council
    task_id: int
    moderator: int
    other: int
    audit_id: int
    ref: str

    def task(self) -> Moderation:
        with self.database.reading() as session:
            return session.get_one(Moderation, self.task_id)

    def audit(self) -> CaseAudit:
        with self.database.reading() as session:
            return session.get_one(CaseAudit, self.audit_id)

    def comments(self) -> dict[str, str]:
        with self.database.reading() as session:
            return dict(session.execute(sa.select(ModerationComment.item, ModerationComment.comment)).all())

    def change(self, **columns: object) -> None:
        with self.database.writing() as session:
            session.execute(sa.update(Moderation).where(Moderation.id == self.task_id).values(**columns))


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        task = make_moderation(session, council)
        audit = session.get_one(CaseAudit, task.case_audit_id)
        assert task.moderator_id is not None
        other = next(m.id for m in council.managers[1:] if m.id != task.moderator_id)
        made = (council, task.id, task.moderator_id, other, audit.id, audit.ref)
        session.flush()
        session.expunge_all()
    return Scene(database, *made)


@pytest.fixture
def browser(scene: Scene, sign_in: SignIn) -> Browser:
    """The moderator, with the audit open."""
    browser = sign_in(scene.moderator)
    page = browser.get(f"/moderation/{scene.task_id}")
    assert "You have not opened it yet" in page.text
    assert page.submit(action="/open").path == f"/moderation/{scene.task_id}/decide"
    return browser


def decide(browser: Browser, scene: Scene, status: int = 200, **answers: str):  # type: ignore[no-untyped-def]
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    return page.submit({"step": "decide", **answers}, action="/decide", status=status)


def test_the_list_shows_what_is_with_me_and_says_why_it_came(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.moderator)
    page = browser.get("/moderation")
    assert "1 audit to moderate" in page.text
    assert scene.ref in page.text
    task = browser.get(f"/moderation/{scene.task_id}")
    assert "chosen at random" in task.text
    assert "Because." not in task.text


def test_another_persons_task_does_not_exist(scene: Scene, sign_in: SignIn) -> None:
    council = scene.council
    for person in (scene.other, council.external.id, council.director.id):
        browser = sign_in(person)
        browser.get(f"/moderation/{scene.task_id}", status=404)
        browser.get(f"/moderation/{scene.task_id}/decide", status=404)
        browser.post(f"/moderation/{scene.task_id}/open", {}, status=404)
        browser.post(f"/moderation/{scene.task_id}/decide", {"step": "decide"}, status=404)
    for person in (council.auditors[0].id, council.workers[0].id, council.board_member.id, council.administrator.id):
        sign_in(person).get(f"/moderation/{scene.task_id}", status=404)
    sign_in(scene.moderator).get("/moderation/999", status=404)


def test_the_decision_page_shows_the_audit_and_two_questions_kept_apart(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    for words in ("The auditor’s overall grade is Good", "Because.", "Visit 3 September.", "She sleeps."):
        assert words in page.text
    for words in ("1. The practice", "2. The audit", "Confirm Good", "Return to the auditor", "stays on record beside"):
        assert words in page.text
    assert scene.task().opened_at is not None


def test_it_cannot_be_decided_before_it_is_opened(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.moderator).get(f"/moderation/{scene.task_id}/decide")
    assert page.path == f"/moderation/{scene.task_id}"


def test_confirming(scene: Scene, browser: Browser) -> None:
    page = decide(browser, scene, choice="confirm", **VIEW)
    assert "You have confirmed the grades" in page.text
    assert (scene.audit().state, scene.task().decision) == ("agreed", "confirm")
    assert "confirmed" in browser.get("/moderation").text
    assert "Partly" in browser.get(f"/moderation/{scene.task_id}").text


def test_domains_graded_outstanding_are_not_called_not_good(scene: Scene, browser: Browser) -> None:
    text = browser.get(f"/moderation/{scene.task_id}/decide").text
    assert "with another grade than Good." in text
    assert "not Good" not in text


def test_changing_a_domain_and_the_whole(scene: Scene, browser: Browser) -> None:
    answers = {"choice": "change", "overall": "2", "grade_voice": "1", "reason": "Supervision drifted.", **VIEW}
    decide(browser, scene, **answers)
    audit = scene.audit()
    assert (audit.state, audit.first_grade, audit.moderated_grade) == ("changed", 3, 2)
    assert scene.task().reason == "Supervision drifted."


def test_returning_with_a_comment_typed_on_the_same_page(scene: Scene, browser: Browser) -> None:
    decide(browser, scene, choice="return", comment_voice="Which visit?")
    assert scene.audit().state == "returned"
    assert scene.comments() == {"voice": "Which visit?"}


def test_only_what_the_chosen_answer_needs_is_asked_for(scene: Scene, browser: Browser) -> None:
    nothing = decide(browser, scene, status=400)
    assert "Choose whether you confirm, change or return" in nothing.text
    returned = decide(browser, scene, status=400, choice="return")
    assert "at least one comment" in returned.text
    assert "Could you find the evidence?”" not in returned.text
    changed = decide(browser, scene, status=400, choice="change", overall="", feedback="Kept words")
    for words in ("new overall grade", "reason for the change", "Could you find the evidence?”", "Kept words"):
        assert words in changed.text
    same = decide(browser, scene, status=400, choice="change", reason="None", **VIEW)
    assert "You changed no grade" in same.text
    assert scene.task().state == "with_moderator"


def test_odd_answers_are_refused_with_a_sentence(scene: Scene, browser: Browser) -> None:
    page = decide(browser, scene, status=400, choice="approve", **VIEW)
    assert "choose one of the answers shown" in page.text
    page = decide(browser, scene, status=400, choice="change", overall="9", reason="r", **VIEW)
    assert "choose one of the answers shown" in page.text
    page = decide(browser, scene, status=400, choice="confirm", feedback="x" * 20_001, **VIEW)
    assert "20,000" in page.text


def test_what_is_saved_is_there_again_and_nothing_is_decided(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    page.submit({"step": "save", "choice": "change", "reason": "Half a thought", "comment_overall": "Hm"})
    again = browser.get(f"/moderation/{scene.task_id}/decide")
    assert again.form("/decide")["reason"] == ["\nHalf a thought"] or "Half a thought" in again.html
    assert "Hm" in again.text
    assert "Saved at" in again.text
    assert scene.task().state == "with_moderator"
    assert scene.comments() == {}


def test_autosave_says_when_and_a_second_tab_gets_both_versions(scene: Scene, browser: Browser) -> None:
    first = browser.get(f"/moderation/{scene.task_id}/decide")
    form = {name: values[0] for name, values in first.form("/decide").items()}
    headers = {"X-Requested-With": "fetch"}
    url = f"/moderation/{scene.task_id}/decide/autosave"
    saved = browser.client.post(url, data={**form, "reason": "One"}, headers=headers)
    assert saved.status_code == 200
    assert saved.json["version"] == 1
    second = browser.client.post(url, data={**form, "reason": "Two"}, headers=headers)
    assert (second.status_code, second.json["conflict"]) == (409, f"/moderation/{scene.task_id}/decide")
    page = first.submit({"step": "save", "reason": "Two"}, action="/decide", status=409)
    assert "in another place too" in page.text
    assert "The other version" in page.text
    assert "One" in page.text
    assert "Two" in page.html


def test_a_double_click_decides_once(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    answers = {"step": "decide", "choice": "return", "comment_overall": "Why?"}
    page.submit(answers, action="/decide")
    page.submit(answers, action="/decide")
    assert scene.audit().returns == 1


def test_an_old_page_is_refused_and_shows_what_was_typed(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    scene.change(version=scene.task().version + 1)
    late = page.submit({"step": "decide", "choice": "confirm", "feedback": "Well done", **VIEW}, status=409)
    assert "Well done" in late.text


def test_handing_back_needs_a_reason_and_goes_to_the_next(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"/moderation/{scene.task_id}/hand-back")
    refused = page.submit({"reason": " "}, action="/hand-back", status=400)
    assert "Say why you hand it back" in refused.text
    done = refused.submit({"reason": "I know the family."}, action="/hand-back")
    assert "You have handed it back" in done.text
    assert scene.task().moderator_id not in {None, scene.moderator}
    browser.get(f"/moderation/{scene.task_id}", status=404)


def test_a_waiting_task_is_offered_and_taken(scene: Scene, sign_in: SignIn) -> None:
    scene.change(state="waiting", moderator_id=None)
    browser = sign_in(scene.other)
    assert "waits for somebody" in browser.get("/moderation").text
    page = browser.get(f"/moderation/{scene.task_id}").submit(action="/take")
    assert "This audit is with you" in page.text
    assert scene.task().moderator_id == scene.other
    sign_in(scene.council.managers[0].id).get(f"/moderation/{scene.task_id}", status=404)


def test_the_qa_lead_sees_all_and_chooses_another(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead.id)
    assert "All open moderations" in browser.get("/moderation").text
    page = browser.get(f"/moderation/{scene.task_id}")
    assert "may moderate this case" in page.text
    assert "Because." not in page.text
    choose = browser.get(f"/moderation/{scene.task_id}/assign")
    assert "Say why it is moved" in choose.submit({"person_id": str(scene.other)}, status=400).text
    wrong = choose.submit({"person_id": str(scene.council.managers[0].id), "reason": "r"}, status=400)
    assert "choose one of the answers shown" in wrong.text
    choose.submit({"person_id": str(scene.other), "reason": "Leave"})
    assert scene.task().moderator_id == scene.other


def test_the_qa_lead_hands_a_waiting_task_to_the_external_moderator(scene: Scene, sign_in: SignIn) -> None:
    scene.change(state="waiting", moderator_id=None)
    page = sign_in(scene.council.qa_lead.id).get(f"/moderation/{scene.task_id}/assign")
    page.submit({"person_id": str(scene.council.external.id)})
    assert scene.task().moderator_id == scene.council.external.id
    assert "This audit is with you" in sign_in(scene.council.external.id).get(f"/moderation/{scene.task_id}").text


def test_what_was_typed_in_markup_is_shown_as_words(scene: Scene, browser: Browser) -> None:
    with scene.database.writing() as session:
        submission = session.scalars(sa.select(Submission)).one()
        answers = dict(submission.answers)
        answers["overall"] = {"grade": 3, "reason": "<script>alert(1)</script>"}
        session.execute(sa.update(Submission).values(answers=answers))
    page = browser.get(f"/moderation/{scene.task_id}/decide")
    assert "<script>alert(1)" not in page.html
    assert "<script>alert(1)</script>" in page.text


def test_the_qa_lead_sends_on_what_its_auditor_does_not_answer(scene: Scene, browser: Browser, sign_in: SignIn) -> None:
    decide(browser, scene, choice="return", comment_voice="Which visit?")
    lead = sign_in(scene.council.qa_lead.id)
    path = f"/audits/{scene.audit_id}/without-auditor"
    assert "has time to answer" in lead.get(path).text
    with scene.database.writing() as session:
        session.get_one(Person, scene.council.auditors[0].id).active = False
    page = lead.get(path)
    assert "Say why it is decided without the auditor" in page.submit({"reason": ""}, status=400).text
    assert "It is back in moderation" in page.submit({"reason": "She has left."}).text
    assert scene.audit().state == "moderation"
    browser.get(path, status=404)


def test_after_the_last_day_there_is_nothing_left_for_an_external_moderator(
    scene: Scene, sign_in: SignIn, clock: FixedClock
) -> None:
    external = scene.council.external.id
    scene.change(moderator_id=external)
    with scene.database.writing() as session:
        session.get_one(Person, external).external_until = clock.now().date()
    browser, here = sign_in(external), f"/moderation/{scene.task_id}"
    places = ("/moderation", here, f"/audits/{scene.audit_id}", "/audits", "/disputes", "/actions")
    for place in places[:3]:
        assert browser.get(place)
    clock.advance(timedelta(days=1))
    for place in (*places, f"/audits/{scene.audit_id}/concern"):
        browser.get(place, status=404)
    browser.post(f"{here}/open", {"version": str(scene.task().version), "key": "0123456789abcdef"}, status=404)
    assert scene.ref not in browser.get("/").text
    assert scene.ref not in browser.get("/concerns").text
