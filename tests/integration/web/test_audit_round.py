"""A round over HTTP: from the list to the launch, as the QA lead meets it, and what others see of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import verify
from auditflow.models import AuditRound, CaseAudit, Draw, NameMatch, Outbox
from auditflow.models.base import core
from auditflow.models.database import Database
from tests.factories.council import Council
from tests.factories.round_pages import DATES, drawn, ready_council
from tests.factories.round_pages import planned as plan
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser, Page

SignIn = Callable[[object], Browser]


@pytest.fixture
def council(database: Database) -> Council:
    return ready_council(database)


@pytest.fixture
def lead(sign_in: SignIn, council: Council) -> Browser:
    return sign_in(council.qa_lead)


def launched(lead: Browser) -> Page:
    path = drawn(lead).path.replace("/draw", "")
    lead.get(f"{path}/auditors").submit()
    lead.get(f"{path}/allocation").submit()
    lead.get(f"{path}/policy").submit()
    return lead.get(f"{path}/launch").submit(action="/launch")


def test_from_the_list_to_the_launch(lead: Browser, database: Database, council: Council) -> None:
    assert "No round has been planned yet" in lead.get("/rounds").text
    page = launched(lead)
    assert "The round is live" in page.text
    assert "0 of 12 cases are agreed" in page.text
    with database.reading() as session:
        row = session.scalars(sa.select(AuditRound)).one()
        assert (row.state, row.name) == ("live", "Baseline, November 2026")
        assert set(session.scalars(sa.select(CaseAudit.state))) == {"allocated"}
        told = session.scalars(sa.select(Outbox.person_id)).all()
        assert sorted(told) == sorted(a.id for a in council.auditors)
    assert "Baseline, November 2026" in lead.get("/rounds").text


def test_the_trial_says_how_precise_it_will_be_and_chooses_nothing(lead: Browser, database: Database) -> None:
    page = plan(lead).submit({"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    assert "12 of 52 gives about ±25 points" in page.text
    assert re.search(r"Closed\s*−8", page.text)
    assert "No case is chosen yet" in page.text
    assert "Child in need" in page.text
    assert "A draw on average" in page.text
    listed, average = re.findall(r"Assessment East(?:\s*<[^>]*>)+(\d+)(?:\s*<[^>]*>)+([\d.]+)", page.html)[0]
    assert float(average) == pytest.approx(12 * int(listed) / 52, abs=0.3), "near the team’s share of the list"
    with database.reading() as session:
        assert session.scalars(sa.select(Draw)).all() == []
    again = lead.get(page.path.replace("/trial", "/design"))
    assert again.form()["size"] == ["12"]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"size": "500"}, "only 52 can be drawn"),
        ({"size": "12", "minimum": "9"}, "the smallest sample that can is 27"),
        ({"size": "12", "per_worker": "1"}, "No draw can keep this limit: there are not"),
        ({"size": "", "how_many": "number"}, "Enter the number of cases."),
        ({"size": "12", "fixed": "Child in need 12"}, "a group, a colon and a number"),
        ({"size": "12", "rules": ["audited", "no_such_rule"]}, "choose only from the answers shown"),
        ({"seed_source": "public", "public_event": ""}, "Name the public event."),
    ],
)
def test_a_design_that_cannot_be_is_a_sentence_and_what_was_typed_stays(
    lead: Browser, database: Database, answers: dict[str, object], sentence: str
) -> None:
    whole = {"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"], **answers}
    page = plan(lead).submit(whole, status=400)
    assert sentence in page.text
    assert page.form()["size"] == [str(whole["size"])]
    with database.reading() as session:
        assert session.scalars(sa.select(AuditRound)).one().design == {}


def test_a_limit_that_no_draw_can_keep_is_said_before_the_lock(lead: Browser, database: Database) -> None:
    page = plan(lead).submit({"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    with database.writing() as session:
        row = session.scalars(sa.select(AuditRound)).one()
        row.design = row.design | {"per_worker": {"column": "worker", "most": 1}}
    trial = lead.get(page.path)
    assert "No draw can keep this limit" in trial.text
    assert "at most 1 for each worker" in trial.text
    assert page.path.replace("/trial", "/design") in trial.links()
    locked = lead.get(page.path.replace("/trial", "/draw")).submit(status=400)
    assert "No draw can keep this limit" in locked.text


def test_reversed_dates_are_a_sentence(lead: Browser) -> None:
    first = lead.get("/rounds/new")
    tool = re.findall(r'name="tool_version_id"[^>]*value="(\d+)"', first.html)[0]
    dates = {**DATES, "ends_on": ["1", "11", "2026"]}
    page = first.submit({"name": "Backwards", "tool_version_id": tool, **dates}, status=400)
    assert "The last day must be the same as or after the first day." in page.text
    assert page.form()["name"] == ["Backwards"]


def test_a_draw_that_keeps_no_limit_says_that_every_result_will_say_so(
    lead: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = plan(lead).submit({"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    locked = lead.get(page.path.replace("/trial", "/draw")).submit()
    assert "nobody gets another" not in locked.text

    def refuse(*_: object) -> None:
        raise BadInput("“child_in_need” should have 7 cases.", code="cap_cannot_be_met")

    monkeypatch.setattr(sampling, "draw", refuse)
    failed = locked.submit(status=400)
    assert "1 draw could not keep the limits, and every result says so." in failed.text
    monkeypatch.undo()
    drawn = lead.get(locked.path).submit()
    assert "The sample is drawn" in drawn.text
    assert "1 earlier draw was discarded." in lead.get(locked.path.replace("/draw", "")).text


def test_a_double_click_on_draw_and_launch_does_each_once(lead: Browser, database: Database) -> None:
    page = plan(lead).submit({"size": "12", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    locked = lead.get(page.path.replace("/trial", "/draw")).submit()
    assert "The sample is drawn" in locked.submit().text
    assert "The sample is drawn" in locked.submit().text
    path = locked.path.replace("/draw", "")
    lead.get(f"{path}/auditors").submit()
    ready = lead.get(f"{path}/allocation")
    ready.submit()
    ready.submit()
    launch = lead.get(f"{path}/launch")
    launch.submit(action="/launch")
    launch.submit(action="/launch")
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Draw)) == 1
        assert session.scalars(sa.select(AuditRound)).one().state == "live"
        purposes = Counter(session.scalars(sa.select(CaseAudit.purpose)))
        assert purposes == {"main": 12, "second": 10}, "a new round has blind second gradings: at least ten"


def test_a_stale_page_changes_nothing(lead: Browser, database: Database) -> None:
    page = plan(lead)
    lead.get(page.path).submit({"size": "14", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    late = page.submit({"size": "20", "per_worker": "3", "per_family": "", "rules": ["closed"]}, status=409)
    assert "changed" in late.text
    assert "Open the page as it is now" in late.text
    assert late.path in late.links()
    with database.reading() as session:
        assert session.scalars(sa.select(AuditRound)).one().design["size"] == 14


def test_launch_says_what_is_missing(lead: Browser, database: Database) -> None:
    path = drawn(lead).path.replace("/draw", "")
    with database.writing() as session:
        session.execute(sa.update(NameMatch).where(NameMatch.kind == "team").values(match="unmatched", team_id=None))
    page = lead.get(f"{path}/launch")
    assert "Some cases have no auditor yet" in page.text
    assert "Not matched yet: Assessment East" in page.text
    assert "Launch the round" not in page.text


def test_pins_are_kept_when_suggesting_again(lead: Browser, database: Database, council: Council) -> None:
    path = drawn(lead).path.replace("/draw", "")
    page = lead.get(f"{path}/auditors").submit()
    with database.reading() as session:
        audits = session.scalars(sa.select(CaseAudit.id).order_by(CaseAudit.id)).all()[:4]
    wanted = {f"auditor-{i}": str(council.auditors[2].id) for i in audits}
    again = page.submit({**wanted, "pin": [str(i) for i in audits], "do": "suggest"})
    assert all(again.form()[name] == [value] for name, value in wanted.items())
    with database.reading() as session:
        assert set(session.scalars(sa.select(CaseAudit.state))) == {"selected"}
    done = again.submit()
    assert "Every case has an auditor" in done.text
    with database.reading() as session:
        found = session.scalars(sa.select(CaseAudit).where(CaseAudit.id.in_(audits))).all()
        assert {(a.auditor_id, a.pinned) for a in found} == {(council.auditors[2].id, True)}


def test_the_bundle_repeats_the_draw(lead: Browser, database: Database) -> None:
    path = drawn(lead).path.replace("/draw", "")
    answer = lead.client.get(f"{path}/bundle.zip")
    bundle = zipfile.ZipFile(io.BytesIO(answer.data))
    manifest = json.loads(bundle.read("manifest-1.json"))
    lines = [line.split(",") for line in bundle.read("list.csv").decode().splitlines()]
    assert verify(manifest, lines[1:], columns=lines[0]) == []
    import hashlib

    assert hashlib.sha256(bundle.read("list.csv")).hexdigest() == manifest["frame_sha256"]
    assert "seed_made" in bundle.read("journal.json").decode()
    assert "auditflow sample verify round-" in bundle.read("README.txt").decode()


@pytest.mark.parametrize("role", ["auditor", "board_member", "administrator", "head_of_service"])
def test_nobody_else_sees_a_round_being_prepared(sign_in: SignIn, lead: Browser, council: Council, role: str) -> None:
    path = drawn(lead).path.replace("/draw", "")
    people = {
        "auditor": council.auditors[0],
        "board_member": council.board_member,
        "administrator": council.administrator,
        "head_of_service": council.heads[0],
    }
    other = sign_in(people[role])
    for page in ("", "/design", "/allocation", "/launch", "/cases", "/bundle.zip"):
        other.get(path + page, status=404)


def test_the_director_sees_the_round_but_not_the_list_of_every_case(
    sign_in: SignIn, lead: Browser, council: Council
) -> None:
    page = launched(lead)
    bundle = f"{page.path}/bundle.zip"
    director = sign_in(council.director)
    assert bundle in page.links()
    assert bundle not in director.get(page.path).links()
    director.get(bundle, status=404)


def statements(database: Database, use: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    use()
    sa.event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_lists_cost_the_same_number_of_statements_whatever_their_length(
    lead: Browser, database: Database, clock: FixedClock, council: Council
) -> None:
    with database.writing() as session:
        merged = make_again(session, council)
        small = merged.live(make_frame(session, council, cases=30, matched=False), size(10)).id
        big = merged.live(make_frame(session, council, cases=1300, matched=False), size(1000)).id
    for page in ("", "/cases", "/allocation"):
        lead.get(f"/rounds/{small}{page}")
        counts = [statements(database, partial(lead.get, f"/rounds/{n}{page}")) for n in (small, big)]
        assert counts[0] == counts[1], page


def make_again(session: Session, council: Council) -> Steps:
    from datetime import UTC, datetime

    return Steps(session, council, datetime(2026, 11, 2, 9, tzinfo=UTC))


def size(n: int) -> dict[str, object]:
    return {"ref": "case_ref", "size": n, "stratify": "case_type", "minimum": 1}


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"ends_on": ["27", "11", "9999"]}, "A round may last 2 years at most."),
        ({"record_date": ["23", "10", "1900"]}, "up to 5 years before the round"),
    ],
)
def test_days_that_nobody_can_have_meant_are_a_sentence(
    lead: Browser, dates: dict[str, list[str]], sentence: str
) -> None:
    first = lead.get("/rounds/new")
    tool = re.findall(r'name="tool_version_id"[^>]*value="(\d+)"', first.html)[0]
    page = first.submit({"name": "Slip", "tool_version_id": tool, **DATES, **dates}, status=400)
    assert sentence in page.text


def test_allocation_says_what_it_cannot_tell_of_names_that_are_not_on_the_register(
    lead: Browser, database: Database, council: Council
) -> None:
    path = drawn(lead).path.replace("/draw", "")
    lead.get(f"{path}/auditors").submit()
    assert "Not everything can be told" not in lead.get(f"{path}/allocation").text
    with database.writing() as session:
        table = core(CaseAudit)
        session.execute(sa.update(table).values(team_id=None, worker_id=None))
    page = lead.get(f"{path}/allocation").text
    assert "the worker of 12 of these cases is nobody with a name here" in page
    assert "the team of 12 of them is not on the register here" in page
