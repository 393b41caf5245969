"""A list read by columns gives the draw that it gives row by row; what is not plain is read row by row."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import draw
from auditflow.domain.sampling_list import ColumnRows, NotByColumns

COLUMNS = ("ref", "type", "worker", "status", "opened", "audited")
DESIGN = {
    "ref": "ref",
    "size": 6,
    "stratify": "type",
    "minimum": 0,
    "seed": "9f0c",
    "per_worker": {"column": "worker", "most": 3},
    "reference_date": "2026-10-23",
    "exclude": [
        {"reason": "closed", "column": "status", "not_in": ["Open"]},
        {"reason": "new", "column": "opened", "within_days": 28},
        {"reason": "nobody", "column": "worker", "blank": True},
    ],
    "priority_strata": [{"name": "never", "column": "audited", "older_than_days": 365, "size": 1}],
}


class Listed(ColumnRows):
    """A list that counts how it was read."""

    def __init__(
        self, rows: Sequence[Sequence[str]], at_once: int = 4, few: frozenset[str] = frozenset({"type", "status"})
    ) -> None:
        self.rows, self.at_once, self.by_rows = rows, at_once, 0
        self.few = few

    def __iter__(self) -> Iterator[Any]:
        self.by_rows += 1
        yield from self.rows

    def blocks(self, columns: Sequence[Sequence[str]]) -> Generator[Sequence[Sequence[str]], None, None]:
        places = [[COLUMNS.index(name) for name in names] for names in columns]
        for start in range(0, len(self.rows), self.at_once):
            some = self.rows[start : start + self.at_once]
            yield [[self.JOIN.join(row[place] for place in joined) for row in some] for joined in places]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", " B ", "", "é", "e\u0301"]),
        st.sampled_from(["w1", "w2", " w2", "w3", "", "  "]),
        st.sampled_from(["Open", "Open ", "Closed", ""]),
        st.sampled_from(["2026-01-05", "2026-10-20", ""]),
        st.sampled_from(["2024-01-05", "2026-09-01", ""]),
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: [(f"C-{number:03}", *row) for number, row in enumerate(rows)])


def told(rows: Any, design: dict[str, object]) -> object:
    try:
        return draw(rows, design, COLUMNS).manifest()
    except BadInput as refusal:
        return refusal.code, str(refusal), refusal.details


@given(
    ROWS,
    st.text("0123456789abcdef", min_size=1, max_size=8),
    st.sampled_from([1, 4, 12, "all"]),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(COLUMNS)),
)
def test_both_ways_draw_the_same(
    rows: Any, seed: str, size: object, grouped: bool, filled: bool, few: frozenset[str]
) -> None:
    design: dict[str, Any] = {**DESIGN, "seed": seed, "size": size}
    if filled:
        design |= {"exclude": design["exclude"][:2]}
        design |= {"priority_strata": [{**group, "filled": "worker"} for group in design["priority_strata"]]}
    if not grouped:
        del design["stratify"], design["priority_strata"]
    listed = Listed(rows, few=few)
    assert told(listed, design) == told(rows, design)
    assert listed.by_rows == 0, "plain lists are read by columns alone"


def test_a_long_list_keeps_its_first_cases_over_many_blocks() -> None:
    rows = [(f"C-{n:05}", "AB"[n % 5 == 0], f"w{n % 37}", "Open", "2020-01-01", "2026-09-01") for n in range(6000)]
    listed = Listed(rows, at_once=700)
    assert told(listed, {**DESIGN, "size": 20}) == told(rows, {**DESIGN, "size": 20})
    assert listed.by_rows == 0


@pytest.mark.parametrize(
    "change",
    [
        {"ref": " C-1"},
        {"ref": "C  1"},
        {"ref": "C\u00e9-e\u0301"},
        {"ref": ""},
        {"ref": "C-\u200b1"},
        {"ref": "C-1\n"},
        {"opened": "5 January"},
        {"opened": "2027-01-01"},
        {"type": "never"},
        {"type": f"A{ColumnRows.JOIN}B"},
    ],
)
def test_what_is_not_plain_is_said_as_of_a_file(change: dict[str, str]) -> None:
    rows = [(f"C-{n:03}", "A", "", "Open", "2020-01-01", "") for n in range(9)]
    rows = [(ref, kind, "abc"[n % 3], *more) for n, (ref, kind, _, *more) in enumerate(rows)]
    rows[4] = tuple(change.get(name, value) for name, value in zip(COLUMNS, rows[4], strict=True))
    listed = Listed(rows)
    assert told(listed, DESIGN) == told(rows, DESIGN)


def test_no_rows_and_no_column_are_sentences() -> None:
    assert told(Listed([]), DESIGN) == told([], DESIGN)
    unknown = {**DESIGN, "stratify": "kind"}
    listed = Listed([("C-1", "A", "w", "Open", "", "")])
    assert told(listed, unknown) == told(listed.rows, unknown)


def test_columns_that_cannot_be_told_apart_are_read_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"C-{n:03}", "A", f"w{n}", "Open", "2020-01-01", "2026-09-01") for n in range(9)]

    def refuse(_self: Listed, _columns: Sequence[Sequence[str]]) -> Iterator[Any]:
        raise NotByColumns
        yield

    monkeypatch.setattr(Listed, "blocks", refuse)
    listed = Listed(rows)
    assert told(listed, DESIGN) == told(rows, DESIGN)
    assert listed.by_rows


def test_a_design_without_groups_and_rules_takes_everybody() -> None:
    rows = [(f"C-{n:03}", "A", "", "", "", "") for n in range(9)]
    plain = {"ref": "ref", "size": 3, "seed": "9f0c"}
    assert told(Listed(rows), plain) == told(rows, plain)
