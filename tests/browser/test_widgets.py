"""Every widget and macro in Chromium: axe, 320 px, keyboard, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import sideways, violations
from tests.preview.app import ERRORS, PAGES

pytestmark = pytest.mark.browser
ADDRESSES = [f"/page/{name}" for name in PAGES] + ["/page/work?notices=1", "/form"]
ADDRESSES += [f"/error/{status}?typed=1" for status in ERRORS]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    expect(page.locator("body.govuk-frontend-supported")).to_be_attached()
    assert violations(page) == []
    assert not sideways(page)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert violations(page) == []
    assert not sideways(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_with_errors_has_none_for_axe(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/form")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert violations(page) == []
    assert not sideways(page)


def test_each_link_of_the_summary_goes_to_its_field(page: Page) -> None:
    page.goto("/form")
    page.get_by_role("button", name="Save and continue").click()
    # Until the script has put the focus on the summary, it may still take it away from a link.
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    links = page.locator(".govuk-error-summary__list a")
    targets = [link.get_attribute("href") or "" for link in links.all()]
    assert "#ends" in targets
    for link, target in zip(links.all(), targets, strict=True):
        link.press("Enter")
        expect(page.locator(target)).to_be_focused()


def test_a_question_appears_with_its_answer(page: Page) -> None:
    page.goto("/form")
    why = page.get_by_label("Reason for the change")
    expect(why).to_be_hidden()
    page.get_by_label("Change the grade").check()
    expect(why).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Confirm Good").check()
    expect(why).to_be_hidden()


def test_without_javascript_everything_is_there_and_can_be_sent(chromium: Browser, preview: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=preview)
    page = context.new_page()
    page.goto("/form")
    expect(page.get_by_label("Reason for the change")).to_be_visible()
    expect(page.get_by_text("You can enter up to 200 characters")).to_be_visible()
    page.get_by_label("Name of the round").fill("Baseline")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("Name of the round")).to_have_value("Baseline")
    page.goto("/page/domain")
    expect(page.get_by_text("Reading row 1 of 1,000")).to_be_visible()
    expect(page.locator("[data-autosave-status]")).to_have_text("Saved when you press a button")
    context.close()


def test_characters_are_counted(page: Page) -> None:
    page.goto("/form")
    page.get_by_label("Feedback to the auditor").fill("x" * 150)
    expect(page.get_by_text("You have 50 characters remaining").first).to_be_visible()


def test_a_password_can_be_shown(page: Page) -> None:
    page.goto("/form")
    password = page.get_by_role("textbox", name="Password")
    password.fill("secret")
    page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")


def test_the_first_tab_stop_skips_to_the_page(page: Page) -> None:
    page.goto("/page/dashboard")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_wide_table_scrolls_with_the_keyboard_and_keeps_its_first_column(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto("/page/dashboard")
    region = page.get_by_role("region", name="By auditor, most late first")
    name = region.get_by_role("rowheader", name="Dilys Marchetti")
    before = name.bounding_box()
    region.focus()
    region.evaluate("part => { part.scrollLeft = part.scrollWidth }")
    after = name.bounding_box()
    assert before and after
    assert after["x"] == before["x"]
    assert region.evaluate("part => part.scrollLeft") > 0


def test_words_in_charts_do_not_leave_them_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    for name in ("dashboard", "trial", "result", "board"):
        page.goto(f"/page/{name}")
        outside = page.evaluate(
            """() => [...document.querySelectorAll('.app-chart text')].filter(text => {
                 const word = text.getBoundingClientRect(), all = document.documentElement.clientWidth;
                 return word.left < 0 || word.right > all;
               }).map(text => text.textContent)"""
        )
        assert outside == []


def test_a_long_job_shows_how_far_it_is(page: Page) -> None:
    page.goto("/page/domain")
    expect(page.get_by_text("Reading row 900 of 1,000")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "900")
