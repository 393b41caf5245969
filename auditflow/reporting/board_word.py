"""The board report as a Word file, made from a template that a council can edit.

A template is a Word file with tags such as `{{ sentence }}`. It comes from people, so it is filled in by a sandbox,
and whatever is wrong with it is said in a sentence. The picture is drawn as tables, so that Word shows and prints it
sharply and no program is needed that turns drawings into images.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from auditflow.domain.errors import BadInput
from auditflow.reporting.board_report import Bar, BoardReport

__all__ = ["TAGS", "board_word", "word_template"]

SHIPPED = Path(__file__).with_name("board_report.docx")
SECTIONS = ("chosen", "completion", "grades", "domains", "work", "checked", "limits", "check")
TAGS = (
    *("title", "council", "round", "tool", "month", "marking", "status", "draft", "sentence", "picture", "no_picture"),
    *("caveat", "ask", "footnote", *SECTIONS),
)
"""Everything that a template may name; the parts have heading, sentences, tables and notes."""
MOST = 30_000_000
"""Bytes that a template may hold once it is unpacked."""
NOT_WORD = "This is not a Word file (.docx). Download the template, edit it in Word and save it as a Word document."
_WIDTH = 8600
_PROPERTY = 255


def word_template() -> bytes:
    """The template that the program ships, to be edited in Word."""
    return SHIPPED.read_bytes()


def board_word(report: BoardReport, template: Path | None = None) -> bytes:
    """The report's bytes, from the shipped template or a council's own.

    BadInput, in a sentence, for a template that is not a Word file, names something unknown or has broken tags.
    """
    document, made = _opened(template or SHIPPED), io.BytesIO()
    try:
        document.render(_context(report), _sandbox())
        document.docx.core_properties.title = f"{report.title} {report.about.round_name}"[:_PROPERTY]
        document.docx.core_properties.author = report.about.council_name[:_PROPERTY]
        document.save(made)
    except TemplateError as wrong:
        raise BadInput(_said(wrong), field="template") from wrong
    except (ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError) as wrong:
        raise BadInput(f"The template cannot be filled in: {wrong}.", field="template") from wrong
    return made.getvalue()


def _opened(path: Path) -> Any:
    """The template; BadInput where it is none."""
    from docx.exceptions import PythonDocxError
    from docxtpl import DocxTemplate

    _check_file(path)
    template = DocxTemplate(path)
    try:
        template.init_docx()
    except (AttributeError, LookupError, PythonDocxError, SyntaxError, ValueError) as wrong:
        raise BadInput(NOT_WORD, field="template") from wrong
    return template


def _check_file(path: Path) -> None:
    """Whether it is a Word file at all, and not one that unpacks to fill the memory."""
    try:
        with zipfile.ZipFile(path) as parts:
            names = {part.filename for part in parts.infolist()}
            size = sum(part.file_size for part in parts.infolist())
    except (OSError, zipfile.BadZipFile) as wrong:
        raise BadInput(NOT_WORD, field="template") from wrong
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise BadInput(NOT_WORD, field="template")
    if size > MOST:
        raise BadInput("This Word file is too large for a template: remove large pictures.", field="template")


def _sandbox() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _said(wrong: Exception) -> str:
    """What is wrong with a template's tags, and what to do."""
    if isinstance(wrong, SecurityError):
        return "The template asks for something that a template may not do. Use only the names of the shipped one."
    if isinstance(wrong, UndefinedError):
        named = re.findall(r"'([^']+)'", wrong.message or "")
        name = named[-1] if named else "something"
        return f"The template names “{name}”, which a board report does not have. It has: {', '.join(TAGS)}."
    reason = (wrong.message or "").rstrip(".") if isinstance(wrong, TemplateSyntaxError) else str(wrong)
    return f"A tag of the template is broken ({reason}). Compare it with the same tag of the shipped template."


def _context(report: BoardReport) -> dict[str, Any]:
    about = report.about
    plain = {
        "title": report.title,
        "council": about.council_name,
        "round": about.round_name,
        "tool": about.tool_title,
        "month": report.month,
        "marking": about.marking,
        "status": report.status,
        "draft": report.status if about.version is None else "",
        "sentence": report.sentence,
        "no_picture": report.no_picture,
        "caveat": report.caveat,
        "ask": report.ask,
        "footnote": report.footnote,
    }
    parts = {section.key: section for section in report.sections}
    return {
        **plain,
        **{key: parts.get(key) for key in SECTIONS},
        "picture": Markup("").join(_picture(report)),
    }


def _picture(report: BoardReport) -> Iterator[Markup]:
    """The bars as Word's own tables under their headings, with a key; nothing where there is no picture."""
    if not report.bars:
        return
    square = Markup('<w:r><w:rPr><w:color w:val="12436D"/></w:rPr><w:t xml:space="preserve">■ </w:t></w:r>')
    outline = Markup('<w:r><w:t xml:space="preserve">     □ </w:t></w:r>')
    yield _paragraph(square + _run("Good or better") + outline + _run("Not yet good"), keep=True)
    for bar in report.bars:
        yield _paragraph(_run(bar.heading, bold=True), keep=True)
        yield _bar(bar)
    yield _paragraph(Markup(""))


def _run(text: str, *, bold: bool = False, colour: str = "0B0C0C") -> Markup:
    weight = Markup("<w:b/>") if bold else ""
    return Markup('<w:r><w:rPr>{}<w:color w:val="{}"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>').format(
        weight, colour, text
    )


def _paragraph(runs: Markup, *, keep: bool = False, centre: bool = False) -> Markup:
    how = Markup("{}<w:spacing {}/>{}").format(
        Markup("<w:keepNext/>") if keep else "",
        Markup('w:before="0" w:after="0"') if centre else Markup('w:before="140" w:after="80"'),
        Markup('<w:jc w:val="center"/>') if centre else "",
    )
    return Markup("<w:p><w:pPr>{}</w:pPr>{}</w:p>").format(how, runs)


def _bar(bar: Bar) -> Markup:
    """One row of two cells as wide as their counts; one cell where all are on one side."""
    parts = [(bar.good, "12436D", "FFFFFF"), (bar.rest, "FFFFFF", "0B0C0C")]
    cells = [(round(_WIDTH * count / bar.of), count, fill, ink) for count, fill, ink in parts if count]
    words = escape(f"{bar.heading}: {bar.good:,} good or better, {bar.rest:,} not yet good, of {bar.of:,}.")
    grid = Markup("").join(Markup('<w:gridCol w:w="{}"/>').format(width) for width, *_ in cells)
    return Markup(
        '<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/>{}<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        '<w:tblDescription w:val="{}"/></w:tblPr><w:tblGrid>{}</w:tblGrid>'
        '<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="740" w:hRule="exact"/></w:trPr>{}</w:tr></w:tbl>'
    ).format(_WIDTH, _borders(), words, grid, Markup("").join(_cell(*cell) for cell in cells))


def _borders() -> Markup:
    sides = ("top", "left", "bottom", "right", "insideV")
    lines = Markup("").join(Markup('<w:{} w:val="single" w:sz="12" w:color="0B0C0C"/>').format(side) for side in sides)
    return Markup("<w:tblBorders>{}</w:tblBorders>").format(lines)


def _cell(width: int, count: int, fill: str, ink: str) -> Markup:
    return Markup(
        '<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/><w:shd w:val="clear" w:color="auto" w:fill="{}"/>'
        '<w:vAlign w:val="center"/></w:tcPr>{}</w:tc>'
    ).format(width, fill, _paragraph(_run(f"{count:,}", bold=True, colour=ink), centre=True))
