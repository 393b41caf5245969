"""The report of a round for a board: one page that says it, then the evidence. Plain data, for Word and PDF alike.

What may be published is chosen by `statistics.board_tables`; the sentences are in `board_sentences`. Both formats show
exactly this, so that nobody has to ask which of them is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from auditflow.reporting import board_sentences as say
from auditflow.reporting import board_trust as trust
from auditflow.reporting.about import About, day_words, month_of
from auditflow.reporting.result_words import GRADES
from auditflow.statistics.board_tables import BoardTables, Column, board_tables
from auditflow.statistics.disclosure import SYMBOL
from auditflow.statistics.wording import FEW

__all__ = ["About", "Bar", "BoardReport", "Row", "Section", "Table", "board_report"]

_COUNT = re.compile(r"[0-9,]+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TITLE = "How good is practice?"
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture: good or better against the rest."""

    label: str
    heading: str
    good: int
    of: int

    @property
    def rest(self) -> int:
        """Those not yet good."""
        return self.of - self.good


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row, its cells as they are shown; a strong one is a sum."""

    label: str
    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first heading is that of the rows."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def counts(self) -> bool:
        """Whether every cell is a count, so that they stand to the right."""
        return all(cell == SYMBOL or _COUNT.fullmatch(cell) is not None for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the evidence: sentences, then tables, then sentences about them."""

    key: str
    heading: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def hides(self) -> bool:
        """Whether a count of its tables is hidden."""
        return any(SYMBOL in row.cells for table in self.tables for row in table.rows)


@dataclass(frozen=True, slots=True)
class BoardReport:
    """Everything that the report says. `bars` is empty where there is no picture, and `no_picture` says why."""

    about: About
    title: str
    month: str
    sentence: str
    bars: tuple[Bar, ...]
    no_picture: str
    caveat: str
    ask: str
    sections: tuple[Section, ...]
    footnote: str

    @property
    def status(self) -> str:
        """Which version of the results, or that they are a draft."""
        return self.about.status

    @property
    def picture_words(self) -> str:
        """What is seen in the picture, for those who do not see it."""
        return "; ".join(f"{bar.heading}, {bar.good:,} of {bar.of:,}" for bar in self.bars) + "."


def board_report(results: Figures, about: About) -> BoardReport:
    """The report of these results, as `services.results` makes them and a closed round keeps them."""
    about = _printable(about)
    tables, board = board_tables(results), results["board"]
    sections = [_explained(section) for section in _sections(results, tables, about)]
    hides = any(section.hides for section in sections)
    words = hides or bool(tables.domains)
    return BoardReport(
        about=about,
        title=TITLE,
        month=month_of(date.fromisoformat(results["round"]["record_date"])),
        sentence=board["sentence"],
        bars=tuple(Bar(**bar) for bar in board["bars"]) if tables.picture else (),
        no_picture="" if tables.picture else _why_no_picture(results, tables),
        caveat=board["caveat"],
        ask=trust.ask_whom(about),
        sections=tuple(sections),
        footnote=say.FOOTNOTE if words else "",
    )


def _explained(section: Section) -> Section:
    """Says below the tables what the mark stands for, where there is one."""
    return replace(section, notes=(*section.notes, say.HIDDEN)) if section.hides else section


def _printable(about: About) -> About:
    """Names without characters that neither Word nor PDF can hold."""
    return replace(
        about,
        council_name=_UNPRINTABLE.sub("", about.council_name),
        round_name=_UNPRINTABLE.sub("", about.round_name),
        tool_title=_UNPRINTABLE.sub("", about.tool_title),
        marking=_UNPRINTABLE.sub("", about.marking),
    )


def _why_no_picture(results: Figures, tables: BoardTables) -> str:
    small, poor, few, weighted = say.NO_PICTURE
    again = results["re_audit"]
    if again and again["because_poor"]:
        return poor
    if tables.cases < FEW:
        return few
    return small if results["board"]["hidden"] else weighted


