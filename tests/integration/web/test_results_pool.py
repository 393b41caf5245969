"""Which rounds are put together: those of four quarters, and for a group of children only with its column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import Frame, FrameCase, SampleCase
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.results import close_round
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council
from tests.factories.results import agree
from tests.factories.sampling import make_frame
from tests.pages import Browser

ROUNDS = {
    "Long ago": date(2025, 12, 31),
    "Without the column": date(2026, 5, 4),
    "First": date(2026, 2, 2),
    "Last": date(2026, 11, 2),
}


@pytest.fixture
def last(database: Database, council: Council, clock: FixedClock) -> int:
    """Four rounds of twelve cases; all but the last are closed."""
    with database.writing() as session:
        frame = make_frame(session, council)
        frame.columns = [*(frame.columns or ()), "sex"]
        cases = session.scalars(sa.select(FrameCase).order_by(FrameCase.id)).all()
        for case in cases:
            case.more = {**case.more, "sex": "Female"}
        bare = Frame(**{name: getattr(frame, name) for name in ("name", "as_at", "source_sha256", "created_at")})
        bare.columns, bare.chain_head, bare.version = ["case_ref"], frame.chain_head, 1
        session.add(bare)
        session.flush()
        tool = None
        for name, day in ROUNDS.items():
            its = bare.id if name == "Without the column" else frame.id
            more = {"tool_version_id": tool} if tool else {}
            row = make_round(session, council, state="reporting", name=name, record_date=day, frame_id=its, **more)
            tool = row.tool_version_id
            for case in cases[:12]:
                drawn = SampleCase(
                    round_id=row.id, frame_case_id=case.id, ref=case.ref, kind="random", position=case.id
                )
                session.add(drawn)
                session.flush()
                one = make_case_audit(session, council, row, ref=case.ref, sample_case_id=drawn.id)
                agree(session, one, 3)
            if name != "Last":
                close_round(session, row.id, Act(council.qa_lead.id, clock.now(), f"close-{row.id}"))
        return row.id


def test_only_rounds_of_four_quarters_whose_list_has_the_attribute(
    last: int, council: Council, sign_in: Callable[[Any], Browser]
) -> None:
    lead = sign_in(council.qa_lead)
    page = lead.get(f"/results/{last}")
    assert "Sex, the last 2 rounds together" in page.text
    found = lead.get(f"/results/{last}/groups/sex?value=Female")
    assert "Sex, Female, graded: 24 cases." in found.text
    assert "First" in found.text
    assert "Long ago" not in found.text
    assert "Without the column" not in found.text
