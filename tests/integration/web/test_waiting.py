"""The counts beside the navigation: always those of the lists, and cheap while nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.case_audit import declare_conflict
from tests.factories.audit_story import Story, make_story
from tests.pages import XHTML, Browser

SignIn = Callable[[Any], Browser]


@pytest.fixture
def story(database: Database, clock: FixedClock) -> Story:
    return make_story(database, clock.now())


def counts(browser: Browser, path: str) -> str:
    page = browser.get(path)
    assert page.root is not None
    nav = next(n for n in page.root.iter(f"{XHTML}nav") if n.get("aria-label") != "Back")
    return " ".join("".join(nav.itertext()).split())


def statements(database: Database) -> list[str]:
    seen: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    return seen


def test_other_pages_count_what_the_list_counts(story: Story, sign_in: SignIn) -> None:
    auditor = sign_in(story.auditor)
    listed = counts(auditor, "/work")
    assert "(1)" in listed
    assert counts(auditor, "/audits") == listed


def test_a_move_of_somebody_changes_the_count_at_once(story: Story, sign_in: SignIn) -> None:
    auditor = sign_in(story.auditor)
    before = counts(auditor, "/audits")
    with story.database.writing() as session:
        act = Act(story.auditor, story.at, "conflict-0123456789")
        declare_conflict(session, story.audit_id, act, reason="A cousin.")
    after = counts(auditor, "/audits")
    assert "(1)" in before
    assert "(1)" not in after


def test_while_nothing_happens_nothing_is_counted_again(story: Story, sign_in: SignIn, clock: FixedClock) -> None:
    auditor = sign_in(story.auditor)
    counts(auditor, "/audits")
    seen = statements(story.database)
    auditor.get("/audits")
    cheap = len(seen)
    clock.set(clock.now() + timedelta(minutes=1))
    seen.clear()
    auditor.get("/audits")
    assert len(seen) > cheap + 4


def test_one_person_is_not_shown_the_count_of_another(story: Story, sign_in: SignIn) -> None:
    assert "(1)" in counts(sign_in(story.auditor), "/audits")
    assert "(1)" not in counts(sign_in(story.council.auditors[1]), "/audits")
