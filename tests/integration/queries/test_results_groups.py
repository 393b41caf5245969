"""Which children a sample is about, counted from the case list."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, Frame, FrameCase
from auditflow.queries.results_groups import count_groups
from tests.factories.audits import make_round
from tests.factories.council import Council, make_council
from tests.factories.results import agree, set_columns
from tests.factories.sampling import Steps, make_frame


@pytest.fixture
def council(session: Session) -> Council:
    return make_council(session)


@pytest.fixture
def frame(session: Session, council: Council) -> Frame:
    """Sixty cases: sexes in turn, every tenth not recorded; no ethnicity recorded at all."""
    frame = make_frame(session, council)
    frame.columns = [*(frame.columns or ()), "sex", "ethnicity"]
    for n, case in enumerate(session.scalars(sa.select(FrameCase).order_by(FrameCase.id))):
        case.more = {**case.more, **({"sex": ("Female", "Male")[n % 2]} if n % 10 else {})}
    session.flush()
    return frame


def test_listed_and_graded_cases_are_counted_by_group(
    session: Session, council: Council, frame: Frame, clock: FixedClock
) -> None:
    row = Steps(session, council, clock.now()).live(frame)
    listed = session.scalars(sa.select(FrameCase)).all()
    sexes = {case.ref: case.more.get("sex", "") for case in listed}
    eligible = [sexes[case.ref] for case in listed if case.status == "Open"]
    assert len(eligible) < len(listed), "the design leaves closed cases out"
    audits = session.scalars(sa.select(CaseAudit).where(CaseAudit.purpose == "main").order_by(CaseAudit.id)).all()
    for n, audit in enumerate(audits[:9]):
        agree(session, audit, 1 + n % 4)
    set_columns(session, audits[0], state="removed", lost_reason="closed_in_error")
    set_columns(session, audits[1], kind="judgemental")
    graded = audits[2:9]
    expected = {
        sex: {
            "listed": eligible.count(sex),
            "n": sum(sexes[audit.ref] == sex for audit in graded),
            "good": sum(sexes[audit.ref] == sex and (audit.published_grade or 0) >= 3 for audit in graded),
        }
        for sex in sorted(set(sexes.values()))
    }
    assert count_groups(session, row) == {"sex": expected}


def test_a_list_without_these_columns_and_a_re_audit_have_no_groups(
    session: Session, council: Council, frame: Frame
) -> None:
    plain = make_round(session, council, frame_id=frame.id)
    assert set(count_groups(session, plain)) == {"sex"}
    again = make_round(session, council, frame_id=frame.id, kind="re_audit", baseline_id=plain.id, name="Again")
    assert count_groups(session, again) == {}
    frame.columns = ["case_ref", "case_type"]
    session.flush()
    assert count_groups(session, plain) == {}
    assert count_groups(session, make_round(session, council, name="No list")) == {}
