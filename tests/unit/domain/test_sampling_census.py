"""A census: the rules applied to one list after another, and its manifest checked against the lists."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import Design
from auditflow.domain.sampling_census import (
    CensusFile,
    census_manifest,
    check_census,
    take_every,
    verify_census,
)

COLUMNS = ("ref", "status", "opened")
RULES: dict[str, Any] = {
    "ref": "ref",
    "size": "all",
    "reference_date": "2026-10-31",
    "exclude": [
        {"reason": "Closed", "column": "status", "not_in": ["Open"]},
        {"reason": "Not new", "column": "opened", "older_than_days": 31},
    ],
}
OCTOBER = [("b", "Open", "2026-10-02"), ("a", "Open", "2026-10-30"), ("c", "Closed", "2026-10-02"), ("d", "Open", "")]
NOVEMBER = [("a", "Open", "2026-10-30"), ("e", "Open", "2026-11-12"), ("f", "Open", "2026-11-13"), ("g", "Open", "")]
LISTS = [(date(2026, 10, 31), OCTOBER), (date(2026, 11, 30), NOVEMBER)]
FILES = [CensusFile(COLUMNS, rows, f"{number}" * 64) for number, (_day, rows) in enumerate(LISTS, 1)]


def taken() -> dict[str, Any]:
    """The manifest of both months; g was added by hand before the second."""
    known: list[str] = []
    lists = []
    for (day, rows), file in zip(LISTS, FILES, strict=True):
        month = take_every(rows, Design.from_dict(RULES), day, known, COLUMNS)
        by_hand = [ref for ref in month.new if ref == "g"]
        came_in = [ref for ref in month.new if ref != "g"]
        facts = {"as_at": day.isoformat(), "source_sha256": "0" * 64, "frame_sha256": file.sha256, "added_at": ""}
        counts = {"rows": month.rows, "excluded": month.excluded, "eligible": month.eligible}
        lists.append({**facts, **counts, "by_hand": by_hand, "came_in": came_in})
        known += month.new
    return census_manifest({"design": RULES, "locked_at": None, "discarded_draws": 0}, lists)


def test_every_case_that_the_rules_let_in_once_by_the_date_of_its_list():
    first = take_every(OCTOBER, Design.from_dict(RULES), LISTS[0][0], (), COLUMNS)
    assert (first.new, first.known, first.rows) == (("a", "b", "d"), (), 4)
    assert first.excluded == {"Closed": 1, "Not new": 0}
    second = take_every(NOVEMBER, Design.from_dict(RULES), LISTS[1][0], first.new, COLUMNS)
    assert (second.new, second.known, second.eligible) == (("e", "f", "g"), ("a",), 4)


@given(st.permutations(OCTOBER))
def test_the_order_of_the_rows_does_not_matter(rows):
    whole = take_every(OCTOBER, Design.from_dict(RULES), LISTS[0][0], ("b",), COLUMNS)
    assert take_every(rows, Design.from_dict(RULES), LISTS[0][0], ("b",), COLUMNS) == whole


@pytest.mark.parametrize(
    "chooses",
    [
        {"size": 10},
        {"stratify": "status"},
        {"per_worker": {"column": "status", "most": 2}},
        {"priority_strata": [{"name": "x", "column": "status", "blank": True}]},
    ],
)
def test_a_design_that_chooses_is_none(chooses):
    with pytest.raises(BadInput, match="every case that its rules let in"):
        check_census(Design.from_dict(RULES | chooses))


def test_its_manifest_follows_from_the_lists():
    assert verify_census(taken(), FILES) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: m["lists"][0]["came_in"].remove("b"), "list 1: came_in: b is eligible and did not come in."),
        (lambda m: m["lists"][1]["came_in"].append("a"), "list 2: came_in: a is not eligible, or was in already."),
        (lambda m: m["lists"][1].update(by_hand=[]), "list 2: came_in: g is eligible and did not come in."),
        (lambda m: m["lists"][0].update(rows=5), "list 1: rows: the manifest has 5, the list gives 4."),
        (lambda m: m["lists"][0].update(frame_sha256="x"), "list 1: frame_sha256"),
        (lambda m: m["lists"][0].update(as_at="soon"), "list 1: it cannot be read again"),
        (lambda m: m["lists"][0].pop("rows"), "lists: each must have"),
        (lambda m: m["lists"].pop(), "lists: the manifest has 1, here are 2."),
        (lambda m: m.update(lists=None), "lists: each must have"),
        (lambda m: m.update(discarded_draws=1), "edited after it was written"),
        (lambda m: m.pop("locked_at"), "The manifest has no “locked_at”."),
        (lambda m: m.update(design=None), "list 1: it cannot be read again"),
        (lambda m: m["lists"][0].update(came_in=None, by_hand="a"), "list 1: came_in: a is eligible"),
        (lambda m: m["lists"][0].update(came_in=5, by_hand=["a", "b", "d"]), "list 1: came_in: the manifest must list"),
        (
            lambda m: m["lists"][0]["came_in"].append("a"),
            "list 1: came_in: the manifest must list",
        ),
        (lambda m: m["lists"][0]["by_hand"].append("c"), "list 1: by_hand: c is not an eligible case of this list."),
    ],
)
def test_what_does_not_follow_is_named(change, sentence):
    manifest = copy.deepcopy(taken())
    change(manifest)
    assert any(sentence in said for said in verify_census(manifest, FILES))


def test_a_row_more_in_a_list_is_named():
    more = [FILES[0], CensusFile(COLUMNS, [*NOVEMBER, ("h", "Open", "2026-11-20")], FILES[1].sha256)]
    said = verify_census(taken(), more)
    assert "list 2: rows: the manifest has 4, the list gives 5." in said
    assert "list 2: came_in: h is eligible and did not come in." in said


def test_no_list_is_no_census():
    facts = {key: taken()[key] for key in ("design", "locked_at", "discarded_draws")}
    assert verify_census(census_manifest(facts, []), []) == ["lists: a census has one at least."]
