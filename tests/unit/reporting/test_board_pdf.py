"""The board report as PDF, really made and read back: its words, its tags, its marking on every page."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pypdf
import pytest

from auditflow.domain.errors import Refused
from auditflow.reporting import board_pdf as module
from auditflow.reporting.board_pdf import board_pdf
from auditflow.reporting.board_report import BoardReport, board_report
from tests.conftest import missing
from tests.factories.board import ABOUT, MANY, MARCH, grades_of, results_of_re_audit, results_of_round

ODD = replace(ABOUT, council_name="Bread & <b>Butter</b> Council", round_name='Re-audit "spring" & more')


@pytest.fixture(scope="module", autouse=True)
def _pango() -> None:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        missing("pango", "WeasyPrint or the pango library is not installed")


def re_audit() -> BoardReport:
    after = [3] * 9 + [2] * 8 + [4] * 5 + [3] * 15 + [2] * 24 + [1] * 10 + [None] * 9
    domains = {f"Domain {n}": MANY for n in range(12)}
    actions = {f"d{n}": {"made": 30, "done": 20, "yes": 12, "partly": 3, "no": 2} for n in range(12)}
    before, again = grades_of(MANY, domains), grades_of(after, {name: after for name in domains}, day=MARCH)
    return board_report(results_of_re_audit(before, again, actions=actions), ODD)


def a_round() -> BoardReport:
    draft = replace(ABOUT, version=None, closed_on=None)
    return board_report(results_of_round(grades_of(MANY, {"Planning": MANY})), draft)


@cache
def made(name: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(board_pdf({"re_audit": re_audit, "round": a_round}[name]())))


def flat(text: str) -> str:
    return " ".join(text.split())


def elements(found: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every element of the tree of tags, with the names of those above it."""
    found = found.get_object()
    if isinstance(found, list):
        for each in found:
            yield from elements(each, above)
    elif isinstance(found, dict):
        path = (*above, str(found.get("/S")))
        yield path, found
        if "/K" in found:
            yield from elements(found["/K"], path)


def tags(reader: pypdf.PdfReader) -> list[tuple[tuple[str, ...], Any]]:
    root: Any = reader.trailer["/Root"]
    return list(elements(root["/StructTreeRoot"]["/K"]))


def test_page_one_says_it_and_the_evidence_follows() -> None:
    report = re_audit()
    pages = [flat(page.extract_text()) for page in made("re_audit").pages]
    assert len(pages) == 4
    for words in (report.title, report.sentence, report.caveat, report.ask, "December: about 1 in 3", "26", "45"):
        assert words in pages[0]
    assert "The evidence" not in pages[0]
    rest = " ".join(pages[1:])
    for section in report.sections:
        for words in (section.heading, *section.sentences, *section.notes, *(t.caption for t in section.tables)):
            assert flat(words) in rest, words


@pytest.mark.parametrize("name", ["re_audit", "round"])
def test_the_marking_and_the_page_s_number_are_on_every_page(name: str) -> None:
    pages = made(name).pages
    for number, page in enumerate(pages, 1):
        text = flat(page.extract_text())
        assert text.count("OFFICIAL-SENSITIVE") == 2
        assert f"Page {number} of {len(pages)}" in text
        assert ("Draft: these results are not published" in text) == (name == "round")


def test_names_are_text_whatever_they_hold() -> None:
    text = flat(made("re_audit").pages[0].extract_text())
    assert "Bread & <b>Butter</b> Council: Core case audit" in text
    assert 'Re-audit "spring" & more' in text
    assert "Bread & <b>Butter</b>" in str((made("re_audit").metadata or {}).get("/Title"))


@pytest.mark.parametrize("name", ["re_audit", "round"])
def test_it_is_tagged_as_pdf_ua_asks(name: str) -> None:
    reader = made(name)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    counted = Counter(path[-1] for path, _ in tags(reader))
    assert counted["/H1"] == 1
    assert counted["/H2"] >= 8
    assert counted["/Table"] >= 4
    assert counted["/Caption"] == counted["/Table"]


@pytest.mark.parametrize("name", ["re_audit", "round"])
def test_every_table_heading_says_what_it_heads(name: str) -> None:
    headings = [(path, element) for path, element in tags(made(name)) if path[-1] == "/TH"]
    assert len(headings) > 20
    for path, element in headings:
        assert element["/A"]["/Scope"] == ("/Column" if "/THead" in path else "/Row")


def test_the_picture_says_what_is_seen() -> None:
    figures = [element for path, element in tags(made("re_audit")) if path[-1] == "/Figure"]
    assert [figure["/Alt"] for figure in figures] == [
        "Cases good or better. December: about 1 in 3, 26 of 71; March: about 2 in 5, 29 of 71."
    ]


def test_every_font_is_inside_and_the_bytes_are_the_same_each_time() -> None:
    for page in made("round").pages:
        for font in page["/Resources"]["/Font"].values():
            below: Any = font.get_object()["/DescendantFonts"][0].get_object()
            assert any(key.startswith("/FontFile") for key in below["/FontDescriptor"].get_object())
    assert board_pdf(a_round()) == board_pdf(a_round())


@pytest.mark.parametrize("address", ["http://example.org/x.png", "file:///etc/passwd", "ftp://example.org/x"])
def test_nothing_is_fetched(address: str) -> None:
    with pytest.raises(ValueError, match="disallowed"):
        module._fetcher().fetch(address)
    assert module._fetcher().fetch("data:,hello").read() == b"hello"


@pytest.mark.parametrize("reason", [None, OSError("cannot load library 'libpango-1.0-0'")])
def test_a_machine_without_pango_says_what_to_install(reason: Exception | None, monkeypatch: Any) -> None:
    class Broken:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "weasyprint" and reason is not None:
                raise reason

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    if reason is not None:
        monkeypatch.delitem(sys.modules, "weasyprint")
        monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(Refused, match="libpango") as refused:
        board_pdf(a_round())
    assert refused.value.code == "no_pdf"


def test_it_is_readable_in_black_and_white() -> None:
    """The darks are dark and the lights white, so that the two sides of a bar differ when printed in grey."""
    style = (module.HERE / "board_report.css").read_text(encoding="utf-8")
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b", style))
    assert colours <= {"#0b0c0c", "#12436d", "#8a9096", "#333", "#444", "#fff"}
