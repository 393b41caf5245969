"""A number on the dashboard or on the results opens just so many cases, all over the sample council."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from auditflow.app import furnish
from auditflow.cli.council.make import make_council
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database, open_database
from tests.pages import XHTML, Browser, Page, listed

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
COUNTED = re.compile(r"^([\d,]+)(?: \(\d+%\))?$")
Sample = tuple[Database, dict[str, int]]

pytestmark = pytest.mark.xdist_group("sample council in pages")


@pytest.fixture(scope="module")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample council, made once."""
    path = tmp_path_factory.mktemp("sample") / "council.db"
    shutil.copy(sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    with database.writing() as session:
        made = make_council(session, NOW)
        ids = {"baseline": made.baseline.id, "live": made.live.id, "lead": made.staff.named["qa"].id}
        ids["director"] = made.staff.named["director"].id
    yield database, ids
    database.engine.dispose()


@pytest.fixture
def lead(one_app: Flask, settings: Settings, sample: Sample) -> Browser:
    """Its quality assurance lead."""
    database, ids = sample
    furnish(one_app, settings, FixedClock(NOW), database)
    return Browser(one_app, ids["lead"])


def opening(page: Page) -> dict[str, int]:
    """The links of the page's tables whose words are a number, with the number."""
    assert page.root is not None
    found = {}
    for cell in page.root.iter(f"{XHTML}td"):
        for link in cell.iter(f"{XHTML}a"):
            shown = COUNTED.match((link.text or "").strip())
            if shown:
                found[link.get("href", "")] = int(shown.group(1).replace(",", ""))
    return found


@pytest.mark.parametrize(
    ("place", "least"), [("/rounds/{live}", 40), ("/results/{baseline}", 60), ("/results/{live}", 4)]
)
def test_each_number_opens_as_many_cases(lead: Browser, sample: Sample, place: str, least: int) -> None:
    numbers = opening(lead.get(place.format(**sample[1])))
    assert len(numbers) >= least
    assert {href: listed(lead, href) for href in numbers} == numbers


def test_a_director_counts_every_case_and_is_offered_only_those_passed_up(
    one_app: Flask, settings: Settings, sample: Sample
) -> None:
    database, ids = sample
    furnish(one_app, settings, FixedClock(NOW), database)
    director = Browser(one_app, ids["director"])
    page = director.get(f"/rounds/{ids['live']}")
    assert "cases are agreed" in page.text
    assert opening(page) == {}, "a number would open fewer cases than it says"
    cases = f"/rounds/{ids['live']}/cases"
    assert [link for link in page.links() if link.startswith(f"{cases}?")] == []
    assert "Cases passed up to you" in page.text
    assert "passed up to you" in director.get(cases).text
    none = director.get(f"{cases}?state=agreed").text
    assert "No case of this round is like that." not in none
    assert "you see only the cases that were passed up to you" in none
