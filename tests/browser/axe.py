"""axe-core in a page: what it finds against WCAG 2.2 AA and its own best practice."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Only what is wrong comes over to Python: the whole answer names every element that was looked at.
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found =>
  found.violations.map(v => `${v.id} (${v.impact}): ${v.nodes[0].html.slice(0, 200)}`))"""


@cache
def _source() -> str:
    return (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Every violation on the page as it stands: the rule, how grave, and the first element."""
    page.evaluate(_source())
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def sideways(page: Page) -> bool:
    """Whether the page can be scrolled sideways."""
    answer: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return answer
