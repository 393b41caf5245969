"""Small-number suppression for tables that leave the service (docs/statistics.md, "Suppression").

Hiding only the small counts always leaks: totals give them back. So further cells are hidden until no hidden
count can be narrowed to fewer than `threshold` values, whatever is worked out from everything published. A table
with totals is a network (grand total → rows → columns → grand total) in which every count is a flow; what a
reader can work out about a hidden flow is what can still circulate through hidden ones. Everything is whole
numbers, so the bounds are those of the linear programme an attacker would solve. Source: Federal Committee on
Statistical Methodology, Working Paper 22 (2005); Gusfield (1988), SIAM Journal on Computing 17, for the network.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditflow.domain.errors import BadInput
from auditflow.statistics.circulation import Arc, Circulation
from auditflow.statistics.shapes import check_count, check_share

__all__ = ["SYMBOL", "Mask", "hide_percentage", "round_to_base", "suppress", "suppress_group"]

SYMBOL = "c"  # the Department for Education's mark for a suppressed count
_LEAST_DENOMINATOR = 10
_GRAND, _TOTALS = "from", "to"


@dataclass(frozen=True)
class Mask:
    """What to hide: True means hidden. Indexing and iterating give the rows of `cells`.

    Totals are hidden only when they are small themselves or nothing else protects a cell.
    """

    cells: list[list[bool]]
    row_totals: list[bool]
    column_totals: list[bool]
    grand_total: bool

    def __iter__(self) -> Iterator[list[bool]]:
        return iter(self.cells)

    def __getitem__(self, row: int) -> list[bool]:
        return self.cells[row]

    def __len__(self) -> int:
        return len(self.cells)


def suppress(
    table: Sequence[Sequence[int]],
    row_totals: Sequence[int] | None,
    column_totals: Sequence[int] | None,
    threshold: int = 5,
) -> Mask:
    """Choose what to hide so that every hidden count keeps a range of at least `threshold`.

    Rows are groups. Hidden first: counts and totals of 1 to threshold − 1, and a group's only count when all its
    cases have one answer (its noughts would tell all about each of them). None as totals means that they are not
    published: they bound no count then, and need no range themselves. Totals that do not add up are BadInput.
    """
    rows = [list(row) for row in table]
    _check(rows, row_totals, column_totals)
    circulation, cells, row_arcs, column_arcs, grand = _network(rows, row_totals, column_totals)
    for arc in circulation.arcs:
        if 0 < arc.value < threshold:
            arc.hidden = True
    for row, arcs in zip(rows, cells, strict=True):
        if len(row) > 1 and sum(count > 0 for count in row) == 1:
            arcs[next(place for place, count in enumerate(row) if count)].hidden = True
            # No total makes a nought the answer's partner here, and “0, c” alone would say where every case is.
            arcs[row.index(0)].hidden |= row_totals is None
    circulation.protect(threshold)
    return Mask(
        [[arc.hidden for arc in arcs] for arcs in cells],
        [arc.hidden for arc in row_arcs],
        [arc.hidden for arc in column_arcs],
        grand.hidden,
    )


def suppress_group(counts: Sequence[int], threshold: int = 5) -> tuple[list[bool], bool]:
    """What to hide of one group's counts, and whether its total too, where nothing else is published of its columns.

    The same rules as `suppress`. There a column's sum that is not published is protected like a count; here it is the
    count itself, or a sum over groups that a reader has no other part of.
    """
    _check([list(counts)], None, None)
    everything = sum(counts)
    cells = [Arc("group", "all", count, count or everything + 1) for count in counts]
    total = Arc("all", "group", everything, (everything + 2) * (len(cells) + 1), last_resort=True)
    for arc in (*cells, total):
        arc.hidden = 0 < arc.value < threshold
    if len(cells) > 1 and sum(count > 0 for count in counts) == 1:
        next(arc for arc in cells if arc.value).hidden = True
    Circulation([*cells, total]).protect(threshold)
    return [arc.hidden for arc in cells], total.hidden


def _check(rows: list[list[int]], row_totals: Sequence[int] | None, column_totals: Sequence[int] | None) -> None:
    if len({len(row) for row in rows}) > 1:
        raise BadInput("Every row of the table must have as many cells.", field="table")
    for count in (count for row in rows for count in row):
        check_count(count, "table")
    sums = ([sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)])
    for given, made, name in zip((row_totals, column_totals), sums, ("row", "column"), strict=True):
        if given is not None and list(given) != made:
            raise BadInput(f"The {name} totals are not the sums of the table’s cells.", field=f"{name}_totals")


def _network(
    rows: list[list[int]], row_totals: Sequence[int] | None, column_totals: Sequence[int] | None
) -> tuple[Circulation, list[list[Arc]], list[Arc], list[Arc], Arc]:
    """The table as arcs. Noughts cost more to hide than other cells; totals are the last resort."""
    everything = sum(map(sum, rows))
    columns = list(zip(*rows, strict=True))
    cells = [
        [Arc(f"row {i}", f"column {j}", count, count or everything + 1) for j, count in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    dear = (everything + 2) * (sum(map(len, rows)) + 1)

    def total(tail: str, head: str, count: int, given: object) -> Arc:
        unpublished = given is None
        return Arc(tail, head, count, dear, hidden=unpublished, last_resort=True, open_ended=unpublished)

    row_arcs = [total(_GRAND, f"row {i}", sum(row), row_totals) for i, row in enumerate(rows)]
    column_arcs = [total(f"column {j}", _TOTALS, sum(column), column_totals) for j, column in enumerate(columns)]
    grand = total(_TOTALS, _GRAND, everything, column_totals if row_totals is None else row_totals)
    grand.cost = dear * (len(rows) + len(columns) + 1)
    arcs = [arc for line in cells for arc in line] + row_arcs + column_arcs + [grand]
    return Circulation(arcs), cells, row_arcs, column_arcs, grand


def hide_percentage(numerator: int, denominator: int, threshold: int = 5) -> bool:
    """Whether a percentage must be hidden outside the service.

    It must when the denominator is below 10, or when the count or its complement is 1 to threshold − 1.
    """
    check_share(numerator, denominator)
    small = range(1, threshold)
    return denominator < _LEAST_DENOMINATOR or numerator in small or denominator - numerator in small


def round_to_base(count: int, base: int = 5) -> int:
    """The alternative to hiding: a count rounded to the nearest multiple of `base`, halves upwards."""
    check_count(count, "count")
    return base * ((2 * count + base) // (2 * base))
