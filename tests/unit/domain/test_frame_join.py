"""One case for each child over all lists."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.frame import CASE_TYPES, Batch, Case, Reject
from auditflow.domain.frame_join import join_batches


def batch(sheet, *cases, first=2, kind=""):
    listed = [case._replace(lists=sheet) for case in cases]
    return Batch(sheet, listed, range(first, first + len(listed)), [], kind)


def case(ref="C1", kind="", status="Open", **cells):
    return Case(ref, kind, status, **cells)


def join_one(*batches):
    joined = join_batches(batches)
    (only,) = joined.cases
    return only, joined


KINDS = list(CASE_TYPES)


@pytest.mark.parametrize(("higher", "lower"), list(itertools.combinations(KINDS, 2)))
@pytest.mark.parametrize("higher_first", [True, False])
def test_a_kind_comes_before_those_after_it(higher, lower, higher_first):
    order = [higher, lower] if higher_first else [lower, higher]
    only, joined = join_one(*(batch(f"L{place}", case(kind=kind)) for place, kind in enumerate(order)))
    assert (only.case_type, only.lists, joined.joined) == (higher, "L0; L1", 1)
    assert joined.origins == [(f"L{order.index(higher)}", 2)]


def test_the_order_is_in_care_protection_need_leaving_care():
    assert KINDS == ["child_in_care", "child_protection", "child_in_need", "care_leaver"]


def test_an_open_case_comes_before_a_closed_one_of_a_higher_kind():
    closed = case(kind="child_in_care", status="Closed", closed="2026-05-05", team="CiC")
    only, _joined = join_one(batch("List 8", closed), batch("List 9", case(kind="care_leaver", team="Leaving")))
    assert (only.case_type, only.status, only.closed, only.team) == ("care_leaver", "Open", "", "Leaving")
    assert only.lists == "List 8; List 9"


def test_a_known_kind_comes_before_an_unknown_one_and_otherwise_the_first_list_stays():
    only, _joined = join_one(batch("A", case(kind="Other", team="a")), batch("B", case(kind="child_in_need", team="b")))
    assert only.team == "b"
    only, _joined = join_one(batch("A", case(kind="x", team="a")), batch("B", case(kind="y", team="b")))
    assert only.team == "a"


def test_the_list_about_a_kind_comes_before_one_that_only_mentions_it():
    mentions = batch("List 6", case(kind="child_in_care", team="Locality"), kind="child_in_need")
    about = batch("List 8", case(kind="child_in_care", team="CiC"), kind="child_in_care")
    for lists in ((mentions, about), (about, mentions)):
        only, joined = join_one(*lists)
        assert only.team == "CiC"
        assert joined.origins == [("List 8", 2)]


def test_what_the_first_row_does_not_say_about_the_child_the_others_may():
    care = case(kind="child_in_care", worker="", team="CiC", ethnicity="", sex="Female", opened="2026-01-01")
    need = case(
        kind="child_in_need",
        worker="Bo",
        team="Loc",
        ethnicity="White",
        sex="Male",
        family="F1",
        age_band="5 to 9",
        disability="No",
    )
    for lists in ((batch("A", care), batch("B", need)), (batch("B", need), batch("A", care))):
        only, _joined = join_one(*lists)
        assert (only.team, only.worker, only.opened) == ("CiC", "", "2026-01-01")
        assert (only.sex, only.ethnicity, only.family, only.age_band, only.disability) == (
            "Female",
            "White",
            "F1",
            "5 to 9",
            "No",
        )


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [("Yes", "No", "Yes"), ("No", "Yes", "Yes"), ("", "No", "No"), ("No", "", "No"), ("", "", "")],
)
def test_a_record_is_restricted_if_any_list_says_so(one, other, both):
    first, second = case(kind="child_in_care", restricted=one), case(kind="child_in_need", restricted=other)
    only, _joined = join_one(batch("A", first), batch("B", second))
    assert only.restricted == both


def test_the_latest_audit_counts():
    first, second = case(kind="child_in_care", last_audited="2025-01-01"), case(last_audited="2026-01-01")
    only, _joined = join_one(batch("A", first), batch("B", second))
    assert only.last_audited == "2026-01-01"


def test_twice_in_a_list_the_later_row_is_refused_with_the_number_of_the_first():
    _only, joined = join_one(batch("A", case(team="a"), case(team="b")))
    assert joined.cases[0].team == "a"
    assert joined.rejects == [Reject("A", 3, "C1", "the case reference C1 is already on row 2")]
    assert joined.joined == 0


def test_twice_in_a_list_across_batches():
    joined = join_batches([batch("A", case("C1"), case("C2")), batch("A", case("C3"), case("C1"), first=1200)])
    assert [c.case_ref for c in joined.cases] == ["C1", "C2", "C3"]
    assert joined.rejects == [Reject("A", 1201, "C1", "the case reference C1 is already on row 2")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_twice_in_a_list_an_open_row_takes_the_place_of_a_closed_one(order):
    rows = [case(status="Closed", closed="2026-07-01", team="old"), case(status="Open", team="new")]
    only, joined = join_one(batch("A", *(rows[place] for place in order)))
    assert (only.status, only.team, only.lists) == ("Open", "new", "A")
    assert (joined.rejects, joined.joined) == ([], 1)
    assert joined.origins == [("A", 2 + order.index(1))]


def test_a_repeat_in_a_second_list_after_joining_is_refused():
    joined = join_batches([batch("A", case(kind="child_in_care")), batch("B", case(), case())])
    assert [reject.reason for reject in joined.rejects] == ["the case reference C1 is already in this list"]
    assert joined.cases[0].lists == "A; B"


def test_references_that_differ_in_case_are_two_cases():
    assert len(join_batches([batch("A", case("c1"), case("C1"))]).cases) == 2


def test_rejects_of_the_batches_are_kept():
    refused = Reject("A", 9, "", "the case reference is blank")
    joined = join_batches([Batch("A", [], [], [refused]), batch("A", case())])
    assert joined.rejects == [refused]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["L1", "L2", "L3"]),
        st.sampled_from(["C1", "C2", "C3", "C4"]),
        st.sampled_from([*KINDS, ""]),
        st.sampled_from(["Open", "Closed"]),
    ),
    max_size=14,
)


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_every_row_is_kept_joined_or_refused_and_batching_does_not_matter(rows, chance: random.Random):
    rows = sorted(rows, key=lambda row: row[0])
    numbered = [(n, sheet, case(ref, kind, status)) for n, (sheet, ref, kind, status) in enumerate(rows, 2)]
    singly = join_batches([batch(sheet, one, first=n) for n, sheet, one in numbered])
    grouped, group = [], []
    for item in numbered:
        if group and (item[1] != group[0][1] or chance.random() < 0.4):
            grouped.append(group)
            group = []
        group.append(item)
    grouped += [group] if group else []
    together = join_batches([batch(g[0][1], *(one for _n, _s, one in g), first=g[0][0]) for g in grouped])
    assert together == singly
    assert len(singly.cases) + len(singly.rejects) + singly.joined == len(rows)
    assert {c.case_ref for c in singly.cases} == {row[1] for row in rows}
    for only in singly.cases:
        same = [row for row in rows if row[1] == only.case_ref]
        assert (only.status == "Open") == any(row[3] == "Open" for row in same)
