"""Every number on a results page that is a link opens a list of just so many rows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from auditflow.app import furnish
from auditflow.cli.council.make import make_council as make_sample_council
from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database, open_database
from tests.factories.actions import Acts
from tests.factories.council import Council
from tests.factories.results_story import Story, make_story
from tests.pages import XHTML, Browser, Page, listed

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OPENS = re.compile(r"^/results/\d+/(cases|actions|workers|groups/)")
NUMBER = re.compile(r"\d[\d,]*")

pytestmark = pytest.mark.xdist_group("sample council in pages")


def words(node: Element) -> str:
    """What is seen of it: without what is only for screen readers."""
    if "govuk-visually-hidden" in (node.get("class") or ""):
        return ""
    return (node.text or "") + "".join(words(child) + (child.tail or "") for child in node)


def opening(page: Page) -> list[tuple[str, int]]:
    """The addresses of lists that the page's figures open, each with its figure."""
    assert page.root is not None
    beside = {
        link: words(figure.findall(f"{XHTML}dd")[0])
        for figures in page.root.iter(f"{XHTML}dl")
        if figures.get("class") == "app-figures"
        for figure in figures
        for link in figure.iter(f"{XHTML}a")
    }
    found = []
    for link in page.root.iter(f"{XHTML}a"):
        if OPENS.match(link.get("href", "")):
            shown = NUMBER.search(beside.get(link, "") or words(link))
            assert shown, f"a link without a figure: {words(link)}"
            found.append((link.get("href", ""), int(shown.group().replace(",", ""))))
    return found


def wrong(browser: Browser, path: str, *, least: int) -> dict[str, tuple[int, int]]:
    """The addresses that open another number of rows than the page says: (said, opened)."""
    numbers = opening(browser.get(path))
    assert len(numbers) >= least, "the page has its figures"
    opened = {href: listed(browser, href) for href in {href for href, _ in numbers}}
    return {href: (said, opened[href]) for href, said in numbers if said != opened[href]}


@pytest.fixture
def story(database: Database, council: Council, clock: FixedClock) -> Story:
    with database.writing() as session:
        return make_story(session, council, Acts(clock))


@pytest.mark.parametrize(("which", "least"), [("baseline", 45), ("again", 35)])
def test_each_number_opens_as_many_rows(
    story: Story, council: Council, sign_in: Callable[[Any], Browser], which: str, least: int
) -> None:
    assert wrong(sign_in(council.qa_lead), f"/results/{getattr(story, which)}", least=least) == {}


def test_each_kind_of_figure_is_among_them(story: Story, council: Council, sign_in: Callable[[Any], Browser]) -> None:
    lead = sign_in(council.qa_lead)
    groups = {
        story.baseline: "planned open exempted removed missing late disputed added moderated for_a_reason double",
        story.again: "planned lost pairs same_auditor replaced",
    }
    for number, names in groups.items():
        links = " ".join(href for href, _ in opening(lead.get(f"/results/{number}")))
        absent = [name for name in names.split() if f"group={name}" not in links]
        assert absent == []
    links = " ".join(href for href, _ in opening(lead.get(f"/results/{story.baseline}")))
    for part in ("grade=none", "good=1", "first=", "/groups/sex", "/workers", "team="):
        assert part in links
    assert "/actions?" in " ".join(href for href, _ in opening(lead.get(f"/results/{story.again}")))


def test_the_lost_cases_are_listed_with_their_reason_whatever_became_of_them(
    story: Story, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    page = sign_in(council.qa_lead).get(f"/results/{story.again}/cases?group=lost")
    assert "Not re-audited: 7 cases." in page.text
    assert page.text.count("closed too early") == 1
    assert page.text.count("not agreed") == 4, "one open, three without an audit of their own"


def test_a_domains_list_names_it_and_leaves_out_where_it_does_not_apply(
    story: Story, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    lead = sign_in(council.qa_lead)
    page = lead.get(f"/results/{story.baseline}/cases?domain=voice")
    assert re.search("In the figures, .*[Vv]oice.*, graded: 20 cases.", page.text)
    apart = lead.get(f"/results/{story.baseline}/cases?domain=voice&grade=none")
    assert "not applicable: 5 cases." in apart.text


def test_lists_behind_figures_are_the_leads_alone(
    story: Story, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    director = sign_in(council.director)
    for number in (story.baseline, story.again):
        assert opening(director.get(f"/results/{number}")) == []
    for path in ("cases", "workers", "groups/sex?value=Male", "auditors"):
        director.get(f"/results/{story.baseline}/{path}", status=404)
    director.get(f"/results/{story.again}/actions?domain=planning", status=404)


Sample = tuple[Database, dict[str, int]]


@pytest.fixture(scope="module")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample council, made once."""
    path = tmp_path_factory.mktemp("sample") / "council.db"
    shutil.copy(sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    with database.writing() as session:
        made = make_sample_council(session, NOW)
        ids = {"baseline": made.baseline.id, "live": made.live.id, "lead": made.staff.named["qa"].id}
    yield database, ids
    database.engine.dispose()


@pytest.mark.parametrize(("which", "least"), [("baseline", 90), ("live", 15)])
def test_so_does_each_of_the_sample_council(
    one_app: Flask, settings: Settings, sample: Sample, which: str, least: int
) -> None:
    database, ids = sample
    furnish(one_app, settings, FixedClock(NOW), database)
    assert wrong(Browser(one_app, ids["lead"]), f"/results/{ids[which]}", least=least) == {}


def test_workers_nobody_looked_at_are_named_for_the_lead(
    story: Story, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    lead = sign_in(council.qa_lead)
    covered = listed(lead, f"/results/{story.baseline}/workers?show=covered")
    everybody = listed(lead, f"/results/{story.baseline}/workers?show=all")
    assert 0 < covered <= everybody
    assert listed(lead, f"/results/{story.baseline}/workers?show=without") == everybody - covered
    assert listed(lead, f"/results/{story.again}/workers?show=all") == everybody
    again = lead.get(f"/results/{story.again}/workers?show=without")
    assert "23 October 2026" in again.text, "the first round looked at their work"
    assert "0 workers" in lead.get(f"/results/{story.again}/workers?show=overlooked").text
