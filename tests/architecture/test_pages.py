"""Every page of the application, opened on one council that has everything: no GET writes, every form is safe.

The pages are those of the routing table; a page that nobody could open here is named in `NOT_HERE`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import open_database
from auditflow.web.routing import ANYONE, SIGNED_IN, Pages
from tests.conftest import MONDAY_MORNING
from tests.factories.panorama import Panorama, make_panorama
from tests.pages import XHTML, Browser

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.IGNORECASE | re.DOTALL)
READ_LOG = re.compile(r"^\s*INSERT INTO read_log\b", re.IGNORECASE)

WORDS = {"section": ["voice"], "number": ["1"], "kind": ["csv"], "filename": ["app.css"]}

# Pages that this council cannot show, each with what it lacks; the tests of their own noun open them.
NOT_HERE = {
    "/audits/<int:case_audit_id>/comments": "an audit that a moderator's decision sent back",
    "/case-lists/<int:frame_id>/name": "a name in the query",
    "/case-lists/<int:frame_id>/progress": "a list that a worker is reading",
    "/moderation/<int:moderation_id>/decide": "a task that its moderator has opened",
    "/moderation/<int:moderation_id>/hand-back": "a task that its moderator has opened",
    "/results/<int:round_id>/<table>.csv": "the name of a table",
    "/rounds/<int:round_id>/same-cases": "a re-audit",
    "/set-password/<token>": "a signed link",
}

# Forms about nothing that could have changed meanwhile: something new, or signing in and out.
SIGNING = r"sign-in|sign-out|set-password/.*"
NEW = r"case-lists/new|rounds/new|rounds/\d+/re-audit|audits/\d+/concern|people/(services/|teams/)?new"
# An invitation and a handing over change other rows than the person's.
# So do a report, which is of whatever the results are when it is made.
UNVERSIONED = r"stuck/check|people/\d+/(invite|hand-over)|results/\d+/reports(/cancel)?"
# A control chart is drawn from what is sent: there is no row.
OF_NO_ROW = r"charts"
WITHOUT_VERSION = re.compile(rf"^/({SIGNING}|{NEW}|{UNVERSIONED}|{OF_NO_ROW})$")
WITHOUT_KEY = re.compile(rf"^/({SIGNING})$")


@dataclass(frozen=True)
class Visit:
    """One page that was opened."""

    rule: str
    path: str
    status: int
    html: str


@dataclass(frozen=True)
class Tour:
    """All pages that were opened, and every statement that a GET sent and that writes."""

    app: Flask
    visits: tuple[Visit, ...]
    written: tuple[str, ...]

    def forms(self) -> Iterator[tuple[str, str, set[str]]]:
        """Each form that posts: the page, where it goes, the names of its fields."""
        for visit in self.visits:
            root = html5lib.parse(visit.html) if visit.html else None
            for form in root.iter(f"{XHTML}form") if root is not None else ():
                if (form.get("method") or "").lower() == "post":
                    fields = {e.get("name") or "" for e in form.iter() if e.get("name")}
                    yield visit.path, (form.get("action") or visit.path).partition("?")[0], fields


# The tour is made once, by one test process.
pytestmark = pytest.mark.xdist_group("tour")


@pytest.fixture(scope="module")
def tour(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """Every GET page, opened by the first person who may, for the first thing that it can show."""
    folder = tmp_path_factory.mktemp("tour")
    shutil.copy(sqlite_template, folder / "tour.db")
    database = open_database(f"sqlite:///{folder / 'tour.db'}")
    with database.writing() as session:
        panorama = make_panorama(session)
    settings = load_settings({"AUDITFLOW_DATA": str(folder / "var")})
    app = create_app(settings, clock=FixedClock(MONDAY_MORNING), database=database)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    written: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: written.append(a[2]))
    visits = tuple(visit for rule in _get_rules(app) for visit in _visit(app, panorama, rule))
    sent = [s for s in written if WRITES.match(s) and not READ_LOG.match(s)]
    yield Tour(app, visits, tuple(sent))
    database.engine.dispose()


def _get_rules(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    ours = [rule for rule in rules if isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), Pages)]
    return sorted(ours, key=lambda rule: rule.rule)


@lru_cache
def _browser(app: Flask, person_id: int) -> Browser:
    return Browser(app, person_id)


def _visit(app: Flask, panorama: Panorama, rule: Rule) -> Iterator[Visit]:
    """Try the things and the people until a page is shown; then that visit."""
    pages: Any = app.blueprints[rule.endpoint.rpartition(".")[0]]
    may = pages.permissions[rule.endpoint.rpartition(".")[2]]
    people = [p for p, roles in panorama.people.items() if may & {ANYONE, SIGNED_IN} or may & roles]
    last = Visit(rule.rule, "", 0, "")
    for path in _paths(app, panorama, rule):
        for person in people:
            response = _browser(app, person).client.get(path)
            html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
            last = Visit(rule.rule, path, response.status_code, html)
            if response.status_code == 200:
                yield last
                return
    yield last


def _paths(app: Flask, panorama: Panorama, rule: Rule) -> list[str]:
    names = sorted(rule.arguments)
    choices = [panorama.ids.get(name) or _words(rule, name) for name in names]
    with app.test_request_context():
        # All at once: a request made inside this context would share its person with it.
        return [app.url_for(rule.endpoint, **dict(zip(names, values, strict=True))) for values in product(*choices)]


def _words(rule: Rule, name: str) -> list[str]:
    listed = re.search(rf"<any\(([^)]*)\):{name}>", rule.rule)
    return [word.strip() for word in listed.group(1).split(",")] if listed else WORDS.get(name, ["1"])


def test_no_get_writes(tour: Tour) -> None:
    assert tour.written == ()


def test_every_page_could_be_opened_by_somebody(tour: Tour) -> None:
    closed = {v.rule: f"{v.status} {v.path}" for v in tour.visits if v.status != 200 and v.rule not in NOT_HERE}
    assert not closed, "\n".join(f"{rule}: {what}" for rule, what in closed.items())


def test_every_form_carries_its_token_and_the_key_of_its_act(tour: Tour) -> None:
    bare = [
        f"{page}: {action} lacks {sorted({'csrf_token', 'key'} - fields)}"
        for page, action, fields in tour.forms()
        if not {"csrf_token", "key"} <= fields and not (WITHOUT_KEY.match(action) and "csrf_token" in fields)
    ]
    assert bare == []


def test_every_form_about_a_row_carries_the_version_that_was_shown(tour: Tour) -> None:
    bare = [
        f"{page}: {action}"
        for page, action, fields in tour.forms()
        if "version" not in fields and not WITHOUT_VERSION.match(action)
    ]
    assert not bare, "\n".join(sorted(set(bare)))


def test_a_post_without_its_token_is_refused_whatever_the_address(tour: Tour) -> None:
    client = tour.app.test_client()
    rules = [r for r in tour.app.url_map.iter_rules() if "POST" in (r.methods or ()) and "any(" not in r.rule]
    with tour.app.test_request_context():
        paths = [tour.app.url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1)) for rule in rules]
    assert [path for path in paths if client.post(path, data={"key": ""}).status_code != 400] == []


@pytest.mark.parametrize(
    ("statement", "writes"),
    [
        ("INSERT INTO journal VALUES (1)", True),
        ("  update person SET name = 1", True),
        ("WITH moved AS (UPDATE action SET x = 1) SELECT 1", True),
        ("SELECT name AS updated FROM person", False),
        ("INSERT INTO read_log (person_id) VALUES (1)", False),
    ],
)
def test_what_writes_is_known(statement: str, writes: bool) -> None:
    assert bool(WRITES.match(statement) and not READ_LOG.match(statement)) is writes
