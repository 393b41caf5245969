"""The draw in the database is the one that `auditflow sample draw` makes from the list's canonical file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from auditflow.cli import main
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import canonical_csv
from auditflow.domain.sampling import Design, draw
from auditflow.models import Frame, FrameCase
from auditflow.queries import sample_list
from auditflow.queries.frame import read_canonical_cases
from auditflow.queries.sample_list import list_case_rows, read_case_rows
from tests.factories.council import Council
from tests.factories.sampling import DESIGN, Steps, make_frame

SAME = ("rows", "eligible", "excluded", "allocation", "sample", "reserves", "passed_over", "weights")
STRICT: dict[str, Any] = DESIGN | {
    "size": 8,
    "minimum": 1,
    "per_worker": {"column": "worker", "most": 4},
    "more_caps": [{"column": "family", "most": 1}],
    "reference_date": "2026-10-23",
    "exclude": [
        *DESIGN["exclude"],
        {"reason": "restricted", "column": "restricted", "in": ["Yes"]},
        {"reason": "audited", "column": "last_audited", "within_days": 180},
    ],
    "priority_strata": [{"name": "never", "column": "last_audited", "older_than_days": 365, "size": 3}],
}


@pytest.fixture(params=["three blocks", "one block"])
def listed(
    session: Session, council: Council, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Frame:
    """A list beside another one; some cases are restricted, some were audited of late."""
    make_frame(session, council, cases=10)
    frame = make_frame(session, council, cases=70, matched=False)
    for n, case in enumerate(session.scalars(sa.select(FrameCase).where(FrameCase.frame_id == frame.id))):
        dates = {1: {"last_audited": "2026-09-01"}, 2: {"last_audited": "2026-03-01"}, 3: {}}.get(n % 4, case.more)
        case.more = {"family": f"F-{n // 2}", **dates} | ({"restricted": "Yes"} if n % 11 == 0 else {})
    session.flush()
    if request.param == "three blocks":
        monkeypatch.setattr(sample_list, "BLOCK", 30)
        monkeypatch.setattr(sample_list, "FIRST_BLOCK", 15)
    return frame


@pytest.mark.parametrize("design", [DESIGN, STRICT], ids=["usual", "strict"])
def test_database_and_file_draw_the_same(
    session: Session,
    steps: Steps,
    listed: Frame,
    design: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = steps.drawn(steps.locked(steps.planned(listed, design)))
    (tmp_path / "list.csv").write_bytes(canonical_csv(read_canonical_cases(session, listed), listed.columns or ()))
    (tmp_path / "design.yaml").write_text(yaml.safe_dump({**design, "seed": drawn.seed}))
    arguments = ["list.csv", "--design", "design.yaml", "--manifest", "manifest.json"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["sample", "draw", *arguments])
    assert not left.value.code
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert {name: drawn.manifest[name] for name in SAME} == {name: told[name] for name in SAME}


def _refuse_rows(_rows: object) -> Iterator[Any]:
    yield pytest.fail("the list was read row by row")


@pytest.mark.parametrize("design", [DESIGN, STRICT], ids=["usual", "strict"])
def test_a_list_is_read_by_columns(
    session: Session, listed: Frame, design: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded = Design.from_dict(design).with_seed("9f0c")
    by_rows = read_case_rows(session, listed, seeded.columns)
    expected = draw(by_rows.rows, seeded, by_rows.columns)
    by_columns = list_case_rows(session, listed, seeded.columns)
    monkeypatch.setattr(type(by_columns.rows), "__iter__", _refuse_rows)
    assert draw(by_columns.rows, seeded, by_columns.columns).manifest() == expected.manifest()


def test_a_cell_that_holds_what_stands_between_cells_is_read_in_its_row(session: Session, listed: Frame) -> None:
    odd = session.scalars(sa.select(FrameCase).where(FrameCase.frame_id == listed.id)).first()
    assert odd is not None
    odd.worker = f"one{sample_list.BETWEEN}two"
    session.flush()
    seeded = Design.from_dict(DESIGN).with_seed("9f0c")
    by_columns, by_rows = (read(session, listed, seeded.columns) for read in (list_case_rows, read_case_rows))
    assert draw(by_columns.rows, seeded, by_columns.columns) == draw(by_rows.rows, seeded, by_rows.columns)


@pytest.mark.parametrize(
    "odd", [{"worker": f"one{sample_list.BETWEEN}two"}, {"ref": " CF-1"}], ids=["cell", "reference"]
)
def test_the_session_is_left_alone_before_the_list_is_read_as_rows(
    session: Session, council: Council, odd: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = make_frame(session, council)
    first = session.scalars(sa.select(FrameCase).order_by(FrameCase.id)).first()
    for name, value in odd.items():
        setattr(first, name, value)
    session.flush()
    monkeypatch.setattr(sample_list, "FIRST_BLOCK", 10)
    running: list[str] = []
    execute = session.execute

    def slowly(*args: Any, **more: Any) -> Any:
        assert not running, "one statement at a time"
        running.append("a statement")
        time.sleep(0.05)
        found = execute(*args, **more)
        running.pop()
        return found

    monkeypatch.setattr(session, "execute", slowly)
    seeded = Design.from_dict(DESIGN).with_seed("9f0c")
    cases = list_case_rows(session, frame, seeded.columns)
    assert len(draw(cases.rows, seeded, cases.columns).sample) == DESIGN["size"]


def test_an_empty_list_is_a_sentence(session: Session, council: Council) -> None:
    frame = make_frame(session, council, cases=0)
    seeded = Design.from_dict(DESIGN).with_seed("9f0c")
    cases = list_case_rows(session, frame, seeded.columns)
    with pytest.raises(BadInput, match="The case list is empty"):
        draw(cases.rows, seeded, cases.columns)
