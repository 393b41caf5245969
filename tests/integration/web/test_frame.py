"""Case lists in the browser: upload, columns, preview, freezing; what is refused, and who may."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask_security import hash_password

from auditflow.models import Frame, FrameCase, Person, ReadLog
from auditflow.models.database import Database
from tests.factories.annex_a import annex_a_workbook, workbook_bytes
from tests.factories.council import START, Council
from tests.factories.results import agree_all, list_main
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser, Page

ROWS = (
    "Case reference,Case type,Allocated Team,Allocated Worker,Date opened,Forename\n"
    "CF-2,Child in need,Assessment East,Worker Assessment East 1,2026-01-05,Tom\n"
    "CF-1,Child protection plan,Assessment West,#N/A,05/02/2026,Ann\n"
    ",Child in need,Assessment East,Ann Lee,2026-01-05,Eve\n"
)
SignIn = Callable[[Any], Browser]


@pytest.fixture
def lead(council: Council, sign_in: SignIn) -> Browser:
    return sign_in(council.qa_lead)


def upload(lead: Browser, content: str | bytes = ROWS, name: str = "october.csv", **more: Any) -> Page:
    data = content.encode() if isinstance(content, str) else content
    status = more.pop("status", 200)
    typed = {"name": "October list", "as_at": ["30", "10", "2026"], "file": (io.BytesIO(data), name), **more}
    page = lead.get("/case-lists/new")
    return page.submit(typed, status=status)


def read(lead: Browser, content: str | bytes = ROWS) -> Page:
    return upload(lead, content).submit()


def test_a_file_becomes_a_frozen_list(lead: Browser, database: Database) -> None:
    columns = upload(lead)
    assert columns.path == "/case-lists/1/columns"
    assert "Forename: holds a person’s name" in columns.text
    assert columns.form()["s0-case_ref"] == ["Case reference"]
    assert "For example: Assessment East" in columns.text
    shown = columns.submit()
    assert "2 cases in the list. 1 of 3 rows was not taken." in shown.text
    assert "a spreadsheet error was read as blank (1 cell)" in shown.text
    assert "4The case reference is blank" in shown.text
    assert "Tom" not in shown.text
    freeze = lead.get("/case-lists/1/freeze")
    assert "1 row was not taken and will not be in the list: a case that stands in no other row" in freeze.text
    refused = freeze.submit(status=400)
    assert "Tick the box" in refused.text
    done = refused.submit({"checked": "y"})
    assert "The case list is frozen" in done.text
    with database.reading() as session:
        frame = session.get_one(Frame, 1)
        digest = frame.frame_sha256
        assert frame.stage == "frozen"
    file = lead.get("/case-lists/1/list.csv").response.data
    assert hashlib.sha256(file).hexdigest() == digest
    assert digest is not None
    assert digest[:8] in done.text
    assert "Frozen" in lead.get("/case-lists").text


def test_the_mapping_is_remembered_for_the_next_file_of_this_shape(lead: Browser) -> None:
    upload(lead).submit({"s0-worker": "", "s0-case_type": "=child_in_need"})
    again = upload(lead).form()
    assert again["s0-worker"] == [""]
    assert again["s0-case_type"] == ["=child_in_need"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 nothing", "list.pdf", "whose name ends in"),
        (b"%PDF-1.7 nothing", "list.csv", "not a spreadsheet that can be read. It is a PDF."),
        (b"", "list.csv", "“list.csv” is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "l.xlsx", "protected with a"),
    ],
)
def test_a_wrong_file_gets_its_sentence_and_what_was_typed_stays(
    lead: Browser, database: Database, content: bytes, name: str, sentence: str
) -> None:
    page = upload(lead, content, name, status=400)
    assert sentence in page.text
    assert "There is a problem" in page.text
    assert page.form()["name"] == ["October list"]
    assert page.form()["as_at"] == ["30", "10", "2026"]
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Frame)) == 0


def test_a_list_from_the_future_and_a_missing_name_are_refused(lead: Browser) -> None:
    page = upload(lead, name="l.csv", status=400, as_at=["3", "11", "2026"])
    assert "The date of the list cannot be in the future." in page.text
    page = lead.get("/case-lists/new").submit({}, status=400)
    for sentence in ("Enter a name for", "Enter the date of", "Choose the file"):
        assert sentence in page.text


def test_sending_the_same_upload_twice_makes_one_list(lead: Browser, database: Database) -> None:
    typed = lead.get("/case-lists/new").form()
    for _ in range(2):
        more = {"name": "Twice", "as_at": ["30", "10", "2026"], "file": (io.BytesIO(ROWS.encode()), "a.csv")}
        lead.post("/case-lists/new", {**typed, **more})
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Frame)) == 1


def test_a_mapping_without_a_reference_or_without_a_sheet_is_refused(lead: Browser) -> None:
    columns = upload(lead)
    page = columns.submit({"s0-case_ref": ""}, status=400)
    assert "Choose the column of “List” that holds the case reference." in page.text
    assert page.form()["s0-team"] == ["Allocated Team"]
    typed = {key: value for key, value in columns.form().items() if key != "s0-use"}
    nothing = lead.post(columns.path, {**typed, "key": "a" * 20}, status=400)
    assert "Choose at least one sheet" in nothing.text


def test_a_column_that_may_not_be_kept_cannot_be_chosen(lead: Browser) -> None:
    page = upload(lead).submit({"s0-family": "Forename"}, status=400)
    assert "choose one of the answers shown" in page.text


def test_a_list_without_rows_is_refused_and_can_be_mapped_again(lead: Browser) -> None:
    page = upload(lead, "Case reference,Team\n").submit(status=400)
    assert "no cases under it" in page.text
    assert lead.get("/case-lists/1").path == "/case-lists/1/columns"


def test_a_page_of_columns_that_is_out_of_date_is_refused(lead: Browser) -> None:
    columns = upload(lead)
    old = columns.form()
    columns.submit()
    page = lead.post(columns.path, {**old, "key": "b" * 20, "s0-worker": ""}, status=400)
    assert "Somebody else has changed this case list" in page.text
    assert page.form()["s0-worker"] == [""]


def test_the_same_columns_sent_twice_are_read_once(lead: Browser) -> None:
    columns = upload(lead)
    old = columns.form()
    columns.submit()
    assert "2 cases in the list" in lead.post(columns.path, old).text


def test_rows_that_were_not_taken_can_be_downloaded(lead: Browser) -> None:
    read(lead)
    csv = lead.get("/case-lists/1/not-taken.csv").response.data.decode("utf-8-sig")
    assert csv.splitlines() == ["Sheet,Row,Why it was not taken", "List,4,The case reference is blank"]
    assert lead.client.get("/case-lists/1/not-taken.xlsx").data[:2] == b"PK"


def test_a_frozen_list_is_never_mapped_again(lead: Browser) -> None:
    read(lead)
    lead.get("/case-lists/1/freeze").submit({"checked": "y"})
    assert lead.get("/case-lists/1/columns").path == "/case-lists/1"
    assert lead.get("/case-lists/1/freeze").path == "/case-lists/1"


def test_opening_a_list_is_logged(lead: Browser, database: Database, council: Council) -> None:
    read(lead)
    with database.reading() as session:
        log = session.execute(sa.select(ReadLog.subject_type, ReadLog.subject_id, ReadLog.person_id)).all()
    assert ("frame", 1, council.qa_lead.id) in [tuple(row) for row in log]


PATHS = ["", "/new", "/1", "/1/columns", "/1/freeze", "/1/names", "/1/progress", "/1/list.csv", "/1/not-taken.csv"]


def test_case_lists_do_not_exist_for_others(lead: Browser, council: Council, sign_in: SignIn) -> None:
    read(lead)
    for person in (council.administrator, council.director, council.auditors[0], council.managers[0]):
        browser = sign_in(person)
        for path in PATHS:
            browser.get(f"/case-lists{path}", status=404)
        browser.post("/case-lists/1/freeze", {"checked": "y"}, status=404)


def test_a_list_that_is_not_there_is_not_found(lead: Browser) -> None:
    for path in ("/99", "/99/columns", "/99/freeze", "/99/names", "/99/list.csv", "/99/not-taken.csv"):
        lead.get(f"/case-lists{path}", status=404)


def test_a_file_without_a_reference_is_told_its_columns(lead: Browser) -> None:
    page = upload(lead, "Colour,Team\nRed,East\n")
    assert "No column of this file looks like a case reference. Its columns are “Colour”, “Team”." in page.text
    assert "Choose the column of “List” that holds the case reference." in page.submit(status=400).text
    typed = {key: value for key, value in page.form().items() if key != "s0-use"}
    assert "Its columns are “Colour”, “Team”" in lead.post(page.path, typed, status=400).text
    assert "1 case in the list" in page.submit({"s0-case_ref": "Colour"}).text


def test_characters_that_no_page_can_show_are_left_out_of_the_examples(lead: Browser) -> None:
    page = upload(lead, "Case reference,Team\nCF-\x012,Ea\x02st\u200b\x7f\n\x03,West\n")
    assert "CF-2" in page.text
    assert "For example: East, West" in page.text
    assert "contains a control character" in page.submit().text


def test_cells_that_a_workbook_loses_are_said_on_the_preview(lead: Browser) -> None:
    rows = [["Case reference", "Team"], ["CF-1", "#N/A"], ["CF-2", "=1+1"]]
    page = upload(lead, workbook_bytes({"Cases": rows}), name="october.xlsx").submit()
    assert "The whole file: a spreadsheet error such as #N/A was read as blank (1 cell)." in page.text
    assert "a formula was saved without its value, and read as blank (1 cell)." in page.text


def test_after_the_session_ended_the_file_has_to_be_chosen_again(
    lead: Browser, council: Council, database: Database
) -> None:
    with lead.app.app_context(), database.writing() as session:
        person = session.get_one(Person, council.qa_lead.id)
        person.password = hash_password("three unrelated words")
        email = person.email
    form = lead.get("/case-lists/new").form()
    lead.client.delete_cookie("auditflow")
    typed = {**form, "name": "October list", "as_at": ["30", "10", "2026"], "file": (io.BytesIO(b"x"), "list.csv")}
    answer = lead.client.post("/case-lists/new", data=typed)
    ask = lead._page(answer, answer.status_code)
    assert "The file is not kept: you choose it again then." in ask.text
    back = ask.submit({"email": email, "password": "three unrelated words"})
    assert "The file could not be kept" in back.text
    assert "nothing is lost" not in back.text
    again = back.submit(status=400)
    assert "Choose the file with the case list." in again.text
    assert again.form()["name"] == ["October list"]


def test_rows_that_were_not_taken_are_counted_first_and_listed_behind(lead: Browser) -> None:
    rows = "Case reference,Date opened\nCF-1,2026-01-05\n" + "CF-2,ask Jo\n" * 3
    page = read(lead, rows)
    assert "Date opened: “ask Jo” cannot be read as a date3" in page.text
    assert "Each of these rows" in page.text
    assert "Sheet" not in page.text, "there is one only"


def test_sheets_that_cases_are_taken_from_come_first(lead: Browser) -> None:
    page = upload(lead, annex_a_workbook(), name="annex a.xlsx")
    order = [page.html.index(f"Take cases from “List {number}”") for number in (6, 7, 8, 9, 1, 2)]
    assert order == sorted(order)
    assert "For example: Ann Archer, Ann Archer, Bo Birch" in page.text


def test_the_page_of_freezing_says_what_is_filled_in_from_audits_made_here(
    lead: Browser, database: Database, council: Council
) -> None:
    with database.writing() as session:
        row = Steps(session, council, START).live(make_frame(session, council))
        agree_all(session, row, [2])
        listed = session.scalars(sa.select(FrameCase).where(FrameCase.ref == list_main(session, row)[0].ref)).one()
        line = f"{listed.ref},Child in need,{listed.team},{listed.worker},2026-05-04\n"
    file = f"Case reference,Case type,Allocated Team,Allocated Worker,Date opened\n{line}".encode()
    path = upload(lead, file).submit().path
    page = lead.get(f"{path}/freeze")
    assert "the list gets the date of the last audit of 1 case and of 1 worker" in page.text
    done = page.submit({"checked": "y"})
    assert "Date last audited: taken from audits made here for 1 case." in done.text
