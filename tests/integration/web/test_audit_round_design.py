"""The design of a sample over HTTP: what the form takes, what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, FrameCase
from auditflow.models.database import Database
from tests.factories.council import Council
from tests.factories.round_pages import CLOSED_ONLY, planned, ready_council
from tests.factories.uploaded import freeze_rows
from tests.pages import Browser, Page

SignIn = Callable[[object], Browser]
OWN = "Child in need: 7\nChild protection plan: 3\nChild looked after: 2"


@pytest.fixture
def council(database: Database) -> Council:
    return ready_council(database)


@pytest.fixture
def lead(sign_in: SignIn, council: Council) -> Browser:
    return sign_in(council.qa_lead)


def kept(database: Database) -> dict[str, Any]:
    """The design that the round has now."""
    with database.reading() as session:
        return session.scalars(sa.select(AuditRound)).one().design


def of_rows(lead: Browser, database: Database, council: Council, rows: str) -> Page:
    """The design page of a round on a list of one's own."""
    with database.writing() as session:
        frame = freeze_rows(session, council, rows).id
    return planned(lead, frame=frame)


def lock_and_draw(lead: Browser, trial: Page) -> Page:
    return lead.get(trial.path.replace("/trial", "/draw")).submit().submit()


def test_own_numbers_are_given_in_the_words_on_screen(lead: Browser, database: Database) -> None:
    trial = planned(lead).submit({**CLOSED_ONLY, "fixed": OWN})
    assert trial.path.endswith("/trial"), trial.text
    numbers = {"child_in_need": 7, "child_protection": 3, "child_in_care": 2}
    assert kept(database)["allocation"] == {"fixed": numbers}
    again = lead.get(trial.path.replace("/trial", "/design"))
    assert again.form()["fixed"] == ["\n".join(sorted(OWN.splitlines()))]
    assert "The sample is drawn" in lock_and_draw(lead, trial).text
    with database.reading() as session:
        count = sa.select(CaseAudit.case_type, sa.func.count()).group_by(CaseAudit.case_type)
        assert dict(tuple(row) for row in session.execute(count)) == numbers


@pytest.mark.parametrize("number", ["²", "9" * 3_000, "-1", "1.5", "٣"])
def test_what_only_looks_like_a_number_is_a_sentence(lead: Browser, number: str) -> None:
    page = planned(lead).submit({**CLOSED_ONLY, "fixed": f"Child in need: {number}"}, status=400)
    assert "a group, a colon and a number" in page.text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"fixed": OWN, "size": "14"}, "You ask for 14 cases, but your own numbers add up to 12: 12 for the groups."),
        ({"fixed": OWN, "unallocated": "group"}, "and 2 of “No team or worker yet”"),
        ({"fixed": OWN, "how_many": "all"}, "Every case is taken, so no group has a number of its own."),
        ({"fixed": OWN + "\nchild in need: 1"}, "“child in need” is given twice"),
        ({"fixed": OWN, "stratify": ""}, "Choose the groups before you give each a number of its own."),
        ({"fixed": "Child in need: 12"}, "The allocation gives no number for “Child looked after”"),
        ({"fixed": "Child in need: 6\nChild protection plan: 3\nChild looked after: 2\nX: 1"}, "The list has “Child"),
        ({"size": "0"}, "Number of cases must be 1 to 100,000, or a share, like 5%."),
        ({"size": "0%"}, "a share up to 100%"),
        ({"size": "101%"}, "a share up to 100%"),
        ({"size": "half"}, "Number of cases must be a whole number, like 80."),
        ({"per_worker": "1"}, "with at most 1 for each worker"),
        ({"overlooked": ["yes"]}, "no column “Date the worker was last audited”, so it cannot tell whose work"),
    ],
)
def test_what_contradicts_itself_or_the_list_is_a_sentence_in_words(
    lead: Browser, database: Database, answers: dict[str, object], sentence: str
) -> None:
    page = planned(lead).submit({**CLOSED_ONLY, **answers}, status=400)
    assert sentence in page.text
    for key in ("child_in_need", "child_in_care", "case_type", "“worker”", "worker_last_audited", "None"):
        assert key not in page.text.replace("None given", "")
    assert kept(database) == {}


