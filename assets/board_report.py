"""Makes the Word template of the board report: `python assets/board_report.py` writes it where the program looks.

Real heading styles, a table of its own style whose header row is repeated, the marking at the top and foot of every
page. What stands in double braces is filled in by `auditflow.reporting.board_word`; a council edits the rest in Word.
"""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).parents[1] / "auditflow" / "reporting" / "board_report.docx"
WIDTH = 166
FONT = "Arial"
INK, BLUE, GREY = RGBColor(0x0B, 0x0C, 0x0C), RGBColor(0x12, 0x43, 0x6D), RGBColor(0x44, 0x44, 0x44)
MADE = datetime(2026, 11, 30, 9, 0)  # noqa: DTZ001 -- a fixed day, so that the file is the same whenever it is made
SECTIONS = ("chosen", "completion", "grades", "domains", "work", "checked", "limits", "check")
WIDTHS = {3: (64, 51, 51), 4: (56, 42, 42, 26)}
CHECK_WIDTHS = {2: (38, 128)}
WORK_WIDTHS = {4: (58, 18, 45, 45)}
TABLED = ("completion", "grades", "domains", "work", "check")
COUNT_WIDTHS = {2: (80, 30), 3: (70, 30, 30)}
TABLE_STYLE = f"""<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BoardTable">
<w:name w:val="Board table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
<w:pPr><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/></w:pPr>
<w:tblPr><w:tblBorders><w:top w:val="nil"/><w:bottom w:val="single" w:sz="4" w:color="8A9096"/>
<w:insideH w:val="single" w:sz="4" w:color="8A9096"/></w:tblBorders>
<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="110" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="10" w:color="0B0C0C"/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>"""


def make() -> bytes:
    """The template's bytes."""
    document = Document()
    _page(document)
    _styles(document)
    _margins(document)
    _first_page(document)
    _evidence(document)
    document.core_properties.title = "Board report"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "en-GB"
    document.core_properties.created = document.core_properties.modified = MADE
    made = io.BytesIO()
    document.save(made)
    return _same_each_time(made)


def _same_each_time(made: io.BytesIO) -> bytes:
    """The file's parts under one fixed day, so that making it again changes no byte."""
    again = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(again, "w") as kept:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            part.external_attr = 0o644 << 16
            kept.writestr(part, parts.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(25), Mm(24)
    section.header_distance = section.footer_distance = Mm(11)


def _styles(document: Any) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:rPr')}")
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'))
    _style(document, "Normal", size=10.5, after=6)
    _style(document, "Heading 1", size=26, bold=True, before=0, after=5)
    _style(document, "Heading 2", size=14, bold=True, before=13, after=4)
    for name, options in {
        "Board caption": {"size": 10.5, "colour": GREY, "after": 4},
        "Board finding": {"size": 19, "before": 14, "after": 16},
        "Board part": {"size": 20, "bold": True, "colour": BLUE, "after": 2, "new_page": True},
        "Board table caption": {"size": 10.5, "bold": True, "before": 4, "after": 2, "keep": True},
        "Board cell": {"size": 9.5, "before": 2, "after": 2, "keep": True},
        "Board note": {"size": 9.5, "colour": GREY, "before": 6, "after": 4},
        "Board margin": {"size": 9, "after": 0},
    }.items():
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
        _style(document, name, **options)
    document.styles["Board caption"].quick_style = True
    document.styles.element.append(parse_xml(TABLE_STYLE))


def _style(
    document: Any,
    name: str,
    *,
    size: float,
    bold: bool = False,
    colour: RGBColor = INK,
    **space: Any,
) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = colour
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), FONT)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(space.get("before", 0)), Pt(space.get("after", 0))
    layout.line_spacing = 1.15
    layout.keep_with_next = name.startswith("Heading") or space.get("keep")
    layout.page_break_before = space.get("new_page")


