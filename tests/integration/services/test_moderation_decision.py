"""What a moderator decides, what the case audit does with it, and what is kept apart for ever."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, Stale, WrongState
from auditflow.models import CaseAudit, DomainGrade, Journal, JournalText, Moderation, Outbox, Person
from auditflow.services.act import Act
from auditflow.services.moderation import Decision, comment_on, decide_moderation, open_moderation
from auditflow.services.moderation_return import decide_without_auditor
from tests.factories.council import Council
from tests.factories.moderation import DOMAINS, make_moderation, make_submission, make_submitted

VIEW = {"evidence": "yes", "follows": "partly", "difference": "no", "feedback": "Say where it is."}
CONFIRM = Decision("confirm", audit_view=VIEW)
CHANGED = {**DOMAINS, "voice": 2}
CHANGE = Decision("change", reason="Supervision drifted.", overall=2, domains=CHANGED, audit_view=VIEW)
RETURN = Decision("return")


@pytest.fixture
def task(session: Session, council: Council) -> Moderation:
    return make_moderation(session, council)


@pytest.fixture
def act(task: Moderation, clock: FixedClock) -> Act:
    return Act(task.moderator_id, clock.now(), "decide-1")


def audit_of(session: Session, task: Moderation) -> CaseAudit:
    return session.get_one(CaseAudit, task.case_audit_id)


def grades(session: Session, task: Moderation, source: str) -> dict[str, int | None]:
    rows = session.execute(
        sa.select(DomainGrade.domain, DomainGrade.grade).where(
            DomainGrade.case_audit_id == task.case_audit_id, DomainGrade.source == source
        )
    )
    return dict(rows.all())


def test_confirming_agrees_the_audit_with_the_auditors_grades(session: Session, task: Moderation, act: Act) -> None:
    decide_moderation(session, task.id, CONFIRM, act, version=task.version)
    audit = audit_of(session, task)
    assert (audit.state, audit.moderated_grade, audit.published_grade, audit.agreed_at) == ("agreed", 3, 3, act.at)
    assert (task.state, task.decision, task.grade, task.decided_at) == ("decided", "confirm", 3, act.at)
    assert task.audit_view == VIEW
    assert grades(session, task, "moderator") == DOMAINS


def test_changing_keeps_both_grades_and_waits_for_the_auditor(session: Session, task: Moderation, act: Act) -> None:
    decide_moderation(session, task.id, CHANGE, act)
    audit = audit_of(session, task)
    assert (audit.state, audit.first_grade, audit.moderated_grade) == ("changed", 3, 2)
    assert audit.published_grade is None
    assert (task.reason, task.grade) == ("Supervision drifted.", 2)
    assert grades(session, task, "auditor") == DOMAINS
    assert grades(session, task, "moderator") == CHANGED
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.changed")).all()
    assert told == [audit.auditor_id]


def test_only_a_domain_changing_is_a_change_too(session: Session, task: Moderation, act: Act) -> None:
    decision = Decision("change", reason="Her voice is thin.", overall=3, domains=CHANGED, audit_view=VIEW)
    decide_moderation(session, task.id, decision, act)
    assert audit_of(session, task).state == "changed"


def test_words_are_kept_where_retention_can_erase_them(session: Session, task: Moderation, act: Act) -> None:
    comment_on(session, task.id, "voice", "Which visit?", act)
    decide_moderation(session, task.id, CHANGE, act)
    entry = session.scalars(
        sa.select(Journal).where(Journal.subject_type == "moderation", Journal.entry == "decided")
    ).one()
    assert entry.details["commented"] == ["voice"]
    assert entry.details["audit"] == {"evidence": "yes", "follows": "partly", "difference": "no"}
    assert "drifted" not in str(entry.details)
    words = session.scalars(
        sa.select(JournalText.text).where(JournalText.subject_type == "moderation", JournalText.number == entry.number)
    )
    assert set(words) == {"Supervision drifted.", "Say where it is.", "Which visit?"}


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (Decision("approve"), "choice"),
        (Decision("confirm"), "evidence"),
        (Decision("confirm", audit_view={**VIEW, "follows": "perhaps"}), "follows"),
        (Decision("change", overall=2, domains=CHANGED, audit_view=VIEW), "reason"),
        (Decision("change", reason="r", domains=CHANGED, audit_view=VIEW), "overall"),
        (Decision("change", reason="r", overall=5, domains=CHANGED, audit_view=VIEW), "overall"),
        (Decision("change", reason="r", overall=2, domains={"weather": 2}, audit_view=VIEW), "weather"),
        (Decision("change", reason="r", overall=2, domains={"voice": 9}, audit_view=VIEW), "voice"),
        (Decision("change", reason="r", overall=2, domains={"voice": None}, audit_view=VIEW), "voice"),
    ],
)
def test_what_is_missing_or_not_offered_is_refused_and_nothing_is_written(
    session: Session, task: Moderation, act: Act, decision: Decision, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        decide_moderation(session, task.id, decision, act)
    assert refused.value.field == field
    assert (task.state, audit_of(session, task).state) == ("with_moderator", "moderation")


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (Decision("change", reason="r", overall=2, domains={"voice": 2}, audit_view=VIEW), "every_grade_decided"),
        (Decision("change", reason="r", overall=3, domains=DOMAINS, audit_view=VIEW), "something_changed"),
        (RETURN, "commented"),
    ],
)
def test_a_guard_that_refuses_leaves_task_and_audit_where_they_were(
    session: Session, task: Moderation, act: Act, decision: Decision, code: str
) -> None:
    with pytest.raises(GuardRefused) as refused:
        decide_moderation(session, task.id, decision, act)
    assert refused.value.code == code
    session.expire_all()
    assert (task.state, task.decision, audit_of(session, task).state) == ("with_moderator", None, "moderation")
    assert grades(session, task, "moderator") == {}


def test_a_double_click_decides_once(session: Session, task: Moderation, act: Act) -> None:
    version = task.version
    first = decide_moderation(session, task.id, CHANGE, act, version=version)
    again = decide_moderation(session, task.id, CHANGE, act, version=version)
    assert (first.repeated, again.repeated) == (False, True)
    assert audit_of(session, task).version == 2


def test_a_second_decision_is_refused(session: Session, task: Moderation, act: Act, clock: FixedClock) -> None:
    decide_moderation(session, task.id, CHANGE, act)
    with pytest.raises(WrongState):
        decide_moderation(session, task.id, CONFIRM, Act(task.moderator_id, clock.now(), "later"))


def test_somebody_else_and_an_old_page_are_refused(
    session: Session, council: Council, task: Moderation, act: Act, clock: FixedClock
) -> None:
    other = next(m for m in council.managers[1:] if m.id != task.moderator_id)
    with pytest.raises(NotPermitted):
        decide_moderation(session, task.id, CONFIRM, Act(other.id, clock.now(), "x"))
    with pytest.raises(Stale):
        decide_moderation(session, task.id, CONFIRM, act, version=task.version - 1)


def test_a_conflict_that_came_up_since_is_refused(
    session: Session, council: Council, task: Moderation, act: Act
) -> None:
    session.get_one(Person, task.moderator_id).team_id = council.teams[0].id
    session.flush()
    with pytest.raises(GuardRefused, match="belong to its team"):
        decide_moderation(session, task.id, CONFIRM, act)


def send_back(session: Session, task: Moderation, clock: FixedClock, key: str) -> Moderation:
    """Return the audit, submit it again with `grade` one lower, and return the new task."""
    act = Act(task.moderator_id, clock.now(), key)
    comment_on(session, task.id, "voice", "Which visit?", act)
    decide_moderation(session, task.id, RETURN, act)
    audit = audit_of(session, task)
    assert audit.state == "returned"
    submission = make_submission(session, audit, grade=2, number=audit.returns + 1)
    session.execute(sa.update(CaseAudit).where(CaseAudit.id == audit.id).values(state="moderation"))
    session.expire(audit)
    again = Act(audit.auditor_id, clock.now(), f"{key}-again")
    return open_moderation(session, audit, submission, again, random_share=False, triggers=["before"])


def test_after_a_return_the_same_moderator_has_it_and_what_changed_counts_as_moved(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    second = send_back(session, task, clock, "r1")
    assert second.moderator_id == task.moderator_id
    assert second.state == "with_moderator"
    decide_moderation(session, second.id, CONFIRM, Act(second.moderator_id, clock.now(), "c"))
    audit = audit_of(session, task)
    assert (audit.first_grade, audit.moderated_grade, audit.published_grade) == (3, 2, 2)
    assert task.grade is None


def test_after_a_return_somebody_else_has_it_when_the_first_is_gone(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    had = session.get_one(Person, task.moderator_id)
    act = Act(had.id, clock.now(), "r")
    comment_on(session, task.id, "overall", "Why?", act)
    decide_moderation(session, task.id, RETURN, act)
    had.active = False
    audit = audit_of(session, task)
    submission = make_submission(session, audit, number=2)
    again = open_moderation(
        session, audit, submission, Act(audit.auditor_id, clock.now(), "s"), random_share=False, triggers=[]
    )
    assert again.moderator_id not in {had.id, None}


def test_it_goes_back_twice_at_most(session: Session, task: Moderation, clock: FixedClock) -> None:
    third = send_back(session, send_back(session, task, clock, "r1"), clock, "r2")
    act = Act(third.moderator_id, clock.now(), "r3")
    comment_on(session, third.id, "overall", "Once more", act)
    with pytest.raises(GuardRefused, match="twice already"):
        decide_moderation(session, third.id, RETURN, act)


def test_an_auditor_who_has_left_gets_nothing_back(session: Session, council: Council, clock: FixedClock) -> None:
    task = make_moderation(session, council, audit=make_submitted(session, council, "moderation"))
    council.auditors[0].active = False
    session.flush()
    act = Act(task.moderator_id, clock.now(), "r")
    comment_on(session, task.id, "overall", "Why?", act)
    with pytest.raises(GuardRefused, match="no longer here"):
        decide_moderation(session, task.id, RETURN, act)


def returned(session: Session, task: Moderation, clock: FixedClock) -> CaseAudit:
    act = Act(task.moderator_id, clock.now(), "ret")
    comment_on(session, task.id, "voice", "Which visit?", act)
    decide_moderation(session, task.id, RETURN, act)
    return audit_of(session, task)


def test_an_unanswered_return_is_sent_on_to_the_same_moderator(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    audit = returned(session, task, clock)
    lead = Act(council.qa_lead.id, clock.now(), "lead")
    with pytest.raises(GuardRefused, match="has time to answer"):
        decide_without_auditor(session, audit.id, "Away", lead)
    council.auditors[0].active = False
    session.flush()
    with pytest.raises(BadInput):
        decide_without_auditor(session, audit.id, " ", lead)
    decide_without_auditor(session, audit.id, "She has left", lead, version=audit.version)
    assert decide_without_auditor(session, audit.id, "She has left", lead).repeated
    again = session.scalars(sa.select(Moderation).order_by(Moderation.id.desc())).first()
    assert again is not None
    assert (audit.state, again.moderator_id, again.id != task.id) == ("moderation", task.moderator_id, True)
    act = Act(task.moderator_id, clock.now(), "c2")
    comment_on(session, again.id, "voice", "Once more", act)
    with pytest.raises(GuardRefused, match="no longer here"):
        decide_moderation(session, again.id, RETURN, act)
    decide_moderation(session, again.id, CONFIRM, act.then("c"))
    assert audit.published_grade == 3
