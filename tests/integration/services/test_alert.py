"""Immediate concerns: who hears of them, their clocks of hours, who may answer, what each refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.errors import BadInput, GuardRefused, Misuse, NotFound, NotPermitted, Stale, WrongState
from auditflow.models import Alert, Journal, JournalText
from auditflow.queries.policy import get_moderation_choice
from auditflow.services.alert import (
    Concern,
    acknowledge_concern,
    mark_raised_in_error,
    raise_concern,
    re_raise_concern,
    resolve_concern,
)
from tests.factories.actions import Acts, make_concern, run_deadlines, running, told
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import make_council, make_person

HOUR = timedelta(hours=1)
CREATED = "alert.created"


@pytest.fixture
def council(session):
    found = make_council(session)
    found.teams[0].deputy_id = found.workers[1].id
    return found


@pytest.fixture
def act(clock):
    return Acts(clock)


@pytest.fixture
def audit(session, council):
    return make_case_audit(session, council, make_round(session, council), state="in_progress")


@pytest.fixture
def raised(session, council, audit, act):
    return make_concern(session, council.auditors[0], audit, act)


def test_the_manager_and_the_deputy_are_told_at_once_and_both_clocks_start(session, council, audit, act, clock):
    auditor, manager, deputy = council.auditors[0], council.managers[0], council.workers[1]
    row = make_concern(session, auditor, audit, act)
    assert (row.state, row.escalated_to, row.raised_by_id, row.team_id) == ("raised", "team", auditor.id, audit.team_id)
    assert (row.raised_at, row.spoken_to) == (clock.now(), "Mary Tull, team manager")
    assert told(session, CREATED) == sorted([manager.id, deputy.id])
    assert running(session, "alert", row.id) == {
        "acknowledge": clock.now() + 4 * HOUR,
        "acknowledge_director": clock.now() + 24 * HOUR,
    }
    entry = session.scalars(sa.select(Journal).where(Journal.subject_type == "alert")).one()
    assert (entry.entry, entry.role) == ("created", "raiser")
    assert "sister" not in str(entry.details) and "Mary" not in str(entry.details)
    texts = session.scalars(sa.select(JournalText.field).where(JournalText.subject_type == "alert")).all()
    assert sorted(texts) == ["concern", "spoken_to"]


@pytest.mark.parametrize(
    ("manager", "deputy", "head", "level", "hears"),
    [
        (True, False, True, "team", ["manager"]),
        (False, True, True, "team", ["deputy"]),
        (False, False, True, "head", ["head"]),
        (False, False, False, "director", ["director"]),
    ],
)
def test_it_goes_straight_up_where_nobody_is_there(session, council, audit, act, manager, deputy, head, level, hears):
    people = {
        "manager": council.managers[0],
        "deputy": council.workers[1],
        "head": council.heads[0],
        "director": council.director,
    }
    for name, here in (("manager", manager), ("deputy", deputy), ("head", head)):
        people[name].active = here
    row = make_concern(session, council.auditors[0], audit, act)
    assert row.escalated_to == level
    assert told(session, CREATED) == sorted(people[name].id for name in hears)


def test_a_concern_about_the_manager_goes_straight_to_the_head_of_service(session, council, audit, act):
    row = make_concern(session, council.auditors[0], audit, act, about_manager=True)
    assert (row.escalated_to, told(session, CREATED)) == ("head", [council.heads[0].id])
    for person in (council.managers[0], council.workers[1]):
        with pytest.raises((GuardRefused, NotPermitted)):
            acknowledge_concern(session, row.id, act(person))
    acknowledge_concern(session, row.id, act(council.heads[0]))


def test_a_head_of_service_who_deputises_for_the_team_does_not_hear_of_a_concern_about_it(session, council, audit, act):
    council.teams[0].deputy_id = council.heads[0].id
    row = make_concern(session, council.auditors[0], audit, act, about_manager=True)
    assert (row.escalated_to, told(session, CREATED)) == ("director", [council.director.id])


def test_whoever_raises_it_is_not_the_only_one_to_hear(session, council, audit, act, clock):
    council.teams[0].deputy_id = None
    audit.shared_at = clock.now()
    row = make_concern(session, council.managers[0], audit, act)
    assert (row.escalated_to, told(session, CREATED)) == ("head", [council.heads[0].id])


def test_a_case_without_a_team_goes_to_the_director(session, council, act, audit):
    audit.team_id = None
    row = make_concern(session, council.auditors[0], audit, act)
    assert (row.escalated_to, row.team_id, told(session, CREATED)) == ("director", None, [council.director.id])


def test_where_there_is_nobody_at_all_the_quality_assurance_leads_hear(session, council, act, audit):
    audit.team_id = None
    council.director.active = False
    make_concern(session, council.auditors[0], audit, act)
    assert told(session, CREATED) == sorted([council.qa_lead.id, council.second_qa_lead.id])


def test_outside_working_hours_the_clock_runs_all_the_same(session, council, audit, act, clock):
    clock.set(datetime(2026, 12, 25, 23, 30, tzinfo=UTC))
    row = make_concern(session, council.auditors[0], audit, act)
    assert run_deadlines(session, clock.advance(4 * HOUR - timedelta(seconds=1))) == []
    assert run_deadlines(session, clock.advance(timedelta(seconds=1))) == ["moved"]
    assert (row.state, row.escalated_to) == ("raised", "head")


def test_not_acknowledged_in_4_hours_to_the_head_and_in_24_to_the_director(session, council, audit, act, clock, raised):
    assert run_deadlines(session, clock.advance(4 * HOUR)) == ["moved"]
    assert raised.escalated_to == "head"
    assert told(session, "alert.escalated_to_head") == sorted([council.heads[0].id, council.auditors[0].id])
    assert run_deadlines(session, clock.advance(HOUR)) == [], "passed up once"
    assert run_deadlines(session, clock.advance(19 * HOUR)) == ["moved"]
    assert raised.escalated_to == "director"
    assert told(session, "alert.escalated_to_director") == sorted([council.director.id, council.auditors[0].id])
    last = session.scalars(sa.select(Journal).where(Journal.subject_type == "alert").order_by(Journal.number)).all()
    assert [(e.entry, e.actor_id) for e in last][1:] == [("escalated_to_head", None), ("escalated_to_director", None)]
    assert run_deadlines(session, clock.advance(1000 * HOUR)) == []


def test_when_nobody_looked_for_two_days_both_go_up_and_never_down(session, council, audit, act, clock, raised):
    assert run_deadlines(session, clock.advance(48 * HOUR)) == ["moved", "moved"]
    assert raised.escalated_to == "director"
    row = make_concern(session, council.auditors[0], audit, act)
    row.escalated_to = "director"
    run_deadlines(session, clock.advance(4 * HOUR))
    assert row.escalated_to == "director"


def test_without_a_head_of_service_it_is_passed_up_to_the_director_at_once(session, council, audit, act, clock, raised):
    council.heads[0].active = False
    run_deadlines(session, clock.advance(4 * HOUR))
    assert raised.escalated_to == "director"
    assert council.director.id in told(session, "alert.escalated_to_head")


def test_acknowledging_stops_the_first_clock_and_starts_the_second(session, council, audit, act, clock, raised):
    clock.advance(HOUR)
    acknowledge_concern(session, raised.id, act(council.managers[0]), version=raised.version)
    assert (raised.state, raised.acknowledged_by_id) == ("acknowledged", council.managers[0].id)
    assert raised.acknowledged_at == clock.now()
    assert told(session, "alert.acknowledged") == [council.auditors[0].id]
    assert running(session, "alert", raised.id) == {
        "resolve": clock.now() + 24 * HOUR,
        "resolve_director": clock.now() + 48 * HOUR,
    }
    assert run_deadlines(session, clock.advance(24 * HOUR)) == ["moved"]
    assert (raised.state, raised.escalated_to) == ("acknowledged", "head")
    assert run_deadlines(session, clock.advance(24 * HOUR)) == ["moved"]
    assert raised.escalated_to == "director"


@pytest.mark.parametrize("who", ["manager", "deputy", "head", "director"])
def test_who_may_acknowledge_and_resolve(session, council, audit, act, raised, clock, who):
    people = {"manager": council.managers[0], "deputy": council.workers[1], "head": council.heads[0]}
    person = people.get(who, council.director)
    if who == "director":
        run_deadlines(session, clock.advance(24 * HOUR))
    acknowledge_concern(session, raised.id, act(person))
    resolve_concern(session, raised.id, "Visited the same day.", act(person))
    assert (raised.state, raised.resolved_by_id, raised.resolution) == ("resolved", person.id, "Visited the same day.")
    assert told(session, "alert.resolved") == [council.auditors[0].id]
    assert running(session, "alert", raised.id) == {}


def test_others_may_not(session, council, audit, act, raised):
    # The director's turn comes when it is passed up: until then it does not exist for them.
    others = (council.auditors[0], council.qa_lead, council.heads[1], council.managers[1], council.workers[0])
    others = (*others, council.director)
    for person in others:
        with pytest.raises(NotPermitted):
            acknowledge_concern(session, raised.id, act(person))
    acknowledge_concern(session, raised.id, act(council.managers[0]))
    for person in others:
        with pytest.raises(NotPermitted):
            resolve_concern(session, raised.id, "Done.", act(person))


def test_never_resolved_by_the_cases_worker_nor_without_saying_what_was_done(session, council, audit, act, raised):
    audit.worker_id = council.managers[0].id
    acknowledge_concern(session, raised.id, act(council.managers[0]))
    with pytest.raises(GuardRefused) as refusal:
        resolve_concern(session, raised.id, "Done.", act(council.managers[0]))
    assert refusal.value.code == "not_case_worker"
    with pytest.raises(BadInput) as said_nothing:
        resolve_concern(session, raised.id, "  ", act(council.workers[1]))
    assert said_nothing.value.field == "resolution"
    with pytest.raises(WrongState):
        acknowledge_concern(session, raised.id, act(council.workers[1]))


def test_raised_again_everybody_hears_and_the_clocks_start_anew(session, council, audit, act, clock, raised):
    acknowledge_concern(session, raised.id, act(council.managers[0]))
    resolve_concern(session, raised.id, "Visited the same day.", act(council.managers[0]))
    clock.advance(30 * HOUR)
    with pytest.raises(BadInput):
        re_raise_concern(session, raised.id, "", act(council.auditors[0]))
    for person in (council.workers[0], council.heads[1], council.administrator):
        with pytest.raises(NotPermitted):
            re_raise_concern(session, raised.id, "Again.", act(person))
    re_raise_concern(session, raised.id, "She is back at the house.", act(council.auditors[0]))
    assert (raised.state, raised.acknowledged_at, raised.resolution) == ("raised", None, None)
    everybody = [council.managers[0], council.workers[1], council.heads[0], council.director]
    assert told(session, "alert.raised_again") == sorted(p.id for p in everybody)
    assert raised.escalated_to == "director", "whoever is told can see it"
    assert running(session, "alert", raised.id)["acknowledge"] == clock.now() + 4 * HOUR
    said = session.scalars(sa.select(JournalText.text).where(JournalText.subject_type == "alert")).all()
    assert "Visited the same day." in said


def concern_about_the_head_who_deputises(session, council, audit, act):
    """The head of the team's service stands in for its manager, and there is a second head."""
    council.teams[0].deputy_id = council.heads[0].id
    other = make_person(session, "Hilda Onslow", ["head_of_service"], service_id=council.services[0].id)
    row = make_concern(session, council.auditors[0], audit, act, about_manager=True)
    return row, other


