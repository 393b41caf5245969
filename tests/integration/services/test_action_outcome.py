"""Actions: done, checked for the difference they made, reopened, or not done with approval."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.errors import BadInput, GuardRefused, NotFound, NotPermitted, Stale, WrongState
from auditflow.models import Action, Approval, CaseAudit, Deadline, FrameCase, Journal, Moderation, Person, Submission
from auditflow.models.frame import Frame, NameMatch
from auditflow.services.action import Proposal, decline_action, reassign_action, withdraw_action
from auditflow.services.action_cannot_do import (
    approve_cannot_do,
    ask_cannot_do,
    find_cannot_do_request,
    refuse_cannot_do,
)
from auditflow.services.action_outcome import Verification, complete_action, reopen_action, verify_action
from tests.factories.actions import DUE, Acts, make_action, run_deadlines, running, told
from tests.factories.audits import make_case_audit, make_round

YES = Verification("yes", "The two weekends since then went to plan.")
NO = Verification("no", "Nothing has changed for her.")


@pytest.fixture
def act(clock):
    return Acts(clock)


@pytest.fixture
def audit(session, council):
    return make_case_audit(session, council, make_round(session, council), state="in_progress")


@pytest.fixture
def shared(session, council, clock):
    """An audit that waits for nothing but its actions: feedback shared, the time to challenge over."""
    columns = {"shared_at": clock.now(), "first_submitted_at": clock.now(), "first_grade": 2, "published_grade": 2}
    row = make_case_audit(session, council, make_round(session, council), state="feedback_shared", **columns)
    due = clock.now() - timedelta(days=1)
    session.execute(sa.delete(Deadline).where(Deadline.subject_type == "case_audit", Deadline.subject_id == row.id))
    clock_over = {"key": "challenge", "action": "close", "acts": True, "due_at": due, "noticed_at": clock.now()}
    session.add(Deadline(subject_type="case_audit", subject_id=row.id, **clock_over))
    session.flush()
    return row


def test_done_needs_what_and_evidence(session, council, audit, act):
    row, owner = make_action(session, council, audit, act, state="open"), council.managers[0]
    for done, evidence, field in (("", "Visit.", "done_text"), ("Seen.", " ", "done_evidence")):
        with pytest.raises(BadInput) as refusal:
            complete_action(session, row.id, done, evidence, act(owner))
        assert refusal.value.field == field
    complete_action(session, row.id, "Seen.", "Visit of 12 November.", act(owner))
    assert (row.state, row.done_text, row.done_evidence) == ("done", "Seen.", "Visit of 12 November.")
    assert row.done_at == act.clock.now()
    assert told(session, "action.completed") == [council.auditors[0].id]
    assert running(session, "action", row.id).keys() == {"verify"}
    assert running(session, "action", row.id)["verify"].date() == date(2026, 11, 16), "ten working days"


def test_only_the_owner_says_that_it_is_done_and_only_while_it_is_open(session, council, audit, act):
    row = make_action(session, council, audit, act)
    with pytest.raises(WrongState):
        complete_action(session, row.id, "Seen.", "Visit.", act(council.managers[0]))
    row = make_action(session, council, audit, act, state="open")
    for other in (council.auditors[0], council.qa_lead, council.workers[0]):
        with pytest.raises(NotPermitted):
            complete_action(session, row.id, "Seen.", "Visit.", act(other))
    with pytest.raises(NotFound):
        complete_action(session, 99_999, "Seen.", "Visit.", act(council.managers[0]))


@pytest.mark.parametrize("difference", ["yes", "partly"])
def test_a_difference_that_was_made_is_told_to_the_auditor_and_the_owner(session, council, audit, act, difference):
    row = make_action(session, council, audit, act, state="done")
    found = Verification(difference, "The school says so.")
    verify_action(session, row.id, found, act(council.qa_lead), version=row.version)
    assert (row.state, row.difference, row.how_known) == ("verified", difference, "The school says so.")
    assert (row.verified_by_id, row.verified_at) == (council.qa_lead.id, act.clock.now())
    assert told(session, "action.verified") == sorted([council.auditors[0].id, council.managers[0].id])
    assert running(session, "action", row.id) == {}


@pytest.mark.parametrize("found", [Verification("", "x"), Verification("perhaps", "x"), Verification("yes", " ")])
def test_a_check_says_which_difference_and_how_it_is_known(session, council, audit, act, found):
    row = make_action(session, council, audit, act, state="done")
    with pytest.raises(BadInput):
        verify_action(session, row.id, found, act(council.qa_lead))


def test_auditor_moderator_quality_lead_and_head_of_service_may_check(session, council, audit, act, clock):
    moderator = council.managers[2]
    digest = {"answers": {}, "sha256": "0" * 64, "overall_grade": 2}
    sent = Submission(case_audit_id=audit.id, number=1, auditor_id=audit.auditor_id, submitted_at=clock.now(), **digest)
    session.add(sent)
    session.flush()
    task = {"moderator_id": moderator.id, "created_at": clock.now(), "state": "with_moderator"}
    session.add(Moderation(case_audit_id=audit.id, auditor_id=audit.auditor_id, submission_id=sent.id, **task))
    for person in (council.auditors[0], moderator, council.qa_lead, council.heads[1]):
        row = make_action(session, council, audit, act, state="done")
        assert verify_action(session, row.id, YES, act(person)).target == "verified"


def test_others_may_not_check(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done")
    for person in (council.managers[0], council.workers[0], council.auditors[1], council.managers[2]):
        with pytest.raises(NotPermitted):
            verify_action(session, row.id, YES, act(person))
    with pytest.raises(GuardRefused) as refusal:
        verify_action(session, row.id, YES, act(council.director))
    assert refusal.value.code == "nobody_else"


def test_never_by_its_owner_nor_by_who_reports_to_them(session, council, audit, act):
    head, manager = council.heads[0], council.managers[0]
    own = make_action(session, council, audit, act, state="done", owner_id=head.id)
    with pytest.raises((GuardRefused, NotPermitted)):
        verify_action(session, own.id, YES, act(head))
    council.qa_lead.manager_id = manager.id
    row = make_action(session, council, audit, act, state="done", owner_id=manager.id)
    with pytest.raises((GuardRefused, NotPermitted)):
        verify_action(session, row.id, YES, act(council.qa_lead))
    assert verify_action(session, row.id, YES, act(council.second_qa_lead)).target == "verified"


def test_nobody_vouches_for_the_work_of_someone_who_reports_to_them(session, council, audit, act):
    row, head = make_action(session, council, audit, act, state="done"), council.heads[0]
    assert session.get(Person, row.owner_id).manager_id == head.id
    for difference in ("yes", "partly"):
        with pytest.raises(GuardRefused, match="somebody else must say that it made a difference") as refusal:
            verify_action(session, row.id, Verification(difference, "I was told."), act(head))
        assert refusal.value.code == "not_vouching"
    plan = Proposal("Find somebody she trusts.", None, date(2026, 12, 18))
    assert verify_action(session, row.id, Verification("no", "Nothing changed.", plan), act(head)).target == "verified"


def test_never_by_somebody_in_conflict_with_the_case(session, council, audit, act, clock):
    row = make_action(session, council, audit, act, state="done")
    digests = {"source_sha256": "0" * 64, "frame_sha256": "0" * 64}
    times = {"as_at": date(2026, 9, 1), "created_at": clock.now(), "frozen_at": clock.now()}
    held = Frame(name="An earlier list", stage="frozen", **digests, **times)
    session.add(held)
    session.flush()
    session.add(FrameCase(frame_id=held.id, ref=audit.ref, row=1, worker="Q. Abbott"))
    session.add(NameMatch(kind="worker", name="Q. Abbott", match="matched", person_id=council.qa_lead.id))
    with pytest.raises(GuardRefused) as refusal:
        verify_action(session, row.id, YES, act(council.qa_lead))
    assert refusal.value.code == "no_conflict"


def test_no_difference_needs_a_follow_up_that_answers_the_same_findings(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done", findings=["voice", "risk"])
    with pytest.raises(GuardRefused) as refusal:
        verify_action(session, row.id, NO, act(council.auditors[0]))
    assert refusal.value.code == "followed_up"
    assert row.state == "done"
    plan = Proposal("Find somebody she trusts.", None, date(2026, 12, 18))
    found = Verification(NO.difference, NO.how_known, follow_up=plan)
    press = act(council.auditors[0], "verify-key-0123456789")
    verify_action(session, row.id, found, press, version=row.version)
    further = session.get(Action, row.follow_up_id)
    assert (row.state, row.difference, further.state, further.text) == ("verified", "no", "proposed", plan.text)
    assert further.owner_id == row.owner_id, "the same owner unless another is chosen"
    created = sa.select(Journal.details, Journal.role).where(
        Journal.subject_type == "action", Journal.subject_id == further.id
    )
    details, role = session.execute(created).one()
    assert (details["findings"], role) == (["risk", "voice"], "verifier")
    assert verify_action(session, row.id, found, press).repeated
    assert session.scalar(sa.select(sa.func.count()).select_from(Action)) == 2


def test_a_follow_up_that_cannot_be_leaves_everything_as_it_was(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done")
    found = Verification("no", "Nothing changed.", follow_up=Proposal(" ", None, DUE))
    with pytest.raises(BadInput):
        verify_action(session, row.id, found, act(council.auditors[0]))
    assert (row.state, session.scalar(sa.select(sa.func.count()).select_from(Action))) == ("done", 1)


def test_the_head_of_service_may_say_why_there_is_no_follow_up_but_must_say_it(session, council, audit, act):
    row, head = make_action(session, council, audit, act, state="done"), council.heads[0]
    with pytest.raises(BadInput) as refusal:
        verify_action(session, row.id, NO, act(head))
    assert refusal.value.field == "reason"
    found = Verification("no", "Nothing changed.", reason="She has left the area.")
    with pytest.raises(GuardRefused):
        verify_action(session, row.id, found, act(council.heads[1]))
    verify_action(session, row.id, found, act(head))
    assert (row.state, row.no_follow_up_reason, row.follow_up_id) == ("verified", "She has left the area.", None)


def test_a_stale_page_checks_nothing(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done")
    with pytest.raises(Stale):
        verify_action(session, row.id, YES, act(council.qa_lead), version=1)


def test_reopened_it_is_open_again_and_what_was_written_stays_in_the_history(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done")
    with pytest.raises(BadInput):
        reopen_action(session, row.id, "", act(council.auditors[0]))
    with pytest.raises(NotPermitted):
        reopen_action(session, row.id, "Not yet.", act(council.managers[0]))
    reopen_action(session, row.id, "The visit was not alone.", act(council.auditors[0]))
    assert (row.state, row.done_text, row.done_at) == ("open", None, None)
    assert told(session, "action.reopened") == [council.managers[0].id]
    assert running(session, "action", row.id).keys() == {"complete"}


def test_not_checked_in_ten_working_days_is_said_once(session, council, audit, act):
    row = make_action(session, council, audit, act, state="done")
    due = running(session, "action", row.id)["verify"]
    assert run_deadlines(session, due) == ["said late"]
    assert run_deadlines(session, due + timedelta(days=5)) == []
    assert told(session, "action.late_verify") == [council.auditors[0].id]


def test_cannot_do_is_asked_for_and_approved_by_the_head_of_service(session, council, audit, act):
    row, owner, head = make_action(session, council, audit, act, state="open"), council.managers[0], council.heads[0]
    with pytest.raises(BadInput):
        ask_cannot_do(session, row.id, "", act(owner))
    ask_cannot_do(session, row.id, "The father has left the country.", act(owner), version=row.version)
    asked = find_cannot_do_request(session, row.id)
    assert (row.state, asked.reason, asked.requested_by_id) == ("open", "The father has left the country.", owner.id)
    assert told(session, "action.cannot_do_asked") == [head.id]
    with pytest.raises(GuardRefused) as refusal:
        ask_cannot_do(session, row.id, "Again.", act(owner))
    assert refusal.value.code == "no_open_request"
    for person in (owner, council.heads[1], council.qa_lead, council.auditors[0]):
        with pytest.raises((NotPermitted, GuardRefused)):
            approve_cannot_do(session, asked.id, "Agreed.", act(person))
    press = act(head, "approve-key-0123456789")
    approve_cannot_do(session, asked.id, "Agreed.", press, version=asked.version)
    assert (row.state, asked.state, asked.decided_by_id, asked.decision) == ("not_done", "approved", head.id, "Agreed.")
    assert told(session, "action.approved_as_not_done") == sorted([council.auditors[0].id, owner.id])
    assert told(session, "approval.approved") == [owner.id]
    assert approve_cannot_do(session, asked.id, "Agreed.", press).repeated


def test_refused_it_stays_open_and_may_be_asked_again(session, council, audit, act):
    row, owner = make_action(session, council, audit, act, state="open"), council.managers[0]
    ask_cannot_do(session, row.id, "No time.", act(owner))
    asked = find_cannot_do_request(session, row.id)
    with pytest.raises(BadInput):
        refuse_cannot_do(session, asked.id, "", act(council.director))
    refuse_cannot_do(session, asked.id, "Make time.", act(council.director))
    assert (row.state, asked.state, asked.decision) == ("open", "refused", "Make time.")
    ask_cannot_do(session, row.id, "The father has left the country.", act(owner))
    assert find_cannot_do_request(session, row.id).id != asked.id


def test_nobody_approves_what_is_their_own(session, council, audit, act):
    row = make_action(session, council, audit, act, state="open", owner_id=council.heads[0].id)
    ask_cannot_do(session, row.id, "No time.", act(council.heads[0]))
    asked = find_cannot_do_request(session, row.id)
    with pytest.raises(GuardRefused):
        approve_cannot_do(session, asked.id, "Agreed.", act(council.heads[0]))
    approve_cannot_do(session, asked.id, "Agreed.", act(council.director))
    assert row.state == "not_done"


@pytest.mark.parametrize("way", ["complete", "reassign"])
def test_the_request_is_withdrawn_when_the_action_moves_on(session, council, audit, act, way):
    row, owner = make_action(session, council, audit, act, state="open"), council.managers[0]
    ask_cannot_do(session, row.id, "No time.", act(owner))
    asked = find_cannot_do_request(session, row.id)
    if way == "complete":
        complete_action(session, row.id, "Seen.", "Visit.", act(owner))
    else:
        reassign_action(session, row.id, council.workers[0].id, "She holds it.", act(council.qa_lead))
    assert asked.state == "withdrawn"
    with pytest.raises(WrongState, match="withdrawn"):
        approve_cannot_do(session, asked.id, "Agreed.", act(council.heads[0]))
    last = session.scalars(sa.select(Journal).where(Journal.subject_type == "approval").order_by(Journal.id.desc()))
    assert last.first().actor_id is None


def test_another_kind_of_request_is_not_decided_here(session, council, audit, act, clock):
    other = Approval(subject_type="case_audit", subject_id=audit.id, ask="remove", reason="x", state="requested",
                     requested_by_id=council.qa_lead.id, requested_at=clock.now())  # fmt: skip
    session.add(other)
    session.flush()
    with pytest.raises(NotFound):
        approve_cannot_do(session, other.id, "Agreed.", act(council.heads[1]))


def close_by(way, session, council, row, act):
    """Settle an open action in one of the ways there are."""
    owner, head = council.managers[0], council.heads[0]
    if way == "verified":
        complete_action(session, row.id, "Seen.", "Visit.", act(owner))
        verify_action(session, row.id, YES, act(council.auditors[0]))
    if way == "not_done":
        ask_cannot_do(session, row.id, "No time.", act(owner))
        approve_cannot_do(session, find_cannot_do_request(session, row.id).id, "Agreed.", act(head))
    if way == "no_reason":
        complete_action(session, row.id, "Seen.", "Visit.", act(owner))
        verify_action(session, row.id, Verification("no", "No change.", reason="She has moved."), act(head))


@pytest.mark.parametrize("way", ["verified", "not_done", "no_reason"])
def test_the_last_action_settled_closes_the_audit(session, council, shared, act, way):
    first = make_action(session, council, shared, act, state="open")
    second = make_action(session, council, shared, act, state="open")
    close_by(way, session, council, first, act)
    assert session.get(CaseAudit, shared.id).state == "feedback_shared"
    close_by(way, session, council, second, act)
    assert session.get(CaseAudit, shared.id).state == "closed"


def test_a_withdrawn_action_closes_it_too(session, council, shared, act):
    row = make_action(session, council, shared, act)
    decline_action(session, row.id, "The family has moved.", act(council.managers[0]))
    withdraw_action(session, row.id, act(council.heads[0]))
    assert session.get(CaseAudit, shared.id).state == "closed"


def test_no_difference_keeps_it_open_until_the_follow_up_is_settled(session, council, shared, act):
    row = make_action(session, council, shared, act, state="done")
    plan = Proposal("Find somebody she trusts.", council.managers[0].id, DUE)
    verify_action(session, row.id, Verification("no", "No change.", plan), act(council.auditors[0]))
    assert session.get(CaseAudit, shared.id).state == "feedback_shared"
    decline_action(session, row.follow_up_id, "She has somebody.", act(council.managers[0]))
    withdraw_action(session, row.follow_up_id, act(council.heads[0]))
    assert session.get(CaseAudit, shared.id).state == "closed"
