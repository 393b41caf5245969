"""The board report as a Word file: what it says, templates that councils edit, templates that are refused."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from auditflow.domain.errors import BadInput
from auditflow.reporting.board_report import BoardReport, board_report
from auditflow.reporting.board_word import MOST, TAGS, board_word, word_template
from tests.factories.board import ABOUT, MANY, MARCH, grades_of, results_of_re_audit, results_of_round

ROOT = Path(__file__).parents[3]
ODD = replace(ABOUT, council_name="Bread & <b>Butter</b> Council", round_name='{{ 7 * 7 }} & "more"\x0b')


def re_audit(about: Any = ABOUT) -> BoardReport:
    after = [3] * 9 + [2] * 8 + [4] * 5 + [3] * 15 + [2] * 24 + [1] * 10 + [None] * 9
    actions = {"d0": {"made": 30, "done": 20, "yes": 12, "partly": 3, "no": 2}}
    before, again = grades_of(MANY, {"Planning": MANY}), grades_of(after, {"Planning": after}, day=MARCH)
    return board_report(results_of_re_audit(before, again, actions=actions), about)


def a_round(grades: list[int] = MANY, about: Any = ABOUT) -> BoardReport:
    return board_report(results_of_round(grades_of(grades, {"Planning": grades})), about)


def opened(made: bytes) -> Any:
    return Document(io.BytesIO(made))


def text_of(document: Any) -> str:
    """All words of the body in their order, tables too."""
    lines = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p")))
    return "\n".join(lines)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """A template as a council made it: paragraphs in a new Word file."""

    def write(*paragraphs: str) -> Path:
        document = Document()
        for words in paragraphs:
            document.add_paragraph(words)
        document.save(str(tmp_path / "ours.docx"))
        return tmp_path / "ours.docx"

    return write


@pytest.mark.parametrize("report", [re_audit(), a_round(), a_round([3] * 3 + [2] * 50), a_round([])])
def test_it_says_what_the_report_says(report: BoardReport) -> None:
    said = text_of(opened(board_word(report)))
    whole = [report.title, report.sentence, report.no_picture, report.caveat, report.ask, report.footnote, report.month]
    for bar in report.bars:
        whole += [bar.heading, str(bar.good), str(bar.rest)]
    for section in report.sections:
        whole += [section.heading, *section.sentences, *section.notes]
        for table in section.tables:
            whole += [table.caption, *table.headings, *(word for row in table.rows for word in (row.label, *row.cells))]
    assert [words for words in whole if words not in said] == []
    assert "{" not in said
    assert "%}" not in said


def test_headings_are_headings_and_tables_repeat_theirs() -> None:
    document = opened(board_word(re_audit()))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == 10
    tables = [table for table in document.tables if table.style and table.style.name == "Board table"]
    assert len(tables) == 6
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}


def test_the_picture_is_a_table_for_each_bar_as_wide_as_its_counts() -> None:
    bars = [table for table in opened(board_word(re_audit())).tables if not table.style or len(table.rows) == 1]
    widths = [[int(cell.width) for cell in table.rows[0].cells] for table in bars]
    assert [round(80 * left / (left + right)) for left, right in widths] == [round(80 * x / 71) for x in (26, 29)]
    described = bars[0]._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
    assert described == "December: about 1 in 3: 26 good or better, 45 not yet good, of 71."


def test_the_marking_stands_at_the_top_and_the_foot_with_the_page_s_number() -> None:
    draft = replace(ABOUT, version=None, closed_on=None)
    section = opened(board_word(a_round(about=draft))).sections[0]
    header = "".join(line.text for line in section.header.paragraphs)
    assert header == "Draft: these results are not published\tOFFICIAL-SENSITIVE"
    footer = section.footer.paragraphs
    assert footer[0].text == "OFFICIAL-SENSITIVE"
    assert footer[1].text.startswith("Exampleshire Council, Re-audit, spring\tPage ")
    codes = [code.text.strip() for code in section.footer._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]


def test_names_are_text_whatever_they_hold() -> None:
    document = opened(board_word(re_audit(ODD)))
    said = text_of(document)
    assert "Bread & <b>Butter</b> Council: Core case audit" in said
    assert '{{ 7 * 7 }} & "more".' in said
    assert document.core_properties.author == "Bread & <b>Butter</b> Council"
    assert "{{ 7 * 7 }}" in document.core_properties.title


def test_the_shipped_template_is_the_one_that_the_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("board_report_template", ROOT / "assets" / "board_report.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def parts(made: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(made)) as found:
            return {name: found.read(name) for name in found.namelist()}

    assert parts(word_template()) == parts(script.make()), "run assets/board_report.py"


def test_a_council_s_own_template_is_used(edited: Callable[..., Path]) -> None:
    ours = edited(
        "Our board, {{ month }}: {{ sentence }}",
        "{%p for row in grades.tables[0].rows %}",
        "{{ row.label }} {{ row.cells|join(' and ') }}",
        "{%p endfor %}",
        "{{ marking }}",
    )
    said = text_of(opened(board_word(a_round(), ours)))
    assert said.startswith("Our board, December 2026: In December about 1 in 3")
    assert "Good or better 26" in said
    assert said.rstrip().endswith("OFFICIAL-SENSITIVE")


def test_every_tag_that_is_named_may_be_used(edited: Callable[..., Path]) -> None:
    plain = [name for name in TAGS if name != "picture"]
    ours = edited(*("{{ " + name + " }}" for name in plain), "{{p picture }}")
    assert board_word(re_audit(), ours)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ team }}", "The template names “team”, which a board report does not have. It has: title, council"),
        ("{{ grades.average }}", "The template names “average”"),
        ("{{ sentence", "A tag of the template is broken"),
        ("{%p if bars %}", "A tag of the template is broken"),
        ("{{ sentence|nonsense }}", "A tag of the template is broken"),
        ("{{ ''.__class__.__mro__ }}", "The template asks for something that a template may not do."),
        ("{{ sentence.format.__globals__ }}", "The template asks for something that a template may not do."),
        ("{{ 1 / 0 }}", "The template cannot be filled in"),
        ("{{ title + 1 }}", "The template cannot be filled in"),
        ("{% for n in range(10000000) %}x{% endfor %}", "The template cannot be filled in"),
        ("{% include 'x' %}", "The template cannot be filled in"),
    ],
)
def test_a_template_that_is_wrong_is_refused_with_a_sentence(
    words: str, said: str, edited: Callable[..., Path]
) -> None:
    with pytest.raises(BadInput) as refused:
        board_word(a_round(), edited(words))
    assert said in refused.value.sentence
    assert refused.value.field == "template"


def test_what_is_no_word_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "not.docx"
    for content in (b"", b"hello", b"PK\x03\x04broken", workbook()):
        path.write_bytes(content)
        with pytest.raises(BadInput, match="not a Word file"):
            board_word(a_round(), path)
    with pytest.raises(BadInput, match="not a Word file"):
        board_word(a_round(), tmp_path / "missing.docx")
    with zipfile.ZipFile(path, "w") as broken:
        broken.writestr("[Content_Types].xml", "<Types")
        broken.writestr("word/document.xml", "<w:document")
    with pytest.raises(BadInput, match="not a Word file"):
        board_word(a_round(), path)


def workbook() -> bytes:
    from auditflow.adapters.spreadsheet import Sheet, xlsx_bytes

    return xlsx_bytes([Sheet("One", ("A",), [("b",)])])


def test_a_template_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(word_template())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/media/image1.png", b"\0" * (MOST + 1))
    with pytest.raises(BadInput, match="too large"):
        board_word(a_round(), path)