def test_a_head_whom_the_concern_is_about_does_not_hear_of_it_when_it_is_passed_up(session, council, audit, act, clock):
    row, other = concern_about_the_head_who_deputises(session, council, audit, act)
    run_deadlines(session, clock.advance(4 * HOUR))
    assert council.heads[0].id not in told(session, "alert.escalated_to_head")
    assert other.id in told(session, "alert.escalated_to_head")
    assert row.escalated_to == "head"
    other.active = False
    again = make_concern(session, council.auditors[0], audit, act, about_manager=True)
    run_deadlines(session, clock.advance(4 * HOUR))
    assert again.escalated_to == "director", "there is no head but the one whom it is about"


def test_who_is_concerned_does_not_raise_it_again_and_does_not_hear_of_it(session, council, audit, act):
    row, other = concern_about_the_head_who_deputises(session, council, audit, act)
    acknowledge_concern(session, row.id, act(other))
    resolve_concern(session, row.id, "Visited the same day.", act(other))
    for person in (council.heads[0], council.managers[0]):
        with pytest.raises(GuardRefused) as refusal:
            re_raise_concern(session, row.id, "Again.", act(person))
        assert refusal.value.code == "not_concerned"
    re_raise_concern(session, row.id, "She is back at the house.", act(council.auditors[0]))
    assert told(session, "alert.raised_again") == sorted([other.id, council.director.id])


