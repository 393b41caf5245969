"""Writing an audit in a browser: not a keystroke lost, in two tabs, without JavaScript, for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import sideways, violations
from tests.browser.conftest import LiveApp
from tests.factories.audit_story import Story, make_story

pytestmark = pytest.mark.browser
PAUSE = 3000


@pytest.fixture
def story(live_app: LiveApp) -> Story:
    return make_story(live_app.database, live_app.clock.now())


@pytest.fixture
def context(open_browser: Callable[..., BrowserContext], story: Story) -> BrowserContext:
    return open_browser(story.auditor)


def open_section(context: BrowserContext, story: Story, key: str = "risk") -> Page:
    """A section under a clock that the test moves, with its script started."""
    page = context.new_page()
    page.clock.install()
    page.goto(story.section(key))
    expect(page.locator("body.govuk-frontend-supported")).to_be_attached()
    return page


def status(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-autosave-status]")).to_have_text(words)


def test_what_is_typed_is_saved_by_itself_and_is_there_on_another_computer(
    context: BrowserContext, story: Story, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_section(context, story)
    page.get_by_label("Reason for the grade").press_sequentially("She is seen alone.")
    page.clock.fast_forward(PAUSE)
    status(page, "Saved at 09:00")
    page.get_by_label("Reason for the grade").press_sequentially(" By someone she knows.")
    page.get_by_label("Evidence").focus()
    page.clock.fast_forward(PAUSE)
    other = open_section(open_browser(story.auditor), story)
    expect(other.get_by_label("Reason for the grade")).to_have_value("She is seen alone. By someone she knows.")


def test_leaving_the_page_loses_nothing(context: BrowserContext, story: Story) -> None:
    page = open_section(context, story)
    page.get_by_label("Difference for the child").press_sequentially("She sleeps.")
    page.get_by_role("link", name="My notes on this case").click()
    page.wait_for_url(re.compile("/notes$"))
    page.go_back()
    expect(page.get_by_label("Difference for the child")).to_have_value("She sleeps.")


def test_choosing_an_answer_saves_it_and_counts_down(context: BrowserContext, story: Story) -> None:
    page = open_section(context, story)
    before = int(page.locator("[data-autosave-left]").inner_text())
    page.get_by_label("Outstanding", exact=True).check()
    status(page, "Saved at 09:00")
    expect(page.locator("[data-autosave-left]")).to_have_text(str(before - 1))
    assert story.draft("risk")["grade"] == 4


def test_two_tabs_end_in_a_choice_and_both_texts_are_there(context: BrowserContext, story: Story) -> None:
    one, two = open_section(context, story), open_section(context, story)
    one.get_by_label("Reason for the grade").press_sequentially("From the first tab.")
    one.clock.fast_forward(PAUSE)
    status(one, "Saved at 09:00")
    two.get_by_label("Reason for the grade").press_sequentially("From the second tab.")
    two.clock.fast_forward(PAUSE)
    two.get_by_role("link", name="See both versions").click()
    expect(two.get_by_text("From the first tab.")).to_be_visible()
    expect(two.get_by_text("From the second tab.")).to_be_visible()
    assert violations(two) == []
    two.get_by_label("The other one", exact=True).check()
    two.get_by_role("button", name="Keep this version").click()
    expect(two.get_by_label("Reason for the grade")).to_have_value("From the second tab.")


def test_a_session_that_ends_gives_the_text_back_after_signing_in(
    context: BrowserContext, story: Story, live_app: LiveApp
) -> None:
    page = open_section(context, story)
    context.clear_cookies()
    page.get_by_label("Reason for the grade").press_sequentially("Typed after the session had ended.")
    page.clock.fast_forward(PAUSE)
    status(page, re.compile("Not saved"))
    expect(page.get_by_label("Reason for the grade")).to_have_value("Typed after the session had ended.")
    live_app.sign_in(context, story.auditor)
    page.goto(story.section("risk"))  # nothing was stored without a person
    assert story.draft("risk") == {}


def test_the_whole_journey_without_javascript(
    open_browser: Callable[..., BrowserContext], story: Story, live_app: LiveApp
) -> None:
    story.write_all()
    story.write("overall", {"grade": None, "reason": ""})
    page = open_browser(story.auditor, script=False).new_page()
    page.goto("/audits")
    page.get_by_role("link", name=story.ref).click()
    page.get_by_role("button", name="Continue: Overall grade").click()
    page.get_by_label("Requires improvement", exact=True).check()
    page.get_by_label("Reason").fill("Strong visits, a plan that stood still.")
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What has to be done?").fill("Review the plan with the family.")
    for box, value in (("Day", "15"), ("Month", "1"), ("Year", "2027")):
        page.get_by_label(box, exact=True).fill(value)
    page.get_by_role("button", name="Add the action").click()
    expect(page.locator("#action strong")).to_have_text("Review the plan with the family.")
    page.get_by_role("button", name="Save and go to check your answers").click()
    expect(page.get_by_text("Everything is answered.")).to_be_visible()
    page.get_by_role("button", name="Submit the audit").click()
    expect(page.get_by_text("Your grade is agreed")).to_be_visible()
    assert story.column("first_grade") == 2


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_the_audit_is_accessible_and_fits(
    open_browser: Callable[..., BrowserContext], story: Story, width: int
) -> None:
    story.write_all(risk=2)
    page = open_browser(story.auditor, width=width).new_page()
    of_audit = ("", "/notes", "/check", "/check-answers", "/conflict", "/history")
    of_section = ("risk", "participation", "overall", "risk/action", "risk/action/link")
    paths = [f"{story.url}{path}" for path in of_audit] + [story.section(path) for path in of_section]
    for path in ("/audits", *paths):
        page.goto(path)
        assert violations(page) == [], path
        assert not sideways(page), path


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_after_submitting_are_accessible_and_fit(
    open_browser: Callable[..., BrowserContext], story: Story, width: int
) -> None:
    story.write_all(grade=4)
    story.submit()
    page = open_browser(story.auditor, width=width).new_page()
    for path in (story.url, f"{story.url}/submitted", f"{story.url}/submissions/1", f"{story.url}/history"):
        page.goto(path)
        assert violations(page) == [], path
        assert not sideways(page), path
