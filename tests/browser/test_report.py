"""The page of a round's reports in a browser: it follows the making by itself, and a download is the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from auditflow.tasks.job import run_jobs
from auditflow.tasks.office import Office, open_office
from tests.browser.axe import sideways, violations
from tests.browser.conftest import LiveApp
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.reports import make_quickly, words_of
from tests.factories.results import agree

OpenBrowser = Callable[..., BrowserContext]
PATH = "/results/1/reports"


@pytest.fixture
def council(live_app: LiveApp) -> Council:
    """A round of six in reporting."""
    with live_app.database.writing() as session:
        council = make_council(session)
        row = make_round(session, council, state="reporting")
        for grade in (1, 2, 2, 3, 3, 4):
            agree(session, make_case_audit(session, council, row), grade)
        session.flush()
        session.expunge_all()
    return council


@pytest.fixture
def office(live_app: LiveApp, settings, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A worker that makes reports at once."""
    make_quickly(monkeypatch)
    return open_office(settings, database=live_app.database, clock=live_app.clock)


def accessible(page: Page) -> None:
    assert violations(page) == []
    assert not sideways(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_follows_the_making_and_then_has_the_files(
    open_browser: OpenBrowser, council: Council, office: Office, width: int, tmp_path: Path
) -> None:
    page = open_browser(council.qa_lead.id, width=width).new_page()
    page.goto(PATH)
    page.get_by_role("button", name="Make the reports").click()
    page.get_by_text("Waiting to start").wait_for()
    accessible(page)
    run_jobs(office)
    page.get_by_text("A draft of 2 November 2026 is kept").wait_for()
    accessible(page)
    page.get_by_text("Fingerprints of these files").click()
    accessible(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download Board report (Word), draft").click()
    assert waiting.value.suggested_filename == "board-report-1-draft.docx"
    waiting.value.save_as(tmp_path / "report.docx")
    assert (tmp_path / "report.docx").read_bytes() == words_of("board_word", None)


def test_without_a_script_it_can_be_made_looked_at_and_cancelled(
    open_browser: OpenBrowser, council: Council, office: Office
) -> None:
    page = open_browser(council.qa_lead.id, script=False).new_page()
    page.goto(PATH)
    page.get_by_role("button", name="Make the reports").click()
    page.get_by_role("button", name="Cancel making the reports").click()
    page.get_by_text("Making the reports was cancelled").wait_for()
    page.get_by_role("button", name="Make the reports").click()
    run_jobs(office)
    page.get_by_role("link", name="See how far it is now").click()
    page.get_by_text("A draft of 2 November 2026 is kept").wait_for()
