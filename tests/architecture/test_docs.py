"""Pages and comments refer to what is there: files, headings, functions' modules."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from auditflow.domain.sampling import Design, draw, replace
from tests.architecture.sources import ROOT, name_of, product_files

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
MADE_LATER = {"bench/RESULTS.md", "RESULTS.md", "bench/SIMULATION.md", "SIMULATION.md"}
NAMED = re.compile(r"\b([\w./-]*\w\.md)\b(?:, \"([^\"]+)\")?")


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(text: str, page: Path) -> list[str]:
    """The links of a page that lead nowhere; other sites are not asked."""
    dead = []
    for address in LINK.findall(CODE.sub("", text)):
        place, _, anchor = address.partition("#")
        target = (page.parent / place).resolve() if place else page
        if "://" not in address and not (target.exists() and (not anchor or anchor in anchors(target))):
            dead.append(address)
    return dead


def dangling(text: str) -> list[str]:
    """The pages, and headings of pages, that a source file names and that are not there."""
    found = []
    for name, heading in NAMED.findall(text):
        pages = [page for page in PAGES if f"/{page.relative_to(ROOT).as_posix()}".endswith(f"/{name}")]
        headings = "".join(page.read_text(encoding="utf-8") for page in pages)
        if (not pages and name not in MADE_LATER) or (heading and f"# {heading}\n" not in headings):
            found.append(f"{name} {heading}".strip())
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(page.read_text(encoding="utf-8"), page) == []


def test_a_dead_link_is_found() -> None:
    text = "[a](nowhere.md) [b](domain.md#nothing) [c](domain.md#words) [d](https://example.org)"
    assert dead_links(text, ROOT / "docs" / "statistics.md") == ["nowhere.md", "domain.md#nothing"]


def test_comments_name_pages_that_are_there() -> None:
    wrong = {name_of(path): found for path in product_files() if (found := dangling(path.read_text(encoding="utf-8")))}
    assert wrong == {}


def test_a_dangling_name_is_found() -> None:
    assert dangling('see docs/statistics.md, "Nothing" and notes.md') == ["docs/statistics.md Nothing", "notes.md"]
    assert dangling('see docs/statistics.md, "Movement" and docs/domain.md') == []


def test_the_draw_by_hand_is_the_programs() -> None:
    text = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    listed = text[text.index("case_ref,case_type") : text.index("\n\n$ tail")]
    design = {
        "ref": "case_ref",
        "size": 4,
        "stratify": "case_type",
        "minimum": 1,
        "per_worker": {"column": "worker", "most": 1},
        "reserves": 1,
        "exclude": [{"reason": "closed", "column": "status", "not_in": ["Open"]}],
        "seed": "river-10",
    }
    drawn = draw(list(csv.DictReader(listed.splitlines())), design)
    by_hand = re.findall(r"^([0-9a-f]{8})… (\d+) .*: taken", text, re.MULTILINE)
    assert [(case.key[:8], case.ref) for case in drawn.sample] == by_hand
    assert (drawn.reserves, drawn.passed_over) == ({"child_in_need": ["104"], "child_protection": ["108"]}, ("101",))
    assert replace(drawn, ["102"]).losses[0].replacement == "104"


def test_the_design_on_the_page_can_be_read() -> None:
    text = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert shown and Design.from_dict(yaml.safe_load(shown[1])).size == 80


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
