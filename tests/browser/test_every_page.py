"""Every kind of page that each role can reach by links in the sample council: accessible, at both widths.

One page of each address pattern is opened (numbers in addresses count as one pattern), wide and narrow.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from auditflow.app import create_app
from auditflow.cli.council.make import make_council
from auditflow.cli.council.people import SIGN_INS
from auditflow.config import load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import open_database
from auditflow.tasks.job import run_jobs
from auditflow.tasks.office import open_office
from tests.browser.axe import sideways, violations
from tests.browser.conftest import LiveApp

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DOWNLOADS = (".csv", ".xlsx", ".zip", ".json", ".docx", ".pdf")
WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def council(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The sample council, served."""
    folder = tmp_path_factory.mktemp("council")
    shutil.copy(sqlite_template, folder / "council.db")
    database = open_database(f"sqlite:///{folder / 'council.db'}")
    clock = FixedClock(NOW)
    with database.writing() as session:
        make_council(session, NOW)
    settings = load_settings({"AUDITFLOW_DATA": str(folder), "AUDITFLOW_COUNCIL_NAME": "Exampleshire Council"})
    # As the demo's own worker does it within seconds: the reports of the closed round.
    run_jobs(open_office(settings, database=database, clock=clock))
    app = create_app(settings, clock=clock, database=database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveApp(f"http://127.0.0.1:{server.server_port}", app, database, clock)
    server.shutdown()
    thread.join()
    database.engine.dispose()


def signed_in(council: LiveApp, chromium: Browser, address: str, *, script: bool = True) -> BrowserContext:
    """A browser of the person with this address."""
    context = chromium.new_context(base_url=council.url, java_script_enabled=script)
    context.set_default_timeout(30_000)
    with council.database.reading() as session:
        person_id = session.scalars(sa.select(Person.id).where(Person.email.startswith(f"{address}@"))).one()
    council.sign_in(context, person_id)
    return context


def pattern(path: str) -> str:
    """The address with its numbers and its query taken out."""
    return re.sub(r"\d+", "N", path.split("?", maxsplit=1)[0])


def links(page: Page) -> list[str]:
    """Where the page leads, downloads left out."""
    found = page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
    paths = [path.split("#")[0] for path in found]
    return [path for path in paths if path and not path.split("?")[0].endswith(DOWNLOADS)]


@pytest.mark.parametrize("address", [address for address, _, _ in SIGN_INS])
def test_every_page_of_a_role_is_accessible(council: LiveApp, chromium: Browser, address: str) -> None:
    context = signed_in(council, chromium, address)
    page = context.new_page()
    waiting, seen, wrong = ["/"], {"/"}, []
    while waiting:
        path = waiting.pop(0)
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        answer = page.goto(path)
        if answer is None or answer.status != 200:
            wrong.append(f"{path}: {answer.status if answer else 'no answer'}")
            continue
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{path} at {width}: {found}" for found in violations(page)]
            if sideways(page):
                wrong.append(f"{path} at {width}: scrolls sideways")
        for link in links(page):
            if pattern(link) not in seen:
                seen.add(pattern(link))
                waiting.append(link)
    context.close()
    assert wrong == []
    assert len(seen) >= 5, "hardly anything was reached"
