"""More reserves: the next cases in the order of the draw, journalled, refused where there are none."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, WrongState
from auditflow.models import CaseAudit, Draw, Frame, Journal, SampleCase
from auditflow.queries.sample import count_reserves
from auditflow.queries.sample_list import read_case_rows
from auditflow.services.approval import approve_request
from auditflow.services.sample_change import request_removal
from auditflow.services.sample_reserves import extend_reserves
from tests.factories.council import Council
from tests.factories.results import set_columns
from tests.factories.sampling import Steps


def ordered(session: Session, frame: Frame, draw: Draw, reserves: int) -> dict[str, list[str]]:
    """The reserves of each stratum in the order of the draw, as the domain has them."""
    design = sampling.Design.from_dict(draw.manifest["design"]).with_seed(draw.seed)
    cases = read_case_rows(session, frame, design.columns)
    return sampling.draw(cases.rows, dataclasses.replace(design, reserves=reserves), cases.columns).reserves


def kept(session: Session, stratum: str) -> list[str]:
    mine = (SampleCase.kind.in_(["reserve", "replacement"]), SampleCase.stratum == stratum)
    return list(session.scalars(sa.select(SampleCase.ref).where(*mine).order_by(SampleCase.position)))


def test_each_group_goes_on_in_the_order_of_the_draw_used_reserves_included(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.live(frame)
    draw = session.scalars(sa.select(Draw)).one()
    lost = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id).limit(1)).one()
    asked = request_removal(session, lost.id, "transferred", "Moved away.", steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))
    before = {count.stratum: count.kept for count in count_reserves(session, draw)}
    act = steps.act()
    added = extend_reserves(session, row.id, 2, act, expected_version=row.version)
    assert added == dict.fromkeys(before, 2)
    assert extend_reserves(session, row.id, 2, act) == added
    whole = ordered(session, frame, draw, max(before.values()) + 2)
    for stratum, had in before.items():
        assert kept(session, stratum) == whole[stratum][: had + 2]
    session.refresh(draw)
    assert draw.manifest["reserves"] == {
        name: refs[: len(draw.manifest["reserves"][name])] for name, refs in whole.items()
    }
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "reserves_extended")).one()
    assert (entry.role, entry.details) == ("qa_lead", {"draw_id": draw.id, "asked": 2, "added": added})


def test_one_group_alone_and_what_is_left_of_it(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    draw = steps.drawn(row)
    others = {count.stratum: count.kept for count in count_reserves(session, draw)}
    everything = ordered(session, frame, draw, 100)["child_in_care"]
    had = others.pop("child_in_care")
    added = extend_reserves(session, row.id, 500, steps.act(), stratum="child_in_care")
    assert added == {"child_in_care": len(everything) - had}
    assert kept(session, "child_in_care") == everything
    assert {c.stratum: c.kept for c in count_reserves(session, draw) if c.stratum != "child_in_care"} == others
    with pytest.raises(GuardRefused, match="“Child looked after” has no case left"):
        extend_reserves(session, row.id, 1, steps.act(), stratum="child_in_care")
    assert extend_reserves(session, row.id, 1, steps.act()) == dict.fromkeys(others, 1)
    extend_reserves(session, row.id, 500, steps.act())
    with pytest.raises(GuardRefused, match="There is no case left"):
        extend_reserves(session, row.id, 1, steps.act())


def test_who_when_and_what_is_refused(session: Session, steps: Steps, council: Council, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    with pytest.raises(WrongState):
        extend_reserves(session, row.id, 1, steps.act())
    draw = steps.drawn(row)
    with pytest.raises(NotPermitted):
        extend_reserves(session, row.id, 1, steps.act(council.director.id))
    with pytest.raises(BadInput, match="1 or above"):
        extend_reserves(session, row.id, 0, steps.act())
    with pytest.raises(BadInput, match="groups of this sample"):
        extend_reserves(session, row.id, 1, steps.act(), stratum="no_such_group")
    draw.seed = ""
    with pytest.raises(GuardRefused, match="A re-audit has the reserves"):
        extend_reserves(session, row.id, 1, steps.act())
    set_columns(session, row, state="reporting")
    with pytest.raises(WrongState):
        extend_reserves(session, row.id, 1, steps.act())
