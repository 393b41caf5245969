"""Reading the list: exclusions in order, priority groups, and every row that cannot be used."""

import datetime
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import draw

RULES = [
    {"reason": "status_not_open", "column": "status", "not_in": ["Open"]},
    {"reason": "no_allocated_worker", "column": "worker", "blank": True},
    {"reason": "opened_within_28_days", "column": "opened", "within_days": 28},
    {"reason": "audited_within_180_days", "column": "audited", "within_days": 180},
]
DESIGN = {"ref": "ref", "size": 1, "reference_date": "2026-12-01", "exclude": RULES, "seed": "9f0c"}
GOOD = {"ref": "C1", "status": "Open", "worker": "w", "opened": "2026-01-05", "audited": ""}


def drawn(*changes, **design):
    rows = [{**GOOD, "ref": f"C{number}", **change} for number, change in enumerate(changes, 1)]
    return draw(rows, {**DESIGN, **design})


def test_the_first_rule_that_applies_is_the_reason():
    found = drawn(
        {},
        {"status": "Closed", "worker": "", "opened": "2026-11-30"},
        {"worker": None},
        {"opened": "2026-11-30", "audited": "2026-11-30"},
        {"audited": "2026-11-30"},
        {"status": " Open "},
    )
    assert found.excluded == {
        "status_not_open": 1,
        "no_allocated_worker": 1,
        "opened_within_28_days": 1,
        "audited_within_180_days": 1,
    }
    assert (found.rows, found.eligible, found.population) == (6, 2, {"all": 2})


def test_reasons_without_a_case_are_counted_as_none():
    assert drawn({}).excluded == dict.fromkeys([rule["reason"] for rule in RULES], 0)


@pytest.mark.parametrize(
    ("opened", "eligible"),
    [("2026-11-03", 1), ("2026-11-04", 0), ("2026-12-01", 0), ("", 1), (None, 1), ("2026-11-03T09:00:00", 1)],
)
def test_within_28_days_is_fewer_than_28(opened, eligible):
    assert drawn({"opened": "2026-01-01"}, {"opened": opened}).eligible == eligible + 1


def test_dates_may_be_dates():
    assert drawn({"opened": datetime.date(2026, 1, 1)}, {"opened": datetime.datetime(2026, 11, 30, 9)}).eligible == 1


def test_in_older_than_and_not_blank():
    rules = [
        {"reason": "restricted", "column": "status", "in": ["Restricted"]},
        {"reason": "closed", "column": "audited", "blank": False},
        {"reason": "old", "column": "opened", "older_than_days": 365},
    ]
    old = {"opened": "2025-11-30"}
    found = drawn({}, {"status": "Restricted"}, {"audited": "x"}, old, {"opened": "2025-12-01"}, exclude=rules)
    assert found.excluded == {"restricted": 1, "closed": 1, "old": 1}
    assert drawn({}, {"opened": ""}, exclude=rules).eligible == 2


