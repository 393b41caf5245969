"""A real PostgreSQL that ends its connections or takes no new ones, as when it restarts: an act is done once, or kept.

A real lock of SQLite is waited for in `tests/faults/test_embedded.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from auditflow.adapters.schema import migrate
from auditflow.app import furnish
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Journal
from auditflow.models.database import Database, open_database
from auditflow.services.verify import verify_journal
from tests.conftest import POSTGRES, own_postgres
from tests.factories.audit_story import Story, make_story
from tests.pages import Browser, check_page

WORDS = "A neighbour of mine."


class Server:
    """Somebody who looks after the server, on a connection of their own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(sa.text(statement))

    def end_connections(self) -> None:
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def go_down(self) -> None:
        self.run(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self.end_connections()

    def come_up(self) -> None:
        self.run(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")


@pytest.fixture
def server(worker: str) -> Iterator[Server]:
    name = f"auditflow_away_{worker}_{os.getpid()}"
    with own_postgres(name):
        server = Server(name)
        yield server
        server.come_up()
        server.admin.dispose()


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A database on which nothing else runs."""
    url = sa.make_url(POSTGRES).set(database=server.name).render_as_string(hide_password=False)
    database = open_database(url)
    migrate(database)
    yield database
    database.engine.dispose()


@pytest.fixture
def story(database: Database, clock: FixedClock) -> Story:
    return make_story(database, clock.now())


@pytest.fixture
def browser(one_app: Flask, settings: Settings, database: Database, clock: FixedClock, story: Story) -> Browser:
    furnish(one_app, settings, clock, database)
    return Browser(one_app, story.auditor)


def filled(browser: Browser, story: Story) -> dict[str, Any]:
    """The form as its page has it, filled in."""
    return {**browser.get(f"{story.url}/conflict").form(), "reason": WORDS}


def declared(database: Database) -> int:
    with database.reading() as session:
        assert verify_journal(session).findings == ()
        found = sa.select(sa.func.count()).select_from(Journal).where(Journal.entry == "conflict_declared")
        return session.scalar(found) or 0


def test_connections_that_ended_while_the_form_was_filled_in_are_replaced(
    browser: Browser, server: Server, database: Database, story: Story
) -> None:
    form = filled(browser, story)
    server.end_connections()
    assert browser.client.post(f"{story.url}/conflict", data=form).status_code == 200
    assert declared(database) == 1


def test_signing_in_over_connections_that_ended_is_no_error(
    one_app: Flask, browser: Browser, server: Server, database: Database
) -> None:
    visitor = one_app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', visitor.get("/sign-in").get_data(as_text=True))
    assert token
    typed = {"csrf_token": token[1], "email": "nobody@example.org", "password": "not the password"}
    server.end_connections()
    assert visitor.post("/sign-in", data=typed).status_code == 200


def test_one_that_ends_in_the_middle_of_an_act_has_it_done_again_from_the_start(
    browser: Browser, server: Server, database: Database, story: Story
) -> None:
    form, ended = filled(browser, story), []

    def end_once(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "INSERT INTO journal" in statement and not ended:
            ended.append(statement)
            server.end_connections()

    sa.event.listen(database.engine, "before_cursor_execute", end_once)
    assert browser.client.post(f"{story.url}/conflict", data=form).status_code == 200
    assert ended
    assert declared(database) == 1


def test_while_it_is_down_the_page_keeps_what_was_typed_and_the_same_form_goes_through_afterwards(
    browser: Browser, server: Server, database: Database, story: Story
) -> None:
    form = filled(browser, story)
    server.go_down()
    answer = browser.client.post(f"{story.url}/conflict", data=form)
    assert answer.status_code == 503
    check_page(answer.text, "/conflict")
    assert "Nothing was lost" in answer.text
    assert WORDS in answer.text
    assert browser.client.get(story.url).status_code == 503
    server.come_up()
    assert declared(database) == 0
    assert browser.client.post(f"{story.url}/conflict", data=form).status_code == 200
    assert browser.client.post(f"{story.url}/conflict", data=form).status_code in (200, 404)
    assert declared(database) == 1
