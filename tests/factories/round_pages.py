"""A new round as the QA lead takes it through its pages, as far as a test needs it."""

from __future__ import annotations

import re

from auditflow.models.database import Database
from tests.factories.audits import make_tool
from tests.factories.council import Council, make_council
from tests.factories.sampling import make_frame
from tests.pages import Browser, Page

DATES = {
    "starts_on": ["2", "11", "2026"],
    "ends_on": ["27", "11", "2026"],
    "record_date": ["23", "10", "2026"],
}
CLOSED_ONLY = {"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"]}
"""A design that the list of `make_frame` can give."""


def ready_council(database: Database) -> Council:
    """A council with all that a round is planned from: an audit tool and a frozen case list."""
    with database.writing() as session:
        council = make_council(session)
        make_tool(session)
        make_frame(session, council)
        session.expunge_all()
    return council


def planned(lead: Browser, *, frame: int | None = None) -> Page:
    """Steps 1 and 2 are done: the page of the design. `frame` is the case list, else the newest."""
    first = lead.get("/rounds/new")
    tool = re.findall(r'name="tool_version_id"[^>]*value="(\d+)"', first.html)[0]
    page = first.submit({"name": "Baseline, November 2026", "tool_version_id": tool, **DATES})
    assert page.path.endswith("/list")
    offered = re.findall(r'name="frame_id"[^>]*value="(\d+)"', page.html)
    return page.submit({"frame_id": str(frame or offered[0])})


def drawn(lead: Browser) -> Page:
    """The sample is drawn."""
    page = planned(lead).submit(CLOSED_ONLY)
    assert page.path.endswith("/trial"), page.text
    page = lead.get(page.path.replace("/trial", "/draw")).submit()
    assert "Draw the sample" in page.text
    return page.submit()
