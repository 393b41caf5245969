"""A worker's surroundings on the test's database and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database
from auditflow.tasks.office import Office, open_office

OpenOffice = Callable[..., Office]


@pytest.fixture
def open_with(settings: Settings, database: Database, clock: FixedClock) -> OpenOffice:
    """An office with some settings of its own."""

    def opened(**more: object) -> Office:
        return open_office(replace(settings, **more), database=database, clock=clock)

    return opened


@pytest.fixture
def office(open_with: OpenOffice) -> Office:
    """An office whose mail goes into files."""
    return open_with()
