"""The form of a control chart: what belongs together, and what it hands on."""

from __future__ import annotations

import io

import pytest
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from forms.control_chart import DrawControlChartForm

FINE = {"name": "Visits", "rows": "month,value\n2026-01,80", "unit": "percent", "better": "lower"}


def form(file: bytes | None = None, **more: str) -> DrawControlChartForm:
    files = MultiDict({"file": FileStorage(io.BytesIO(file), "v.csv")} if file is not None else {})
    return DrawControlChartForm(CombinedMultiDict([files, MultiDict({"key": "k" * 40, **FINE, **more})]))


def test_what_is_filled_in_is_handed_on():
    filled = form(since_1="Jan 2026", reason_1="A team", since_3="2026-03", reason_3="Another")
    assert filled.validate(), filled.errors
    assert filled.direction == "down"
    assert [tuple(one) for one in filled.recalculations()] == [
        (1, 2026 * 12, "A team"),
        (3, 2026 * 12 + 2, "Another"),
    ]
    assert form(better="neither").direction is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"rows": ""}, "file"),
        ({"unit": ""}, "unit"),
        ({"better": ""}, "better"),
        ({"better": "neither", "target": "5"}, "better"),
        ({"since_2": "2026-01"}, "reason_2"),
        ({"reason_2": "x"}, "since_2"),
        ({"since_2": "soon", "reason_2": "x"}, "since_2"),
        ({"reason_1": "x" * 301, "since_1": "2026-01"}, "reason_1"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_at_its_field(more, field):
    refused = form(**more)
    assert not refused.validate()
    assert [e["href"] for e in refused.error_list()] == [f"#{field}"]


def test_rows_that_came_from_a_file_make_way_for_another_file_and_typed_ones_do_not():
    filled = form(b"x")
    assert not filled.validate()
    assert "There are rows here as well as a file" in str(filled.rows.errors)
    filled.take_rows("month,value\r\n2026-01,81\r\n")
    assert filled.rows.data == "month,value\n2026-01,81"
    sent = form(b"x", rows="month,value\r\n2026-01,81", taken=filled.taken.data)
    assert sent.validate(), sent.errors
    assert not form(b"x", rows="month,value\r\n2026-01,82", taken=filled.taken.data).validate()
