"""The design of a sample over HTTP: what the form takes, what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from auditflow.models.database import Database
from tests.factories.audits import make_tool
from tests.factories.council import Council, make_council
from tests.factories.round_pages import CLOSED_ONLY, planned
from tests.factories.sampling import make_frame
from tests.pages import Browser

SignIn = Callable[[object], Browser]


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        council = make_council(session)
        make_tool(session)
        make_frame(session, council)
        session.expunge_all()
    return council


@pytest.fixture
def lead(sign_in: SignIn, council: Council) -> Browser:
    return sign_in(council.qa_lead)


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "-1", "1.5", "٣"])
def test_what_only_looks_like_a_number_is_a_sentence(lead: Browser, number: str) -> None:
    page = planned(lead).submit({**CLOSED_ONLY, "fixed": f"Child in need: {number}"[:4_000]}, status=400)
    assert "a group, a colon and a number" in page.text
