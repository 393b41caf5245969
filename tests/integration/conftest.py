"""The application over HTTP, as one process sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auditflow.app import create_app
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import Database
from tests.pages import Browser


@pytest.fixture
def app(settings: Settings, database: Database, clock: FixedClock) -> Flask:
    """The application on the test's database and clock."""
    app = create_app(settings, clock=clock, database=database)
    app.testing = True
    return app


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
