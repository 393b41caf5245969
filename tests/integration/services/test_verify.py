"""`journal verify` finds each way of tampering with the journal or with what it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import answers_digest
from auditflow.domain.chain import ENTRY_FIELDS, Entry
from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, DomainGrade, Journal, Submission
from auditflow.models.database import Database
from auditflow.models.triggers import drop_statements
from auditflow.services.act import Act
from auditflow.services.seal import seal_journal
from auditflow.services.transitions import Request, apply
from auditflow.services.verify import verify_journal
from tests.factories.audit_tool import small_answers
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import make_council

Tamper = Callable[..., None]


@pytest.fixture
def audit(session: Session, clock: FixedClock) -> CaseAudit:
    """A case audit that was started and submitted, with answers, grades and a seal over it all."""
    council = make_council(session)
    audit = make_case_audit(session, council, make_round(session, council))
    act = Act(council.auditors[0].id, clock.now(), "start")
    apply(session, Request("case_audit", audit.id, "start", act))
    answers = small_answers()
    digest = answers_digest(answers)
    grade = answers["overall"]["grade"]
    session.add(
        Submission(
            case_audit_id=audit.id,
            number=1,
            auditor_id=council.auditors[0].id,
            submitted_at=clock.now(),
            overall_grade=grade,
            answers=answers,
            sha256=digest,
        )
    )
    session.add_all(
        DomainGrade(case_audit_id=audit.id, source="auditor", number=1, domain=key, grade=said["grade"])
        for key, said in answers["domains"].items()
    )
    apply(
        session,
        Request(
            "case_audit",
            audit.id,
            "submit",
            act.then("submit"),
            details={"submission": 1, "answers_sha256": digest, "grades": {"first_grade": grade}},
            changes={"first_grade": grade, "first_submitted_at": clock.now()},
            texts={"note": "for the journal"},
            facts={"incomplete_domains": 0, "unanswered_findings": 0, "participation_recorded": True},
        ),
    )
    seal_journal(session, clock.now())
    session.flush()
    return audit


@pytest.fixture
def tamper(session: Session, audit: CaseAudit) -> Tamper:
    """Run SQL as somebody who owns the database and has taken the triggers away."""
    for statement in drop_statements(session.get_bind().dialect.name):
        session.execute(sa.text(statement))

    def run(statement: str, **values: object) -> None:
        session.execute(sa.text(statement), {"id": audit.id, **values})
        session.expire_all()

    return run


def kinds(session: Session) -> set[str]:
    return {finding.kind for finding in verify_journal(session).findings}


def test_an_untouched_journal_has_no_findings(session: Session, audit: CaseAudit) -> None:
    verification = verify_journal(session)
    assert verification.findings == ()
    assert verification.entries == 4  # the round's one, the case audit's three


def test_a_changed_entry(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper("UPDATE journal SET role = 'director' WHERE subject_type = 'case_audit' AND number = 2")
    assert "entry_changed" in kinds(session)


def test_a_missing_entry(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper("DELETE FROM journal WHERE subject_type = 'case_audit' AND number = 2")
    assert "entry_missing" in kinds(session)


def test_an_inserted_entry(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    last = session.scalars(sa.select(Journal).where(Journal.subject_type == "case_audit", Journal.number == 3)).one()
    entry = Entry(**{name: getattr(last, name) for name in ENTRY_FIELDS})
    forged = replace(entry, number=4, key="forged", previous=last.hash)
    session.add(Journal(**{name: getattr(forged, name) for name in ENTRY_FIELDS}, hash=forged.hash))
    session.flush()
    assert kinds(session) == {"entry_inserted"}


def rewrite(session: Session, number: int, **changes: object) -> None:
    """The entry of the audit with other contents, and every later one linked and hashed anew, the row's head too."""
    mine = sa.select(Journal).where(Journal.subject_type == "case_audit", Journal.number >= number)
    head = ""
    for row in session.scalars(mine.order_by(Journal.number)).all():
        entry = Entry(**{name: getattr(row, name) for name in ENTRY_FIELDS})
        entry = replace(entry, **(changes if row.number == number else {"previous": head}))
        head = entry.hash
        values = {name: getattr(entry, name) for name in ENTRY_FIELDS} | {"hash": head}
        session.execute(sa.update(Journal).where(Journal.id == row.id).values(**values))
    session.execute(sa.update(CaseAudit).values(chain_head=head))
    session.expire_all()


def test_a_sealed_chain_rewritten_with_every_hash_made_anew_is_known_by_the_seal(
    session: Session, audit: CaseAudit, tamper: Tamper
) -> None:
    rewrite(session, 2, role="director")
    assert kinds(session) == {"seal_forged"}


