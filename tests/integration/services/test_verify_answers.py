"""Whoever owns the database and edits what was submitted, decided or published is found, column by column."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Frame, RoundResult
from auditflow.models.triggers import drop_statements
from auditflow.services.results import check_frozen, results_digest
from auditflow.services.verify import verify_journal
from tests.factories.sampling import Steps
from tests.factories.whole_round import WholeRound, whole_round


@pytest.fixture
def whole(session: Session, steps: Steps, frame: Frame) -> WholeRound:
    """A closed round whose database somebody else now owns."""
    found = whole_round(steps, frame)
    for statement in drop_statements(session.get_bind().dialect.name):
        session.execute(sa.text(statement))
    return found


def findings(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    return sorted({(finding.kind, finding.subject_type) for finding in verify_journal(session).findings})


def test_a_round_lived_through_by_the_services_has_no_findings(session: Session, whole: WholeRound) -> None:
    assert [str(finding) for finding in verify_journal(session).findings] == []
    kept = session.execute(sa.text("SELECT DISTINCT source FROM domain_grade")).scalars()
    assert set(kept) == {"auditor", "moderator", "decider"}
    assert session.scalar(sa.select(sa.func.count()).select_from(RoundResult)) == 2


AUDIT, TASK, ROUND = "case_audit", "moderation", "audit_round"


@pytest.mark.parametrize(
    ("statement", "kind", "subject"),
    [
        ("UPDATE domain_grade SET grade = 4 WHERE source = 'moderator' AND grade = 2", "grade_edited", AUDIT),
        ("UPDATE domain_grade SET grade = 1 WHERE source = 'decider' AND grade = 4", "grade_edited", AUDIT),
        ("UPDATE domain_grade SET grade = 1 WHERE source = 'auditor'", "grade_edited", AUDIT),
        ("DELETE FROM domain_grade WHERE source = 'auditor'", "grade_edited", AUDIT),
        ("DELETE FROM domain_grade WHERE source = 'moderator'", "grade_edited", AUDIT),
        ("DELETE FROM domain_grade WHERE source = 'decider'", "grade_edited", AUDIT),
        ("INSERT INTO domain_grade SELECT case_audit_id, source, 9, domain, grade FROM domain_grade"
         " WHERE source = 'auditor'", "grade_edited", AUDIT),
        ("INSERT INTO domain_grade SELECT case_audit_id, source, 9, domain, grade FROM domain_grade"
         " WHERE source = 'moderator'", "grade_edited", AUDIT),
        ("INSERT INTO domain_grade SELECT case_audit_id, source, 9, domain, grade FROM domain_grade"
         " WHERE source = 'decider'", "grade_edited", AUDIT),
        ("UPDATE moderation SET grade = 3", "grade_edited", TASK),
        ("UPDATE moderation SET decision = 'confirm'", "grade_edited", TASK),
        ("UPDATE moderation SET audit_view = NULL", "grade_edited", TASK),
        ("UPDATE moderation SET reason = 'Something else'", "text_edited", TASK),
        ("UPDATE moderation SET random_share = (NOT random_share)", "row_edited", TASK),
        ("UPDATE dispute SET grade = 1", "grade_edited", AUDIT),
        ("UPDATE dispute SET decision = 'Something else' WHERE decided_by_id IS NOT NULL", "text_edited", AUDIT),
        ("UPDATE dispute SET decision = 'Something else' WHERE decided_by_id IS NULL", "text_edited", AUDIT),
        ("UPDATE dispute SET grade = NULL, decision = NULL, decided_at = NULL", "grade_edited", AUDIT),
        ("UPDATE dispute SET decided_by_id = NULL", "grade_edited", AUDIT),
        ("DELETE FROM dispute", "grade_edited", AUDIT),
        ("UPDATE case_audit SET kind = 'judgemental'", "row_edited", AUDIT),
        ("UPDATE case_audit SET ref = ref || 'x'", "row_edited", AUDIT),
        ("UPDATE case_audit SET purpose = 'calibration'", "row_edited", AUDIT),
        ("UPDATE case_audit SET stratum = 'another'", "row_edited", AUDIT),
        ("UPDATE case_audit SET published_disputed = (NOT published_disputed)", "grade_edited", AUDIT),
        ("UPDATE submission SET submitted_at = '2026-10-30 10:00:00'", "answers_edited", AUDIT),
        ("UPDATE submission SET number = number + 1", "answers_edited", AUDIT),
        ("UPDATE submission SET overall_grade = 1", "grade_edited", AUDIT),
        ("UPDATE audit_round SET first_ends_on = '2026-12-31'", "row_edited", ROUND),
        ("UPDATE audit_round SET ends_on = '2026-12-31'", "row_edited", ROUND),
        ("UPDATE audit_round SET record_date = '2026-10-24'", "row_edited", ROUND),
        ("UPDATE audit_round SET locked_digest = 'f00d'", "row_edited", ROUND),
        ("UPDATE audit_round SET checking_seed = 'f00d'", "row_edited", ROUND),
        ("UPDATE audit_round SET checking_seed_sha256 = 'f00d'", "row_edited", ROUND),
        ("UPDATE round_result SET sha256 = 'f00d' WHERE number = 1", "results_edited", ROUND),
        ("UPDATE round_result SET number = 7 WHERE number = 2", "results_edited", ROUND),
        ("DELETE FROM round_result WHERE number = 1", "results_edited", ROUND),
        ("UPDATE correction SET item = 'overall.grade'", "row_edited", "correction"),
    ],
)  # fmt: skip
def test_an_edited_row_is_found(session: Session, whole: WholeRound, statement: str, kind: str, subject: str) -> None:
    session.execute(sa.text(statement))
    assert (kind, subject) in findings(session)


def test_results_made_again_with_their_own_digest_are_found(session: Session, whole: WholeRound) -> None:
    assert check_frozen(session, whole.row.id, 1)
    frozen = session.get_one(RoundResult, (whole.row.id, 1))
    better = {**frozen.results, "estimate": None}
    session.execute(
        sa.update(RoundResult).where(RoundResult.number == 1).values(results=better, sha256=results_digest(better))
    )
    session.expire_all()
    assert findings(session) == [("results_edited", ROUND)]
    assert not check_frozen(session, whole.row.id, 1)
    assert check_frozen(session, whole.row.id, 2)


def test_what_is_checked_takes_as_many_statements_for_many_audits_as_for_few(
    session: Session, whole: WholeRound, steps: Steps, frame: Frame
) -> None:
    few = statements(session)
    whole_round(steps, frame)
    assert session.scalar(sa.select(sa.func.count()).select_from(CaseAudit)) == 6
    assert statements(session) == few


def statements(session: Session) -> int:
    seen: list[str] = []
    engine = session.get_bind().engine

    def note(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text)

    session.expire_all()
    sa.event.listen(engine, "before_cursor_execute", note)
    verify_journal(session)
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)
