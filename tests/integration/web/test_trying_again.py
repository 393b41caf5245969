"""A database that is busy or gone: acts are tried again, then a page that keeps what was typed; logs keep silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from auditflow.app import create_app
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person, Setting
from auditflow.models.database import Database
from auditflow.web.request import db, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from tests.factories.council import make_person
from tests.pages import Browser, check_page

SECRET_WORDS = "Ruby Ashdown lives at number four"


def locked() -> OperationalError:
    return OperationalError(
        "UPDATE x SET y", {"y": SECRET_WORDS}, Exception("database is locked"), hide_parameters=True
    )


@pytest.fixture
def faults() -> list[Exception]:
    """What the view raises, one after the other, before it succeeds."""
    return []


@pytest.fixture
def app(settings: Settings, database: Database, clock: FixedClock, faults: list[Exception]) -> Flask:
    """An application with one act more, which writes and then fails as it is told."""
    app = create_app(settings, clock=clock, database=database)
    pages = Pages("trial", __name__)

    def trial_keep() -> Any:
        db().add(Setting(key=f"trial-{viewer().person_id}", value="kept"))
        db().flush()
        if faults:
            raise faults.pop(0)
        return "kept"

    pages.act("/trial", may=SIGNED_IN)(trial_keep)
    app.register_blueprint(pages)
    return app


@pytest.fixture
def browser(database: Database, sign_in: Callable[[Person], Browser]) -> Browser:
    with database.writing() as session:
        person = make_person(session, "Lena Marsh", ["auditor"])
    return sign_in(person)


@pytest.fixture
def logged() -> Any:
    with structlog.testing.capture_logs() as events:
        yield events


def kept(database: Database) -> int:
    with database.reading() as session:
        return session.query(Setting).filter(Setting.key.startswith("trial-")).count()


def test_a_busy_database_is_asked_again(browser: Browser, database: Database, faults: list[Exception]) -> None:
    faults += [locked(), locked()]
    answer = browser.client.post("/trial", data={"csrf_token": browser._token(), "words": SECRET_WORDS})
    assert (answer.status_code, answer.text) == (200, "kept")
    assert kept(database) == 1


def test_after_three_tries_the_page_says_so_and_shows_what_was_typed(
    browser: Browser, database: Database, faults: list[Exception]
) -> None:
    faults += [locked()] * 3
    answer = browser.client.post("/trial", data={"csrf_token": browser._token(), "words": SECRET_WORDS})
    assert answer.status_code == 503
    check_page(answer.text, "/trial")
    assert SECRET_WORDS in answer.text
    assert kept(database) == 0


def test_another_fault_is_not_tried_again(browser: Browser, faults: list[Exception], logged: list[Any]) -> None:
    faults += [ValueError(SECRET_WORDS)]
    answer = browser.client.post("/trial", data={"csrf_token": browser._token(), "words": SECRET_WORDS})
    assert answer.status_code == 500
    check_page(answer.text, "/trial")
    (fault,) = [event for event in logged if event["event"] == "fault"]
    assert fault["reference"] in answer.text


def test_the_script_is_answered_in_json(browser: Browser, faults: list[Exception]) -> None:
    faults += [locked()] * 3
    headers = {"X-Requested-With": "fetch"}
    answer = browser.client.post("/trial", data={"csrf_token": browser._token()}, headers=headers)
    assert (answer.status_code, answer.is_json) == (503, True)
    assert answer.json["error"].endswith(".")


def test_a_page_is_tried_again_over_a_connection_that_has_died(
    browser: Browser, app: Flask, database: Database
) -> None:
    pages, seen = Pages("looking", __name__), []

    def trial_look() -> str:
        seen.append(viewer().person_id)
        if len(seen) == 1:
            raise locked()
        return "seen"

    pages.page("/trial-look", may=SIGNED_IN)(trial_look)
    app.register_blueprint(pages)
    answer = browser.client.get("/trial-look")
    assert (answer.status_code, answer.text, len(seen)) == (200, "seen", 2)


def test_pages_of_errors_do_without_the_database(browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_arguments: object, **_more: object) -> None:
        raise locked()

    monkeypatch.setattr(Database, "reading", gone)
    answer = browser.client.get("/")
    assert answer.status_code == 503
    check_page(answer.text, "/")
    assert "Sign out" not in answer.text


def test_nothing_typed_or_shown_gets_into_the_log(
    browser: Browser, faults: list[Exception], logged: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    token = browser._token()
    for fault in (locked(), ValueError(SECRET_WORDS)):
        faults += [fault] * 3
        browser.client.post(f"/trial?words={SECRET_WORDS}", data={"csrf_token": token, "words": SECRET_WORDS})
        faults.clear()
    browser.client.get(f"/nowhere/{SECRET_WORDS}")
    requests = [event for event in logged if event["event"] == "request"]
    assert [event["status"] for event in requests][-3:] == [503, 500, 404]
    assert all(
        set(event) <= {"event", "log_level", "method", "route", "status", "ms", "person", "reference"}
        for event in requests
    )
    said = json.dumps([{k: v for k, v in e.items() if k != "exc_info"} for e in logged])
    assert "Ruby" not in said
    assert "Ruby" not in "".join(capsys.readouterr())
