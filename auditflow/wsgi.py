"""The web's entry point for production: `gunicorn auditflow.wsgi:app`."""

from __future__ import annotations

import sys

from flask import Flask

from auditflow.adapters.logs import set_up_logs
from auditflow.adapters.mail import open_mailer
from auditflow.adapters.schema import require_newest
from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.domain.errors import BadInput, Refused
from auditflow.models.database import open_database

NOT_BOOTED = 3
"""The exit code by which gunicorn knows that its workers will never start; after any other it tries for ever."""


def make_app() -> Flask:
    """The application on the settings of the environment; ends the process with a sentence if these are wrong."""
    try:
        settings = load_settings()
        if settings.embedded:
            raise BadInput(
                "AUDITFLOW_REDIS_URL is not set. Under gunicorn the workers run elsewhere and need it;"
                " to run everything in one process use “auditflow serve”."
            )
        # Only the workers send mail, but a setting that they could not read is found here, at the start.
        open_mailer(settings.mail_url)
        set_up_logs()
        database = open_database(settings.database_url)
        require_newest(database)
        # What was opened before gunicorn forks must not be shared by its children.
        database.engine.dispose()
        return create_app(settings, database=database)
    except Refused as refusal:
        print(refusal.sentence, file=sys.stderr)  # noqa: T201 - the one thing to say before the process ends
        sys.exit(NOT_BOOTED)


app = make_app()
