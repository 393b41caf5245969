"""The sample council keeps its promises on awkward days, and is the same for the same date."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.cli.council.make import Made, make_council
from auditflow.cli.council.people import SIGN_INS
from auditflow.domain.clock import LONDON
from auditflow.models import (
    Action,
    Alert,
    Approval,
    AuditRound,
    CaseAudit,
    Deadline,
    Dispute,
    FrameCase,
    Job,
    Journal,
    Moderation,
    Outbox,
    Person,
    Reflection,
    Report,
    RoundResult,
    SampleCase,
    Team,
)
from auditflow.models.database import Database, open_database
from auditflow.queries.scope import viewer_of
from auditflow.queries.work import list_work
from auditflow.services.archive import restore_backup, write_backup
from auditflow.services.results import results_digest, results_of
from auditflow.services.verify import verify_journal
from workflows.roles import PERSON_ROLES

DAYS = [date(2027, 1, 1), date(2028, 2, 29), date(2027, 3, 26), date(2027, 3, 31), date(2026, 10, 26)]
"""New Year's Day, a leap day, Good Friday, the last day of a programme year, the Monday after the clocks change."""


# One test process keeps a council of its own for all that is asked of it.
BUILT_ONCE = [pytest.param(day, id=str(day), marks=pytest.mark.xdist_group(f"council {day}")) for day in DAYS]


@pytest.fixture(scope="session")
def councils(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[date], Database]]:
    """The council's database for a day, made when it is first asked for and kept for every test of that day."""
    kept: dict[date, Database] = {}

    def of(day: date) -> Database:
        if day not in kept:
            path = tmp_path_factory.mktemp("council") / "council.db"
            shutil.copy(sqlite_template, path)
            kept[day] = open_database(f"sqlite:///{path}")
            with kept[day].writing() as session:
                MADE[day] = make_council(session, nine(day))
        return kept[day]

    yield of
    for database in kept.values():
        database.engine.dispose()


MADE: dict[date, Made] = {}


def nine(day: date) -> datetime:
    return datetime.combine(day, time(9, 0), LONDON)


@pytest.fixture(params=BUILT_ONCE)
def council(
    request: pytest.FixtureRequest, councils: Callable[[date], Database]
) -> Iterator[tuple[Session, Made, datetime]]:
    database = councils(request.param)
    made = MADE[request.param]
    with database.reading() as session:
        for row in (made.baseline, made.live):
            session.add(row)
            session.refresh(row)
        yield session, made, nine(request.param)
        session.expunge_all()


HEADS = sa.select(CaseAudit.ref, CaseAudit.chain_head).order_by(CaseAudit.id)


def count(session: Session, model: type, *where: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0)


def states(session: Session, round_id: int) -> Counter[str]:
    return Counter(session.scalars(sa.select(CaseAudit.state).where(CaseAudit.round_id == round_id)))


def test_five_thousand_cases_in_fourteen_teams_with_people_in_every_role(
    council: tuple[Session, Made, datetime],
) -> None:
    session, made, _ = council
    assert count(session, FrameCase, FrameCase.frame_id == made.baseline.frame_id) == 5000
    assert count(session, Team) == 14
    assert len(made.staff.workers) == 180
    held = {role for person in session.scalars(sa.select(Person)) for role in person.role_keys}
    assert held == set(PERSON_ROLES)
    assert {role for _, _, role in SIGN_INS} == set(PERSON_ROLES)
    eligible = made.baseline.design["size"] and session.scalar(
        sa.text("SELECT json_extract(manifest, '$.eligible') FROM draw ORDER BY id LIMIT 1")
    )
    assert 3550 <= eligible <= 3850


def test_the_baseline_is_closed_with_80_cases_and_5_added_by_hand(council: tuple[Session, Made, datetime]) -> None:
    session, made, _ = council
    kinds = Counter(session.scalars(sa.select(CaseAudit.kind).where(CaseAudit.round_id == made.baseline.id)))
    assert made.baseline.state == "closed"
    assert kinds == {"random": 80, "judgemental": 5}
    assert count(session, RoundResult, RoundResult.round_id == made.baseline.id) == 1
    assert set(states(session, made.baseline.id)) <= {"feedback_shared", "closed"}
    assert count(session, Moderation, Moderation.random_share) >= 16
    assert count(session, Alert, Alert.state == "resolved") == 2
    assert count(session, Reflection, Reflection.reflection.is_not(None)) > 40
    assert count(session, Action, Action.state == "verified") > 40


def test_the_re_audit_is_live_about_60_per_cent_done_with_what_must_be_decided(
    council: tuple[Session, Made, datetime],
) -> None:
    session, made, now = council
    found = states(session, made.live.id)
    done = sum(found[state] for state in ("agreed", "feedback_shared", "closed"))
    assert made.live.state == "live"
    assert made.live.baseline_id == made.baseline.id
    assert 0.5 <= done / 80 <= 0.75
    assert count(session, Alert, Alert.state.in_(["raised", "acknowledged"])) == 1
    assert count(session, Dispute, Dispute.decided_at.is_(None)) == 1
    assert found["disputed"] == 1
    late = sa.and_(Deadline.subject_type == "case_audit", Deadline.due_at < now, Deadline.acts.is_(False))
    assert count(session, Deadline, late) >= 2
    external = Moderation.moderator_id == made.staff.named["external"].id
    assert count(session, Moderation, Moderation.state == "with_moderator", external) == 1


