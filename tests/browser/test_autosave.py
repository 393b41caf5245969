"""Nothing typed is lost: saving while a form is filled in, and what is said when that fails."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.browser
PAUSE = 3000
KEPT = "What you typed is still on this page."


def open_domain(page: Page, outcome: str = "fine") -> None:
    """Open the audited domain under a clock that the test moves."""
    page.clock.install()
    page.goto(f"/page/domain?save=/save/{outcome}")
    expect(page.locator("body.govuk-frontend-supported")).to_be_attached()


def type_reason(page: Page, words: str = "She is seen alone.") -> None:
    page.get_by_label("Reason for the grade").press_sequentially(words)


def status(page: Page) -> Locator:
    return page.locator("[data-autosave-status]")


def saves(app: Flask) -> list[dict[str, list[str]]]:
    found: list[dict[str, list[str]]] = app.config["SAVES"]
    return found


def test_a_pause_in_typing_saves(page: Page, preview_app: Flask) -> None:
    open_domain(page)
    type_reason(page)
    assert saves(preview_app) == []
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_have_text("Saved at 14:32")
    (sent,) = saves(preview_app)
    assert sent["reason"] == ["She is seen alone."]
    assert sent["version"] == ["3"]
    assert sent["csrf_token"]
    assert sent["script"] == "fetch"
    expect(page.locator("input[name=version]")).to_have_value("8")
    expect(page.locator("[data-autosave-copy]")).to_have_text("Saved at 14:32")


def test_what_is_left_follows_the_save(page: Page) -> None:
    open_domain(page)
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(page.get_by_role("heading", name="Left on this page (1)")).to_be_visible()
    left = page.locator("[data-left]")
    expect(left.get_by_text("Reason for the grade")).to_be_hidden()
    expect(left.get_by_text("Difference for the child")).to_be_visible()


def test_leaving_a_field_saves_at_once(page: Page, preview_app: Flask) -> None:
    open_domain(page)
    type_reason(page)
    page.keyboard.press("Tab")
    expect(status(page)).to_have_text("Saved at 14:32")
    assert len(saves(preview_app)) == 1


def test_the_next_save_carries_the_new_version(page: Page, preview_app: Flask) -> None:
    open_domain(page)
    type_reason(page)
    page.keyboard.press("Tab")
    expect(page.locator("input[name=version]")).to_have_value("8")
    page.get_by_label("Difference for the child").press_sequentially("She sleeps.")
    page.clock.fast_forward(PAUSE)
    expect(page.locator("input[name=version]")).to_have_value("9")
    assert [sent["version"] for sent in saves(preview_app)] == [["3"], ["8"]]


def test_without_a_change_nothing_is_sent(page: Page, preview_app: Flask) -> None:
    open_domain(page)
    page.get_by_label("Reason for the grade").focus()
    page.keyboard.press("Tab")
    page.clock.fast_forward(10 * PAUSE)
    page.reload()
    assert saves(preview_app) == []


def test_a_conflict_leads_to_both_versions_and_saves_no_more(page: Page, preview_app: Flask) -> None:
    open_domain(page, "conflict")
    type_reason(page)
    page.keyboard.press("Tab")
    expect(status(page)).to_have_text(
        f"Not saved: this was changed in another tab or by someone else. {KEPT} See both versions"
    )
    expect(page.get_by_role("link", name="See both versions")).to_have_attribute("href", "/page/history")
    expect(page.get_by_label("Reason for the grade")).to_have_value("She is seen alone.")
    page.get_by_label("Difference for the child").press_sequentially("More.")
    page.clock.fast_forward(PAUSE)
    assert len(saves(preview_app)) == 1


def test_signed_out_says_so_and_keeps_the_text(page: Page) -> None:
    open_domain(page, "signed-out")
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_have_text(f"Not saved: you are signed out. {KEPT} Press the button to sign in and keep it.")
    expect(page.get_by_label("Reason for the grade")).to_have_value("She is seen alone.")


def test_a_sign_in_page_in_place_of_an_answer_is_signed_out(page: Page) -> None:
    open_domain(page, "sign-in-page")
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_contain_text("Not saved: you are signed out.")


def test_a_refusal_is_shown_in_its_own_words(page: Page) -> None:
    open_domain(page, "refused")
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_have_text(f"Not saved: The answer is too long. {KEPT}")


def test_a_busy_service_is_tried_again(page: Page, preview_app: Flask) -> None:
    open_domain(page, "busy")
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_contain_text("Not saved yet: the service is busy.")
    page.clock.fast_forward(5000)
    expect(status(page)).to_have_text("Saved at 14:33")
    assert len(saves(preview_app)) == 2


def test_without_a_connection_it_waits_and_saves_when_it_is_back(page: Page, context: BrowserContext) -> None:
    open_domain(page)
    context.set_offline(True)
    type_reason(page)
    page.clock.fast_forward(PAUSE)
    expect(status(page)).to_contain_text("Not saved yet: no connection.")
    context.set_offline(False)
    expect(status(page)).to_have_text("Saved at 14:32")


def test_a_button_pressed_during_a_save_waits_for_it(page: Page, preview_app: Flask) -> None:
    order: list[str] = []
    page.on("request", lambda request: order.append(f"{request.method} {re.sub('.*/', '', request.url)}"))
    open_domain(page)
    type_reason(page)
    order.clear()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go to Planning").click()
    assert [step for step in order if step.startswith("POST")] == ["POST fine", "POST form"]
    assert len(saves(preview_app)) == 1


def test_leaving_the_page_saves(page: Page, preview_app: Flask) -> None:
    open_domain(page)
    type_reason(page)
    page.goto("/page/work")
    assert preview_app.config["SAVED"].wait(10)
    assert saves(preview_app)[0]["reason"] == ["She is seen alone."]
