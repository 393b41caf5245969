"""The pages of a census, as its lead meets them: accessible at both widths, and whole without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.axe import sideways, violations
from tests.browser.conftest import LiveApp
from tests.factories.census import RULES, live_census, november, october
from tests.factories.council import START, make_council
from tests.factories.sampling import Steps, match_names

WIDTHS = (1280, 320)
OpenBrowser = Callable[..., BrowserContext]


@dataclass
class Scene:
    lead: int
    planned: str
    running: str
    later: int

    @property
    def paths(self) -> list[str]:
        of_planned = [self.planned + page for page in ("", "/design", "/which-cases", "/every-case")]
        return [*of_planned, *(self.running + page for page in ("", "/months", f"/months/{self.later}", "/cases"))]


@pytest.fixture
def scene(live_app: LiveApp) -> Scene:
    """A census that is planned, and one that is live with a later list."""
    with live_app.database.writing() as session:
        council = make_council(session)
        match_names(session, council)
        first = october(session, council)
        steps = Steps(session, council, START)
        planned = steps.planned(first, RULES, kind="census", name="Every new plan").id
        other = Steps(session, council, START)
        running = live_census(other, first).id
        later = november(session, council).id
        return Scene(council.qa_lead.id, f"/rounds/{planned}", f"/rounds/{running}", later)


def test_its_pages_are_accessible_at_both_widths(scene: Scene, open_browser: OpenBrowser) -> None:
    page = open_browser(scene.lead).new_page()
    for path in scene.paths:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            assert violations(page) == [], f"{path} at {width}"
            assert not sideways(page), f"{path} at {width}"


def test_a_census_is_chosen_and_taken_without_javascript(scene: Scene, open_browser: OpenBrowser) -> None:
    page = open_browser(scene.lead, script=False).new_page()
    page.goto(f"{scene.planned}/design")
    page.get_by_label("Every case of a kind (census)").check()
    page.get_by_role("button", name="Save and continue").click()
    assert page.url.endswith("/which-cases")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Lock the rules and take every case").click()
    assert "Every case is taken" in page.content()
