"""Chromium, and the preview of every widget and macro to point it at."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from auditflow.app import create_app
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import Database, open_database
from tests.conftest import CHROMIUM, missing
from tests.preview.app import create_preview


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    if not os.access(CHROMIUM, os.X_OK):
        missing("browser", f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def preview_app() -> Flask:
    """A preview application of this test's own; `config["SAVES"]` has what autosave sent."""
    return create_preview()


@pytest.fixture
def preview(preview_app: Flask) -> Iterator[str]:
    """The address at which the preview is served for this test."""
    server = make_server("127.0.0.1", 0, preview_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def context(chromium: Browser, preview: str) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet, looking at the preview."""
    context = chromium.new_context(base_url=preview, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in which a script error fails the test."""
    page = context.new_page()
    page.on("pageerror", _fail)
    return page


def _fail(error: Exception) -> None:
    raise AssertionError(f"script error: {error}")


VENDOR = Path(__file__).parent / "vendor"


@dataclass
class LiveApp:
    """The whole application on a port of its own, over a database of this test's own."""

    url: str
    app: Flask
    database: Database
    clock: FixedClock

    def sign_in(self, context: BrowserContext, person_id: int) -> None:
        """Give the browser the session of somebody who has signed in."""
        with self.database.reading() as session:
            uniquifier = session.get_one(Person, person_id).fs_uniquifier
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        signed = {"_user_id": uniquifier, "_fresh": True, "fs_cc": "set", "fs_paa": 0.0}
        value = serializer.dumps({**signed, "identity_primary_method": "password"})
        context.add_cookies([{"name": "auditflow", "value": value, "url": self.url}])


@pytest.fixture
def live_app(sqlite_template: Path, tmp_path: Path, settings: Settings, clock: FixedClock) -> Iterator[LiveApp]:
    """The application as people meet it, served by threads."""
    path = tmp_path / "live.db"
    shutil.copy(sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    app = create_app(settings, clock=clock, database=database)
    app.testing = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveApp(f"http://127.0.0.1:{server.server_port}", app, database, clock)
    server.shutdown()
    thread.join()
    database.engine.dispose()


@pytest.fixture
def open_browser(chromium: Browser, live_app: LiveApp) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser on the live application, signed in; `script` False is one without JavaScript."""
    opened: list[BrowserContext] = []

    def open_one(person_id: int, *, script: bool = True, width: int = 1280) -> BrowserContext:
        context = chromium.new_context(
            base_url=live_app.url, viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        context.set_default_timeout(10_000)
        live_app.sign_in(context, person_id)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
