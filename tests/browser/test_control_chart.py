"""A control chart in Chromium: months are pasted, refused, mended and drawn, wide with script and narrow without."""

from __future__ import annotations

from typing import Any

import pytest

from auditflow.models.database import Database
from tests.browser.conftest import LiveApp
from tests.browser.walk import OpenBrowser, Walk
from tests.factories.council import make_council

pytestmark = pytest.mark.browser
LOW = [80, 82, 79, 84, 81, 80, 83, 78, 82, 81, 80, 79]
RAISED = [*LOW, None, 86, 88, 87, 90, 89, 91, 88, 90, 89, 87, 92]
ROWS = "\n".join(
    ["month,value", *(f"{2025 + n // 12}-{n % 12 + 1:02},{value}" for n, value in enumerate(RAISED) if value)]
)


def lead_of(database: Database) -> int:
    with database.writing() as session:
        return make_council(session).qa_lead.id


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)])
def test_months_become_a_chart(open_browser: OpenBrowser, live_app: LiveApp, width: int, script: bool) -> None:
    walk = Walk(open_browser, live_app, script=script, width=width)
    lead = walk.by(lead_of(live_app.database)).go("/charts")
    typed: dict[str, Any] = {"name": "Visits within the time set", "rows": f"{ROWS}\n2027-01,lots"}
    lead.fill({**typed, "unit": "percent", "better": "higher", "target": "90"}).press("Draw the chart")
    lead.reads("row 25: “lots” is not a number.")
    lead.fill({"rows": ROWS, "since_1": "2026-01", "reason_1": "A second team"}).press("Draw the chart")
    lead.reads("Usual ups and downs", "Target hit or miss", "From January 2026: A second team")
    for summary in lead.page.locator("summary").all():
        summary.click()
    lead.reads("January 2026 No figure", "MDC-7/7")
    # Open, the page has another shape than the one that was looked at.
    assert walk.wrong == []
    assert lead.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
