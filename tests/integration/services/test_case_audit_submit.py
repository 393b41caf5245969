"""Submitting: what has to be there, what is kept for ever, and where the rules of the round send it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.answers import answers_digest
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotFound, Stale, WrongState
from auditflow.models import CaseAudit, Deadline, DomainGrade, Journal, Moderation, Submission
from auditflow.models.database import Database
from auditflow.queries.case_audit_sheet import read_sheet
from auditflow.services.act import Act
from auditflow.services.case_audit import withdraw_submission
from auditflow.services.case_audit_submit import Submitted, submit_case_audit
from auditflow.services.moderation import Decision, comment_on, decide_moderation
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council
from tests.factories.drafts import start, tool_of, write, write_all

CALM: dict[str, Any] = {"new_auditor_audits": 0}
"""A policy that moderates nothing but what the test brings about."""


def begun(session: Session, council: Council, clock: FixedClock, *, policy: Any = None, **columns: Any) -> CaseAudit:
    """An audit in progress, in a round that moderates nothing at random."""
    audit_round = make_round(session, council, policy=CALM if policy is None else policy)
    audit = make_case_audit(session, council, audit_round, **columns)
    start(session, audit, clock.now())
    return audit


def submit(session: Session, audit: CaseAudit, clock: FixedClock, key: str = "submit", **more: Any) -> Submitted:
    return submit_case_audit(session, audit.id, Act(audit.auditor_id, clock.now(), key), **more)


def test_a_submission_is_kept_whole_with_its_digest_in_the_journal(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    assert submit(session, audit, clock) == Submitted("agreed", 1)
    kept = session.scalars(sa.select(Submission)).one()
    assert (kept.number, kept.auditor_id, kept.overall_grade) == (1, audit.auditor_id, 3)
    assert kept.sha256 == answers_digest(kept.answers)
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "submitted")).one()
    expected = {"submission": 1, "answers_sha256": kept.sha256, "grade": 3}
    assert expected.items() <= entry.details.items()
    assert (audit.first_grade, audit.first_submitted_at) == (3, clock.now())
    assert (audit.state, audit.published_grade, audit.agreed_at) == ("agreed", 3, clock.now())
    deadlines = session.scalars(sa.select(Deadline.key).where(Deadline.subject_type == "case_audit")).all()
    assert deadlines == ["share_feedback"]


def test_every_domain_has_its_grade_in_a_row(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    optional = next(page for page in read_sheet(session, audit).done.progress if page.section.may_be_not_applicable)
    write_all(session, audit, clock.now(), **{optional.section.key: "na"})
    submit(session, audit, clock)
    rows = session.execute(sa.select(DomainGrade.domain, DomainGrade.grade, DomainGrade.source, DomainGrade.number))
    found = {domain: (grade, source, number) for domain, grade, source, number in rows}
    assert len(found) == read_sheet(session, audit).done.domains
    assert found.pop(optional.section.key) == (None, "auditor", 1)
    assert set(found.values()) == {(3, "auditor", 1)}


@pytest.mark.parametrize(
    ("section", "content", "guard"),
    [
        ("risk", {"grade": 3, "reason": "", "evidence": "x", "difference": "x", "questions": {}}, "domains_complete"),
        ("overall", {"grade": None, "reason": "x"}, "domains_complete"),
        ("participation", {}, "participation_recorded"),
    ],
)
def test_what_is_missing_stops_submission_and_nothing_is_written(
    session: Session, council: Council, clock: FixedClock, section: str, content: dict[str, Any], guard: str
) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    write(session, audit, clock.now(), section, content)
    with pytest.raises(GuardRefused) as refused:
        submit(session, audit, clock)
    assert refused.value.code == guard
    assert session.scalars(sa.select(Submission)).all() == []
    assert (audit.state, audit.first_grade) == ("in_progress", None)


def test_a_grade_below_good_needs_an_action(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now(), risk=2)
    with pytest.raises(GuardRefused) as refused:
        submit(session, audit, clock)
    assert refused.value.code == "findings_answered"


def test_answers_of_the_wrong_shape_are_refused(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    write(session, audit, clock.now(), "overall", {"grade": 3, "reason": "x", "stranger": "y"})
    with pytest.raises(BadInput):
        submit(session, audit, clock)


def test_what_is_submitted_is_what_was_checked(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    checked = answers_digest(read_sheet(session, audit).answers)
    write(session, audit, clock.now(), "overall", {"grade": 4, "reason": "Changed in another tab."})
    with pytest.raises(Stale):
        submit(session, audit, clock, checked=checked)
    assert submit(session, audit, clock, checked=answers_digest(read_sheet(session, audit).answers)).number == 1


def test_the_same_form_twice_submits_once(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    version = audit.version
    first = submit(session, audit, clock, expected_version=version)
    again = submit(session, audit, clock, expected_version=version)
    assert (again.state, again.number, again.repeated) == (first.state, 1, True)
    with pytest.raises(WrongState):
        submit(session, audit, clock, key="another")
    assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_only_its_auditor_submits_it(session: Session, council: Council, clock: FixedClock) -> None:
    audit = begun(session, council, clock)
    with pytest.raises(NotFound):
        submit_case_audit(session, audit.id, Act(council.auditors[1].id, clock.now(), "x"))


@pytest.mark.parametrize("purpose", ["second", "calibration", "bridge"])
def test_a_grading_for_another_purpose_is_filed_without_participation_or_actions(
    session: Session, council: Council, clock: FixedClock, purpose: str
) -> None:
    audit = begun(session, council, clock, purpose=purpose)
    write_all(session, audit, clock.now(), grade=1)
    assert submit(session, audit, clock).state == "filed"
    assert "participation" not in session.scalars(sa.select(Submission.answers)).one()
    assert session.scalars(sa.select(Moderation)).all() == []


@pytest.mark.parametrize(
    ("policy", "grade", "triggers"),
    [({}, 3, ["new_auditor"]), (CALM, 4, ["outstanding"]), ({**CALM, "outstanding": False}, 4, None)],
)
def test_a_trigger_sends_it_to_moderation(
    session: Session, council: Council, clock: FixedClock, policy: Any, grade: int, triggers: list[str] | None
) -> None:
    audit = begun(session, council, clock, policy=policy)
    write_all(session, audit, clock.now(), grade=grade)
    assert submit(session, audit, clock).state == ("agreed" if triggers is None else "moderation")
    tasks = session.scalars(sa.select(Moderation)).all()
    assert [(task.triggers, task.random_share) for task in tasks] == ([] if triggers is None else [(triggers, False)])


def test_a_milder_grade_after_withdrawing_is_moderated_all_the_same(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now(), grade=4)
    assert submit(session, audit, clock).state == "moderation"
    withdraw_submission(session, audit.id, Act(audit.auditor_id, clock.now(), "w"))
    write_all(session, audit, clock.now(), grade=3)
    assert submit(session, audit, clock, key="again") == Submitted("moderation", 2)
    newest = session.scalars(sa.select(Moderation).order_by(Moderation.id.desc())).first()
    assert newest is not None and newest.triggers == ["before", "outstanding"]
    assert (audit.first_grade, audit.published_grade) == (4, None)
    assert [s.overall_grade for s in session.scalars(sa.select(Submission).order_by(Submission.number))] == [4, 3]


def returned(session: Session, council: Council, clock: FixedClock) -> tuple[CaseAudit, int, int]:
    """An audit that a moderator returned with one comment: audit, moderator, comment id."""
    audit = begun(session, council, clock, policy={})
    write_all(session, audit, clock.now())
    submit(session, audit, clock)
    task = session.scalars(sa.select(Moderation)).one()
    moderator = task.moderator_id
    assert moderator is not None
    comment_on(session, task.id, "risk", "Which version?", Act(moderator, clock.now(), "c"))
    decide_moderation(session, task.id, Decision("return"), Act(moderator, clock.now(), "r"))
    from auditflow.models import ModerationComment

    return audit, moderator, session.scalars(sa.select(ModerationComment.id)).one()


def test_a_returned_audit_needs_an_answer_to_each_comment_and_goes_back_to_the_same_moderator(
    session: Session, council: Council, clock: FixedClock
) -> None:
    from auditflow.models import ModerationComment

    audit, moderator, comment = returned(session, council, clock)
    with pytest.raises(BadInput) as refused:
        submit(session, audit, clock, key="again")
    assert refused.value.code == "comments_unanswered"
    write(session, audit, clock.now(), "_comments", {str(comment): "That of 6 October."})
    assert submit(session, audit, clock, key="again") == Submitted("moderation", 2)
    session.expire_all()
    row = session.get_one(ModerationComment, comment)
    assert (row.answer, row.answered_at) == ("That of 6 October.", clock.now())
    newest = session.scalars(sa.select(Moderation).order_by(Moderation.id.desc())).first()
    assert newest is not None and newest.moderator_id == moderator
    numbers = session.scalars(sa.select(DomainGrade.number).where(DomainGrade.source == "auditor").distinct()).all()
    assert sorted(numbers) == [1, 2]


def test_a_submission_writes_four_statements(
    database: Database, session: Session, council: Council, clock: FixedClock
) -> None:
    audit = begun(session, council, clock)
    write_all(session, audit, clock.now())
    tool_of(session, audit)
    session.flush()
    seen: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    assert submit(session, audit, clock).state == "agreed"
    writes = [s for s in seen if any(word in s for word in ("INSERT INTO", "UPDATE case_audit SET", "DELETE FROM"))]
    if not database.is_sqlite:
        assert len(writes) <= 4, writes
    # The move with its answers alone: its facts, itself, the submission, the grades.
    start_at = next(i for i, s in enumerate(seen) if "role_auditor" in s)
    end_at = next(i for i, s in enumerate(seen) if "INSERT INTO domain_grade" in s)
    assert end_at - start_at + 1 <= (8 if database.is_sqlite else 4), seen[start_at : end_at + 1]
