"""After the draw: reserves in order, removal by somebody else, added cases, discarded draws, cancelled rounds."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, WrongState
from auditflow.models import Approval, AuditRound, CaseAudit, Deadline, Draw, Frame, Journal, Outbox, SampleCase
from auditflow.queries.sample_list import read_case_rows
from auditflow.services.approval import approve_request, refuse_request, withdraw_request
from auditflow.services.audit_round import begin_reporting, extend_round, reopen_round
from auditflow.services.audit_round_cancel import cancel_round
from auditflow.services.sample_change import add_case, request_discard, request_exemption, request_removal
from auditflow.services.transitions import Request, apply
from tests.factories.council import Council
from tests.factories.sampling import UNLIMITED, Steps


def first(session: Session) -> CaseAudit:
    return session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).first()  # type: ignore[return-value]


def other_head(session: Session, council: Council, audit: CaseAudit) -> int:
    """The head of the service that the case is not of."""
    team = next(team for team in council.teams if team.id == audit.team_id)
    return next(head.id for head in council.heads if head.service_id != team.service_id)


def remove(session: Session, steps: Steps, council: Council, audit: CaseAudit) -> None:
    asked = request_removal(session, audit.id, "transferred", "Moved to another council.", steps.act())
    approve_request(session, asked.id, steps.act(other_head(session, council, audit)))


def test_removal_brings_in_the_reserve_that_the_domain_names(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.live(frame)
    draw = session.scalars(sa.select(Draw)).one()
    design = sampling.Design.from_dict(draw.manifest["design"]).with_seed(draw.seed)
    cases = read_case_rows(session, frame, design.columns)
    expected = sampling.draw(cases.rows, design, cases.columns)
    lost = [audit.ref for audit in session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()[:3]]
    for ref in lost:
        audit = session.scalars(sa.select(CaseAudit).where(CaseAudit.ref == ref)).one()
        remove(session, steps, council, audit)
        assert (audit.state, audit.lost_reason) == ("removed", "transferred")
    after = sampling.replace(expected, lost)
    standing = sa.select(CaseAudit.ref).where(CaseAudit.state != "removed", CaseAudit.round_id == row.id)
    assert sorted(session.scalars(standing)) == sorted(after.refs)
    came_in = session.scalars(sa.select(SampleCase).where(SampleCase.kind == "replacement")).all()
    assert {case.ref for case in came_in} == {loss.replacement for loss in after.losses} - {None}
    assert all(case.replaces_id for case in came_in)
    new = session.scalars(sa.select(CaseAudit).where(CaseAudit.kind == "replacement")).all()
    assert {audit.state for audit in new} == {"selected"}


def test_whoever_decides_sees_that_it_was_opened(session: Session, steps: Steps, frame: Frame) -> None:
    steps.live(frame)
    audit = first(session)
    assert audit.auditor_id is not None
    apply(
        session,
        Request(
            "case_audit",
            audit.id,
            "start",
            steps.act(audit.auditor_id),
            audit.version,
            changes={"started_at": steps.at},
        ),
    )
    asked = request_removal(session, audit.id, "restricted", "No auditor may open it.", steps.act())
    assert asked.facts["state"] == "in_progress"
    assert asked.facts["started"] == steps.at.isoformat()
    reserve = session.scalars(sa.select(SampleCase.ref).where(SampleCase.kind == "reserve")).all()
    assert asked.facts["reserve"] in reserve


def test_the_head_of_the_case_s_own_service_and_the_requester_may_not_approve(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    steps.live(frame)
    audit = first(session)
    asked = request_removal(session, audit.id, "duplicate", "Also listed as CF-1.", steps.act())
    own = next(h.id for h in council.heads if h.id != other_head(session, council, audit))
    for person in (own, council.qa_lead.id):
        with pytest.raises(NotPermitted):
            approve_request(session, asked.id, steps.act(person))
    assert audit.state == "allocated"
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.removal_asked")).all()
    assert set(told) == {other_head(session, council, audit), council.director.id}


def test_once_a_grade_was_submitted_nothing_removes_the_case(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    from auditflow.models import Submission

    steps.live(frame)
    audit = first(session)
    session.add(
        Submission(
            case_audit_id=audit.id,
            number=1,
            auditor_id=audit.auditor_id,
            submitted_at=steps.at,
            overall_grade=2,
            answers={},
            sha256="c" * 64,
        )
    )
    with pytest.raises(GuardRefused, match="never be removed"):
        request_removal(session, audit.id, "duplicate", "Also listed as CF-1.", steps.act())


def test_removal_needs_a_listed_reason_and_one_request_at_a_time(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    steps.live(frame)
    audit = first(session)
    with pytest.raises(BadInput, match="listed reasons"):
        request_removal(session, audit.id, "poor_file", "It is a poor file.", steps.act())
    act = steps.act()
    asked = request_removal(session, audit.id, "duplicate", "Also listed as CF-1.", act)
    assert request_removal(session, audit.id, "duplicate", "Also listed as CF-1.", act).id == asked.id
    with pytest.raises(GuardRefused, match="waiting for its answer"):
        request_removal(session, audit.id, "duplicate", "Also listed as CF-1.", steps.act())
    withdraw_request(session, asked.id, steps.act())
    again = request_removal(session, audit.id, "duplicate", "Really.", steps.act())
    refuse_request(session, again.id, "It is another child.", steps.act(council.director.id))
    assert (audit.state, again.state) == ("allocated", "refused")


def test_an_exempted_case_stays_planned_and_no_reserve_comes_in(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    steps.live(frame)
    audit = first(session)
    asked = request_exemption(session, audit.id, "proceedings", "A review is under way.", steps.act())
    with pytest.raises(NotPermitted):
        approve_request(session, asked.id, steps.act(other_head(session, council, audit)))
    approve_request(session, asked.id, steps.act(council.director.id))
    assert audit.state == "not_audited"
    assert session.scalars(sa.select(CaseAudit).where(CaseAudit.kind == "replacement")).all() == []


def test_no_reserve_left_is_missing_never_picked(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    steps.live(frame)
    audit = first(session)
    session.execute(sa.delete(SampleCase).where(SampleCase.kind == "reserve"))
    remove(session, steps, council, audit)
    assert (
        session.scalar(sa.select(sa.func.count()).select_from(Journal).where(Journal.entry == "no_reserve_left")) == 1
    )


def test_an_added_case_is_marked_for_ever(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    act = steps.act()
    audit = add_case(session, row.id, " EXT-1 ", "Asked for by the board.", act)
    assert (audit.ref, audit.kind, audit.state) == ("EXT-1", "judgemental", "selected")
    assert add_case(session, row.id, " EXT-1 ", "Asked for by the board.", act).id == audit.id
    with pytest.raises(BadInput, match="already"):
        add_case(session, row.id, "EXT-1", "Again.", steps.act())
    with pytest.raises(BadInput, match="reference"):
        add_case(session, row.id, "  ", "Again.", steps.act())


def test_a_discarded_draw_stays_on_record_and_the_next_may_take_the_same_case(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.locked(steps.planned(frame))
    old = steps.drawn(row)
    asked = request_discard(session, row.id, "The wrong list was used.", steps.act())
    with pytest.raises(NotPermitted):
        approve_request(session, asked.id, steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))
    assert (row.state, row.locked_digest) == ("planned", None)
    assert old.discarded_at is not None
    assert set(session.scalars(sa.select(CaseAudit.state))) == {"removed"}
    new = steps.drawn(steps.locked(row))
    assert (new.number, new.manifest["discarded_draws"]) == (2, 1)
    assert new.seed != old.seed


def test_extending_moves_the_end_but_not_the_first_one(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    with pytest.raises(BadInput, match="after 27 November 2026"):
        extend_round(session, row.id, date(2026, 11, 20), "x", steps.act())
    extend_round(session, row.id, date(2026, 12, 11), "Two auditors are ill.", steps.act())
    assert (row.ends_on, row.first_ends_on) == (date(2026, 12, 11), date(2026, 11, 27))
    due = session.scalar(sa.select(Deadline.due_at).where(Deadline.subject_type == "audit_round"))
    assert due is not None and due.date() == date(2026, 12, 11)


def test_reporting_settles_overdue_disputes_and_shows_the_checking_seed(
    session: Session, steps: Steps, frame: Frame
) -> None:
    row = steps.live(frame)
    audits = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()
    with pytest.raises(GuardRefused, match="not agreed yet"):
        begin_reporting(session, row.id, steps.act())
    graded = {"first_grade": 2, "first_submitted_at": steps.at}
    table = CaseAudit.__table__
    values = {"state": "agreed", **graded}
    session.execute(sa.update(table).where(table.c.id != audits[0].id).values(**values))  # type: ignore[arg-type]
    session.execute(sa.update(table).where(table.c.id == audits[0].id).values({**values, "state": "disputed"}))  # type: ignore[arg-type]
    session.add(
        Deadline(
            subject_type="case_audit",
            subject_id=audits[0].id,
            key="determine",
            action="escalate_to_director",
            acts=True,
            due_at=steps.at,
        )
    )
    session.expire_all()
    begin_reporting(session, row.id, steps.act())
    assert (audits[0].state, audits[0].published_grade, audits[0].published_disputed) == ("agreed", 2, True)
    assert row.state == "reporting"
    assert row.checking_seed_revealed_at is not None
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "reporting_begun")).one()
    assert entry.details["checking_seed"] == row.checking_seed
    reopen_round(session, row.id, "Two audits came late.", steps.act())
    assert row.state == "live"


def test_cancelling_files_the_audits_and_only_the_director_may_once_a_grade_is_in(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.live(frame)
    audit = first(session)
    asked = request_removal(session, audit.id, "duplicate", "Also listed.", steps.act())
    audit.first_grade, audit.first_submitted_at = 3, steps.at
    session.flush()
    with pytest.raises(GuardRefused, match="director"):
        cancel_round(session, row.id, "Inspection.", steps.act())
    cancel_round(session, row.id, "Inspection.", steps.act(council.director.id))
    session.expire_all()
    assert row.state == "cancelled"
    assert set(session.scalars(sa.select(CaseAudit.state))) == {"filed"}
    assert session.get_one(Approval, asked.id).state == "withdrawn"
    assert session.scalars(sa.select(Deadline)).all() == []
    with pytest.raises(WrongState):
        extend_round(session, row.id, date(2027, 1, 1), "x", steps.act())
    assert isinstance(row, AuditRound)


def waiting(session: Session, audit: CaseAudit) -> list[SampleCase]:
    """The reserves that could take a case's place, in order."""
    where = (SampleCase.kind == "reserve", SampleCase.stratum == audit.stratum)
    return list(session.scalars(sa.select(SampleCase).where(*where).order_by(SampleCase.position)))


def test_a_reserve_is_not_added_by_hand(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    for reserve in waiting(session, first(session)):
        with pytest.raises(BadInput, match="is in reserve"):
            add_case(session, row.id, reserve.ref, "Asked for by the board.", steps.act())


def test_what_was_added_before_it_became_a_reserve_is_passed_over_on_record(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.live(frame, UNLIMITED)
    audit = first(session)
    foremost, following = waiting(session, audit)[:2]
    kept, foremost.kind = foremost.kind, "judgemental"
    session.flush()
    add_case(session, row.id, foremost.ref, "Asked for by the board.", steps.act())
    foremost.kind = kept
    remove(session, steps, council, audit)
    came_in = session.scalars(sa.select(CaseAudit).where(CaseAudit.kind == "replacement")).one()
    assert came_in.ref == following.ref
    details = session.scalars(sa.select(Journal.details).where(Journal.entry == "reserve_came_in")).one()
    assert details["passed_over"] == [foremost.id]
