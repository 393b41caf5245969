"""Goal i1: a validated import of 100,000 rows, against raw COPY of as many; the workbook against openpyxl."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta

import openpyxl
import psycopg
import sqlalchemy as sa
import xlsxwriter

from auditflow.adapters.case_list import CaseListReading, open_case_list, read_cases
from auditflow.models import Frame
from auditflow.models.database import Database
from auditflow.services.frame_rows import write_cases
from bench.council import AT
from bench.measure import Goal, Result, interleave, seconds
from bench.places import driver_address, postgres_place
from bench.profile import costly

I1 = Goal("I1 csv", "a validated CSV import of 100,000 rows, against raw COPY into the same table", 0.25, 0.3)
I1_XLSX = Goal("I1 xlsx", "reading and checking a workbook of 20,000 rows, against reading it with openpyxl", 4.0, 6.0)
ROWS, SHEET_ROWS = 100_000, 20_000
HEADER = ("Case reference", "Case type", "Status", "Team", "Worker", "Family reference", "Date opened", "Sex")
MAPPING = dict(
    zip(
        ("case_ref", "case_type", "status", "team", "worker", "family", "opened", "sex"),
        HEADER,
        strict=True,
    )
)
AS_AT = date(2026, 10, 30)
COPY = "COPY frame_case (frame_id, row, ref, case_type, status, team, worker, opened, closed, more) FROM STDIN"


def rows(how_many: int) -> list[tuple[str, ...]]:
    """Invented cases as a council would export them."""
    chance = random.Random(7)
    types, sexes = ("Child in need", "Child protection plan", "Child looked after"), ("Male", "Female")
    first = date(2024, 1, 1)
    return [
        (
            f"CF-{n:07}",
            chance.choice(types),
            "Open",
            f"Team {chance.randrange(14)}",
            f"Worker {chance.randrange(180)}",
            f"F-{n // 2:06}",
            f"{first + timedelta(days=chance.randrange(900)):%d/%m/%Y}",
            chance.choice(sexes),
        )
        for n in range(how_many)
    ]


def csv_file(how_many: int) -> bytes:
    """The cases as a CSV file."""
    return "\n".join(",".join(row) for row in [HEADER, *rows(how_many)]).encode()


def workbook(how_many: int) -> bytes:
    """The cases as a workbook with one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate([HEADER, *rows(how_many)]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def read(content: bytes, name: str) -> CaseListReading:
    """Read and check the file with every column mapped."""
    case_list = open_case_list(content, name=name)
    return read_cases(case_list, {sheet: MAPPING for sheet in case_list.sheets}, as_at=AS_AT)


def new_frame(database: Database) -> int:
    """An empty case list; what the earlier repetition wrote is removed."""
    with database.writing() as session:
        session.execute(sa.text("TRUNCATE frame_case CASCADE"))
        frame = Frame(name="List", as_at=AS_AT, source_sha256="0" * 64, created_at=AT)
        session.add(frame)
        session.flush()
        return frame.id


def import_csv(database: Database, frame_id: int, content: bytes) -> None:
    """Everything that a person waits for: reading, checking, writing, committing."""
    with database.writing() as session:
        write_cases(session, frame_id, read(content, "list.csv"))


def copy_text(how_many: int) -> str:
    """The same cases as the text that COPY wants, the frame's number left open."""
    return "".join(
        f"{{frame_id}}\t{n}\t{r[0]}\t{r[1]}\t{r[2]}\t{r[3]}\t{r[4]}\t2026-01-05\t\t"
        f'{{{{"family":"{r[5]}","sex":"{r[7]}"}}}}\n'
        for n, r in enumerate(rows(how_many), 2)
    )


def copy_raw(address: str, text: str) -> None:
    """The floor: text that is ready, in one COPY and one commit."""
    with psycopg.connect(address) as connection, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(text)


def measure(repeats: int, scale: float) -> list[Result]:
    """CSV on PostgreSQL and a workbook in memory."""
    how_many = max(2_000, int(ROWS * scale))
    content, template = csv_file(how_many), copy_text(how_many)
    with postgres_place() as database:
        address = driver_address(database)

        def ours() -> float:
            frame_id = new_frame(database)
            return seconds(lambda: import_csv(database, frame_id, content))

        def floor() -> float:
            text = template.format(frame_id=new_frame(database))
            return seconds(lambda: copy_raw(address, text))

        times = interleave({"import": ours, "raw COPY": floor}, repeats)
        frame_id = new_frame(database)
        cause = costly(lambda: import_csv(database, frame_id, content))
    return [Result(I1, "import", "raw COPY", times, how_many, cause=cause), _workbook(repeats, scale)]


def _workbook(repeats: int, scale: float) -> Result:
    how_many = max(1_000, int(SHEET_ROWS * scale))
    content = workbook(how_many)

    def rows_by_openpyxl() -> None:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        assert len([list(row) for row in book.active.iter_rows(values_only=True)]) == how_many + 1

    def floor() -> float:
        return seconds(rows_by_openpyxl)

    def ours() -> float:
        return seconds(lambda: read(content, "list.xlsx"))

    times = interleave({"read and check": ours, "openpyxl": floor}, repeats)
    return Result(I1_XLSX, "read and check", "openpyxl", times, how_many, cause=costly(ours))
