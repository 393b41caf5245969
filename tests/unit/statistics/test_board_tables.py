"""What a board report publishes: an attacker who has all of it narrows no hidden count to fewer than five values.

The attacker solves integer programmes over the cells that nobody sees (the 4 × 4 table of a re-audit, the four grades
of a round), given every figure and every word of the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from auditflow.statistics.board_tables import THRESHOLD, BoardTables, Moved, Share, Work, board_tables, share_of
from auditflow.statistics.wording import FEW, fraction_words
from tests.factories.board import MANY, MARCH, grades_of, results_of_re_audit, results_of_round

CELLS = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 9, 14, 30])
MATRICES = st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=4, max_size=4)
FOUR = range(4)
UP = [(i, j) for i in FOUR for j in FOUR if j > i]
SAME = [(i, i) for i in FOUR]
DOWN = [(i, j) for i in FOUR for j in FOUR if j < i]
ALL = [*UP, *SAME, *DOWN]


def tables_of(matrix: list[list[int]], lost: list[int]) -> tuple[Any, BoardTables]:
    """A re-audit whose pairs moved like this; `lost` are the first grades of cases that were not audited again."""
    moves = [(i + 1, j + 1) for i, row in enumerate(matrix) for j, n in enumerate(row) for _ in range(n)]
    before = grades_of([*(first for first, _ in moves), *lost])
    after = grades_of([*(second for _, second in moves), *(None for _ in lost)], day=MARCH)
    results = results_of_re_audit(before, after)
    return results, board_tables(results)


def row(i: int) -> list[tuple[int, int]]:
    return [(i, j) for j in FOUR]


def column(j: int) -> list[tuple[int, int]]:
    return [(i, j) for i in FOUR]


def published(results: Any, tables: BoardTables) -> tuple[list[Any], list[list[tuple[int, int]]]]:
    """What the report says, as (cells, least, most), and the sums of cells that it keeps to itself."""
    n = tables.cases
    known: list[Any] = [(ALL, n, n)]
    hidden: list[list[tuple[int, int]]] = []
    names = ((UP, "improved"), (SAME, "same"), (DOWN, "declined"))
    for cells, name in names:
        if tables.moved:
            known.append((cells, *2 * (getattr(tables.moved, name),)))
        else:
            hidden.append(cells)
    for place, side in enumerate((row, column)):
        good = [*side(3), *side(2)]
        total = results["re_audit"][("good_before", "good_after")[place]]
        said = [x for x in range(n + 1) if fraction_words(x, n) == fraction_words(total, n)]
        known.append((good, min(said), max(said)))
        grades = [side(3), side(2), side(1), side(0)]
        if not tables.grades:
            # What is neither few nor nearly all is told in words, which among few cases are as good as a count.
            sides = [good, [*side(1), *side(0)]] if min(total, n - total) < THRESHOLD else []
            hidden += [*sides, *grades]
            continue
        shown = tables.grades[place]
        known.append((good, shown.good, shown.good))
        for k, cells in enumerate(grades):
            count = shown.grades[k] if shown.grades else None
            if count is not None:
                known.append((cells, count, count))
            elif (shown.good, shown.rest)[k // 2]:  # none at all are shown as none, by the sum of the two
                hidden.append(cells)
    return known, hidden


def line(cells: list[tuple[int, int]]) -> np.ndarray:
    aim = np.zeros(16)
    for i, j in cells:
        aim[4 * i + j] += 1
    return aim


def attack(known: list[Any], hidden: list[list[tuple[int, int]]]) -> Iterator[tuple[Any, int, int]]:
    """The least and the most that each hidden sum can be."""
    rule = LinearConstraint(np.array([line(c) for c, _, _ in known]), [k[1] for k in known], [k[2] for k in known])
    for cells in hidden:
        ends = []
        for sign in (1, -1):
            found = milp(sign * line(cells), constraints=rule, integrality=np.ones(16), bounds=Bounds(0, np.inf))
            assert found.status == 0
            ends.append(round(sign * found.fun))
        yield cells, ends[0], ends[1]


def elsewhere(matrix: list[list[int]]) -> tuple[list[Any], list[Any]]:
    """What the reports of the first audit, and of a next re-audit, publish of the same cases: known, and hidden."""
    known: list[Any] = []
    hidden: list[Any] = []
    for side in (row, column):
        counts = [sum(matrix[i][j] for i, j in side(k)) for k in FOUR]
        alone = board_tables(results_of_round(grades_of([k + 1 for k in FOUR for _ in range(counts[k])])))
        for shown in alone.grades:
            known.append(([*side(3), *side(2)], shown.good, shown.good))
            for count, k in zip(shown.grades or (), (3, 2, 1, 0), strict=True):
                known += [(side(k), count, count)] if count is not None else []
                hidden += [side(k)] if count is None else []
    return known, hidden


def survives(matrix: list[list[int]], lost: list[int]) -> None:
    results, tables = tables_of(matrix, lost)
    if tables.cases < FEW:
        assert not tables.grades
        assert tables.moved is None
        return
    attacks = [published(results, tables)]
    if not lost and tables.picture:
        known, hidden = elsewhere(matrix)
        attacks.append((attacks[0][0] + known, hidden))
    for cells, low, high in (found for each in attacks for found in attack(*each)):
        true = sum(matrix[i][j] for i, j in cells)
        assert low <= true <= high
        assert high - low + 1 >= THRESHOLD, (cells, low, high, tables)


@settings(max_examples=60, deadline=None)
@given(MATRICES, st.lists(st.integers(1, 4), max_size=3))
def test_no_hidden_count_of_a_re_audit_can_be_narrowed(matrix: list[list[int]], lost: list[int]) -> None:
    survives(matrix, lost)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ALL), min_size=3, max_size=3), st.lists(st.integers(0, 8), min_size=3, max_size=3))
def test_nor_where_few_cells_are_used_at_all(places: list[tuple[int, int]], sizes: list[int]) -> None:
    matrix = [[0] * 4 for _ in FOUR]
    for (i, j), size in zip(places, sizes, strict=True):
        matrix[i][j] += size
    survives(matrix, [])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 6, 9, 20, 40]), min_size=4, max_size=4))
def test_no_hidden_grade_of_a_round_can_be_narrowed(counts: list[int]) -> None:
    grades = [grade for grade, n in zip((4, 3, 2, 1), counts, strict=True) for _ in range(n)]
    tables = board_tables(results_of_round(grades_of(grades)))
    if not tables.grades:
        good = counts[0] + counts[1]
        assert len(grades) < FEW or good < THRESHOLD or len(grades) - good < THRESHOLD
        return
    (shown,) = tables.grades
    assert shown.grades is not None
    assert (shown.good, shown.rest) == (counts[0] + counts[1], counts[2] + counts[3])
    for group, total in ((0, shown.good), (2, shown.rest)):
        pair = shown.grades[group : group + 2]
        assert pair in ((None, None), tuple(counts[group : group + 2]))
        if pair == (None, None):
            assert total + 1 >= THRESHOLD
        else:
            assert not {1, 2, 3, 4} & set(pair)


DOMAINS = st.tuples(st.integers(8, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 12))


@settings(max_examples=60, deadline=None)
@given(DOMAINS)
def test_no_count_of_a_domain_can_be_narrowed(given_row: tuple[int, int, int, int]) -> None:
    """Good before, good after and not applicable, tried out against the words and counts of the row."""
    n, before, after, away = given_row
    before, after, total = min(before, n), min(after, n), n + away
    assume(total >= FEW)
    columns = [[3] * good + [2] * (n - good) + [None] * away for good in (before, after)]
    given_before = grades_of([2] * total, {"Planning": columns[0]})
    given_after = grades_of([2] * total, {"Planning": columns[1]}, day=MARCH)
    (shown,) = board_tables(results_of_re_audit(given_before, given_after)).domains
    fits = [
        (graded, tuple(said(share, graded) for share in shown.shares))
        for graded in range(total + 1)
        if shown.not_applicable in (None, total - graded)
    ]
    fits = [(graded, goods) for graded, goods in fits if all(goods)]
    assert any(graded == n and before in goods[0] and after in goods[1] for graded, goods in fits)
    if shown.not_applicable is None:
        assert len({graded for graded, _ in fits}) >= THRESHOLD
    for place, share in enumerate(shown.shares):
        if share.count is None:
            assert len({x for _, goods in fits for x in goods[place]}) >= THRESHOLD
            assert len({graded - x for graded, goods in fits for x in goods[place]}) >= THRESHOLD
        else:
            assert min(share.count, n - share.count) >= THRESHOLD


def said(share: Share, n: int) -> set[int]:
    """The counts of n cases that fit what is shown."""
    if share.count is not None:
        return {share.count} if share.count <= n else set()
    if share.words is None:
        return set(range(n + 1))
    return {x for x in range(n + 1) if n >= FEW and fraction_words(x, n) == share.words}


def test_the_grades_of_a_round_stand_under_the_sums_of_the_picture() -> None:
    tables = board_tables(results_of_round(grades_of(MANY)))
    (shown,) = tables.grades
    assert (shown.good, shown.rest, shown.grades) == (26, 54, (6, 20, 39, 15))
    few_outstanding = board_tables(results_of_round(grades_of([4, 4, *[3] * 24, *[2] * 39, *[1] * 15])))
    assert few_outstanding.grades[0].grades == (None, None, 39, 15)


def test_all_of_one_grade_tells_the_side_and_not_the_grade() -> None:
    (shown,) = board_tables(results_of_round(grades_of([2] * 40))).grades
    assert (shown.good, shown.rest) == (0, 40)
    assert shown.grades == (0, 0, None, None)


def test_movement_and_grades_are_both_shown_only_where_neither_hides_anything() -> None:
    plenty = [[5, 5, 5, 5]] * 4
    tables = tables_of(plenty, [])[1]
    assert tables.moved == Moved(30, 20, 30)
    assert [shown.grades for shown in tables.grades] == [(20, 20, 20, 20)] * 2
    one_at_the_top = [[10, 10, 5, 0], [5, 10, 10, 1], [0, 5, 20, 0], [0, 0, 0, 0]]
    tables = tables_of(one_at_the_top, [])[1]
    assert tables.moved == Moved(26, 40, 10)
    assert [shown.grades for shown in tables.grades] == [None, None]
    few_declined = [[10, 10, 5, 0], [1, 10, 10, 1], [0, 1, 20, 0], [0, 0, 0, 0]]
    tables = tables_of(few_declined, [])[1]
    assert tables.moved is None
    assert tables.grades[1].grades == (None, None, 21, 11)


def test_the_first_audit_s_four_grades_are_left_to_its_own_report_once_a_case_is_lost() -> None:
    before, after = tables_of([[5, 5, 5, 5]] * 4, [1])[1].grades
    assert before.grades is None
    assert (before.good, before.rest) == (40, 40)
    assert after.grades is None
    few_declined = [[10, 10, 5, 0], [1, 10, 10, 1], [0, 1, 20, 0], [0, 0, 0, 0]]
    before, after = tables_of(few_declined, [1])[1].grades
    assert (before.grades, after.grades) == (None, (None, None, 21, 11))


def test_few_cases_and_nothing_audited_again_publish_no_grade() -> None:
    for results in (
        results_of_round(grades_of([])),
        results_of_round(grades_of([1, 2, 3, 4, 4, 4, 4, 4, 4])),
        results_of_re_audit(grades_of([2] * 20), grades_of([None] * 20, day=MARCH)),
    ):
        tables = board_tables(results)
        assert (tables.grades, tables.moved, tables.domains) == ((), None, ())


def test_a_small_side_hides_the_picture_and_every_grade() -> None:
    tables = board_tables(results_of_round(grades_of([3, 3, *[2] * 30, *[1] * 20])))
    assert tables.grades == ()


def test_from_none_to_all_there_is_no_picture_since_it_would_tell_how_each_case_moved() -> None:
    tables = tables_of([[0, 0, 12, 0], *[[0] * 4] * 3], [])[1]
    assert not tables.picture
    assert (tables.grades, tables.moved) == ((), None)


def test_cases_chosen_for_being_poor_have_no_before_and_after() -> None:
    before, after = grades_of([2] * 20, {"Planning": [2] * 20}), grades_of([3] * 8 + [2] * 7 + [1] * 5, day=MARCH)
    tables = board_tables(results_of_re_audit(before, after, poor=True))
    assert (tables.grades, tables.domains) == ((), ())
    assert tables.moved == Moved(8, 7, 5)


def test_actions_are_counted_by_domain_with_small_counts_hidden() -> None:
    before = grades_of([2] * 20, {"Planning": [2] * 20, "Voice": [2] * 20})
    after = grades_of([3] * 20, {"Planning": [2] * 20, "Voice": [2] * 20}, day=MARCH)
    actions = {
        "d0": {"made": 30, "done": 20, "yes": 12, "partly": 3, "no": 2},
        "d1": {"made": 4, "done": 3, "yes": 1, "partly": 0, "no": 0},
    }
    planning, voice = board_tables(results_of_re_audit(before, after, actions=actions)).work
    assert planning == Work("Planning", 30, Share(20, "about 2 in 3"), Share(12, "about 2 in 5"))
    assert voice == Work("Voice", None, Share(), Share())


@settings(max_examples=200, deadline=None)
@given(st.integers(5, 40), st.integers(0, 40), st.integers(0, 40))
def test_no_small_count_of_actions_can_be_narrowed(made: int, done: int, helped: int) -> None:
    done = min(done, made)
    helped = min(helped, done)
    given_round = grades_of([2] * 20, {"Planning": [2] * 20})
    count = {"made": made, "done": done, "yes": helped}
    results = results_of_re_audit(given_round, given_round, actions={"d0": count})
    (shown,) = board_tables(results).work
    fits = [(x, y) for x in said(shown.done, made) for y in said(shown.helped, made) if y <= x]
    assert (done, helped) in fits
    for true, values in (
        (made - done, {made - x for x, _ in fits}),
        (done, {x for x, _ in fits}),
        (helped, {y for _, y in fits}),
        (done - helped, {x - y for x, y in fits}),
    ):
        assert not 0 < true < THRESHOLD or len(values) >= THRESHOLD


@pytest.mark.parametrize(
    ("count", "n", "shown"),
    [
        (3, 9, Share()),
        (0, 40, Share(None, "very few or none")),
        (4, 40, Share(None, "very few or none")),
        (38, 40, Share(None, "all or nearly all")),
        (20, 40, Share(20, "about half")),
    ],
)
def test_a_share_never_tells_nought_from_four(count: int, n: int, shown: Share) -> None:
    assert share_of(count, n) == shown


@pytest.mark.parametrize(("same", "near"), [(n, m) for m in range(16, 8, -1) for n in range(m + 1)])
def test_two_auditors_agreement_leaves_what_lies_between_open(same: int, near: int) -> None:
    """Of 16 cases, those one grade apart cannot be narrowed by what is said of the same and of the near."""
    results = results_of_round(grades_of([2] * 16))
    results["agreement"] |= {"n": 16, "exact": same, "adjacent": near}
    double = board_tables(results).double
    fits = [
        (x, y) for y in range(17) for x in range(y + 1) if x in said(double.same, 16) and y in said(double.near, 16)
    ]
    assert (same, near) in fits
    between = {y - x for x, y in fits}
    assert len(between) >= THRESHOLD or not {1, 2, 3, 4} & {near - same, 16 - near}
    if double.near.count is None:
        assert len({y for _, y in fits}) >= THRESHOLD
    if double.same.count is None:
        assert len({x for x, _ in fits}) >= THRESHOLD