BUSY = [address for address, _, _ in SIGN_INS if address not in ("board", "admin")]


def test_everybody_who_signs_in_to_work_has_something_to_do(council: tuple[Session, Made, datetime]) -> None:
    session, made, now = council
    for address in BUSY:
        person = made.staff.named[address]
        assert list_work(session, viewer_of(session, person.id, now), now), address
    mine = sa.and_(Moderation.state == "with_moderator", Moderation.moderator_id == made.staff.named["manager"].id)
    assert count(session, Moderation, mine) >= 1
    asked = sa.and_(Reflection.person_id == made.staff.named["worker"].id, Reflection.reflection.is_(None))
    assert count(session, Reflection, asked) >= 1
    assert count(session, Approval, Approval.state == "requested") == 1


def test_two_cases_are_lost_and_their_reserves_came_in(council: tuple[Session, Made, datetime]) -> None:
    session, made, _ = council
    mine = sa.and_(CaseAudit.round_id == made.live.id, CaseAudit.purpose == "main")
    assert count(session, CaseAudit, mine, CaseAudit.state == "removed") == 2
    assert count(session, CaseAudit, mine, CaseAudit.kind == "replacement") == 2
    replaced = sa.select(SampleCase.id).where(SampleCase.replaces_id.is_not(None))
    assert len(session.scalars(replaced).all()) == 2


def test_sixteen_cases_are_graded_a_second_time_by_somebody_else(council: tuple[Session, Made, datetime]) -> None:
    session, made, _ = council
    query = sa.select(CaseAudit).where(CaseAudit.round_id == made.live.id, CaseAudit.state != "removed")
    second = {a.ref: a for a in session.scalars(query.where(CaseAudit.purpose == "second"))}
    first = {a.ref: a for a in session.scalars(query.where(CaseAudit.purpose == "main"))}
    assert len(second) == 16
    assert all(first[ref].auditor_id != audit.auditor_id for ref, audit in second.items())
    assert {"filed", "in_progress", "allocated"} == {audit.state for audit in second.values()}


def test_nobody_audits_a_case_that_they_audited_in_the_baseline(council: tuple[Session, Made, datetime]) -> None:
    session, made, _ = council
    before = dict(
        session.execute(
            sa.select(CaseAudit.ref, CaseAudit.auditor_id).where(CaseAudit.round_id == made.baseline.id)
        ).all()
    )
    pairs = session.execute(
        sa.select(CaseAudit.ref, CaseAudit.auditor_id).where(
            CaseAudit.round_id == made.live.id, CaseAudit.auditor_id.is_not(None)
        )
    )
    assert all(before.get(ref) != auditor for ref, auditor in pairs)


def test_every_row_has_its_journal_entries_and_nothing_happens_in_the_future(
    council: tuple[Session, Made, datetime],
) -> None:
    session, _, now = council
    verification = verify_journal(session)
    assert verification.findings == ()
    assert verification.entries > 2000
    assert count(session, Journal, Journal.at > now) == 0


@pytest.mark.parametrize("council", [BUILT_ONCE[0], BUILT_ONCE[-1]], indirect=True)
def test_the_same_date_gives_the_same_council(
    council: tuple[Session, Made, datetime], sqlite_template: Path, tmp_path: Path
) -> None:
    session, _, now = council
    shutil.copy(sqlite_template, tmp_path / "again.db")
    database = open_database(f"sqlite:///{tmp_path / 'again.db'}")
    with database.writing() as again:
        make_council(again, now)
        heads = again.execute(HEADS).all()
    database.engine.dispose()
    assert heads == session.execute(HEADS).all()


def test_the_reports_of_the_closed_round_wait_for_the_worker_since_now(
    council: tuple[Session, Made, datetime],
) -> None:
    session, made, now = council
    jobs = session.scalars(sa.select(Job)).all()
    assert [(job.kind, job.state, job.payload["round_id"]) for job in jobs] == [
        ("report.make", "queued", made.baseline.id)
    ]
    assert jobs[0].created_at == now
    assert count(session, Report) == 0


def test_the_mail_of_the_past_went_out_when_it_was_due(council: tuple[Session, Made, datetime]) -> None:
    session, _, now = council
    newest = now - timedelta(days=3)
    waiting = session.scalars(sa.select(Outbox.due_at).where(Outbox.sent_at.is_(None))).all()
    assert waiting and all(due >= newest for due in waiting)
    assert count(session, Outbox, Outbox.sent_at != Outbox.due_at) == 0
    assert count(session, Outbox, Outbox.sent_at.is_not(None)) > 1_000


@pytest.mark.parametrize("council", [BUILT_ONCE[0]], indirect=True)
def test_the_whole_council_is_restored_from_its_backup_and_verifies(
    council: tuple[Session, Made, datetime], sqlite_template: Path, tmp_path: Path
) -> None:
    session, made, now = council
    counts = write_backup(session, tmp_path / "backup.zip", revision="r", at=now)
    shutil.copy(sqlite_template, tmp_path / "restored.db")
    database = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
    with database.writing() as fresh:
        assert restore_backup(fresh, tmp_path / "backup.zip", revision="r") == counts
    with database.reading() as restored:
        assert verify_journal(restored).findings == ()
        assert restored.get_one(AuditRound, made.live.id).baseline_id == made.baseline.id
        assert results_digest(results_of(restored, made.live.id)) == results_digest(results_of(session, made.live.id))
    database.engine.dispose()
