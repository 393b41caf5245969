"""Results of a round: computed from its grades, frozen when it closes, versioned after a correction."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import GuardRefused, NotFound, NotPermitted, Stale, WrongState
from auditflow.models import (
    AuditRound,
    CaseAudit,
    DomainGrade,
    Draw,
    Frame,
    FrameCase,
    Journal,
    RoundResult,
    SampleCase,
)
from auditflow.models.database import Database
from auditflow.queries.results import get_round_grades, list_result_versions
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.results import (
    check_frozen,
    close_round,
    compute_results,
    remake_results,
    results_digest,
    results_of,
)
from auditflow.services.results_again import results_again
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_case_audit, make_re_audit, make_round
from tests.factories.council import Council
from tests.factories.results import agree, list_main, moderate, reported, set_columns
from tests.factories.sampling import DESIGN, Steps, make_frame
from tests.factories.whole_round import reporting_round

LATE = datetime.fromisoformat("2026-11-20T23:30:00+00:00")


@pytest.fixture
def act(council: Council, clock: FixedClock) -> Act:
    return Act(council.qa_lead.id, clock.now(), "close-the-round")


@pytest.fixture
def small(session: Session, council: Council) -> AuditRound:
    """Twelve audits: grades 1 ×2, 2 ×6, 3 ×3, 4 ×1; one late, one added by hand, one moderated down."""
    row = make_round(session, council, state="reporting")
    audits = [make_case_audit(session, council, row) for _ in range(12)]
    for audit, grade in zip(audits, [1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4], strict=False):
        agree(session, audit, grade, domains={"planning": grade, "decisions": None})
    moderate(session, council, audits[11], 3, 2, share=True)
    set_columns(session, audits[10], agreed_at=LATE + timedelta(hours=1))
    added = make_case_audit(session, council, row, kind="judgemental")
    agree(session, added, 4)
    return row


def test_a_small_round_by_hand(session: Session, small: AuditRound) -> None:
    results = compute_results(session, small.id)
    estimate = results["estimate"]
    assert (estimate["good"], estimate["n"]) == (4, 12)
    assert estimate["distribution"] == {"Outstanding": 1, "Good": 3, "Requires improvement": 6, "Inadequate": 2}
    assert results["as_submitted"]["good"] == 5
    assert (results["completion"]["planned"], results["completion"]["done"], results["completion"]["late"]) == (
        12,
        12,
        1,
    )
    assert (results["moderation"]["n"], results["moderation"]["lowered"]) == (1, 1)
    assert (results["added"]["done"], results["added"]["good"]) == (1, 1)
    assert results["teams"] == [
        results["teams"][0] | {"team": "Assessment East", "n": 12, "good": 4},
    ]
    planning = next(domain for domain in results["domains"] if domain["n"])
    assert (planning["n"], planning["good"]) == (11, 4)
    assert results["re_audit"] is None


def test_results_are_values_that_json_holds_and_no_case_reference(session: Session, small: AuditRound) -> None:
    text = json.dumps(compute_results(session, small.id), allow_nan=False)
    assert "CF-1" not in text
    assert "Auditor" not in text


def test_a_domains_published_grade_is_the_latest_decision(session: Session, small: AuditRound) -> None:
    audit = list_main(session, small)[0]
    for source, number, grade in (("auditor", 2, 2), ("moderator", 1, 3), ("decider", 1, 4)):
        session.add(DomainGrade(case_audit_id=audit.id, source=source, number=number, domain="planning", grade=grade))
    session.flush()
    given = next(one for one in get_round_grades(session, small).audits if one.id == audit.id)
    assert (given.domains_first["planning"], given.domains_published["planning"]) == (1, 4)


def test_closing_freezes_publishes_and_journals(session: Session, small: AuditRound, act: Act) -> None:
    outcome = close_round(session, small.id, act, expected_version=small.version)
    session.refresh(small)
    frozen = session.get_one(RoundResult, (small.id, 1))
    assert (outcome.target, small.state, small.closed_at) == ("closed", "closed", act.at)
    assert frozen.sha256 == results_digest(frozen.results)
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "closed")).one()
    assert entry.details == {"number": 1, "results_sha256": frozen.sha256}
    again = close_round(session, small.id, act, expected_version=1)
    assert again.repeated
    assert [number for number, _, _ in list_result_versions(session, small.id)] == [1]


def test_frozen_figures_come_back_as_they_were_written(session: Session, small: AuditRound, act: Act) -> None:
    close_round(session, small.id, act)
    session.expire_all()
    assert check_frozen(session, small.id)
    frozen = session.get_one(RoundResult, (small.id, 1))
    session.execute(
        sa.update(RoundResult).values(results={**frozen.results, "format": 99}).where(RoundResult.round_id == small.id)
    )
    session.expire_all()
    assert not check_frozen(session, small.id)


def test_a_closed_round_is_read_not_computed(session: Session, small: AuditRound, act: Act) -> None:
    before = results_of(session, small.id)
    close_round(session, small.id, act)
    set_columns(session, list_main(session, small)[0], published_grade=4)
    assert results_of(session, small.id) == before
    assert compute_results(session, small.id)["estimate"]["good"] == 5


def test_a_correction_after_closing_makes_version_two_beside_version_one(
    session: Session, small: AuditRound, act: Act
) -> None:
    close_round(session, small.id, act)
    audit = list_main(session, small)[0]
    set_columns(session, audit, published_grade=4)
    assert results_again(session, audit.id, act.then("corrected"))
    assert results_of(session, small.id)["estimate"]["good"] == 5
    assert results_of(session, small.id, number=1)["estimate"]["good"] == 4
    numbers = list_result_versions(session, small.id)
    assert [number for number, _, _ in numbers] == [1, 2]
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "results_remade")).one()
    assert entry.details == {"number": 2, "results_sha256": numbers[1][2]}
    assert remake_results(session, small.id, act.then("again")) is None


def test_a_version_that_is_not_there_is_not_found(session: Session, small: AuditRound) -> None:
    with pytest.raises(NotFound):
        results_of(session, small.id, number=1)
    with pytest.raises(NotFound):
        compute_results(session, 999_999)


def test_only_a_round_in_reporting_is_closed_and_only_by_a_qa_lead(
    session: Session, council: Council, small: AuditRound, act: Act, clock: FixedClock
) -> None:
    with pytest.raises(NotPermitted):
        close_round(session, small.id, Act(council.director.id, clock.now(), "not-mine"))
    with pytest.raises(Stale):
        close_round(session, small.id, act, expected_version=small.version + 1)
    assert list_result_versions(session, small.id) == []
    set_columns(session, small, state="live")
    with pytest.raises((WrongState, GuardRefused)):
        close_round(session, small.id, act)
    assert list_result_versions(session, small.id) == []


def test_the_sample_of_a_real_draw_is_weighed_by_its_list(
    session: Session, council: Council, clock: FixedClock
) -> None:
    steps = Steps(session, council, clock.now())
    row = reported(session, steps, make_frame(session, council))
    given = get_round_grades(session, row)
    assert given.population == 52
    assert given.sizes is not None
    assert sum(given.sizes.values()) == 52
    estimate = compute_results(session, row.id)["estimate"]
    assert estimate["stratified"]["p"] is not None
    assert estimate["finite_population"]["count_low"] is not None


FIXED = {
    **DESIGN,
    "size": None,
    "per_worker": None,
    "minimum": 0,
    "allocation": {"fixed": {"child_in_need": 6, "child_protection": 6, "child_in_care": 0}},
}


@pytest.mark.parametrize("kept", [True, False], ids=["kept with the draw", "from its weights"])
def test_a_group_with_nothing_drawn_counts_as_not_covered(
    session: Session, council: Council, clock: FixedClock, kept: bool
) -> None:
    row = reported(session, Steps(session, council, clock.now()), make_frame(session, council), design=FIXED)
    draw = session.scalars(sa.select(Draw)).one()
    assert draw.population == {"child_in_care": 11, "child_in_need": 31, "child_protection": 10}
    if not kept:
        draw.population = None
        session.flush()
    estimate = compute_results(session, row.id)["estimate"]
    assert estimate["interval"]["value"] == estimate["stratified"]["p"]
    assert (estimate["stratified"]["covered"], estimate["stratified"]["population"]) == (41, 52)


def test_a_draw_whose_weights_leave_two_sizes_open_is_not_weighed(
    session: Session, council: Council, clock: FixedClock
) -> None:
    fixed = {"fixed": {"child_in_need": 12, "child_protection": 0, "child_in_care": 0}}
    steps = Steps(session, council, clock.now())
    row = reported(session, steps, make_frame(session, council), design=FIXED | {"allocation": fixed})
    given = get_round_grades(session, row)
    assert given.sizes is not None
    assert set(given.sizes) == {"child_in_care", "child_in_need", "child_protection"}
    session.scalars(sa.select(Draw)).one().population = None
    session.flush()
    assert get_round_grades(session, row).sizes is None


def test_discarded_draws_are_said(session: Session, small: AuditRound) -> None:
    assert compute_results(session, small.id)["round"]["discarded_draws"] == 0
    failed = Note("draw_not_possible", "qa_lead", details={"code": "cap_cannot_be_met"})
    record(session, small, Act(None, MONDAY_MORNING, "try"), failed)
    assert compute_results(session, small.id)["round"]["discarded_draws"] == 1, "a try that kept no limit too"


def _statements(database: Database, session: Session, round_id: int) -> int:
    ran: list[str] = []

    def count(*args: Any) -> None:
        ran.append(args[2])

    session.expire_all()
    sa.event.listen(database.engine, "before_cursor_execute", count)
    compute_results(session, round_id)
    sa.event.remove(database.engine, "before_cursor_execute", count)
    return len(ran)


def test_the_statements_do_not_grow_with_the_round(
    database: Database, session: Session, council: Council, small: AuditRound
) -> None:
    few = _statements(database, session, small.id)
    for _ in range(15):
        agree(session, make_case_audit(session, council, small), 2, domains={"planning": 2})
    assert _statements(database, session, small.id) == few == 9


def test_a_re_audit_is_compared_with_its_baseline(
    database: Database, session: Session, council: Council, small: AuditRound, act: Act
) -> None:
    again = make_re_audit(session, council, small, name="Re-audit", record_date=small.record_date + timedelta(days=92))
    grades = [2, 1, 3, 2, 2, 2, 2, 3, 3, 4, 4]
    for audit, grade in zip(list_main(session, small)[:11], grades, strict=True):
        one = make_case_audit(
            session, council, again, ref=audit.ref, baseline_id=audit.id, auditor_id=council.auditors[1].id
        )
        agree(session, one, grade, domains={"planning": grade})
    results = compute_results(session, again.id)
    assert results["round"]["baseline_kind"] == "sample"
    moved = results["re_audit"]
    assert (moved["pairs"], moved["improved"], moved["same"], moved["declined"]) == (11, 3, 8, 0)
    assert (moved["good_before"], moved["good_after"], moved["lost"]) == (4, 5, 1)
    assert (moved["before"], moved["after"]) == ("October", "January")
    close_round(session, again.id, act)
    set_columns(session, list_main(session, small)[0], published_grade=4)
    assert results_of(session, again.id)["re_audit"] == moved
    assert _statements(database, session, again.id) == 16


def test_lost_cases_of_a_real_re_audit_are_counted_with_their_reason(
    session: Session, council: Council, small: AuditRound
) -> None:
    again = make_round(
        session,
        council,
        state="reporting",
        kind="re_audit",
        baseline_id=small.id,
        tool_version_id=small.tool_version_id,
    )
    audit = list_main(session, small)[0]
    lost = make_case_audit(session, council, again, ref=audit.ref, baseline_id=audit.id)
    set_columns(session, lost, state="removed", lost_reason="closed_early")
    moved = compute_results(session, again.id)["re_audit"]
    assert moved["lost_reasons"] == {"closed_early": 1, "open": 11}
    assert session.scalars(sa.select(SampleCase)).all() == []
    assert session.get_one(CaseAudit, lost.id).lost_reason == "closed_early"


def test_workers_with_a_case_are_counted_out_of_all_on_the_list(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    named = {case.ref: case.worker for case in session.scalars(sa.select(FrameCase)) if case.worker}
    drawn = session.scalars(sa.select(CaseAudit).where(CaseAudit.purpose == "main")).all()
    covered = {named[audit.ref] for audit in drawn if audit.ref in named}
    found = compute_results(session, row.id)["coverage"]
    assert found == {"covered": len(covered), "workers": len(set(named.values()))}
    lost = next(audit for audit in drawn if list(map(named.get, (a.ref for a in drawn))).count(named[audit.ref]) == 1)
    set_columns(session, lost, state="removed", lost_reason="closed_in_error")
    assert compute_results(session, row.id)["coverage"]["covered"] == len(covered) - 1


def test_results_frozen_before_they_held_more_stay_the_latest_while_no_figure_changes(
    session: Session, council: Council, small: AuditRound, act: Act
) -> None:
    set_columns(session, small, state="reporting")
    close_round(session, small.id, act)
    frozen = session.scalars(sa.select(RoundResult).where(RoundResult.round_id == small.id)).one()
    older = {name: value for name, value in frozen.results.items() if name != "draw"} | {"format": 1}
    older["board"] = {name: value for name, value in older["board"].items() if name != "hidden"}
    session.execute(sa.delete(RoundResult).where(RoundResult.round_id == small.id))
    session.add(RoundResult(round_id=small.id, number=1, results=older, sha256=results_digest(older), made_at=act.at))
    session.flush()
    assert remake_results(session, small.id, act.then("again")) is None
    set_columns(session, list_main(session, small)[0], published_grade=4)
    made = remake_results(session, small.id, act.then("changed"))
    assert made is not None
    assert (made.number, "draw" in made.results) == (2, True)


def test_a_grade_challenged_after_reporting_began_is_decided_before_the_round_closes(
    session: Session, steps: Steps, frame: Frame
) -> None:
    whole = reporting_round(steps, frame)
    whole.challenge(whole.undecided)
    with pytest.raises(GuardRefused, match="still time to decide"):
        close_round(session, whole.row.id, steps.act())
    session.refresh(whole.undecided)
    assert (whole.undecided.state, whole.row.state) == ("disputed", "reporting")
    assert session.scalars(sa.select(RoundResult)).all() == []


def test_what_nobody_decided_in_time_is_published_with_every_first_grade_and_marked(
    session: Session, steps: Steps, frame: Frame
) -> None:
    whole = reporting_round(steps, frame)
    whole.challenge(whole.undecided)
    whole.time_is_over(whole.undecided)
    before = next(a for a in get_round_grades(session, whole.row).audits if a.id == whole.undecided.id)
    assert (before.published, set(before.domains_published.values())) == (2, {2})
    close_round(session, whole.row.id, steps.act())
    session.expire_all()
    assert (whole.undecided.state, whole.undecided.published_disputed, whole.undecided.published_grade) == (
        "agreed",
        True,
        4,
    )
    after = next(a for a in get_round_grades(session, whole.row).audits if a.id == whole.undecided.id)
    assert after.domains_published == after.domains_first
    frozen = session.get_one(RoundResult, (whole.row.id, 1)).results
    assert frozen["completion"]["disputed"] == 1
    assert frozen["estimate"]["distribution"] == {
        "Outstanding": 2,
        "Good": 1,
        "Requires improvement": 0,
        "Inadequate": 0,
    }
    assert {domain["good"] for domain in frozen["domains"] if domain["n"]} <= {2, 3}
