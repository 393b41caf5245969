"""A census over HTTP: planned, taken, launched, a month added, and what each page says of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from auditflow.models import AuditRound, CaseAudit, NameMatch
from auditflow.models.database import Database
from tests.factories.audits import make_tool
from tests.factories.census import NOVEMBER, live_census, month_list, new_cases, november, october
from tests.factories.council import START, Council, make_council
from tests.factories.results import agree_all, set_columns
from tests.factories.sampling import Steps, make_frame, match_names
from tests.pages import Browser, Page

SignIn = Callable[[object], Browser]
DATES = {"starts_on": ["2", "11", "2026"], "ends_on": ["30", "4", "2027"], "record_date": ["23", "10", "2026"]}


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        council = make_council(session)
        match_names(session, council)
        make_tool(session)
        october(session, council)
        session.expunge_all()
    return council


@pytest.fixture
def lead(sign_in: SignIn, council: Council) -> Browser:
    return sign_in(council.qa_lead)


def planned(lead: Browser) -> Page:
    first = lead.get("/rounds/new")
    tool = re.findall(r'name="tool_version_id"[^>]*value="(\d+)"', first.html)[0]
    page = first.submit({"name": "Every new plan", "tool_version_id": tool, **DATES})
    frame = re.findall(r'name="frame_id"[^>]*value="(\d+)"', page.html)[0]
    return page.submit({"frame_id": frame})


def taken(lead: Browser) -> Page:
    design = planned(lead).submit({"kind": "census"})
    assert design.path.endswith("/which-cases")
    cases = design.submit({"new_days": "31"})
    assert cases.path.endswith("/every-case"), cases.text
    assert "12 cases of “New plans, October 2026” come in" in cases.text
    return cases.submit()


@pytest.fixture
def live(database: Database, council: Council) -> int:
    with database.writing() as session:
        return live_census(Steps(session, council, START), october(session, council)).id


def test_from_the_list_to_the_launch(lead: Browser, database: Database) -> None:
    page = taken(lead)
    assert page.path.endswith("/allocation") or page.path.endswith("/auditors"), page.path
    path = re.sub(r"/(allocation|auditors)$", "", page.path)
    steps = lead.get(path)
    assert "Round: cases taken" in steps.text
    assert "4 of 6 steps are done" in steps.text
    assert "reserve" not in steps.text.lower()
    for page in ("draw", "trial"):
        assert "draw" not in lead.get(f"{path}/{page}").text.replace("withdraw", ""), page
    lead.get(f"{path}/auditors").submit()
    assert "New round, step 5 of 6" in lead.get(f"{path}/allocation").text
    lead.get(f"{path}/allocation").submit()
    lead.get(f"{path}/policy").submit()
    check = lead.get(f"{path}/launch")
    assert "20% of the cases of each list, at least 10 in all: here 10 of 12" in check.text
    assert "The round is live" in check.submit(action="/launch").text
    cases = lead.get(f"{path}/cases").text
    assert "Every case" in cases
    assert "At random" not in cases
    with database.reading() as session:
        row = session.scalars(sa.select(AuditRound)).one()
        assert (row.kind, row.state) == ("census", "live")


def test_the_design_can_be_changed_and_goes_back_to_a_random_sample(lead: Browser, database: Database) -> None:
    design = planned(lead).submit({"kind": "census"})
    cases = design.submit({"new_days": "", "rules": ["closed"]})
    assert "14 cases of" in cases.text
    again = lead.get(cases.path.replace("/every-case", "/which-cases"))
    assert 'value="31"' not in again.html
    back = lead.get(cases.path.replace("/every-case", "/design"))
    trial = back.submit({"kind": "sample", "size": "5", "minimum": "0", "rules": ["closed"], "per_family": ""})
    assert trial.path.endswith("/trial"), trial.text
    with database.reading() as session:
        assert session.scalars(sa.select(AuditRound.kind)).one() == "sample"


def test_rules_that_let_nobody_in_are_told_on_the_form(lead: Browser) -> None:
    page = planned(lead).submit({"kind": "census"}).submit({"new_days": "1"}, status=400)
    assert "No case of this list comes in by these rules" in page.text


def test_a_month_is_chosen_looked_at_and_added(lead: Browser, live: int, database: Database, council: Council) -> None:
    assert "Add a month’s cases" in lead.get(f"/rounds/{live}").text
    assert "no frozen case list that is later" in lead.get(f"/rounds/{live}/months").text
    with database.writing() as session:
        frame = november(session, council).id
    months = lead.get(f"/rounds/{live}/months")
    assert f"/rounds/{live}/months/{frame}" in months.links()
    month = lead.get(f"/rounds/{live}/months/{frame}")
    assert "10 new cases come in by the round’s rules." in month.text
    assert "In this round already" in month.text
    done = month.submit()
    assert "10 cases came in. Each has an auditor, who gets one message." in done.text
    assert "22 cases have come in so far, from 2 lists." in lead.get(f"/rounds/{live}/months").text
    again = lead.get(f"/rounds/{live}/months/{frame}").text
    assert "This list cannot be added now." in again
    assert "not later than the last one that came in" in again
    assert "Stale" not in month.submit().text
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(CaseAudit.purpose == "main")) == 22


def test_names_that_are_not_matched_are_named_with_where_to_match_them(
    lead: Browser, live: int, database: Database, council: Council
) -> None:
    with database.writing() as session:
        stranger = new_cases(council, (50,), "2026-11-10")[0]._replace(worker="Somebody New")
        frame = month_list(session, council, NOVEMBER, [stranger]).id
    page = lead.get(f"/rounds/{live}/months/{frame}")
    assert "1 new case waits until every worker and team is matched." in page.text
    assert "Not matched yet: Somebody New." in page.text
    assert "Add these cases" not in page.text
    with database.writing() as session:
        session.add(NameMatch(kind="worker", name="Somebody New", match="agency"))
    assert "1 case came in." in lead.get(f"/rounds/{live}/months/{frame}").submit().text


def test_a_list_without_the_columns_of_the_rules_is_a_sentence(
    lead: Browser, live: int, database: Database, council: Council
) -> None:
    with database.writing() as session:
        frame = month_list(session, council, NOVEMBER, new_cases(council, (50,), "2026-11-10"))
        frame.columns = ["case_ref", "status", "worker"]
        frame_id = frame.id
    assert "has no column “opened”" in lead.get(f"/rounds/{live}/months/{frame_id}").text


def test_a_removal_says_that_no_other_case_takes_its_place(lead: Browser, live: int, database: Database) -> None:
    with database.reading() as session:
        case = session.scalars(sa.select(CaseAudit.id).where(CaseAudit.round_id == live)).first()
    text = lead.get(f"/rounds/{live}/cases/{case}/remove").text
    assert "No other case takes its place" in text
    assert "reserve" not in text


def test_nobody_but_the_lead_adds_a_month_and_no_other_round_has_months(
    sign_in: SignIn, lead: Browser, live: int, database: Database, council: Council
) -> None:
    with database.writing() as session:
        other = Steps(session, council, START).live(make_frame(session, council, matched=False)).id
        frame = november(session, council).id
    sign_in(council.director).get(f"/rounds/{live}/months", status=404)
    for path in ("months", f"months/{frame}", "every-case"):
        lead.get(f"/rounds/{other}/{path}", status=404)
    assert "Add a month’s cases" not in lead.get(f"/rounds/{other}").text
    lead.get(f"/rounds/{live}/months/99999", status=404)


def test_its_results_say_that_nothing_was_drawn(lead: Browser, live: int, database: Database) -> None:
    with database.writing() as session:
        row = session.get_one(AuditRound, live)
        agree_all(session, row, [2, 3, 3])
        set_columns(session, row, state="reporting")
    page = lead.get(f"/results/{live}")
    assert "every eligible case was audited" in page.text
    assert "All 12 eligible cases; nothing was drawn." in page.text
    assert "every case that the rules let in" in page.text
    for path in ("", "/workers", "/cases"):
        text = lead.get(f"/results/{live}{path}").text
        for untrue in ("at random and", "drawn for", "drawn at random", "reserve", "could be drawn"):
            assert untrue not in text, (path, untrue)
    assert (
        "Nothing was drawn: every case of the kind that is audited was taken."
        in lead.get(f"/results/{live}/board").text
    )