def test_a_group_of_its_own_counts_with_own_numbers(lead: Browser, database: Database) -> None:
    answers = {**CLOSED_ONLY, "fixed": OWN, "size": "15", "unallocated": "group", "unallocated_size": "3"}
    trial = planned(lead).submit(answers)
    assert trial.path.endswith("/trial"), trial.text
    assert (kept(database)["size"], kept(database)["priority_strata"][0]["size"]) == (15, 3)
    again = lead.get(trial.path.replace("/trial", "/design")).form()
    assert (again["unallocated"], again["unallocated_size"], again["size"]) == (["group"], ["3"], ["15"])


@pytest.mark.parametrize(("typed", "cases"), [("5%", 3), ("25 %", 13), ("2.5%", 2), ("100%", 52), ("0.01%", 1)])
def test_a_share_is_kept_as_the_number_it_makes(lead: Browser, database: Database, typed: str, cases: int) -> None:
    answers = {**CLOSED_ONLY, "size": typed, "minimum": "", "per_worker": ""}
    trial = planned(lead).submit(answers)
    assert kept(database)["size"] == cases, "of the 52 of 60 cases that are open"
    assert lead.get(trial.path.replace("/trial", "/design")).form()["size"] == [str(cases)]


def test_every_case_is_taken_whatever_the_limits_say(lead: Browser, database: Database) -> None:
    page = planned(lead)
    assert "The limits for one worker and one family do not apply then" in page.text
    trial = page.submit({"how_many": "all", "rules": ["closed"]})
    assert "Every one of the 52 cases that can be drawn is in the sample." in trial.text
    assert "Every case is taken, so it is known already which." in trial.text
    assert "throw-away" not in trial.text
    assert "per_worker" not in kept(database)
    lock = lead.get(trial.path.replace("/trial", "/draw"))
    assert "You lock: every case that can be drawn of “Open cases, 23 October 2026”, a list of 60." in lock.text
    assert "52 cases are drawn" in lock_and_draw(lead, trial).text
    assert lead.get(trial.path.replace("/trial", "/draw")).path.endswith("/draw")


def rows_of(cases: int) -> str:
    """Some cases without a worker, some whose worker was audited lately, and some audited lately themselves."""
    lines = ["Case reference,Team,Worker,Date opened,Date last audited,Worker last audited"]
    for n in range(cases):
        worker = "" if n % 4 == 0 else f"Worker {n % 9}"
        seen = "2026-09-01" if n % 9 in (1, 2) else "2024-01-01" if n % 9 == 3 else ""
        lines.append(f"R-{n},{'East' if n % 2 else 'West'},{worker},2026-0{n % 9 + 1}-15,{seen},{seen}")
    return "\n".join(lines)


WHOLE = {"rules": [], "size": "20", "per_worker": "", "minimum": "1"}


def test_workers_nobody_looked_at_have_a_group_of_a_size_and_cases_without_worker_are_not_in_it(
    lead: Browser, database: Database, council: Council
) -> None:
    page = of_rows(lead, database, council, rows_of(120))
    trial = page.submit({**WHOLE, "overlooked": ["yes"], "overlooked_size": ""})
    assert trial.path.endswith("/trial"), trial.text
    group = kept(database)["priority_strata"][0]
    assert (group["size"], group["filled"]) == (5, "worker"), "a quarter of the sample"
    shown = lead.get(trial.path.replace("/trial", "/design")).form()
    assert (shown["overlooked"], shown["overlooked_size"]) == (["yes"], ["5"])
    lock_and_draw(lead, trial)
    with database.reading() as session:
        listed = sa.select(CaseAudit.stratum, FrameCase.worker).join(FrameCase, FrameCase.ref == CaseAudit.ref)
        cases = session.execute(listed).all()
    workers = [worker for stratum, worker in cases if stratum == group["name"]]
    assert len(workers) == 5
    assert set(workers) <= {f"Worker {n}" for n in (0, 3, 4, 5, 6, 7, 8)}


@pytest.mark.parametrize(("choice", "eligible"), [("together", 120), ("group", 120), ("out", 90)])
def test_cases_without_a_worker_stay_stand_apart_or_are_left_out(
    lead: Browser, database: Database, council: Council, choice: str, eligible: int
) -> None:
    trial = of_rows(lead, database, council, rows_of(120)).submit({**WHOLE, "unallocated": choice})
    assert f"20 of {eligible} gives about" in trial.text
    assert ("No team or worker yet" in trial.text) is (choice != "together")
    assert lead.get(trial.path.replace("/trial", "/design")).form()["unallocated"] == [choice]


