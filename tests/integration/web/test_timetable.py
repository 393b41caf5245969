"""The timetable in the browser: closure days and time limits, what they change, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, Stale
from auditflow.domain.working_days import end_of_day
from auditflow.models import CouncilTimetable, Journal
from auditflow.models.database import Database
from auditflow.queries.timetable import get_timetable
from auditflow.services import timetable_change
from auditflow.services.act import Act
from auditflow.services.timetable import timetable
from auditflow.services.timetable_change import add_closure_day, change_time_limits, remove_closure_day
from auditflow.services.verify import verify_journal
from auditflow.web.timetable_words import ASKED
from tests.conftest import MONDAY_MORNING
from tests.factories.council import Council
from tests.pages import Browser
from workflows.registry import WORKFLOWS
from workflows.time_limits import TIME_LIMITS

SignIn = Callable[[Any], Browser]
TUESDAY = local_date(MONDAY_MORNING) + timedelta(days=1)


def typed(day: date, name: str = "Council closed") -> dict[str, Any]:
    return {"day": [str(day.day), str(day.month), str(day.year)], "name": name}


def due_to_start(database: Database) -> date:
    """The day by which an audit that is allocated on Monday is to be started."""
    deadline = next(d for d in WORKFLOWS["case_audit"].deadlines if d.key == "start")
    with database.reading() as session:
        due = timetable(session).due(deadline, MONDAY_MORNING, {})
    assert due is not None
    assert due == end_of_day(local_date(due))
    return local_date(due)


def test_a_closure_day_is_no_working_day_until_it_is_taken_back(admin: Browser, database: Database) -> None:
    before = due_to_start(database)
    page = admin.get("/timetable/closure-days/new").submit(typed(TUESDAY, "Flood at the civic centre"))
    assert "no longer counts as a working day" in page.text
    assert "The council is closed on 1 day" in page.text
    assert "Flood at the civic centre" in page.text
    assert due_to_start(database) > before
    again = page.submit(action="/timetable/closure-days/remove")
    assert "counts as a working day again" in again.text
    assert due_to_start(database) == before
    with database.reading() as session:
        entries = session.scalars(
            sa.select(Journal.entry).where(Journal.subject_type == "council_timetable").order_by(Journal.number)
        ).all()
        assert entries == ["closure_day_added", "closure_day_removed"]
        assert verify_journal(session).findings == ()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TUESDAY + timedelta(days=4), "is a weekend or a bank holiday"),
        (date(TUESDAY.year, 12, 25), "is a weekend or a bank holiday"),
        (TUESDAY.replace(year=TUESDAY.year + 20), "Give a day between"),
    ],
)
def test_a_day_that_changes_nothing_is_refused_and_kept_on_the_form(admin: Browser, day: date, sentence: str) -> None:
    page = admin.get("/timetable/closure-days/new").submit(typed(day), status=400)
    assert sentence in page.text
    assert page.form()["name"] == ["Council closed"]


def test_a_limit_of_the_councils_own_counts_and_every_page_says_it(
    admin: Browser, council: Council, sign_in: SignIn, database: Database
) -> None:
    page = admin.get("/timetable/limits").submit({"days_to_start_audit": "1", "hours_to_acknowledge": "2"})
    assert "The time limits are saved" in page.text
    assert "Yes: usually 5 working days" in page.text
    assert due_to_start(database) == TUESDAY
    help_page = sign_in(council.auditors[0]).get("/help").text
    assert "Start one within 1 working day;" in help_page
    assert "acknowledge it within 2 hours" in help_page
    admin.get("/timetable/limits").submit({"days_to_start_audit": "", "hours_to_acknowledge": "4"})
    with database.reading() as session:
        assert get_timetable(session).time_limits == {}
        last = session.scalars(sa.select(Journal).order_by(Journal.id.desc())).first()
        assert last is not None
        assert last.details["changed"] == {"days_to_start_audit": [1, 5], "hours_to_acknowledge": [2, 4]}


def test_limits_that_make_no_sense_are_refused_beside_their_box(admin: Browser) -> None:
    page = admin.get("/timetable/limits")
    refused = page.submit({"hours_to_acknowledge": "30"}, status=400)
    assert "This must be more than the limit before it." in refused.text
    assert refused.form()["hours_to_acknowledge"] == ["30"]
    for bad in ("0", "61", "two", "-3"):
        assert "days_to_moderate" in str(page.submit({"days_to_moderate": bad}, status=400).form())


def test_a_stale_page_loses_nothing_of_the_other_administrators(admin: Browser, database: Database) -> None:
    first, second = admin.get("/timetable/closure-days/new"), admin.get("/timetable/closure-days/new")
    first.submit(typed(TUESDAY))
    assert "changed this since you opened it" in second.submit(typed(TUESDAY + timedelta(days=1)), status=409).text
    first.submit(typed(TUESDAY))  # sent twice: one closure day
    with database.reading() as session:
        own = get_timetable(session)
        assert (list(own.closure_days), own.version) == ([TUESDAY.isoformat()], 1)


def test_two_first_changes_at_once_are_one_change_and_one_stale_page(
    database: Database, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = council.administrator.id
    with database.writing() as session:
        add_closure_day(session, TUESDAY, "Closed", Act(by, MONDAY_MORNING, "a"), expected_version=0)
    # The other one read the timetable before that was committed.
    monkeypatch.setattr(
        timetable_change,
        "get_timetable",
        lambda _session: CouncilTimetable(id=1, version=0, closure_days={}, time_limits={}),
    )
    with pytest.raises(Stale), database.writing() as session:
        change_time_limits(session, {"days_to_moderate": 4}, Act(by, MONDAY_MORNING, "b"), expected_version=0)
    monkeypatch.undo()
    with database.reading() as session:
        own = get_timetable(session)
        assert (list(own.closure_days), own.time_limits, own.version) == ([TUESDAY.isoformat()], {}, 1)


def test_what_makes_no_sense_is_refused_by_the_service_too(database: Database, council: Council) -> None:
    def act(key: str) -> Act:
        return Act(actor_id=council.administrator.id, at=MONDAY_MORNING, key=key)

    with database.writing() as session:
        add_closure_day(session, TUESDAY, "Closed", act("a"), expected_version=0)
    with database.writing() as session, pytest.raises(Stale):
        change_time_limits(session, {"days_to_moderate": 4}, act("b"), expected_version=0)
    with database.writing() as session, pytest.raises(BadInput, match="no time limit called"):
        change_time_limits(session, {"days_to_nap": 4}, act("c"))
    with database.writing() as session, pytest.raises(BadInput, match="not closed"):
        remove_closure_day(session, TUESDAY + timedelta(days=1), act("d"))


def test_the_timetable_is_for_administrators_only(council: Council, sign_in: SignIn) -> None:
    for other in (council.qa_lead, council.auditors[0], council.director):
        for path in ("/timetable", "/timetable/closure-days/new", "/timetable/limits"):
            sign_in(other).get(path, status=404)


def test_every_time_limit_has_words() -> None:
    assert ASKED.keys() == TIME_LIMITS.keys()