def test_everything_excluded_is_a_sentence_with_the_counts():
    with pytest.raises(BadInput, match=r"exclude all 2 \(1 status_not_open, 1 no_allocated_worker\)"):
        drawn({"status": "Closed"}, {"worker": ""})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opened": "last week"}, "Row 3: “last week” is not a date like 2026-12-01"),
        ({"opened": "01/11/2026"}, "Row 3: “01/11/2026” is not a date like"),
        ({"opened": "2026-02-30"}, "Row 3: “2026-02-30” is not a day of the calendar"),
        ({"opened": "2026-12-02"}, "Row 3: 2026-12-02 is after the reference date, 2026-12-01"),
        ({"ref": ""}, "Row 3: the case reference is blank"),
        ({"ref": None}, "Row 3: the case reference is blank"),
        ({"ref": " \u3000 "}, "Row 3: the case reference is blank"),
        ({"ref": "A\x00B"}, r"Row 3: the case reference 'A\\x00B' has a control"),
        ({"ref": "A\nB"}, "Row 3: the case reference .* has a control"),
        ({"ref": "AB\u200b"}, "Row 3: the case reference .* has a control or invisible"),
        ({"ref": "AB\ud800"}, "Row 3: the case reference .* has a control or invisible"),
        ({"ref": "AB\x85"}, "Row 3: the case reference .* has a control"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(change, sentence):
    with pytest.raises(BadInput, match=f"1 row of the case list cannot be used. {sentence}") as refusal:
        drawn({}, change, {})
    assert refusal.value.details == {"rows": [3]}


def test_a_date_is_not_read_when_an_earlier_rule_already_excludes():
    assert drawn({}, {"status": "Closed", "opened": "last week"}).eligible == 1


def test_many_bad_rows_are_counted_and_some_are_shown():
    with pytest.raises(BadInput, match=r"^14 rows .* Row 11: .*\. And 4 more\.$") as refusal:
        drawn(*[{"ref": ""}] * 14)
    assert refusal.value.details == {"rows": list(range(2, 16))}


@pytest.mark.parametrize(
    ("first", "second"),
    [("C7", "C7"), ("C7", " C7\t"), ("Caf\u00e9", "Cafe\u0301"), (7, "7")],
)
def test_duplicates_are_refused_with_their_rows(first, second):
    with pytest.raises(BadInput, match=r"once only: “.*” in rows 2 and 4") as refusal:
        drawn({"ref": first}, {}, {"ref": second})
    assert refusal.value.details == {"rows": [2, 4]}


def test_a_duplicate_of_an_excluded_case_is_refused_too():
    with pytest.raises(BadInput, match="“C1” in rows 2, 3 and 4"):
        drawn({}, {"ref": "C1", "status": "Closed"}, {"ref": "C1"})


def test_case_and_inner_spaces_make_different_references():
    assert set(drawn({"ref": "c 1"}, {"ref": "C 1"}, {"ref": "C  1"}, size=3).refs) == {"c 1", "C 1", "C  1"}


def test_references_are_drawn_trimmed_and_composed():
    assert drawn({"ref": "\tCafe\u0301 "}).refs == ["Caf\u00e9"]


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(BadInput, match=r"no column “type”, “team”\. It has “ref”, “status”, “worker”"):
        drawn({}, stratify="type", per_worker={"column": "team", "most": 1})


def test_a_row_with_fewer_cells_is_named():
    with pytest.raises(BadInput, match="Row 3: it has fewer cells than the header"):
        draw([("C1", "a"), ("C2",)], {"ref": "ref", "size": 1, "stratify": "t", "seed": "1"}, ["ref", "t"])


@pytest.mark.parametrize("rows", [[], iter(())])
def test_an_empty_list_is_a_sentence(rows):
    with pytest.raises(BadInput, match="The case list is empty"):
        draw(rows, DESIGN)


def test_a_draw_needs_a_seed():
    with pytest.raises(BadInput, match="needs a seed"):
        drawn({}, seed=None)


NEVER = {"name": "never audited", "column": "audited", "older_than_days": 365}
TEAMS = {"stratify": "team", "exclude": [], "priority_strata": [NEVER]}


def teams(never, recent):
    dates = ["", "2025-01-01"] * never + ["2026-06-01"] * recent
    return [{"ref": f"C{n}", "team": "NS"[n % 2], "audited": day, "worker": f"w{n % 9}"} for n, day in enumerate(dates)]


def test_a_priority_group_is_taken_before_the_others():
    found = draw(teams(3, 30), {**DESIGN, **TEAMS, "size": 10})
    assert found.population == {"N": 15, "S": 15, "never audited": 6}
    assert found.allocation == {"N": 2, "S": 2, "never audited": 6}
    assert found.weights["never audited"] == 1.0


def test_a_priority_group_leaves_the_others_their_minimum():
    found = draw(teams(20, 30), {**DESIGN, **TEAMS, "size": 10, "minimum": 2})
    assert found.allocation == {"N": 2, "S": 2, "never audited": 6}


def test_a_priority_group_may_be_given_a_number():
    found = draw(teams(20, 30), {**DESIGN, **TEAMS, "size": 10, "priority_strata": [{**NEVER, "size": 4}]})
    assert found.allocation == {"N": 3, "S": 3, "never audited": 4}


def test_a_priority_group_of_workers_has_no_case_without_a_worker():
    rows = [{**row, "worker": "" if n % 2 else row["worker"]} for n, row in enumerate(teams(20, 30))]
    found = draw(rows, {**DESIGN, **TEAMS, "size": 10, "priority_strata": [{**NEVER, "filled": "worker", "size": 4}]})
    assert found.population == {"N": 15, "S": 35, "never audited": 20}
    assert all(
        row["worker"] for row in rows if row["ref"] in {c.ref for c in found.sample if c.stratum == NEVER["name"]}
    )
    with pytest.raises(BadInput, match="no column “shift”"):
        draw(rows, {**DESIGN, **TEAMS, "priority_strata": [{**NEVER, "filled": "shift"}]})


def test_a_priority_group_takes_as_many_as_the_caps_allow():
    rows = [{**row, "worker": "x" if not row["audited"] else row["ref"]} for row in teams(20, 30)]
    blank = {**NEVER, "blank": True}
    del blank["older_than_days"]
    cap = {"column": "worker", "most": 2}
    found = draw(rows, {**DESIGN, **TEAMS, "size": 10, "priority_strata": [blank], "per_worker": cap})
    assert found.allocation["never audited"] == 2
    assert sum(found.allocation.values()) == 10
    assert found.reserves["never audited"] == []


def test_a_priority_name_that_is_also_a_stratum_is_refused():
    rows = [{**row, "team": "never audited"} for row in teams(1, 2)]
    with pytest.raises(BadInput, match="“never audited” is also the name of a priority group"):
        draw(rows, {**DESIGN, **TEAMS})


@given(st.integers(0, 12), st.integers(1, 40), st.integers(1, 30), st.integers(0, 3), st.text("abc", min_size=1))
def test_with_priority_groups_the_numbers_still_add_up(never, recent, size, minimum, seed):
    design = {**DESIGN, **TEAMS, "size": size, "minimum": minimum, "seed": seed}
    rows = teams(never, recent)
    others = Counter(row["team"] for row in rows if row["audited"] == "2026-06-01")
    if size < min(len(rows), sum(min(minimum, number) for number in others.values())):
        with pytest.raises(BadInput, match="cannot give every group its minimum"):
            draw(rows, design)
        return
    found = draw(rows, design)
    assert len(found.refs) == sum(found.allocation.values()) == min(size, len(rows))