def test_days_since_a_case_was_opened_or_audited_are_those_typed(
    lead: Browser, database: Database, council: Council
) -> None:
    answers = {**WHOLE, "rules": ["recent", "audited"], "recent_days": "100", "audited_days": "60"}
    trial = of_rows(lead, database, council, rows_of(120)).submit(answers)
    assert "Opened less than 100 days ago" in trial.text
    assert "Audited in the last 60 days" in trial.text
    assert [rule["within_days"] for rule in kept(database)["exclude"]] == [100, 60]
    shown = lead.get(trial.path.replace("/trial", "/design")).form()
    assert (shown["recent_days"], shown["audited_days"]) == (["100"], ["60"])


def test_a_list_of_references_alone_is_drawn_from_with_the_forms_own_defaults(
    lead: Browser, database: Database, council: Council
) -> None:
    rows = "\n".join(["Case reference", *(f"R-{n}" for n in range(200))])
    page = of_rows(lead, database, council, rows)
    for name in ("stratify", "minimum", "per_worker", "per_family", "unallocated", "overlooked", "fixed"):
        assert name not in page.form(), name
    assert "Restricted records" not in page.text
    trial = page.submit()
    assert "80 of the 200 cases that can be drawn are in this trial." in trial.text
    assert "The sample is drawn" in lock_and_draw(lead, trial).text


def test_a_list_with_teams_alone_is_grouped_and_compared_by_team(
    lead: Browser, database: Database, council: Council
) -> None:
    rows = "\n".join(["Case reference,Team", *(f"R-{n},Team {n % 3}" for n in range(200))])
    page = of_rows(lead, database, council, rows)
    assert page.form()["stratify"] == ["team"]
    trial = page.submit()
    assert "match the list of 200 closely, by team." in trial.text
    assert "kind of case" not in trial.text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"stratify": "case_type"}, "no column “Kind of case”, so it cannot draw by groups of it"),
        ({"per_worker": "2"}, "no column “Worker”, so it cannot limit the cases of one worker"),
        ({"per_family": "1"}, "no column “Family”, so it cannot limit the cases of one family"),
        ({"unallocated": "out"}, "no column “Worker”, so it cannot tell which cases have no worker"),
        ({"rules": ["recent"]}, "no column for “Cases opened a short time ago”"),
    ],
)
def test_what_needs_a_column_that_is_not_there_is_refused_in_words(
    lead: Browser, database: Database, council: Council, answers: dict[str, object], sentence: str
) -> None:
    page = of_rows(lead, database, council, "\n".join(["Case reference", *(f"R-{n}" for n in range(90))]))
    assert sentence in page.submit({"size": "20", **answers}, status=400).text


EVENT = {"seed_source": "public", "public_event": "The lottery of that day", "public_time": "20:30"}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (["1", "11", "2026"], "The event must not have happened yet"),
        (["2", "11", "9999"], "within a year from now"),
        (["2", "1", "1000"], "The event must not have happened yet"),
    ],
)
def test_an_event_that_is_over_or_far_away_is_refused_where_it_is_typed(
    lead: Browser, database: Database, day: list[str], sentence: str
) -> None:
    page = planned(lead).submit({**CLOSED_ONLY, **EVENT, "public_day": day}, status=400)
    assert sentence in page.text
    assert 'href="#public_day"' in page.html
    assert kept(database) == {}


def test_the_outcome_of_a_public_event_is_entered_before_two_witnesses(
    lead: Browser, database: Database, council: Council, clock: FixedClock
) -> None:
    trial = planned(lead).submit({**CLOSED_ONLY, **EVENT, "public_day": ["2", "11", "2026"]})
    locked = lead.get(trial.path.replace("/trial", "/draw")).submit()
    one, two, own = (str(p.id) for p in (council.director, council.auditors[0], council.qa_lead))
    seen = {"outcome": " 7 11  23 ", "first_witness": one, "second_witness": two}
    assert "has not happened yet" in locked.submit(seen, status=400).text
    clock.set(clock.now().replace(hour=21))
    for wrong in ({"second_witness": one}, {"second_witness": own}):
        refused = locked.submit({**seen, **wrong}, status=400)
        assert "two" in refused.text.lower(), refused.text
        assert refused.form()["outcome"] == ["7 11 23"]
    assert "choose one of the answers shown" in locked.submit({**seen, "first_witness": "99999"}, status=400).text
    assert "Enter the outcome" in locked.submit({**seen, "outcome": "  "}, status=400).text
    assert "The sample is drawn" in locked.submit(seen).text
