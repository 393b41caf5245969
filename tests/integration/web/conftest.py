"""What nearly every test of the pages begins with: a council that is committed, and its administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditflow.models.database import Database
from tests.factories.council import Council, make_council
from tests.pages import Browser


@pytest.fixture
def council(database: Database) -> Council:
    """Two services of two teams each."""
    with database.writing() as session:
        return make_council(session)


@pytest.fixture
def admin(council: Council, sign_in: Callable[[Any], Browser]) -> Browser:
    """The council's administrator, signed in."""
    return sign_in(council.administrator)