def _sections(results: Figures, tables: BoardTables, about: About) -> list[Section]:
    again = results["re_audit"]
    found = [
        Section("chosen", "How the cases were chosen", tuple(say.chosen(results))),
        _completion(results),
        _grades(results, tables),
    ]
    if tables.domains:
        found.append(_domains(results, tables))
    if again and tables.work:
        found.append(_work(tables))
    found.append(Section("checked", "How the grades were checked", tuple(trust.checked(tables))))
    found.append(Section("limits", "What else this cannot tell you", tuple(trust.limits(results, tables))))
    found.append(Section("check", "How to check this report", tuple(trust.how_to_check(about)), (_digests(about),)))
    return found


def _completion(results: Figures) -> Section:
    done = results["completion"]
    counts = [
        ("Planned", "planned"),
        ("Done", "done"),
        ("Late", "late"),
        ("Exempt", "exempted"),
        ("Removed", "removed"),
    ]
    rows = [Row(label, (f"{done[name]:,}",)) for label, name in counts]
    if done["open"]:
        rows.append(Row("Not agreed yet", (f"{done['open']:,}",)))
    table = Table("Audits planned and done", ("Audits", "Number"), tuple(rows))
    return Section("completion", "How far the work got", (), (table,), tuple(say.work_done(results)))


def _grades(results: Figures, tables: BoardTables) -> Section:
    again = results["re_audit"]
    found = []
    if tables.grades:
        caption = "Grades of the same cases, before and after" if again else "Grades of the cases"
        headings = tuple(column.name.capitalize() for column in tables.grades) if again else ("Cases",)
        found.append(Table(caption, ("Grade", *headings), tuple(_grade_rows(tables.grades))))
    if tables.moved:
        moved = tables.moved
        words = (("Moved up a grade or more", moved.improved), ("Stayed", moved.same), ("Moved down", moved.declined))
        rows = tuple(Row(label, (f"{count:,}",)) for label, count in words)
        found.append(Table("How the same cases moved", ("Grade", "Cases"), rows))
    about = tuple(say.grades_about(results, tables))
    return Section("grades", "The grades", about, tuple(found), tuple(say.moved_about(results, tables)))


def _grade_rows(columns: tuple[Column, ...]) -> list[Row]:
    """Good or better with its two grades, then the others with theirs; the grades only where a column has them."""
    shown = all(column.grades is not None for column in columns)
    rows = [Row("Good or better", _cells(column.good for column in columns), strong=True)]
    rows.append(Row("Not yet good", _cells(column.rest for column in columns), strong=True))
    if not shown:
        return [*rows, Row("All", _cells(column.good + column.rest for column in columns), strong=True)]
    each = [
        Row(name, _cells(column.grades[place] for column in columns if column.grades is not None))
        for place, name in enumerate(GRADES)
    ]
    whole = Row("All", _cells(column.good + column.rest for column in columns), strong=True)
    return [rows[0], *each[:2], rows[1], *each[2:], whole]


def _cells(counts: Iterable[int | None]) -> tuple[str, ...]:
    return tuple(SYMBOL if count is None else f"{count:,}" for count in counts)


def _domains(results: Figures, tables: BoardTables) -> Section:
    again = results["re_audit"]
    headings = (again["before"].capitalize(), again["after"].capitalize()) if again else ("Good or better",)
    rows = tuple(
        Row(
            domain.title,
            (*(say.share_cell(share, domain.cases) for share in domain.shares), *_cells((domain.not_applicable,))),
        )
        for domain in tables.domains
    )
    table = Table("Good or better, domain by domain", ("Domain", *headings, "Not applicable"), rows)
    return Section("domains", "Domain by domain", tuple(say.domains_about(results)), (table,))


def _work(tables: BoardTables) -> Section:
    rows = tuple(
        Row(
            work.title,
            (*_cells((work.made,)), say.share_cell(work.done, work.made), say.share_cell(work.helped, work.made)),
        )
        for work in tables.work
    )
    table = Table("Actions about the first findings", ("Domain", "Agreed", "Done", "Made a difference"), rows)
    return Section("work", "What was done about the first findings", tuple(say.work_about()), (table,))


def _digests(about: About) -> Table:
    rows = [
        Row("Results", (about.status,)),
        Row("Fingerprint (SHA-256)", (about.results_sha256,)),
        Row("Report made on", (day_words(about.made_on),)),
    ]
    if about.seal:
        rows.append(Row(f"Seal {about.seal[0]:,}", (about.seal[1],)))
    return Table("To compare", ("What", "Value"), tuple(rows))
