"""A round and its re-audit in which everything has happened that a figure of the results counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Frame, FrameCase, SampleCase
from tests.factories.actions import Acts, make_action
from tests.factories.audits import make_case_audit, make_re_audit, make_round
from tests.factories.council import Council
from tests.factories.results import AGREED, agree, moderate, set_columns
from tests.factories.sampling import make_frame

LATE = datetime.fromisoformat("2026-11-23T15:00:00+00:00")
GRADES = (1, 2, 2, 3, 2, 3, 4, 1, 2, 3)
CASES = 30


@dataclass
class Story:
    """The two rounds, with their numbers."""

    baseline: int
    again: int


def make_story(session: Session, council: Council, acts: Acts) -> Story:
    """A baseline of thirty drawn cases and its re-audit, both in reporting."""
    frame = make_frame(session, council)
    frame.columns = [*(frame.columns or ()), "sex"]
    listed = session.scalars(sa.select(FrameCase).where(FrameCase.status == "Open").order_by(FrameCase.id)).all()
    for n, case in enumerate(listed):
        case.more = {**case.more, "sex": ("Female", "Male", "")[n % 3]}
    first = make_round(session, council, state="reporting", frame_id=frame.id)
    audits = [_drawn(session, council, first, case, n) for n, case in enumerate(listed[:CASES])]
    for n, audit in enumerate(audits):
        _grade(session, council, audit, n)
    _leave(session, council, first, audits, listed[CASES:])
    _second(session, council, first, audits)
    for n in (0, 1, 8):
        make_action(session, council, audits[n], acts, findings="planning", state=("proposed", "open", "done")[n % 3])
    again = _again(session, council, first, frame, audits)
    ids = Story(first.id, again.id)
    session.flush()
    session.expunge_all()
    return ids


def _drawn(session: Session, council: Council, row: AuditRound, case: FrameCase, n: int, **more: Any) -> CaseAudit:
    kind = more.get("kind", "random")
    drawn = SampleCase(
        round_id=row.id,
        frame_case_id=case.id,
        ref=case.ref,
        kind=kind,
        position=case.id,
        replaces_id=more.pop("of", None),
    )
    session.add(drawn)
    session.flush()
    team = council.teams[0 if n % 4 else 1].id
    return make_case_audit(session, council, row, ref=case.ref, sample_case_id=drawn.id, team_id=team, **more)


def _grade(session: Session, council: Council, audit: CaseAudit, n: int) -> None:
    """Two domains, of which one does not apply to every fifth case; some agreed late, some moderated."""
    grade = GRADES[n % len(GRADES)]
    if n in (3, 4, 5, 6):
        moderate(session, council, audit, grade, 3, share=n < 5)
    domains = {"planning": grade, "voice": None if n % 5 == 0 else 5 - grade}
    moderated = {"moderated": 3} if n in (3, 4, 5, 6) else {}
    agree(session, audit, grade, at=LATE if n in (10, 11) else AGREED, domains=domains, **moderated)
    if n in (12, 13):
        set_columns(session, audit, published_disputed=True)


def _leave(
    session: Session, council: Council, row: AuditRound, audits: list[CaseAudit], further: list[FrameCase]
) -> None:
    """The last five leave: three removed (one reserve comes in), one not audited, one still open."""
    blank = {"first_grade": None, "first_submitted_at": None, "published_grade": None, "agreed_at": None}
    for n, audit in enumerate(audits[-5:]):
        state = ("removed", "removed", "removed", "not_audited", "in_progress")[n]
        reason = ("transferred", "transferred", "duplicate", "too_late", None)[n]
        set_columns(session, audit, state=state, lost_reason=reason, **blank)
    came_in = _drawn(session, council, row, further[0], 1, kind="replacement", of=audits[-5].sample_case_id)
    agree(session, came_in, 3, domains={"planning": 3})
    agree(session, make_case_audit(session, council, row, kind="judgemental"), 1)


def _second(session: Session, council: Council, row: AuditRound, audits: list[CaseAudit]) -> None:
    for n, audit in enumerate(audits[:12]):
        other = council.auditors[1].id
        second = make_case_audit(session, council, row, ref=audit.ref, purpose="second", auditor_id=other)
        grade = GRADES[n % len(GRADES)] if n % 3 else 2
        set_columns(session, second, state="filed", first_grade=grade, first_submitted_at=AGREED)


def _again(session: Session, council: Council, first: AuditRound, frame: Frame, audits: list[CaseAudit]) -> AuditRound:
    """Of 26 audited cases 18 again by others, one by the same auditor; seven lost in every way there is."""
    again = make_re_audit(session, council, first, frame_id=frame.id)
    for n, audit in enumerate(audits[:19]):
        who = council.auditors[0 if n == 18 else 1].id
        one = make_case_audit(session, council, again, ref=audit.ref, baseline_id=audit.id, auditor_id=who)
        grade = GRADES[(n + 3) % len(GRADES)]
        agree(session, one, grade, domains={"planning": grade, "voice": None if n % 4 == 0 else grade})
    lost = (("removed", "closed_early"), ("removed", "no_work"), ("not_audited", "too_late"), ("in_progress", None))
    for audit, (state, reason) in zip(audits[19:23], lost, strict=True):
        make_case_audit(session, council, again, ref=audit.ref, baseline_id=audit.id, state=state, lost_reason=reason)
    gone = SampleCase(round_id=again.id, ref=audits[19].ref, kind="random", position=1)
    session.add(gone)
    session.flush()
    came_in = SampleCase(round_id=again.id, ref="CF-77777", kind="replacement", position=2, replaces_id=gone.id)
    session.add(came_in)
    session.flush()
    left = session.scalars(sa.select(CaseAudit).where(CaseAudit.round_id == again.id, CaseAudit.ref == gone.ref)).one()
    set_columns(session, left, sample_case_id=gone.id)
    one = make_case_audit(session, council, again, ref=came_in.ref, kind="replacement", sample_case_id=came_in.id)
    agree(session, one, 3)
    return again
