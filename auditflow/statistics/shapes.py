"""What the functions of this package hand back, and the checks that their inputs share.

A result is a frozen dataclass whose positional fields are the figures, so that it can be read by name or
unpacked in order (`low, high = wilson(18, 80)`). Keyword-only fields, `reason` first of all, say why a figure
is missing or how it was made; they are not unpacked.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from auditflow.domain.errors import BadInput

__all__ = ["Figures", "check_confidence", "check_count", "check_share", "check_square", "exact_tail"]


class Figures:
    """Base of the result dataclasses: iteration gives the positional fields in order."""

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, f.name) for f in fields(self) if not f.kw_only)  # type: ignore[arg-type]

    def __getitem__(self, place: int) -> Any:
        return tuple(self)[place]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def named(self) -> dict[str, object]:
        """Every field by its name, the reasons too."""
        return dict(vars(self))


def check_count(value: int, name: str) -> None:
    """Refuse a count that is not a whole number of at least 0, or no number at all (BadInput)."""
    # What is neither a number nor finite has no whole part to compare with.
    if not isinstance(value, int | float) or not math.isfinite(value) or value != int(value) or value < 0:
        raise BadInput(f"{name} must be a whole number of 0 or more, not {value}.", field=name)


def check_share(x: int, n: int) -> None:
    """Refuse x of n unless 0 ≤ x ≤ n, both whole (BadInput)."""
    check_count(x, "count")
    check_count(n, "number of cases")
    if x > n:
        raise BadInput(f"{x} of {n} cannot be: the count is larger than the number of cases.", field="count")


def check_confidence(confidence: float) -> None:
    """Refuse a confidence outside the open interval 0 to 1 (BadInput)."""
    if not isinstance(confidence, int | float) or not 0 < confidence < 1:
        raise BadInput(f"The confidence must lie between 0 and 1, not {confidence}.", field="confidence")


def exact_tail(confidence: float) -> tuple[int, int]:
    """Half of what a confidence leaves out, as a numerator and denominator, exactly as it was written.

    0.95 gives 5/200, although the floating-point number is not quite 0.95.
    """
    check_confidence(confidence)
    text = repr(float(confidence))
    text = f"{confidence:.20f}" if "e" in text else text
    digits = text.partition(".")[2]
    whole = 10 ** len(digits)
    return whole - int(digits), 2 * whole


def check_square(table: Sequence[Sequence[int]]) -> list[list[int]]:
    """A square table of counts as lists; BadInput when rows differ in length or a count is not one."""
    rows = [list(row) for row in table]
    if any(len(row) != len(rows) for row in rows):
        raise BadInput("The table must have as many columns as rows.", field="table")
    for count in (count for row in rows for count in row):
        check_count(count, "table")
    return [[int(count) for count in row] for row in rows]
