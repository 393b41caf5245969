"""Goal h1: one section of the audit form, signed in and logged, against a view of Flask that says one word."""

from __future__ import annotations

import os
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from flask import Flask

from auditflow.adapters.logs import set_up_logs
from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import Database
from bench.council import AT, make_audits, make_council, make_round
from bench.measure import Goal, Result, interleave, seconds
from bench.places import FOLDER, sqlite_place
from bench.profile import costly

H1 = Goal("H1", "GET of one section of the audit form, against an empty Flask view", 0.04, 0.25)
PAGES = 40
SLICES = 5
"""Parts of a repetition: a neighbour on the machine that wakes up should meet both contenders."""
MORE = 10
"""How many times as often the empty view is fetched, so that its slice is no shorter than a hiccup."""


def empty_app() -> Flask:
    """The floor: an application that only answers."""
    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: "ok")
    return app


def audited(database: Database) -> tuple[Any, str]:
    """A browser of an auditor with ten audits, and the address of a section of one of them."""
    with database.writing() as session:
        bench = make_council(session, auditors=1)
        row = make_round(session, bench, "live")
        ids = make_audits(session, bench, row.id, "in_progress", 10)
    app = create_app(load_settings({"AUDITFLOW_DATA": str(FOLDER / "data")}), clock=FixedClock(AT), database=database)
    client = app.test_client()
    with database.reading() as session:
        uniquifier = session.get_one(Person, bench.auditors[0]).fs_uniquifier
    with client.session_transaction() as cookie:
        cookie.update({"_user_id": uniquifier, "_fresh": True, "fs_cc": "set", "identity_primary_method": "password"})
    page = client.get(f"/audits/{ids[0]}").get_data(as_text=True)
    start = page.index(f"/audits/{ids[0]}/sections/")
    return client, page[start : page.index('"', start)]


def get(client: Any, address: str, times: int) -> None:
    """Fetch the page so many times; the lines of the log are written as in production, to nowhere."""
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        for _ in range(times):
            assert client.get(address).status_code == 200


def measure(repeats: int, scale: float) -> list[Result]:
    """On the embedded database."""
    set_up_logs()
    pages = max(10, int(PAGES * scale))
    empty = empty_app().test_client()
    with sqlite_place() as database:
        client, address = audited(database)
        times = interleave(
            {
                "a section": lambda: seconds(lambda: get(client, address, pages)),
                "an empty view": lambda: seconds(lambda: get(empty, "/", pages * MORE)) / MORE,
            },
            repeats * SLICES,
        )
        cause = costly(lambda: get(client, address, pages))
    return [Result(H1, "a section", "an empty view", times, pages, cause=cause)]
