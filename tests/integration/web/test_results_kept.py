"""Results pages: what is kept, what is read anew, rounds side by side, groups of children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, FrameCase, Person, RoundResult, SampleCase
from auditflow.models.database import Database
from auditflow.services import results as results_service
from tests.factories.audits import make_case_audit, make_round
from tests.factories.results import agree, list_main, set_columns
from tests.factories.results_scene import Scene, close, make_scene, statements
from tests.factories.sampling import make_frame
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


@pytest.fixture
def scene(database: Database) -> Scene:
    """A baseline of 16 in reporting (7 good or better), one case added; its re-audit in reporting, one case lost."""
    return make_scene(database)


def test_the_list_needs_no_more_statements_for_more_rounds(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    browser = sign_in(scene.council.director)
    browser.get("/results")
    with statements(scene.database) as few:
        browser.get("/results")
    close(scene, clock, scene.baseline)
    close(scene, clock, scene.again)
    browser.get("/results")  # what waits for the person is counted anew after a journal entry
    with statements(scene.database) as many:
        browser.get("/results")
    assert len(many) == len(few)


def fresh_round(scene: Scene, name: str, record_date: date, kind: str = "sample") -> int:
    """A round in reporting with other cases, 9 of 12 good or better."""
    with scene.database.writing() as session:
        tool = session.get_one(AuditRound, scene.baseline).tool_version_id
        row = make_round(
            session,
            scene.council,
            state="reporting",
            tool_version_id=tool,
            name=name,
            record_date=record_date,
            kind=kind,
        )
        for grade in [3] * 9 + [2] * 3:
            agree(session, make_case_audit(session, scene.council, row), grade)
        return row.id


def test_rounds_of_fresh_cases_stand_side_by_side_and_re_audits_do_not(
    scene: Scene, sign_in: SignIn, clock: FixedClock
) -> None:
    third = fresh_round(scene, "May", date(2027, 5, 3))
    close(scene, clock, scene.baseline)
    close(scene, clock, scene.again)
    lead = sign_in(scene.council.qa_lead)
    assert "round by round" not in lead.get("/results").text
    close(scene, clock, third)
    page = lead.get("/results").text
    assert "2 rounds are too few to tell a trend" in page
    assert "9 of 12 (75%), fairly confident 47% to 91%" in page
    picture = page[page.index("round by round") :]
    assert "Re-audit, February 2027" not in picture
    assert "round by round" not in sign_in(scene.council.board_member).get("/results").text


def test_a_census_is_compared_with_censuses_only(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    close(scene, clock, scene.baseline)
    close(scene, clock, fresh_round(scene, "New plans, May", date(2027, 5, 3), "census"))
    lead = sign_in(scene.council.qa_lead)
    assert "round by round" not in lead.get("/results").text
    close(scene, clock, fresh_round(scene, "New plans, June", date(2027, 6, 3), "census"))
    page = lead.get("/results").text
    picture = page[page.index("round by round") :]
    assert "every new case" in picture
    assert "New plans, May" in picture
    assert "New plans, June" in picture
    with scene.database.reading() as session:
        assert session.get_one(AuditRound, scene.baseline).name not in picture


def test_a_round_that_checked_some_kinds_more_often_says_the_share_of_all(
    scene: Scene, sign_in: SignIn, clock: FixedClock
) -> None:
    later = fresh_round(scene, "May", date(2027, 5, 3))
    for round_id in (scene.baseline, later):
        close(scene, clock, round_id)
    with scene.database.writing() as session:
        frozen = session.scalars(sa.select(RoundResult).where(RoundResult.round_id == later)).one()
        estimate = frozen.results["estimate"]
        estimate |= {"weighted": True, "interval": {"value": 0.4, "low": 0.3, "high": 0.5, "reason": None}}
        frozen.results = {**frozen.results, "estimate": estimate}
        flag_modified(frozen, "results")
    page = sign_in(scene.council.qa_lead).get("/results").text
    assert "40% of all, 9 of 12 checked, fairly confident 30% to 50%" in page


def test_results_are_kept_until_a_figure_changes(scene: Scene, sign_in: SignIn, clock: FixedClock) -> None:
    browser = sign_in(scene.council.qa_lead)
    address = f"/results/{scene.baseline}"
    before = browser.get(address).text
    assert "7 of 16" in before
    with statements(scene.database) as ran:
        assert browser.get(address).text.count("7 of 16") == before.count("7 of 16")
    assert not [statement for statement in ran if "domain_grade" in statement], "nothing was computed again"
    with scene.database.writing() as session:
        row = session.get_one(AuditRound, scene.baseline)
        agree(session, make_case_audit(session, scene.council, row), 4)
    assert "8 of 17" in browser.get(address).text
    close(scene, clock, scene.baseline)
    browser.get(address)
    with statements(scene.database) as ran:
        assert "8 of 17" in browser.get(address).text
    assert not [statement for statement in ran if "round_result.results" in statement], "it was closed, and known"


def test_a_closed_round_is_never_computed_again(
    scene: Scene, sign_in: SignIn, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(scene, clock, scene.baseline)
    with scene.database.writing() as session:
        set_columns(session, list_main(session, session.get_one(AuditRound, scene.baseline))[0], published_grade=4)

    def refuse(*_: object) -> None:
        raise AssertionError("a closed round was computed")

    monkeypatch.setattr(results_service, "compute_results", refuse)
    lead, address = sign_in(scene.council.qa_lead), f"/results/{scene.baseline}"
    assert "7 of 16" in lead.get(address).text
    assert "7 of 16" in lead.get(f"{address}?version=1").text
    assert lead.client.get(f"{address}/domains.csv").status_code == 200
    assert "In October about 2 in 5" in sign_in(scene.council.board_member).get(f"{address}/board").text


def test_groups_of_children_are_for_those_who_lead_and_pool_a_year(
    scene: Scene, sign_in: SignIn, clock: FixedClock
) -> None:
    with scene.database.writing() as session:
        tool = session.get_one(AuditRound, scene.baseline).tool_version_id
        frame = make_frame(session, scene.council)
        frame.columns = [*(frame.columns or ()), "sex"]
        for n, case in enumerate(session.scalars(sa.select(FrameCase).order_by(FrameCase.id))):
            case.more = {**case.more, "sex": ("Female", "Male")[n % 2]}
        for month in (5, 8):
            row = make_round(
                session,
                scene.council,
                state="reporting",
                tool_version_id=tool,
                frame_id=frame.id,
                name=f"Round {month}",
                record_date=date(2027, month, 3),
            )
            cases = session.scalars(sa.select(FrameCase).order_by(FrameCase.id).limit(12)).all()
            for case in cases:
                drawn = SampleCase(
                    round_id=row.id, frame_case_id=case.id, ref=case.ref, kind="random", position=case.id
                )
                session.add(drawn)
                session.flush()
                one = make_case_audit(session, scene.council, row, ref=case.ref, sample_case_id=drawn.id)
                agree(session, one, 3)
        last = row.id
    lead = sign_in(scene.council.qa_lead)
    page = lead.get(f"/results/{last}").text
    assert "Sex, this round: too few to compare" in page
    close(scene, clock, last - 1)
    page = lead.get(f"/results/{last}").text
    assert "Sex, the last 2 rounds together" in page
    assert "12 (50%)" in page, "of 24 cases, twelve are girls"
    assert "Groups of children" in sign_in(scene.council.director).get(f"/results/{last}").text
    close(scene, clock, last)
    assert "Groups of children" not in sign_in(scene.council.heads[0]).get(f"/results/{last}").text
