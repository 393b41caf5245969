"""An audit changes hands after its submission was withdrawn: everything is kept, the first grade is whose it was."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import GuardRefused, NotFound
from auditflow.models import AuditRound, CaseAudit, Draft, Journal, Moderation, RoundAuditor, Submission
from auditflow.queries.allocation import read_eligibility
from auditflow.queries.case_audit import get_submission, list_submissions, starts_after_another
from auditflow.queries.case_audit_grades import find_first_auditor_name
from auditflow.queries.case_audit_sheet import read_sheet
from auditflow.queries.moderation import list_eligible_moderators
from auditflow.queries.results import get_round_grades
from auditflow.queries.scope import viewer_of
from auditflow.queries.severity import list_graded_rounds
from auditflow.services.act import Act
from auditflow.services.allocation import allocate_case
from auditflow.services.case_audit import declare_conflict, start_case_audit, withdraw_submission
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.moderation import mark_moderation_opened
from auditflow.services.moderation_decision import Decision, decide_moderation
from auditflow.services.verify import verify_journal
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council
from tests.factories.cycle_acts import VIEW
from tests.factories.drafts import start, write_all
from tests.factories.results import set_columns

NEW_AUDITORS = {"new_auditor_audits": 5}
"""A policy that moderates every audit of these tests."""


@pytest.fixture
def row(session: Session, council: Council) -> AuditRound:
    made = make_round(session, council, policy=NEW_AUDITORS)
    session.add_all(RoundAuditor(round_id=made.id, person_id=a.id, capacity=8) for a in council.auditors)
    return made


@pytest.fixture
def withdrawn(session: Session, council: Council, row: AuditRound, clock: FixedClock) -> CaseAudit:
    """Auditor A graded it Good and took it back."""
    audit = make_case_audit(session, council, row)
    start(session, audit, clock.now())
    write_all(session, audit, clock.now(), grade=3)
    submit_case_audit(session, audit.id, Act(audit.auditor_id, clock.now(), "submit-a"))
    withdraw_submission(session, audit.id, Act(audit.auditor_id, clock.now(), "withdraw-a"))
    return audit


def hand_to(session: Session, council: Council, audit: CaseAudit, person: int, clock: FixedClock) -> None:
    act = Act(council.qa_lead.id, clock.now(), f"hand-over-{person}")
    allocate_case(session, audit.id, person, act, expected_version=audit.version, reason="Has left the council.")


def test_the_new_auditor_starts_empty_and_everything_is_kept(
    session: Session, council: Council, withdrawn: CaseAudit, clock: FixedClock
) -> None:
    first, second = council.auditors[0], council.auditors[1]
    hand_to(session, council, withdrawn, second.id, clock)
    assert (withdrawn.state, withdrawn.auditor_id, withdrawn.first_grade) == ("allocated", second.id, 3)
    assert not read_sheet(session, withdrawn).drafts
    kept = sa.select(sa.func.count()).select_from(Draft).where(Draft.person_id == first.id)
    assert session.scalar(kept)
    viewer = viewer_of(session, second.id, START)
    assert starts_after_another(session, viewer, withdrawn.id)
    assert list_submissions(session, viewer, withdrawn.id) == []
    with pytest.raises(NotFound):
        get_submission(session, viewer, withdrawn.id, 1)
    lead = viewer_of(session, council.qa_lead.id, START)
    assert [s.auditor_id for s in list_submissions(session, lead, withdrawn.id)] == [first.id]


def test_the_first_grade_stays_that_of_whoever_submitted_first(
    session: Session, council: Council, row: AuditRound, withdrawn: CaseAudit, clock: FixedClock
) -> None:
    first, second = council.auditors[0], council.auditors[1]
    hand_to(session, council, withdrawn, second.id, clock)
    start_case_audit(session, withdrawn.id, Act(second.id, clock.now(), "start-b"))
    write_all(session, withdrawn, clock.now(), grade=4)
    done = submit_case_audit(session, withdrawn.id, Act(second.id, clock.now(), "submit-b"))
    assert (done.state, done.number) == ("moderation", 2)
    session.refresh(withdrawn)
    assert withdrawn.first_grade == 3
    assert find_first_auditor_name(session, withdrawn) == first.name
    (graded,) = get_round_grades(session, row).audits
    assert (graded.auditor, graded.first) == (first.id, 3)
    set_columns(session, row, state="closed")
    assert [bool(list_graded_rounds(session, person.id)) for person in (first, second)] == [True, False]
    set_columns(session, row, state="live")
    tasks = session.scalars(sa.select(Moderation).order_by(Moderation.id)).all()
    assert [(task.state, task.auditor_id) for task in tasks] == [("withdrawn", first.id), ("with_moderator", second.id)]
    viewer = viewer_of(session, second.id, START)
    assert [s.number for s in list_submissions(session, viewer, withdrawn.id)] == [2], "it can still be withdrawn"
    mark_moderation_opened(session, tasks[1].id, Act(tasks[1].moderator_id, clock.now(), "open"))
    confirmed = Decision("confirm", audit_view=VIEW)
    decide_moderation(session, tasks[1].id, confirmed, Act(tasks[1].moderator_id, clock.now(), "decide"))
    assert [s.number for s in list_submissions(session, viewer, withdrawn.id)] == [1, 2]
    entries = session.scalars(sa.select(Journal.entry).where(Journal.entry == "reallocated")).all()
    assert entries == ["reallocated"]
    wrong = [f for f in verify_journal(session).findings if f.subject_type == "case_audit"]
    assert wrong == []


def test_whoever_submitted_it_before_never_moderates_it_nor_grades_the_case_for_another_purpose(
    session: Session, council: Council, row: AuditRound, withdrawn: CaseAudit, clock: FixedClock
) -> None:
    first, second = council.auditors[0], council.auditors[1]
    manager = next(m for m in council.managers if m.team_id != withdrawn.team_id)
    hand_to(session, council, withdrawn, second.id, clock)
    other = make_case_audit(session, council, row, ref=withdrawn.ref, purpose="second", state="selected")
    assert (first.id, other.id) in read_eligibility(session, row).graded
    with pytest.raises(GuardRefused, match="graded this case before"):
        hand_to(session, council, other, first.id, clock)
    start_case_audit(session, withdrawn.id, Act(second.id, clock.now(), "start-b"))
    write_all(session, withdrawn, clock.now())
    submit_case_audit(session, withdrawn.id, Act(second.id, clock.now(), "submit-b"))
    task = session.scalars(sa.select(Moderation.id).where(Moderation.state == "with_moderator")).one()
    assert manager.id in {c.person_id for c in list_eligible_moderators(session, task, clock.now())}
    # Nor does somebody who grades the same case for another purpose.
    set_columns(session, other, auditor_id=manager.id)
    assert manager.id not in {c.person_id for c in list_eligible_moderators(session, task, clock.now())}
    set_columns(session, other, auditor_id=None)
    before = {"case_audit_id": withdrawn.id, "submitted_at": clock.now(), "overall_grade": 2, "answers": {}}
    session.add(Submission(number=9, auditor_id=manager.id, sha256="0" * 64, **before))
    session.flush()
    assert manager.id not in {c.person_id for c in list_eligible_moderators(session, task, clock.now())}


def test_the_database_ties_a_moderation_to_whoever_made_the_submission(
    session: Session, council: Council, withdrawn: CaseAudit
) -> None:
    task = session.scalars(sa.select(Moderation)).one()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.update(Moderation).where(Moderation.id == task.id).values(auditor_id=council.auditors[1].id))


def test_a_conflict_of_the_new_auditor_goes_to_the_lead_without_a_word_of_the_grade(
    session: Session, council: Council, withdrawn: CaseAudit, clock: FixedClock
) -> None:
    second = council.auditors[1]
    hand_to(session, council, withdrawn, second.id, clock)
    with pytest.raises(GuardRefused) as refused:
        declare_conflict(session, withdrawn.id, Act(second.id, clock.now(), "conflict-b"), reason="I know the family.")
    assert "grade" not in refused.value.sentence
    hand_to(session, council, withdrawn, council.auditors[2].id, clock)
    assert withdrawn.auditor_id == council.auditors[2].id
