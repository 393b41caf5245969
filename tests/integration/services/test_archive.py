"""A backup restores to the same database, and only where it belongs."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditflow.adapters.schema import newest_revision
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput
from auditflow.models import AuditRound, CaseAudit, Person, Report, RoundResult, Seal, Team
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.archive import HEADER, read_header, restore_backup, write_backup
from auditflow.services.audit_round import begin_reporting
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.report import Made, keep_report, queue_reports
from auditflow.services.results import check_frozen, close_round, compute_results, results_digest, results_of
from auditflow.services.seal import seal_journal
from auditflow.services.verify import verify_journal
from tests.conftest import empty
from tests.factories.audit_story import CALM
from tests.factories.audits import make_case_audit, make_re_audit, make_round
from tests.factories.council import make_council
from tests.factories.drafts import start, write_all

PDF = bytes(range(256)) * 300
"""Every byte that there is, and no text."""


@pytest.fixture
def backup(database: Database, clock: FixedClock, tmp_path: Path) -> Path:
    """A backup of a small council with a closed round of two audits, graded and agreed."""
    with database.writing() as session:
        council = make_council(session)
        row = make_round(session, council, policy=CALM)
        for _ in range(2):
            audit = make_case_audit(session, council, row)
            start(session, audit, clock.now())
            write_all(session, audit, clock.now())
            submit_case_audit(session, audit.id, Act(audit.auditor_id, clock.now(), f"submit-{audit.id}"))
        begin_reporting(session, row.id, Act(council.qa_lead.id, clock.now(), "begin-reporting"))
        close_round(session, row.id, Act(council.qa_lead.id, clock.now(), "close-the-round"))
        job = queue_reports(session, row.id, Act(None, clock.now(), "reports"))
        made = Made("board_pdf", PDF, job.id, "a" * 64)
        keep_report(session, row.id, 1, made, Act(None, clock.now(), "report"))
        again = make_re_audit(session, council, row, state="live")
        make_case_audit(session, council, again)
        seal_journal(session, clock.now())
    path = tmp_path / "backup.zip"
    with database.reading() as session:
        write_backup(session, path, revision=newest_revision() or "", at=clock.now())
    return path


def test_nothing_half_written_stays_where_a_backup_cannot_be_put(
    database: Database, backup: Path, clock: FixedClock, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.zip"
    (taken / "inside").mkdir(parents=True)
    with database.reading() as session, pytest.raises(BadInput, match="cannot be written"):
        write_backup(session, taken, revision="r", at=clock.now())
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_backup_names_the_newest_seal(database: Database, backup: Path) -> None:
    with database.reading() as session:
        newest = session.scalars(sa.select(Seal).order_by(Seal.number.desc())).first()
        assert newest is not None
        assert read_header(backup)["seal"] == {"number": newest.number, "hash": newest.hash}


def wipe(database: Database) -> None:
    """An empty, migrated database, as `auditflow init` leaves it."""
    if not database.is_sqlite:
        empty(database)
        return
    from auditflow.adapters.schema import migrate

    migrate(database, "base")
    migrate(database)


def test_a_backup_restores_rows_pointers_and_a_journal_that_verifies(database: Database, backup: Path) -> None:
    managers = sa.select(Team.name, Person.name).join(Person, Person.id == Team.manager_id).order_by(Team.id)
    with database.reading() as session:
        before = session.execute(managers).all()
    wipe(database)
    with database.writing() as session:
        counts = restore_backup(session, backup, revision=newest_revision() or "")
    assert counts["person"] > 10
    with database.reading() as session:
        baseline = sa.select(AuditRound.baseline_id).where(AuditRound.kind == "re_audit")
        assert session.scalars(baseline).one() is not None
    with database.writing() as session:
        assert session.execute(managers).all() == before
        assert verify_journal(session).findings == ()
        highest = session.scalar(sa.select(sa.func.max(CaseAudit.id)))
        council = session.scalars(sa.select(Person)).all()
        assert highest == 3
        assert council[0].role_keys, "roles came back with their people"
        session.add(Team(name="A new team"))
        session.flush()  # the numbers go on after the restored ones


def test_a_restored_round_gives_the_same_results(database: Database, backup: Path) -> None:
    with database.reading() as session:
        round_id, frozen = session.execute(sa.select(RoundResult.round_id, RoundResult.sha256)).one()
        assert results_digest(compute_results(session, round_id)) == frozen
    wipe(database)
    with database.writing() as session:
        restore_backup(session, backup, revision=newest_revision() or "")
    with database.reading() as session:
        assert results_digest(compute_results(session, round_id)) == frozen
        assert results_digest(results_of(session, round_id)) == frozen
        assert check_frozen(session, round_id)


def test_reports_come_back_byte_for_byte(database: Database, backup: Path) -> None:
    wipe(database)
    with database.writing() as session:
        restore_backup(session, backup, revision=newest_revision() or "")
    with database.reading() as session:
        report = session.scalars(sa.select(Report)).one()
        assert (report.content, report.version, report.size) == (PDF, 1, len(PDF))
        assert verify_journal(session).findings == ()


def test_a_database_with_data_is_refused(database: Database, backup: Path) -> None:
    with database.writing() as session, pytest.raises(BadInput, match="has data"):
        restore_backup(session, backup, revision=newest_revision() or "")


def test_another_engines_backup_is_refused(database: Database, backup: Path, tmp_path: Path) -> None:
    other = "postgresql" if database.is_sqlite else "sqlite"
    changed = rewrite(backup, tmp_path, f'"engine": "{database.engine.dialect.name}"', f'"engine": "{other}"')
    with database.writing() as session, pytest.raises(BadInput, match="cannot be restored into"):
        restore_backup(session, changed, revision=newest_revision() or "")


def test_another_versions_backup_is_refused(database: Database, backup: Path) -> None:
    with database.writing() as session, pytest.raises(BadInput, match="is of version"):
        restore_backup(session, backup, revision="another")


def test_a_changed_backup_is_refused(database: Database, backup: Path, tmp_path: Path) -> None:
    changed = rewrite(backup, tmp_path, "Assessment East", "Assessment Eats")
    wipe(database)
    with database.writing() as session, pytest.raises(BadInput, match="was changed"):
        restore_backup(session, changed, revision=newest_revision() or "")


def test_rows_that_do_not_fit_together_are_refused_and_nothing_is_restored(
    database: Database, backup: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(backup) as source:
        part = source.read("case_audit.jsonl")
        header = source.read(HEADER).decode()
    wrong = part.replace(b'"round_id": 1,', b'"round_id": 999,')
    assert wrong != part
    digests = [hashlib.sha256(data).hexdigest() for data in (part, wrong)]
    path = tmp_path / "unfit.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            parts = {"case_audit.jsonl": wrong, HEADER: header.replace(*digests).encode()}
            target.writestr(name, parts.get(name) or source.read(name))
    wipe(database)
    with pytest.raises(BadInput, match="do not fit together"), database.writing() as session:
        restore_backup(session, path, revision=newest_revision() or "")
    with database.reading() as session:
        assert session.scalars(sa.select(Person)).all() == []


def test_a_file_that_is_no_backup_is_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(b"not a zip")
    with database.writing() as session, pytest.raises(BadInput, match="is not a backup"):
        restore_backup(session, path, revision="")


def rewrite(backup: Path, folder: Path, old: str, new: str) -> Path:
    """The same archive with some text changed in every part."""
    path = folder / "changed.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old.encode(), new.encode()))
    return path