def test_raised_in_error_is_for_the_head_of_service_with_a_reason(session, council, audit, act, raised):
    for person in (council.managers[0], council.director, council.qa_lead, council.heads[1]):
        with pytest.raises(NotPermitted):
            mark_raised_in_error(session, raised.id, "Wrong child.", act(person))
    with pytest.raises(BadInput):
        mark_raised_in_error(session, raised.id, "", act(council.heads[0]))
    mark_raised_in_error(session, raised.id, "Wrong child.", act(council.heads[0]))
    assert raised.state == "raised_in_error"
    heard = [council.auditors[0], council.managers[0], council.workers[1]]
    assert told(session, "alert.marked_raised_in_error") == sorted(p.id for p in heard)
    assert running(session, "alert", raised.id) == {}
    with pytest.raises(WrongState):
        re_raise_concern(session, raised.id, "Again.", act(council.auditors[0]))


def test_a_concern_sends_the_audit_to_moderation_unless_it_was_raised_in_error(session, council, audit, act, raised):
    assert "concern" in get_moderation_choice(session, audit, grade=3).triggers
    mark_raised_in_error(session, raised.id, "Wrong child.", act(council.heads[0]))
    assert "concern" not in get_moderation_choice(session, audit, grade=3).triggers


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"concern": " "}, "concern"),
        ({"concern": "x" * 20_001}, "concern"),
        ({"spoken_to": ""}, "spoken_to"),
        ({"spoken_to": "x" * 201}, "spoken_to"),
        ({"spoken_at": datetime(2026, 11, 2, 9, 6, tzinfo=UTC)}, "spoken_time"),
    ],
)
def test_before_saving_it_asks_whom_you_spoke_to_and_when(session, council, audit, act, change, field):
    with pytest.raises(BadInput) as refusal:
        make_concern(session, council.auditors[0], audit, act, **change)
    assert refusal.value.field == field
    assert session.scalar(sa.select(sa.func.count()).select_from(Alert)) == 0


