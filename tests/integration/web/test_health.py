"""System health where a service is gone: the page still comes, and says which one does not answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from auditflow.app import furnish
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database
from tests.factories.mail_servers import closed_port
from tests.pages import Browser


@pytest.fixture
def without_services(app: Flask, settings: Settings, database: Database, clock: FixedClock) -> Settings:
    """A broker and a mail server at ports where nobody listens."""
    gone = replace(
        settings,
        redis_url=f"redis://127.0.0.1:{closed_port()}/0",
        mail_url=f"smtp://127.0.0.1:{closed_port()}?from=a@example.org&tls=none",
    )
    furnish(app, gone, clock, database)
    return gone


def test_a_broker_and_a_mail_server_that_are_gone_are_said_to_be(admin: Browser, without_services: Settings) -> None:
    text = admin.get("/health").text
    assert "2 things need attention." in text
    assert "Work goes on and is caught up with later." in text
    assert "They go out by themselves once it answers." in text
    assert text.index("caught up with later") < text.index("Stuck items"), "what is wrong comes first"


def test_other_pages_do_without_them(admin: Browser, without_services: Settings) -> None:
    assert admin.get("/people").text
