"""What a request says of itself: the key of an act, numbers and filters in an address."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.adapters.case_list_source import MAX_BYTES
from auditflow.models import CaseAudit, Deadline, Journal, Person, Reflection
from auditflow.web.request import house
from forms.frame import UploadFrameForm
from tests.factories.actions import run_deadlines
from tests.factories.audits import make_round
from tests.factories.council import START, make_council
from tests.factories.moderation import make_submitted


@pytest.fixture
def shared(database):
    """The id of an audit that its worker may read, and whose time to challenge runs out."""
    with database.writing() as session:
        council = make_council(session)
        row = make_round(session, council)
        graded = {"published_grade": 3, "shared_at": START, "agreed_at": START}
        audit = make_submitted(session, council, "feedback_shared", audit_round=row, **graded)
        session.flush()
        session.add(Reflection(case_audit_id=audit.id, person_id=audit.worker_id, invited_at=START))
        return audit.id, audit.worker_id


def test_nobody_takes_the_key_of_what_the_system_will_do(database, clock, sign_in, shared) -> None:
    audit_id, worker_id = shared
    with database.reading() as session:
        due_at = session.scalars(sa.select(Deadline.due_at).where(Deadline.key == "challenge")).one()
    taken = f"due:challenge:{due_at:%Y%m%d%H%M%S}"
    sign_in(worker_id).post(f"/audits/{audit_id}/feedback/read", {"key": taken})
    with database.writing() as session:
        assert session.scalars(sa.select(Journal.entry).where(Journal.entry == "outcome_read")).one()
        clock.advance(due_at - clock.now() + timedelta(seconds=1))
        assert "moved" in run_deadlines(session, clock.now())
    with database.reading() as session:
        assert session.get_one(CaseAudit, audit_id).state == "closed"


@pytest.mark.parametrize("key", ["k" * 20, "é\x00" * 30, ""])
def test_an_odd_key_is_taken_and_not_kept(database, sign_in, shared, key) -> None:
    audit_id, worker_id = shared
    sign_in(worker_id).post(f"/audits/{audit_id}/feedback/read", {"key": key})
    with database.reading() as session:
        assert session.scalars(sa.select(Journal.key).where(Journal.entry == "outcome_read")).one() != key


def test_the_key_of_a_form_is_kept_as_it_is(database, sign_in, shared) -> None:
    audit_id, worker_id = shared
    page = sign_in(worker_id).get(f"/audits/{audit_id}/feedback")
    (key,) = page.form("/read")["key"]
    page.submit(action="/read")
    with database.reading() as session:
        assert session.scalars(sa.select(Journal.key).where(Journal.entry == "outcome_read")).one() == key


HUGE = "9" * 30
NOWHERE = (
    *(f"/rounds/{HUGE}", f"/audits/{HUGE}", f"/audits/1/submissions/{HUGE}", "/people/3000000000"),
    *(f"/set-password/{token}" for token in (f"{HUGE}-1-x", "²-1-x", f"1-{HUGE}-{'0' * 40}", "1-99999999999-é")),
)


def test_a_number_that_no_row_can_have_leads_nowhere(app, sign_in, shared) -> None:
    lead, nobody = sign_in(_person(app, "Quinn Abbott")), app.test_client()
    for address in NOWHERE:
        answer = (nobody if "password" in address else lead.client).get(address)
        assert answer.status_code in (400, 404), address
    lead.get(f"/rounds/1/cases?auditor={HUGE}&team=-1&page={HUGE}")


@pytest.mark.parametrize(
    "address", ["/actions?search=%00", "/audits/1/sections/%00", "/static/%00", "/sign-in?next=%00"]
)
def test_an_address_with_a_nul_is_refused_before_anything_reads_it(sign_in, app, shared, address) -> None:
    assert sign_in(_person(app, "Auditor A")).client.get(address).status_code == 400


def test_links_of_a_list_carry_its_filters_along_and_nothing_else(sign_in, app, shared) -> None:
    lead = sign_in(_person(app, "Quinn Abbott"))
    page = lead.get("/rounds/1/cases?search=CF&_external=1&_scheme=javascript&_anchor=x&round_id=2&kind=")
    files = [link for link in page.links() if "cases.csv" in link]
    assert files == ["/rounds/1/cases.csv?search=CF"]


def _person(app, name: str) -> int:
    with house(app).database.reading() as session:
        return session.scalars(sa.select(Person.id).where(Person.name == name)).one()


@pytest.mark.parametrize("by_script", [False, True])
def test_an_upload_that_is_too_large_is_a_page_that_says_the_limit(app, sign_in, shared, by_script) -> None:
    browser = sign_in(_person(app, "Quinn Abbott"))
    form = browser.get("/case-lists/new").form()
    app.config["MAX_CONTENT_LENGTH"] = 20_000
    more = {"headers": {"X-Requested-With": "fetch"}} if by_script else {}
    typed = {**form, "name": "October", "file": (io.BytesIO(b"x" * 30_000), "list.csv")}
    answer = browser.client.post("/case-lists/new", data=typed, **more)
    assert answer.status_code == 413
    if by_script:
        assert answer.get_json() == {"error": "That is too large to send. Nothing of it was saved."}
    else:
        assert "A file may have up to 64 MB." in browser._page(answer, 413).text


@pytest.mark.parametrize(
    ("setting", "most", "typed"),
    [
        ("MAX_FORM_MEMORY_SIZE", 20_000, {"name": "x" * 30_000}),
        ("MAX_FORM_PARTS", 20, {f"name-{n}": "x" for n in range(30)}),
    ],
)
def test_text_or_parts_beyond_the_limit_are_the_same_page(app, sign_in, shared, setting, most, typed) -> None:
    browser = sign_in(_person(app, "Quinn Abbott"))
    form = browser.get("/case-lists/new").form()
    app.config[setting] = most
    sent = {**form, **typed, "file": (io.BytesIO(b"x"), "list.csv")}
    page = browser._page(browser.client.post("/case-lists/new", data=sent), 413)
    assert "too large to send" in page.html
    assert "What you typed" not in page.text


def test_the_largest_file_fits_into_a_request(app) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] > MAX_BYTES
    assert f"up to {MAX_BYTES >> 20} MB" in UploadFrameForm().file.description