def _margins(document: Any) -> None:
    """The marking at the top and at the foot of every page, the draft's warning, the page's number."""
    section = document.sections[0]
    header, marking = section.header.paragraphs[0], section.footer.paragraphs[0]
    footer = section.footer.add_paragraph()
    for line in (header, marking, footer):
        line.style = document.styles["Board margin"]
        line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    header.add_run("{{ draft }}\t")
    for line in (header, marking):
        line.add_run("{{ marking }}").bold = True
    marking.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("{{ council }}, {{ round }}\tPage ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(line: Any, code: str) -> None:
    run = line.add_run()
    for kind in ("begin", None, "separate", "text", "end"):
        if kind == "text":
            run._r.append(parse_xml(f"<w:t {nsdecls('w')}>1</w:t>"))
        elif kind is None:
            run._r.append(parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"> {code} </w:instrText>'))
        else:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))


def _first_page(document: Any) -> None:
    add = document.add_paragraph
    add("{{ council }}: {{ tool }}", style="Board caption")
    document.add_heading("{{ title }}", level=1)
    add("{{ round }}. Records read as they stood in {{ month }}. {{ status }}.", style="Board caption")
    add("{{ sentence }}", style="Board finding")
    add("{{p picture }}")
    add("{%p if no_picture %}")
    add("{{ no_picture }}")
    add("{%p endif %}")
    document.add_heading("What this cannot tell you", level=2)
    add("{{ caveat }}")
    document.add_heading("Who to ask", level=2)
    add("{{ ask }}")


def _evidence(document: Any) -> None:
    document.add_paragraph("The evidence", style="Board part")
    for key in SECTIONS:
        _section(document, key)
    document.add_paragraph("{%p if footnote %}")
    document.add_paragraph("{{ footnote }}", style="Board note")
    document.add_paragraph("{%p endif %}")


def _section(document: Any, key: str) -> None:
    add = document.add_paragraph
    add(f"{{%p if {key} %}}")
    document.add_heading(f"{{{{ {key}.heading }}}}", level=2)
    add(f"{{%p for sentence in {key}.sentences %}}")
    add("{{ sentence }}").paragraph_format.keep_with_next = key in TABLED
    add("{%p endfor %}")
    if key in TABLED:
        add(f"{{%p for table in {key}.tables %}}")
        add("{{ table.caption }}", style="Board table caption")
        _tables(document, key)
        add("{%p endfor %}")
    add(f"{{%p for note in {key}.notes %}}")
    add("{{ note }}", style="Board note")
    add("{%p endfor %}")
    add("{%p endif %}")


def _tables(document: Any, key: str) -> None:
    """The section's table with as many columns as it has, each kind laid out once."""
    widths = {"completion": (2,), "grades": (2, 3), "domains": (3, 4), "work": (4,), "check": (2,)}[key]
    counts = key in ("completion", "grades")
    for place, columns in enumerate(widths):
        if len(widths) > 1:
            document.add_paragraph(f"{{%p {'if' if not place else 'elif'} table.headings|length == {columns} %}}")
        laid = COUNT_WIDTHS if counts else {"check": CHECK_WIDTHS, "work": WORK_WIDTHS}.get(key, WIDTHS)
        _table(document, laid[columns], counts=counts)
    if len(widths) > 1:
        document.add_paragraph("{%p endif %}")


def _table(document: Any, widths: tuple[int, ...], *, counts: bool) -> None:
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.autofit = document.styles["Board table"], False
    _row(table, [f"{{{{ table.headings[{n}] }}}}" for n in range(len(widths))], widths, counts=counts, bold=True)
    cells = ["{{ row.label }}", *(f"{{{{ row.cells[{n}] }}}}" for n in range(len(widths) - 1))]
    _tag(table, "{%tr for row in table.rows %}")
    _tag(table, "{%tr if row.strong %}")
    _row(table, cells, widths, counts=counts, bold=True)
    _tag(table, "{%tr else %}")
    _row(table, cells, widths, counts=counts)
    _tag(table, "{%tr endif %}")
    _tag(table, "{%tr endfor %}")
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _tag(table: Any, tag: str) -> None:
    """A row that only holds a tag; it is gone once the report is made."""
    table.add_row().cells[0].paragraphs[0].add_run(tag)


def _row(table: Any, texts: list[str], widths: tuple[int, ...], *, counts: bool, bold: bool = False) -> None:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = Mm(width)
        line = cell.paragraphs[0]
        line.style = "Board cell"
        line.add_run(text).bold = bold or None
        if counts and place:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


if __name__ == "__main__":
    TARGET.write_bytes(make())
    sys.stdout.write(f"{TARGET}\n")
