"""Actions: proposing, linking, accepting, declining, giving on, dating anew; what each refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.errors import BadInput, GuardRefused, Misuse, NotFound, NotPermitted, Stale, WrongState
from auditflow.models import Action, ActionFinding, AuditRound, Journal, JournalText
from auditflow.queries.case_audit_actions import list_case_actions
from auditflow.services.action import (
    accept_action,
    change_action_date,
    decline_action,
    link_action,
    propose_action,
    reassign_action,
    uphold_action,
    withdraw_action,
)
from tests.factories.actions import DUE, Acts, make_action, make_later_round, run_deadlines, running, told
from tests.factories.audits import make_case_audit, make_round
from tests.factories.results import set_columns


@pytest.fixture
def act(clock):
    return Acts(clock)


@pytest.fixture
def audit(session, council):
    return make_case_audit(session, council, make_round(session, council), state="in_progress")


def test_one_action_answers_several_findings_and_its_owner_is_told(session, council, audit, act):
    auditor, manager = council.auditors[0], council.managers[0]
    row = propose_action(session, audit, ["voice", "risk.plan", "voice"], " See her. ", manager.id, DUE, act(auditor))
    assert (row.state, row.text, row.owner_id, row.proposed_by_id) == ("proposed", "See her.", manager.id, auditor.id)
    assert (row.first_due_on, row.due_on, row.created_at) == (DUE, DUE, act.clock.now())
    assert list_case_actions(session, audit).answered == {"voice", "risk.plan"}
    assert told(session, "action.created") == [manager.id]
    entry = session.scalars(sa.select(Journal).where(Journal.subject_type == "action")).one()
    assert (entry.entry, entry.role, entry.actor_id) == ("created", "auditor", auditor.id)
    assert entry.details["findings"] == ["voice", "risk.plan"]
    assert "See her." not in str(entry.details), "words stand in the erasable table only"
    assert session.scalars(sa.select(JournalText.text).where(JournalText.subject_type == "action")).all() == [
        "See her."
    ]


def test_without_an_owner_it_goes_to_the_teams_manager_or_the_deputy(session, council, audit, act):
    auditor, manager, deputy = council.auditors[0], council.managers[0], council.workers[1]
    assert propose_action(session, audit, "voice", "A", None, DUE, act(auditor)).owner_id == manager.id
    council.teams[0].deputy_id = deputy.id
    manager.active = False
    assert propose_action(session, audit, "risk", "B", None, DUE, act(auditor)).owner_id == deputy.id


def test_without_anybody_to_own_it_the_quality_assurance_leads_are_told(session, council, audit, act):
    council.teams[0].manager_id = None
    row = propose_action(session, audit, "voice", "A", None, DUE, act(council.auditors[0]))
    assert row.owner_id is None
    assert told(session, "action.created") == sorted([council.qa_lead.id, council.second_qa_lead.id])


def test_a_double_click_proposes_one_action_and_other_words_under_its_key_are_refused(session, council, audit, act):
    press = act(council.auditors[0], "same-key-0123456789")
    first = propose_action(session, audit, "voice", "See her.", None, DUE, press)
    assert propose_action(session, audit, "voice", "See her.", None, DUE, press).id == first.id
    assert session.scalar(sa.select(sa.func.count()).select_from(Action)) == 1
    with pytest.raises(Misuse):
        propose_action(session, audit, "voice", "Something else.", None, DUE, press)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"findings": "Not a key!"}, "findings"),
        ({"findings": []}, "findings"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"due_on": date(2027, 11, 4)}, "due_on"),
        ({"owner_id": 99_999}, "owner_id"),
    ],
)
def test_what_cannot_be_proposed(session, council, audit, act, change, field):
    given = {"findings": "voice", "text": "See her.", "owner_id": None, "due_on": DUE} | change
    with pytest.raises(BadInput) as refusal:
        propose_action(session, audit, *given.values(), act(council.auditors[0]))
    assert refusal.value.field == field


@pytest.mark.parametrize("who", ["second_qa_lead", "qa_lead"])
def test_a_quality_assurance_lead_may_propose_too(session, council, audit, act, who):
    assert propose_action(session, audit, "voice", "A", None, DUE, act(getattr(council, who))).state == "proposed"


@pytest.mark.parametrize("who", ["administrator", "director", "board_member"])
def test_others_may_not_propose(session, council, audit, act, who):
    with pytest.raises(NotPermitted):
        propose_action(session, audit, "voice", "A", None, DUE, act(getattr(council, who)))
    with pytest.raises(NotPermitted):
        propose_action(session, audit, "voice", "A", None, DUE, act(council.auditors[1]))


def test_a_blind_second_grading_and_a_finished_audit_get_no_actions(session, council, act, audit):
    second = make_case_audit(session, council, audit_round_of(session, audit), state="in_progress", purpose="second")
    closed = make_case_audit(session, council, audit_round_of(session, audit), state="not_audited")
    with pytest.raises(WrongState, match="only compares grades"):
        propose_action(session, second, "voice", "A", None, DUE, act(council.auditors[0]))
    with pytest.raises(WrongState, match="finished"):
        propose_action(session, closed, "voice", "A", None, DUE, act(council.qa_lead))


def audit_round_of(session, audit):
    return session.get(AuditRound, audit.round_id)


def test_an_action_that_exists_is_linked_to_further_findings_once(session, council, audit, act):
    row = make_action(session, council, audit, act)
    press = act(council.auditors[0])
    link_action(session, audit, ["risk", "voice"], row.id, press)
    link_action(session, audit, ["risk", "voice"], row.id, act(council.auditors[0]))
    assert list_case_actions(session, audit).answered == {"voice", "risk"}
    entries = session.scalars(sa.select(Journal.entry).where(Journal.subject_type == "action")).all()
    assert entries.count("linked") == 1


def test_an_action_of_an_earlier_audit_of_the_same_case_may_be_linked_but_no_other(session, council, audit, act):
    later = make_later_round(session, council, audit, act)
    auditor = council.auditors[1]
    again = make_case_audit(session, council, later, state="in_progress", ref=audit.ref, auditor_id=auditor.id)
    other = make_case_audit(session, council, later, state="in_progress", ref="CF-1", auditor_id=auditor.id)
    row = make_action(session, council, audit, act, state="open")
    link_action(session, again, "voice", row.id, act(auditor))
    assert list_case_actions(session, again).answered == {"voice"}
    for audit_of_another_case, action_id in ((other, row.id), (again, 99_999)):
        with pytest.raises(NotFound):
            link_action(session, audit_of_another_case, "voice", action_id, act(auditor))


def test_a_settled_action_answers_nothing_new(session, council, audit, act):
    row = make_action(session, council, audit, act)
    decline_action(session, row.id, "Not for us.", act(council.managers[0]))
    withdraw_action(session, row.id, act(council.heads[0]))
    with pytest.raises(WrongState, match="settled"):
        link_action(session, audit, "risk", row.id, act(council.auditors[0]))
    assert list_case_actions(session, audit).answered == frozenset()


def test_the_owner_accepts_with_the_proposed_date(session, council, audit, act):
    row = make_action(session, council, audit, act)
    assert set(running(session, "action", row.id)) == {"accept"}
    outcome = accept_action(session, row.id, DUE, act(council.managers[0]), version=1)
    assert (outcome.target, row.due_on, row.first_due_on) == ("open", DUE, DUE)
    assert running(session, "action", row.id)["complete"].date() == DUE
    assert set(running(session, "action", row.id)) == {"complete"}


def test_a_later_date_needs_a_reason_and_overdue_still_counts_from_the_first(session, council, audit, act):
    row, owner, later = make_action(session, council, audit, act), council.managers[0], date(2026, 12, 14)
    with pytest.raises(BadInput, match="more time") as refusal:
        accept_action(session, row.id, later, act(owner))
    assert refusal.value.field == "reason"
    accept_action(session, row.id, later, act(owner), reason="The worker is on leave.")
    assert (row.due_on, row.first_due_on) == (later, DUE)
    assert running(session, "action", row.id)["complete"].date() == DUE


def test_an_earlier_date_needs_none_and_no_date_at_all_is_refused(session, council, audit, act):
    row, owner = make_action(session, council, audit, act), council.managers[0]
    with pytest.raises(GuardRefused) as refusal:
        accept_action(session, row.id, None, act(owner))
    assert refusal.value.code == "due_date_set"
    with pytest.raises(BadInput, match="today or later"):
        accept_action(session, row.id, date(2026, 10, 1), act(owner))
    accept_action(session, row.id, date(2026, 11, 20), act(owner))
    assert row.due_on == date(2026, 11, 20)


def test_only_the_owner_accepts_or_declines(session, council, audit, act):
    row = make_action(session, council, audit, act)
    for other in (council.auditors[0], council.qa_lead, council.heads[0], council.managers[1]):
        with pytest.raises(NotPermitted):
            accept_action(session, row.id, DUE, act(other))
        with pytest.raises(NotPermitted):
            decline_action(session, row.id, "No.", act(other))


def test_a_stale_page_and_a_double_click(session, council, audit, act):
    row, owner = make_action(session, council, audit, act), council.managers[0]
    press = act(owner, "accept-key-0123456789")
    assert not accept_action(session, row.id, DUE, press, version=1).repeated
    assert accept_action(session, row.id, DUE, press, version=1).repeated
    with pytest.raises(Stale):
        change_action_date(session, row.id, date(2026, 12, 1), "Leave.", act(owner), version=1)


def test_declined_with_a_reason_goes_to_the_head_of_service_who_upholds_it(session, council, audit, act):
    row = make_action(session, council, audit, act)
    with pytest.raises(BadInput):
        decline_action(session, row.id, " ", act(council.managers[0]))
    decline_action(session, row.id, "The family has moved.", act(council.managers[0]))
    assert (row.state, row.decline_reason) == ("declined", "The family has moved.")
    assert told(session, "action.declined") == [council.heads[0].id]
    assert running(session, "action", row.id) == {}
    for other in (council.heads[1], council.qa_lead, council.managers[0], council.auditors[0]):
        with pytest.raises(NotPermitted):
            uphold_action(session, row.id, act(other))
    uphold_action(session, row.id, act(council.heads[0]))
    assert row.state == "open"
    assert told(session, "action.upheld") == sorted([council.auditors[0].id, council.managers[0].id])
    assert set(running(session, "action", row.id)) == {"complete"}


def test_a_head_of_service_who_owns_it_does_not_decide_it(session, council, audit, act):
    row = make_action(session, council, audit, act, owner_id=council.heads[0].id)
    decline_action(session, row.id, "Not mine.", act(council.heads[0]))
    with pytest.raises(GuardRefused) as refusal:
        withdraw_action(session, row.id, act(council.heads[0]))
    assert refusal.value.code == "not_owner"
    withdraw_action(session, row.id, act(council.director))
    assert row.state == "withdrawn"


def test_without_a_head_of_service_the_director_hears_of_a_declined_action(session, council, audit, act):
    row = make_action(session, council, audit, act)
    council.heads[0].active = False
    decline_action(session, row.id, "The family has moved.", act(council.managers[0]))
    assert told(session, "action.declined") == [council.director.id]


def test_given_to_another_owner_both_are_told(session, council, audit, act):
    row, before, after = make_action(session, council, audit, act), council.managers[0], council.workers[0]
    reassign_action(session, row.id, after.id, "She holds the case.", act(council.qa_lead), version=row.version)
    assert (row.owner_id, row.state) == (after.id, "proposed")
    assert told(session, "action.reassigned") == sorted([before.id, after.id])
    with pytest.raises(NotPermitted):
        accept_action(session, row.id, DUE, act(before))
    accept_action(session, row.id, DUE, act(after))


@pytest.mark.parametrize(("reason", "owner", "field"), [("", 1, "reason"), ("x", 99_999, "owner_id")])
def test_giving_on_needs_a_reason_and_somebody_who_works_here(session, council, audit, act, reason, owner, field):
    row = make_action(session, council, audit, act)
    with pytest.raises(BadInput) as refusal:
        reassign_action(session, row.id, owner, reason, act(council.qa_lead), version=row.version)
    assert refusal.value.field == field
    with pytest.raises(BadInput, match="already"):
        reassign_action(session, row.id, council.managers[0].id, "x", act(council.qa_lead), version=row.version)


def test_the_owner_cannot_give_it_away(session, council, audit, act):
    row = make_action(session, council, audit, act)
    with pytest.raises(NotPermitted):
        reassign_action(session, row.id, council.workers[0].id, "x", act(council.managers[0]))


def test_a_new_date_leaves_the_first_one_standing(session, council, audit, act):
    row = make_action(session, council, audit, act, state="open")
    new = date(2026, 12, 18)
    with pytest.raises(BadInput):
        change_action_date(session, row.id, new, "", act(council.managers[0]))
    change_action_date(session, row.id, new, "The worker is ill.", act(council.managers[0]))
    assert (row.state, row.due_on, row.first_due_on) == ("open", new, DUE)
    assert running(session, "action", row.id)["complete"].date() == DUE


def test_each_clock_says_late_once(session, council, audit, act, clock):
    row = make_action(session, council, audit, act)
    due = running(session, "action", row.id)["accept"]
    assert due.date() == date(2026, 11, 9), "five working days after Monday 2 November"
    assert run_deadlines(session, due - timedelta(seconds=1)) == []
    assert run_deadlines(session, due) == ["said late"]
    assert run_deadlines(session, due + timedelta(days=3)) == []
    everybody = sorted([council.managers[0].id, council.qa_lead.id, council.second_qa_lead.id])
    assert told(session, "action.late_accept") == everybody
    assert row.state == "proposed", "silence is not consent"


def test_overdue_is_said_from_the_first_date_whatever_the_date_was_moved_to(session, council, audit, act, clock):
    row = make_action(session, council, audit, act, state="open")
    change_action_date(session, row.id, date(2027, 3, 1), "Later.", act(council.managers[0]))
    clock.set(clock.now() + timedelta(days=29))
    assert run_deadlines(session, clock.now()) == ["said late"]
    assert council.managers[0].id in told(session, "action.late_complete")


def test_there_is_no_such_action(session, council, act):
    for call in (
        lambda: accept_action(session, 7, DUE, act(council.managers[0])),
        lambda: decline_action(session, 7, "x", act(council.managers[0])),
        lambda: withdraw_action(session, 7, act(council.heads[0])),
    ):
        with pytest.raises(NotFound):
            call()


def test_findings_belong_to_their_action(session, council, audit, act):
    row = make_action(session, council, audit, act, findings=["voice", "overall"])
    found = session.scalars(sa.select(ActionFinding.finding).where(ActionFinding.action_id == row.id)).all()
    assert sorted(found) == ["overall", "voice"]


def test_whoever_proposed_it_takes_it_back_until_its_owner_accepts(session, council, audit, act):
    auditor, stranger = council.auditors[0], council.auditors[1]
    row = make_action(session, council, audit, act, findings=["voice"])
    with pytest.raises(BadInput, match="reason"):
        withdraw_action(session, row.id, act(auditor))
    for person in (stranger, council.managers[0]):
        with pytest.raises(NotPermitted):
            withdraw_action(session, row.id, act(person), reason="A mistake.")
    withdraw_action(session, row.id, act(auditor), reason="Proposed to the wrong team.")
    assert row.state == "withdrawn"
    assert list_case_actions(session, audit).answered == set(), "the finding asks for an answer again"
    assert told(session, "action.withdrawn") == [council.managers[0].id]
    assert running(session, "action", row.id) == {}
    accepted = make_action(session, council, audit, act, state="open")
    with pytest.raises(WrongState):
        withdraw_action(session, accepted.id, act(auditor), reason="Too late.")


def test_the_only_answer_to_a_submitted_finding_is_not_taken_back(session, council, audit, act):
    first = make_action(session, council, audit, act, findings=["voice", "risk"])
    set_columns(session, audit, state="agreed", auditor_id=audit.auditor_id)
    lead = council.qa_lead
    with pytest.raises(GuardRefused, match="only answer"):
        withdraw_action(session, first.id, act(lead), reason="It is not needed.")
    second = propose_action(session, audit, ["voice"], "See her at school.", None, DUE, act(lead))
    with pytest.raises(GuardRefused, match="only answer"):
        withdraw_action(session, first.id, act(lead), reason="It is not needed.")
    link_action(session, audit, ["risk"], second.id, act(lead))
    withdraw_action(session, first.id, act(lead), reason="The second one says it better.")
    assert (first.state, second.state) == ("withdrawn", "proposed")


def test_what_follows_up_an_action_without_a_difference_is_not_taken_back(session, council, audit, act):
    done = make_action(session, council, audit, act, state="done")
    further = make_action(session, council, audit, act)
    set_columns(session, done, follow_up_id=further.id)
    with pytest.raises(GuardRefused, match="only answer"):
        withdraw_action(session, further.id, act(council.qa_lead), reason="It is not needed.")
