"""A census: every case of a kind, list after list, with nothing drawn."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, Stale, WrongState
from auditflow.models import AuditRound, CaseAudit, CensusList, Deadline, Draw, Frame, Journal, NameMatch, SampleCase
from auditflow.queries.policy import get_moderation_choice, list_drawn_by_list
from auditflow.queries.results import get_round_grades
from auditflow.queries.results_coverage import count_workers, list_workers
from auditflow.reporting.bundle import draw_bundle
from auditflow.services.act import Act
from auditflow.services.approval import approve_request
from auditflow.services.audit_round import begin_reporting, change_round, reopen_round
from auditflow.services.census import add_month, look_at_list
from auditflow.services.re_audit import ReAuditPlan, plan_re_audit
from auditflow.services.results import compute_results
from auditflow.services.sample import draw_sample, lock_design
from auditflow.services.sample_change import add_case, request_discard, request_removal
from auditflow.services.sample_reserves import extend_reserves
from auditflow.services.verify import verify_journal
from tests.factories.census import DECEMBER, NOVEMBER, RULES, live_census, month_list, new_cases, november, october
from tests.factories.council import Council
from tests.factories.results import agree_all, set_columns
from tests.factories.sampling import DESIGN, Steps, match_names


@pytest.fixture
def steps(session: Session, council: Council, clock: FixedClock) -> Steps:
    match_names(session, council)
    return Steps(session, council, clock.now())


@pytest.fixture
def live(session: Session, council: Council, steps: Steps) -> AuditRound:
    return live_census(steps, october(session, council))


def mains(session: Session, row: AuditRound) -> list[CaseAudit]:
    where = (CaseAudit.round_id == row.id, CaseAudit.purpose == "main")
    return list(session.scalars(sa.select(CaseAudit).where(*where).order_by(CaseAudit.ref)))


def entries(session: Session, row: AuditRound, entry: str) -> list[Journal]:
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == row.id, Journal.entry == entry)
    return list(session.scalars(sa.select(Journal).where(*mine).order_by(Journal.number)))


def test_every_case_that_the_rules_let_in_is_taken_and_nothing_is_drawn(session: Session, live: AuditRound) -> None:
    assert [audit.ref for audit in mains(session, live)] == [f"NP-{n:04d}" for n in range(1, 13)]
    assert {(a.kind, a.state, a.stratum) for a in mains(session, live)} == {("random", "allocated", "all")}
    draw = session.scalars(sa.select(Draw)).one()
    assert (draw.seed, draw.manifest["seed"], draw.manifest["seed_source"]) == ("", None, "none")
    assert entries(session, live, "seed_made") == []
    assert {kind for (kind,) in session.execute(sa.select(SampleCase.kind))} == {"random"}
    (first,) = session.scalars(sa.select(CensusList)).all()
    assert (first.rows, first.eligible, first.came_in, first.known) == (15, 12, 12, 0)
    assert sum(first.excluded.values()) == 3


def test_a_month_brings_its_new_cases_once_with_auditors_and_clocks(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    frame = november(session, council)
    act = steps.act()
    added = add_month(session, live.id, frame.id, act, expected_version=live.version)
    assert (added.came_in, added.waiting) == (10, 0)
    assert add_month(session, live.id, frame.id, act).came_in == 10, "the same act again"
    new = [audit for audit in mains(session, live) if audit.ref >= "NP-0020"]
    assert [a.ref for a in new] == [f"NP-{n:04d}" for n in range(21, 31)]
    assert {a.state for a in new} == {"allocated"}
    clocks = sa.select(sa.func.count(sa.distinct(Deadline.subject_id))).where(
        Deadline.subject_type == "case_audit", Deadline.subject_id.in_([a.id for a in new])
    )
    assert session.scalar(clocks) == 10
    (entry,) = entries(session, live, "month_added")
    assert entry.details["frame_sha256"] == frame.frame_sha256
    assert {name: entry.details[name] for name in ("rows", "known", "came_in")} == {
        "rows": 13,
        "known": 2,
        "came_in": 10,
    }
    assert entry.details["excluded"]["Closed"] == 1
    with pytest.raises(GuardRefused, match="not later than the last one"):
        add_month(session, live.id, frame.id, steps.act())
    assert len(mains(session, live)) == 22
    assert not verify_journal(session).findings


def test_a_later_month_without_a_new_case_is_on_record_too(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    listed = new_cases(council, (1, 2), "2026-12-20")
    assert add_month(session, live.id, month_list(session, council, DECEMBER, listed).id, steps.act()).came_in == 0
    assert session.scalar(sa.select(CensusList.known).where(CensusList.number == 2)) == 2


def test_days_count_back_from_each_list(session: Session, live: AuditRound, council: Council) -> None:
    listed = new_cases(council, (41,), "2026-12-01") + new_cases(council, (42,), "2026-11-01")
    arrival = look_at_list(session, live, month_list(session, council, DECEMBER, listed))
    assert arrival.month.new == ("NP-0041",)


@pytest.mark.parametrize("stage", ["imported", "frozen"])
def test_the_list_must_be_frozen_and_its_new_names_matched(
    session: Session, live: AuditRound, council: Council, steps: Steps, stage: str
) -> None:
    stranger = new_cases(council, (50,), "2026-11-10")[0]._replace(worker="Somebody New")
    frame = month_list(session, council, NOVEMBER, [stranger])
    if stage != "frozen":
        frame.stage, frame.frozen_at, frame.frame_sha256 = stage, None, None
    said = "matched to people and teams here" if stage == "frozen" else "freeze it first"
    with pytest.raises(GuardRefused, match=said):
        add_month(session, live.id, frame.id, steps.act())
    assert len(mains(session, live)) == 12
    session.add(NameMatch(kind="worker", name="Somebody New", match="agency"))
    session.flush()
    if stage == "frozen":
        assert add_month(session, live.id, frame.id, steps.act()).came_in == 1


def test_only_the_lead_adds_a_month_to_a_live_census_that_was_not_changed_meanwhile(
    session: Session, council: Council, steps: Steps
) -> None:
    frame = october(session, council)
    later = november(session, council)
    row = steps.locked(steps.planned(frame, RULES, kind="census"))
    with pytest.raises(WrongState):
        add_month(session, row.id, later.id, steps.act())
    other = steps.live(frame, {**DESIGN, "minimum": 0, "size": 5})
    with pytest.raises(GuardRefused, match="audits every case of a kind"):
        add_month(session, other.id, later.id, steps.act())
    census = live_census(steps, frame)
    with pytest.raises(NotPermitted):
        add_month(session, census.id, later.id, steps.act(council.director.id))
    with pytest.raises(Stale):
        add_month(session, census.id, later.id, steps.act(), expected_version=census.version - 1)
    assert session.scalar(sa.select(sa.func.count()).where(CensusList.number == 2)) == 0


def test_a_case_that_nobody_may_audit_waits_for_the_lead(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    listed = new_cases(council, (21,), "2026-11-10")
    for n, auditor in enumerate(council.auditors):
        # Each auditor held it once, as an earlier list says.
        session.add(NameMatch(kind="worker", name=f"Once {auditor.id}", match="matched", person_id=auditor.id))
        before = listed[0]._replace(worker=f"Once {auditor.id}")
        month_list(session, council, NOVEMBER.replace(day=1 + n, month=3), [before])
    session.flush()
    month, act = month_list(session, council, NOVEMBER, listed), steps.act()
    added = add_month(session, live.id, month.id, act)
    assert (added.came_in, added.waiting) == (1, 1)
    assert add_month(session, live.id, month.id, act) == added, "the same sent again says the same"
    assert mains(session, live)[-1].state == "selected"


def test_a_case_in_the_lists_of_two_months_is_one_case_of_its_worker(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    before = {worker.name: worker.listed for worker in list_workers(session, live)}
    again = month_list(session, council, DECEMBER, new_cases(council, (1, 2), "2026-12-20"))
    add_month(session, live.id, again.id, steps.act())
    assert {worker.name: worker.listed for worker in list_workers(session, live)} == before


def test_a_removed_case_comes_in_no_second_time_and_no_other_takes_its_place(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    gone = mains(session, live)[1]
    asked = request_removal(session, gone.id, "duplicate", "Listed twice.", steps.act())
    assert asked.facts["reserve"] is None
    approve_request(session, asked.id, steps.act(council.director.id))
    assert entries(session, live, "no_reserve_left") == []
    assert gone.ref == "NP-0002"
    add_month(session, live.id, november(session, council).id, steps.act())
    assert [a.state for a in mains(session, live) if a.ref == gone.ref] == ["removed"]
    with pytest.raises(GuardRefused, match="every case"):
        extend_reserves(session, live.id, 3, steps.act())


def test_a_case_added_by_hand_stays_so_when_it_is_on_a_later_list(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    add_case(session, live.id, "NP-0021", "Its worker asked.", steps.act())
    assert add_month(session, live.id, november(session, council).id, steps.act()).came_in == 9
    last = session.scalars(sa.select(CensusList).where(CensusList.number == 2)).one()
    assert (last.by_hand, last.known) == (["NP-0021"], 3)


def test_the_checks_of_each_month_are_chosen_from_that_month_and_what_was_chosen_stays(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    first = {a.ref for a in mains(session, live) if get_moderation_choice(session, a, grade=3).random_share}
    assert len(first) == 10, "at least ten of the twelve"
    add_month(session, live.id, november(session, council).id, steps.act())
    chosen = {a.ref for a in mains(session, live) if get_moderation_choice(session, a, grade=3).random_share}
    assert first < chosen
    assert len(chosen - first) == 2, "a fifth of the ten"
    lists = list_drawn_by_list(session, live.id)
    assert [len(lists[0]), *map(len, lists[1])] == [12, 10]


def test_the_second_gradings_of_a_month_are_given_with_it(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    policy = {**live.policy, "second_gradings": True, "second_percent": 20, "second_least": 3}
    set_columns(session, live, policy=policy)
    add_month(session, live.id, november(session, council).id, steps.act())
    second = session.scalars(sa.select(CaseAudit).where(CaseAudit.round_id == live.id, CaseAudit.purpose == "second"))
    given = {audit.ref: audit.state for audit in second}
    assert set(given.values()) == {"allocated"}
    assert len(given) == 2
    assert all(ref >= "NP-0020" for ref in given)


def test_once_the_checks_are_known_no_month_comes_in(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    agree_all(session, live, [3])
    begin_reporting(session, live.id, steps.act())
    reopen_round(session, live.id, "A late one.", steps.act())
    with pytest.raises(GuardRefused, match="has been shown"):
        add_month(session, live.id, november(session, council).id, steps.act())


def test_its_figures_are_of_every_case(session: Session, live: AuditRound, council: Council, steps: Steps) -> None:
    audits = mains(session, live)
    for audit in audits[:9]:
        set_columns(session, audit, state="agreed", first_grade=2, first_submitted_at=steps.at, published_grade=3)
    set_columns(session, audits[0], published_grade=2)
    given = get_round_grades(session, live)
    assert (given.sizes, given.population) == (None, 12)
    half = compute_results(session, live.id)["estimate"]
    assert half["interval"]["low"] < half["interval"]["high"]
    agree_all(session, live, [1, 3, 3])
    whole = compute_results(session, live.id)["estimate"]
    assert whole["interval"]["low"] == whole["interval"]["high"] == whole["p"]
    assert "every eligible case was audited" in whole["sentence"]
    set_columns(session, audits[0], state="removed")
    assert get_round_grades(session, live).population == 11
    add_month(session, live.id, november(session, council).id, steps.act())
    covered = count_workers(session, live)
    assert covered["covered"] <= covered["workers"] == len(council.workers)


def test_a_discarded_taking_can_be_taken_again(session: Session, council: Council, steps: Steps) -> None:
    row = steps.locked(steps.planned(october(session, council), RULES, kind="census"))
    steps.drawn(row)
    asked = request_discard(session, row.id, "The wrong list.", steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))
    steps.locked(row)
    steps.drawn(row)
    standing = [a for a in mains(session, row) if a.state != "removed"]
    assert len(standing) == 12
    assert [one.number for one in session.scalars(sa.select(CensusList))] == [1, 1]


@pytest.mark.parametrize("design", [DESIGN, {**RULES, "per_worker": {"column": "worker", "most": 1}}])
def test_a_design_that_chooses_is_none_of_a_census(
    session: Session, council: Council, steps: Steps, design: dict[str, object]
) -> None:
    row = steps.planned(october(session, council), design, kind="census")
    with pytest.raises(BadInput, match="every case that its rules let in"):
        lock_design(session, row.id, steps.act())


def test_rules_that_let_nobody_in_are_refused_before_the_lock(session: Session, council: Council, steps: Steps) -> None:
    nobody = {**RULES, "exclude": [{"reason": "Everybody", "column": "status", "blank": False}]}
    row = steps.planned(october(session, council), nobody, kind="census")
    with pytest.raises(BadInput, match="No case of this list comes in"):
        lock_design(session, row.id, steps.act())


def test_a_list_changed_after_the_lock_is_noticed(session: Session, council: Council, steps: Steps) -> None:
    frame: Frame = october(session, council)
    row = steps.locked(steps.planned(frame, RULES, kind="census"))
    frame.frame_sha256 = "b" * 64
    with pytest.raises(GuardRefused, match="not what was locked"):
        draw_sample(session, row.id, steps.act())


def test_the_kind_of_a_planned_round_can_change_and_of_a_locked_one_cannot(
    session: Session, council: Council, steps: Steps
) -> None:
    row = steps.planned(october(session, council))
    change_round(session, row.id, {"kind": "census", "design": RULES}, steps.act())
    assert verify_journal(session).findings == ()
    steps.locked(row)
    with pytest.raises(WrongState):
        change_round(session, row.id, {"kind": "sample"}, Act(council.qa_lead.id, steps.at, "back"))


def test_a_census_is_re_audited_with_its_own_cases_and_no_reserve(
    session: Session, live: AuditRound, council: Council, steps: Steps
) -> None:
    later = november(session, council)
    add_month(session, live.id, later.id, steps.act())
    agree_all(session, live, [2, 3])
    set_columns(session, live, state="reporting")
    dates = {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 2, 26), "record_date": date(2027, 1, 22)}
    again = plan_re_audit(session, live.id, ReAuditPlan(name="Again", **dates), steps.act())
    assert again.frame_id == later.id
    steps.locked(again)
    draw = steps.drawn(again)
    assert [case["ref"] for case in draw.manifest["sample"]] == [a.ref for a in mains(session, live)]
    assert draw.manifest["reserves"] == {"all": []}
    assert all(audit.baseline_id for audit in mains(session, again))
    readme = zipfile.ZipFile(io.BytesIO(draw_bundle(session, again))).read("README.txt").decode()
    assert f"Take the bundle of round {live.id}, a census." in readme
