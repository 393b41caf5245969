"""Small-number suppression: an attacker with a linear programme learns no hidden count to within five."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from auditflow.domain.errors import BadInput
from auditflow.statistics.disclosure import hide_percentage, round_to_base, suppress, suppress_group

TABLES = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 7, 12, 30]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=6,
    )
)


def totals(table):
    return [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]


def attack(table, mask, *, rows_out=True, columns_out=True):
    """The feasible range of every hidden count given everything published, by a linear programme for each.

    Unknowns are the hidden cells and totals; equations are the sums of rows and columns, and of the totals. Totals
    that are not published at all are unknown too, and nobody's secret.
    """
    row_totals, column_totals = totals(table)
    unknown = {(i, j): None for i, row in enumerate(mask) for j, hidden in enumerate(row) if hidden}
    unknown |= {(i, "sum"): None for i, hidden in enumerate(mask.row_totals) if hidden}
    unknown |= {("sum", j): None for j, hidden in enumerate(mask.column_totals) if hidden}
    unknown |= {("sum", "sum"): None} if mask.grand_total else {}
    place = {name: k for k, name in enumerate(unknown)}
    value = {(i, j): count for i, row in enumerate(table) for j, count in enumerate(row)}
    value |= {(i, "sum"): total for i, total in enumerate(row_totals)}
    value |= {("sum", j): total for j, total in enumerate(column_totals)}
    value["sum", "sum"] = sum(row_totals)
    columns = range(len(column_totals))
    sums = [([(i, j) for j in columns], (i, "sum")) for i in range(len(table))]
    sums += [([(i, j) for i in range(len(table))], ("sum", j)) for j in columns]
    sums += [([(i, "sum") for i in range(len(table))], ("sum", "sum")), ([("sum", j) for j in columns], ("sum", "sum"))]
    left, right = [], []
    for parts, whole in sums:
        line, known = np.zeros(len(place)), 0
        for name, sign in [*((part, 1) for part in parts), (whole, -1)]:
            if name in place:
                line[place[name]] += sign
            else:
                known -= sign * value[name]
        left.append(line)
        right.append(known)
    for name, column in place.items():
        aim = np.zeros(len(place))
        aim[column] = 1
        low = linprog(aim, A_eq=np.array(left), b_eq=right, bounds=(0, None))
        high = linprog(-aim, A_eq=np.array(left), b_eq=right, bounds=(0, None))
        assert low.status == 0
        published = {(False, True): rows_out, (True, False): columns_out, (True, True): rows_out or columns_out}
        if published.get((name[0] == "sum", name[1] == "sum"), True):
            yield name, value[name], low.fun, math.inf if high.status == 3 else -high.fun


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_no_hidden_count_can_be_narrowed_to_under_five(table):
    mask = suppress(table, *totals(table))
    for name, true, low, high in attack(table, mask):
        assert low - 1e-6 <= true <= high + 1e-6, name
        assert high - low >= 5 - 1e-6, (name, low, high)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.booleans())
def test_the_same_when_one_kind_of_total_is_not_published(table, rows_out):
    row_totals, column_totals = totals(table)
    mask = suppress(table, row_totals if rows_out else None, None if rows_out else column_totals)
    assert all(mask.column_totals if rows_out else mask.row_totals)
    for name, _, low, high in attack(table, mask, rows_out=rows_out, columns_out=not rows_out):
        assert high - low >= 5 - 1e-6, (name, low, high)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_without_any_total_only_what_is_small_or_telling_is_hidden(table):
    mask = suppress(table, None, None)
    assert all(mask.row_totals + mask.column_totals)
    for name, _, low, high in attack(table, mask, rows_out=False, columns_out=False):
        assert high - low >= 5 - 1e-6, (name, low, high)
    for row, hidden in zip(table, mask, strict=True):
        telling = len(row) > 1 and sum(count > 0 for count in row) == 1
        small = [1 <= count <= 4 for count in row]
        assert hidden == small if not telling else sum(hidden) == 2


def test_totals_that_nobody_sees_give_nothing_back():
    assert suppress([[1, 20]], None, None)[0] == [True, False]
    assert suppress([[1, 20]], [21], None)[0] == [True, True]
    assert suppress([[0, 12, 0]], None, None)[0] == [True, True, False]


@given(TABLES)
@settings(deadline=None)
def test_small_counts_are_hidden_and_tables_without_them_are_left_alone(table):
    row_totals, column_totals = totals(table)
    mask = suppress(table, row_totals, column_totals)
    for row, hidden in zip(table, mask, strict=True):
        assert all(hide for count, hide in zip(row, hidden, strict=True) if 1 <= count <= 4)
    for sums, hidden in ((row_totals, mask.row_totals), (column_totals, mask.column_totals)):
        assert all(hide for total, hide in zip(sums, hidden, strict=True) if 1 <= total <= 4)
    small = any(1 <= count <= 4 for row in table for count in row)
    alike = any(len(row) > 1 and sum(count > 0 for count in row) == 1 for row in table)
    if not small and not alike:
        assert not any(hide for row in mask for hide in row)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 7, 12, 30]), min_size=1, max_size=5))
def test_one_group_under_its_total_keeps_every_hidden_count_open(counts):
    hidden, whole = suppress_group(counts)
    left = sum(count for count, hide in zip(counts, hidden, strict=True) if hide)
    assert all(hide for count, hide in zip(counts, hidden, strict=True) if 1 <= count <= 4)
    assert whole or not 1 <= sum(counts) <= 4
    if whole:
        assert any(hidden) or not counts
    elif any(hidden):
        assert sum(hidden) >= 2
        assert left >= 5
    if not any(1 <= count <= 4 for count in counts) and sum(count > 0 for count in counts) != 1:
        assert not any(hidden)


def test_a_group_of_one_answer_hides_a_nought_too():
    assert suppress_group([0, 12, 0]) in (([True, True, False], False), ([False, True, True], False))
    assert suppress_group([12, 8, 3]) == ([False, True, True], False)
    assert suppress_group([2, 1]) == ([True, True], True)


def test_primary_suppression_alone_would_leak():
    # FCSM Working Paper 22: one hidden cell is its row's total less the rest; so three more are hidden with it.
    table = [[2, 10, 30], [8, 20, 15], [12, 9, 40]]
    mask = suppress(table, *totals(table))
    assert sum(hide for row in mask for hide in row) == 4
    assert mask[0][0]
    assert not any(mask.row_totals + mask.column_totals)
    assert not mask.grand_total


def test_totals_stay_out_whenever_hiding_cells_is_enough():
    table = [[1, 3, 20], [2, 2, 20], [9, 9, 9]]
    mask = suppress(table, *totals(table))
    assert not any(mask.row_totals + mask.column_totals + [mask.grand_total])
    assert all(high - low >= 5 - 1e-6 for _, _, low, high in attack(table, mask))


def test_noughts_are_shown_unless_they_tell_all_about_a_group():
    shown = [[0, 12, 8], [9, 7, 11]]
    assert not any(hide for row in suppress(shown, *totals(shown)) for hide in row)
    telling = [[0, 12], [8, 9], [20, 30]]
    mask = suppress(telling, *totals(telling))
    assert mask[0] == [True, True]


def test_a_single_row_hides_totals_too():
    mask = suppress([[2, 10, 30]], [42], [2, 10, 30])
    assert mask[0] == [True, True, False]
    assert mask.column_totals == [True, True, False]
    assert mask.row_totals == [False]


def test_another_threshold():
    table = [[6, 30, 20], [25, 40, 31]]
    assert not any(hide for row in suppress(table, *totals(table)) for hide in row)
    wider = suppress(table, *totals(table), threshold=8)
    assert wider[0][0]
    assert all(high - low >= 8 - 1e-6 for _, _, low, high in attack(table, wider))


def test_empty_and_wrong_tables():
    assert list(suppress([], [], [])) == []
    assert suppress([[0, 0]], [0], [0, 0])[0] == [False, False]
    with pytest.raises(BadInput):
        suppress([[1, 2], [3]], None, None)
    with pytest.raises(BadInput):
        suppress([[10, 20]], [31], [10, 20])
    with pytest.raises(BadInput):
        suppress([[-1, 2]], [1], [-1, 2])


def test_a_council_sized_table_is_protected():
    table = [[(7 * i + 3 * j * j) % 13 for j in range(4)] for i in range(14)]
    mask = suppress(table, *totals(table))
    assert len(mask) == 14
    assert all(high - low >= 5 - 1e-6 for _, _, low, high in attack(table, mask))


def test_percentages_and_rounding():
    assert [hide_percentage(x, 20) for x in (0, 1, 4, 5, 15, 16, 19, 20)] == [
        False,
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]
    assert hide_percentage(5, 9)
    assert [round_to_base(count) for count in (0, 2, 3, 7, 8, 12)] == [0, 0, 5, 5, 10, 10]
    assert round_to_base(5, base=10) == 10
