"""Writing an audit over HTTP: nothing typed is lost, and whatever is sent gets an answer in words."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_security import hash_password

from auditflow.domain.clock import FixedClock
from auditflow.models import DraftVersion, Person
from auditflow.models.database import Database
from tests.factories.audit_story import Story, make_story
from tests.pages import Browser, Page

FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def story(database: Database, clock: FixedClock) -> Story:
    return make_story(database, clock.now())


@pytest.fixture
def browser(story: Story, sign_in) -> Browser:
    return sign_in(story.auditor)


def autosave(page: Page, data: dict[str, Any]) -> Any:
    """What the script sends for that page, with `data` typed in."""
    fields: dict[str, Any] = {**page.form(), **data}
    return page.browser.client.post(f"{page.path}/autosave", data=fields, headers=FETCH)


def test_a_section_shows_its_questions_grades_and_what_is_left(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("risk"))
    for words in ("Questions", "Your judgement", "Grade", "Reason for the grade", "Left on this page", "Action"):
        assert words in page.text
    assert "Look at the last 12 months. Judge the last 6." in page.text
    assert f"{story.url}/concern" in page.links() and f"{story.url}/notes" in page.links()
    assert "Saved when you press a button" in page.text


def test_a_button_saves_with_answers_missing_and_goes_on(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("risk"))
    following = page.submit({"grade": "2", "reason": "Because.", "go": "next"})
    assert story.draft("risk")["grade"] == 2 and story.draft("risk")["reason"] == "Because."
    assert following.path != page.path and "/sections/" in following.path
    again = browser.get(story.section("risk"))
    assert "Saved at 09:00" in again.text and again.form()["reason"] == ["Because."]


@pytest.mark.parametrize(
    ("go", "ending"), [("tasks", "/audits/1"), ("propose", "/sections/risk/action"), ("nonsense", "")]
)
def test_each_button_saves_before_it_goes(story: Story, browser: Browser, go: str, ending: str) -> None:
    page = browser.get(story.section("risk")).submit({"reason": "Kept.", "go": go})
    assert story.draft("risk")["reason"] == "Kept."
    assert page.path.endswith(ending.replace("/1", f"/{story.audit_id}"))


def test_the_last_section_leads_to_the_check(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("overall")).submit({"grade": "3", "reason": "All in all."})
    assert page.path == f"{story.url}/check-answers"


def test_autosave_says_when_and_how_much_is_left(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("risk"))
    first = autosave(page, {"reason": "Half a sen"})
    assert first.status_code == 200
    assert first.json["saved_at"] == "09:00" and first.json["version"] == 1
    second = autosave(page, {"reason": "Half a sentence.", "version": "1"})
    assert second.json["version"] == 2 and second.json["left"] == first.json["left"]
    assert story.draft("risk")["reason"] == "Half a sentence."


def test_a_repeated_autosave_is_one_save(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("risk"))
    for _ in range(3):
        assert autosave(page, {"reason": "Once."}).json["version"] == 1


def test_two_tabs_get_both_versions_and_a_choice(story: Story, browser: Browser) -> None:
    one, two = browser.get(story.section("risk")), browser.get(story.section("risk"))
    autosave(one, {"reason": "From the first tab."})
    crossed = autosave(two, {"reason": "From the second tab."})
    assert crossed.status_code == 409
    both = browser.get(crossed.json["conflict"])
    assert "From the first tab." in both.text and "From the second tab." in both.text
    assert "There are two versions of" in browser.get(story.url).text
    unanswered = both.submit({"keep": ""}, status=400)
    assert "Choose the version that you want to keep." in unanswered.text
    kept = both.submit({"keep": "sent"})
    assert kept.path == story.section("risk") and kept.form()["reason"] == ["From the second tab."]
    with story.database.reading() as session:
        assert "From the first tab." in str(session.scalars(sa.select(DraftVersion.content)).all())
    assert browser.get(crossed.json["conflict"]).path == story.section("risk"), "settled: back to the page"


def test_a_button_pressed_in_a_tab_that_is_behind_shows_both_too(story: Story, browser: Browser) -> None:
    one, two = browser.get(story.section("risk")), browser.get(story.section("risk"))
    one.submit({"reason": "First."})
    both = two.submit({"reason": "Second."})
    assert "Two versions of" in both.text and "First." in both.text and "Second." in both.text


def test_a_choice_from_a_page_that_is_behind_is_shown_again(story: Story, browser: Browser) -> None:
    one, two = browser.get(story.section("risk")), browser.get(story.section("risk"))
    autosave(one, {"reason": "First."})
    both = browser.get(autosave(two, {"reason": "Second."}).json["conflict"])
    autosave(one, {"reason": "First, and more.", "version": "1"})
    again = both.submit({"keep": "sent"}, status=400)
    assert "changed again in the meantime" in again.text and "First, and more." in again.text
    assert again.submit({"keep": "stored"}).form()["reason"] == ["First, and more."]


def send(browser: Browser, story: Story, *, status: int = 400, **data: Any) -> Page:
    page = browser.get(story.section("risk"))
    fields: dict[str, Any] = {**page.form(), **data}
    fields = {name: value for name, value in fields.items() if value is not None}
    response = browser.client.post(page.path, data=fields, follow_redirects=True)
    return browser._page(response, status)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"grade": "5"}, "choose one of the answers shown"),
        ({"grade": ["2", "3"]}, "more than one answer was sent"),
        ({"reason": "x" * 20_001}, "20,000"),
        ({"evidence": None}, "did not arrive"),
        ({"q_stranger": "yes"}, "which this page does not ask"),
        ({"version": None}, "out of date or incomplete"),
        ({"version": "abc"}, "out of date or incomplete"),
        ({"key": None}, "out of date or incomplete"),
    ],
)
def test_what_cannot_be_taken_is_answered_in_words_and_stays_on_the_page(
    story: Story, browser: Browser, data: dict[str, Any], sentence: str
) -> None:
    page = send(browser, story, **{"difference": "She sleeps.", **data})
    assert sentence in page.text
    assert page.form()["difference"] == ["She sleeps."], "what was typed is still there"
    assert story.draft("risk") == {}


def test_a_page_without_a_version_never_overwrites(story: Story, browser: Browser) -> None:
    story.write("risk", {"grade": None, "reason": "Stored.", "evidence": "", "difference": "", "questions": {}})
    page = send(browser, story, version=None, reason="Typed on an old page.")
    both = page.submit()
    assert "Two versions of" in both.text
    assert story.draft("risk")["reason"] == "Stored."


def test_autosave_of_what_cannot_be_taken_says_why(story: Story, browser: Browser) -> None:
    answer = autosave(browser.get(story.section("risk")), {"reason": "x" * 20_001})
    assert answer.status_code == 400 and "20,000" in answer.json["error"]


def test_a_page_that_the_tool_does_not_have_is_not_found(story: Story, browser: Browser) -> None:
    browser.get(story.section("nonsense"), status=404)
    browser.post(story.section("nonsense"), {"key": "k" * 20, "version": "0"}, status=404)


def test_after_submission_a_stale_page_keeps_its_text_on_the_screen(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("risk"))
    story.write_all()
    story.submit()
    late = page.submit({"reason": "Typed too late."}, status=409)
    assert "not open for writing any more" in late.text and "Typed too late." in late.text
    answer = autosave(page, {"reason": "Typed too late."})
    assert answer.status_code == 409 and "conflict" not in answer.json
    assert browser.get(story.section("risk")).path == story.url


def test_an_expired_session_returns_to_the_text_after_signing_in(
    story: Story, browser: Browser, app: Flask, database: Database
) -> None:
    with app.app_context(), database.writing() as session:
        person = session.get_one(Person, story.auditor)
        person.password, email = hash_password("three unrelated words"), person.email
    page = browser.get(story.section("risk"))
    browser.client.delete_cookie("auditflow")
    assert autosave(page, {"reason": "Typed late."}).status_code == 401
    asked = browser.client.post(page.path, data={**page.form(), "reason": "Typed late.", "go": "tasks"})
    assert asked.status_code == 401 and "Typed late." not in asked.text
    assert story.draft("risk") == {}, "nothing is stored before the person has signed in"
    form = Page(browser, asked).form()
    signed_in = browser.client.post("/sign-in", data={**form, "email": email, "password": "three unrelated words"})
    given_back = Page(browser, signed_in)
    assert "Typed late." in given_back.text
    assert given_back.submit().path == story.url
    assert story.draft("risk")["reason"] == "Typed late."


def test_participation_is_a_page_of_its_own(story: Story, browser: Browser) -> None:
    page = browser.get(story.section("participation"))
    assert "The practitioner" in page.text
    page.submit({"child_took_part": "no", "child_why_not": "A baby of 6 weeks."})
    assert story.draft("participation")["child"]["why_not"] == "A baby of 6 weeks."


def test_private_notes_are_kept_and_are_the_auditors_alone(story: Story, browser: Browser, sign_in) -> None:
    page = browser.get(f"{story.url}/notes")
    assert autosave(page, {"text": "Ask about the uncle."}).json["left"] is None
    page.submit({"text": "Ask about the uncle. And the school.", "version": "1"})
    assert "And the school." in browser.get(f"{story.url}/notes").text
    sign_in(story.council.qa_lead).get(f"{story.url}/notes", status=404)
    story.write_all()
    story.submit()
    assert "uncle" in browser.get(f"{story.url}/notes").text
    assert "uncle" not in browser.get(f"{story.url}/submissions/1").text


def test_an_action_answers_a_grade_below_good(story: Story, browser: Browser) -> None:
    story.write_all(risk=2)
    page = browser.get(f"{story.section('risk')}/action")
    bad = page.submit({"text": " ", "due_on": ["32", "1", "2027"]}, status=400)
    assert "Say what has to be done." in bad.text and "real date" in bad.text
    done = bad.submit({"text": "See her alone.", "due_on": ["15", "1", "2027"]})
    assert done.path == story.section("risk") and "See her alone." in done.text
    assert "Everything is answered." in browser.get(f"{story.url}/check-answers").text


def test_an_action_in_the_past_or_by_nobody_is_refused(story: Story, browser: Browser) -> None:
    story.write_all(risk=2)
    page = browser.get(f"{story.section('risk')}/action")
    past = page.submit({"text": "See her.", "due_on": ["1", "1", "2020"]}, status=400)
    assert "must be today or later" in past.text
    stranger = page.submit({"text": "See her.", "due_on": ["15", "1", "2027"], "owner_id": "999"}, status=400)
    assert "choose one of the answers shown" in stranger.text


def test_the_same_action_form_twice_makes_one_action(story: Story, browser: Browser) -> None:
    from auditflow.models import Action

    story.write_all(risk=2)
    page = browser.get(f"{story.section('risk')}/action")
    data = {"text": "See her alone.", "due_on": ["15", "1", "2027"]}
    page.submit(data), page.submit(data)
    with story.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Action)) == 1


def test_an_open_action_can_be_linked(story: Story, browser: Browser) -> None:
    story.write_all(risk=2, recording=2)
    page = browser.get(f"{story.section('risk')}/action")
    page.submit({"text": "See her alone.", "due_on": ["15", "1", "2027"]})
    assert "Link an open action (1)" in browser.get(story.section("recording")).text
    link = browser.get(f"{story.section('recording')}/action/link")
    assert "Choose the action." in link.submit(status=400).text
    action_id = browser_action(story)
    done = link.submit({"action_id": action_id})
    assert done.path == story.section("recording") and "See her alone." in done.text


def browser_action(story: Story) -> str:
    from auditflow.models import Action

    with story.database.reading() as session:
        return str(session.scalars(sa.select(Action.id)).one())
