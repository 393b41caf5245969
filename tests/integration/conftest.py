"""The application over HTTP, as one process sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auditflow.app import create_app, furnish
from auditflow.config import Settings, load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import Database
from auditflow.web.waiting import WAITING
from tests.pages import Browser


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once: its routes and templates are the same for every test."""
    app = create_app(load_settings({"AUDITFLOW_DATA": str(tmp_path_factory.mktemp("app"))}))
    app.testing = True
    return app


@pytest.fixture
def app(one_app: Flask, settings: Settings, database: Database, clock: FixedClock) -> Flask:
    """The application on the test's database and clock."""
    furnish(one_app, settings, clock, database)
    one_app.extensions.pop(WAITING, None)
    return one_app


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Person | int], Browser]:
    """Sign somebody in without the password page: returns a client that checks every page it gets."""

    def open_session(person: Person | int) -> Browser:
        person_id = person if isinstance(person, int) else person.id
        return Browser(app, person_id)

    return open_session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()
