"""Results pages: who sees what, what a number opens, what the board is told, closing, downloads."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, Deadline, Person, ReadLog, RoundResult
from auditflow.models.database import Database
from tests.factories.results import list_main, set_columns
from tests.factories.results_scene import Scene, close, make_scene
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


@pytest.fixture
def scene(database: Database) -> Scene:
    """A baseline of 16 in reporting (7 good or better), one case added; its re-audit in reporting, one case lost."""
    return make_scene(database)


def test_a_rounds_page_says_its_finding_and_opens_its_numbers(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    page = browser.get(f"/results/{scene.baseline}")
    assert "7 of 16 (44%) good or better" in page.text
    assert "Results so far, not yet published" in page.text
    assert "1 added case (not random)" in page.text
    good = browser.get(f"/results/{scene.baseline}/cases?grade=3")
    assert "In the figures, Good: 6 cases." in good.text
    assert len([link for link in good.links() if "/history" in link]) == 6
    added = browser.get(f"/results/{scene.baseline}/cases?group=added")
    assert "Added (not random): 1 case." in added.text
    planning = browser.get(f"/results/{scene.baseline}/cases?domain=planning&good=1")
    assert "good or better: 7 cases." in planning.text


def test_nonsense_in_an_address_does_not_matter(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    page = browser.get(f"/results/{scene.baseline}/cases?grade=9&group=none&before=x&team=%07&good=maybe")
    assert "In the figures: 16 cases." in page.text
    browser.get("/results/999999", status=404)
    browser.get(f"/results/{scene.baseline}?version=7", status=404)


def test_small_teams_have_no_percentage(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        for audit in list_main(session, session.get_one(AuditRound, scene.baseline))[:3]:
            audit.team_id = scene.council.teams[2].id
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.baseline}")
    assert "Care North" in page.text
    assert "Teams with fewer than 10 cases have counts only" in page.text
    assert "7 (54%)" in page.text
    assert "0 (0%)" not in page.text


def test_a_re_audit_describes_what_moved_and_claims_nothing(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.again}")
    told = "The grades rose. Whether practice did cannot be told, because no October record was graded again."
    assert told in page.text
    assert "6 improved, = 8 stayed the same, ↓ 1 declined" in page.text
    assert "Good or better rose from 6 to 9 of the same 15 cases: +20 points" in page.text
    assert "1 of 16: 1 closed too early." in page.text
    assert "1 audited, in the order of the reserve" in page.text
    assert "improved practice" not in page.text
    assert "p-value" not in page.text


def test_while_a_re_audit_is_live_its_page_shows_nothing_of_practice(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.execute(sa.update(AuditRound).where(AuditRound.id == scene.again).values(state="live"))
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.again}")
    assert "Nothing can be said of the round yet." in page.text
    assert "Completion" in page.text
    for said in ("good or better before", "improved", "Not re-audited", "Domains", "first findings"):
        assert said not in page.text, said


def test_while_a_round_is_live_its_page_shows_no_grades(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.execute(sa.update(AuditRound).where(AuditRound.id == scene.baseline).values(state="live"))
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.baseline}")
    assert "Nothing can be said of the round yet." in page.text
    for said in ("Grades of the", "Domains", "Teams with fewer", "Groups of children", "As first submitted"):
        assert said not in page.text, said


def test_the_matrix_opens_its_cases(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    page = browser.get(f"/results/{scene.again}")
    assert any("before=2" in link and "after=3" in link for link in page.links())
    cases = browser.get(f"/results/{scene.again}/cases?group=pairs&before=2&after=3")
    assert "from Requires improvement to Good: 4 cases." in cases.text
    assert "CF-77777" not in browser.get(f"/results/{scene.again}/cases?group=pairs").text
    assert "CF-77777" in browser.get(f"/results/{scene.again}/cases?group=replacements").text


def test_poor_cases_get_no_before_and_after_percentage(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.get_one(AuditRound, scene.again).selected_because_poor = True
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.again}")
    assert "Selected because poor." in page.text
    assert "no percentage is given for before and after" in page.text
    assert "points" not in page.text
    assert "good or better (" not in page.text.split("How far to trust")[0]


def test_the_board_sees_closed_results_only_and_never_a_case(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    board = sign_in(scene.council.board_member)
    assert "No results are published yet." in board.get("/results").text
    board.get(f"/results/{scene.baseline}/board", status=404)
    board.get(f"/results/{scene.baseline}", status=404)
    close(scene, clock, scene.baseline)
    listed = board.get("/results")
    assert "In October about 2 in 5 of the cases we checked were good or better." in listed.text
    page = board.get(f"/results/{scene.baseline}")
    assert page.path == f"/results/{scene.baseline}/board"
    assert "What this cannot tell you" in page.text
    assert "CF-" not in page.text
    assert not any("/cases" in link or "/audits" in link for link in page.links())
    for path in ("cases", "tables.xlsx", "domains.csv", "gradings.csv", "reports"):
        board.get(f"/results/{scene.baseline}/{path}", status=404)


def test_the_board_is_shown_no_count_below_five(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    with scene.database.writing() as session:
        for audit in list_main(session, session.get_one(AuditRound, scene.baseline))[9:13]:
            audit.published_grade = 2
    close(scene, clock, scene.baseline)
    page = sign_in(scene.council.board_member).get(f"/results/{scene.baseline}/board")
    assert "very few or none" in page.text
    assert "There is no picture" in page.text
    assert "<svg height" not in page.html


def test_a_board_reads_a_re_audit_in_two_fractions(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    close(scene, clock, scene.again)
    page = sign_in(scene.council.board_member).get(f"/results/{scene.again}/board")
    assert (
        "In October about 2 in 5 of these cases were good or better; in January, of the same cases, about 3 in 5."
        in page.text
    )
    assert "Whether practice improved cannot be told, because no October record was graded again." in page.text


@pytest.mark.parametrize("who", ["director", "head"])
def test_directors_and_heads_see_figures_without_cases(
    scene: Scene, sign_in: SignIn, clock: FixedClock, who: str
) -> None:
    close(scene, clock, scene.baseline)
    person = scene.council.director if who == "director" else scene.council.heads[0]
    browser = sign_in(person)
    page = browser.get(f"/results/{scene.baseline}")
    assert "7 of 16 (44%) good or better" in page.text
    assert not any("/cases" in link for link in page.links())
    assert ("Assessment East" in page.text) == (who == "director")
    browser.get(f"/results/{scene.baseline}/cases", status=404)
    browser.get(f"/results/{scene.baseline}/gradings.csv", status=404)


@pytest.mark.parametrize("who", ["auditors", "managers", "workers"])
def test_nobody_else_has_results(scene: Scene, sign_in: SignIn, clock: FixedClock, who: str) -> None:
    close(scene, clock, scene.baseline)
    browser = sign_in(getattr(scene.council, who)[0])
    browser.get("/results", status=404)
    browser.get(f"/results/{scene.baseline}", status=404)
    browser.get(f"/results/{scene.baseline}/board", status=404)


def test_closing_is_checked_then_done_once(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    check = browser.get(f"/rounds/{scene.baseline}/close")
    assert "The board will read" in check.text
    assert "16 planned, 16 done, 0 of them late" in check.text
    page = check.submit({})
    assert page.path == f"/results/{scene.baseline}"
    assert "The round is closed and its results are published." in page.text
    assert "Version 1" in page.text
    again = check.submit({})
    assert again.path == f"/results/{scene.baseline}"
    with scene.database.reading() as session:
        assert session.get_one(AuditRound, scene.baseline).state == "closed"
        assert [result.number for result in session.scalars(sa.select(RoundResult))] == [1]


def test_the_page_says_what_becomes_of_grades_in_dispute_before_the_round_closes(
    scene: Scene, sign_in: SignIn, clock: FixedClock
) -> None:
    with scene.database.writing() as session:
        audit = list_main(session, session.get_one(AuditRound, scene.baseline))[0]
        set_columns(session, audit, state="disputed")
        limit = {"action": "escalate_to_director", "acts": True, "due_at": clock.now() + timedelta(days=1)}
        session.add(Deadline(subject_type="case_audit", subject_id=audit.id, key="determine", **limit))
    browser = sign_in(scene.council.qa_lead)
    page = browser.get(f"/rounds/{scene.baseline}/close")
    assert "there is still time to decide them" in page.text
    assert "Close the round and publish" not in page.text
    with scene.database.writing() as session:
        session.execute(sa.update(Deadline).where(Deadline.key == "determine").values(due_at=clock.now()))
    page = browser.get(f"/rounds/{scene.baseline}/close")
    assert "Nobody decided 1 disputed grade in time. Closing publishes its first grade" in page.text
    page.submit({})
    with scene.database.reading() as session:
        assert session.get_one(CaseAudit, audit.id).published_disputed


def test_closing_from_an_old_page_says_so_and_closes_nothing(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    check = browser.get(f"/rounds/{scene.baseline}/close")
    page = check.submit({"version": "99"}, status=409)
    assert "Somebody else has changed this" in page.text
    with scene.database.reading() as session:
        assert session.get_one(AuditRound, scene.baseline).state == "reporting"
    sign_in(scene.council.director).get(f"/rounds/{scene.baseline}/close", status=404)


def test_a_live_round_cannot_be_closed(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.execute(sa.update(AuditRound).where(AuditRound.id == scene.baseline).values(state="live"))
    page = sign_in(scene.council.qa_lead).get(f"/rounds/{scene.baseline}/close")
    assert "begin reporting first" in page.text


def test_a_workbook_has_a_sheet_a_table(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    response = browser.client.get(f"/results/{scene.again}/tables.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert book.sheetnames == ["Round", "Grades", "Domains", "Teams", "Movement", "Change", "Change by domain"]
    matrix = [[cell.value for cell in row[1:]] for row in book["Movement"].iter_rows(min_row=2)]
    assert matrix == [[1, 1, 0, 0], [0, 3, 4, 0], [0, 1, 4, 1], [0, 0, 0, 0]]
    csv = browser.client.get(f"/results/{scene.again}/movement.csv").get_data(as_text=True)
    assert "Requires improvement,0,3,4,0" in csv
    browser.get(f"/results/{scene.again}/passwords.csv", status=404)


def test_raw_gradings_are_for_the_lead_and_their_reading_is_logged(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    text = browser.client.get(f"/results/{scene.baseline}/gradings.csv").get_data(as_text=True)
    lines = text.strip().splitlines()
    assert len(lines) == 1 + 17
    assert "Auditor" not in text
    with scene.database.reading() as session:
        logged = session.scalars(sa.select(ReadLog)).one()
        assert (logged.subject_type, logged.subject_id) == ("audit_round", scene.baseline)
    sign_in(scene.council.director).get(f"/results/{scene.baseline}/gradings.xlsx", status=404)