def test_an_entry_that_does_not_follow_from_the_one_before_it(
    session: Session, audit: CaseAudit, tamper: Tamper
) -> None:
    for statement in ("DELETE FROM seal_leaf", "DELETE FROM seal"):
        tamper(statement)
    rewrite(session, 2, previous="f00d" * 16)
    assert kinds(session) == {"entry_inserted"}


def test_an_entry_cut_off_at_the_end(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper("DELETE FROM journal WHERE subject_type = 'case_audit' AND number = 3")
    assert "journal_cut_off" in kinds(session)


def test_an_entry_cut_off_with_the_row_put_back_is_known_by_the_seal(
    session: Session, audit: CaseAudit, tamper: Tamper
) -> None:
    tamper("DELETE FROM domain_grade WHERE case_audit_id = :id")
    tamper("DELETE FROM submission WHERE case_audit_id = :id")
    tamper(
        "UPDATE case_audit SET version = 2, state = 'in_progress', first_grade = NULL, first_submitted_at = NULL,"
        " chain_head = (SELECT hash FROM journal WHERE subject_type = 'case_audit' AND number = 2) WHERE id = :id"
    )
    tamper("DELETE FROM journal_text WHERE subject_type = 'case_audit'")
    tamper("DELETE FROM journal WHERE subject_type = 'case_audit' AND number = 3")
    assert kinds(session) == {"journal_cut_off"}


@pytest.mark.parametrize(
    ("assignment", "kind"),
    [
        ("state = 'in_progress'", "state_edited"),
        ("first_grade = 4", "grade_edited"),
        ("published_grade = 4", "grade_edited"),
        ("chain_head = 'f00d'", "head_edited"),
    ],
)
def test_a_row_edited_by_hand(session: Session, audit: CaseAudit, tamper: Tamper, assignment: str, kind: str) -> None:
    tamper(f"UPDATE case_audit SET {assignment} WHERE id = :id")
    assert kinds(session) == {kind}


def test_answers_edited_by_hand(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper('UPDATE submission SET answers = \'{"domains": {}, "overall": {"grade": 4}}\' WHERE case_audit_id = :id')
    assert "answers_edited" in kinds(session)


def test_a_text_edited_by_hand_and_one_erased(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper("UPDATE journal_text SET text = 'something else'")
    assert kinds(session) == {"text_edited"}
    tamper("DELETE FROM journal_text")
    assert kinds(session) == set()


def test_a_forged_seal(session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    tamper("UPDATE seal SET root = 'f00d'")
    assert kinds(session) == {"seal_forged"}


def test_a_seal_taken_away(database: Database, session: Session, audit: CaseAudit, tamper: Tamper) -> None:
    # Whoever can write to the database can let go of what ties the two tables.
    tie = "ALTER TABLE seal_leaf DROP CONSTRAINT fk_seal_leaf_seal_number_seal"
    tamper("PRAGMA defer_foreign_keys = ON" if database.is_sqlite else tie)
    tamper("DELETE FROM seal")
    assert kinds(session) == {"seal_forged"}


def test_a_seal_kept_outside(session: Session, audit: CaseAudit, clock: FixedClock) -> None:
    assert seal_journal(session, clock.now()) is None, "nothing changed since the last seal"
    outside = {"number": 1, "hash": session.scalar(sa.text("SELECT hash FROM seal"))}
    assert verify_journal(session, outside_seal=outside).findings == ()
    forged = verify_journal(session, outside_seal={**outside, "hash": "f00d"}).findings
    assert [finding.kind for finding in forged] == ["seal_forged"]


def test_the_database_refuses_to_change_the_journal(session: Session, audit: CaseAudit) -> None:
    for statement in ("UPDATE journal SET role = 'x'", "DELETE FROM journal", "DELETE FROM seal"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
            session.execute(sa.text(statement))


@pytest.mark.parametrize("details", ["null", "[]", '{"submission": [1]}', '{"grades": 5}'])
def test_an_entry_of_another_shape_is_found_and_hides_nothing(
    session: Session, audit: CaseAudit, tamper: Tamper, details: str
) -> None:
    cast = "CAST(:details AS JSON)" if session.get_bind().dialect.name == "postgresql" else ":details"
    tamper(f"UPDATE journal SET details = {cast} WHERE entry = 'submitted'", details=details)
    tamper("UPDATE case_audit SET state = 'closed' WHERE id = :id")
    assert {"entry_changed", "state_edited"} <= kinds(session)