def test_anyone_who_may_see_the_record_may_raise_one_and_nobody_else(session, council, audit, act):
    for person in (council.auditors[0], council.workers[0], council.qa_lead):
        assert make_concern(session, person, audit, act).raised_by_id == person.id
    for person in (council.auditors[1], council.workers[2], council.administrator, council.board_member):
        with pytest.raises(NotFound):
            make_concern(session, person, audit, act)
    gone = make_person(session, "Gone Person", ["qa_lead"], active=False)
    with pytest.raises(NotFound):
        make_concern(session, gone, audit, act)


def test_in_every_state_of_the_audit(session, council, act, audit):
    audit_round = make_round(session, council, state="cancelled")
    for state in ("allocated", "not_audited", "removed"):
        row = make_case_audit(session, council, audit_round, state=state)
        assert make_concern(session, council.qa_lead, row, act).state == "raised"


def test_a_double_click_is_one_concern(session, council, audit, act, clock):
    press = act(council.auditors[0], "concern-key-0123456789")
    new = Concern("A younger sister.", "Mary Tull", clock.now())
    assert raise_concern(session, audit.id, new, press).id == raise_concern(session, audit.id, new, press).id
    with pytest.raises(Misuse):
        raise_concern(session, audit.id, Concern("Another child.", "Mary Tull", clock.now()), press)
    with pytest.raises(Stale):
        acknowledge_concern(session, 1, act(council.managers[0]), version=7)


def test_there_is_no_such_concern(session, council, act):
    with pytest.raises(NotFound):
        acknowledge_concern(session, 99_999, act(council.managers[0]))
