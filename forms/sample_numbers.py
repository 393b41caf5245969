"""How many cases, as people type it: a number, a share of those that can be drawn, or a number for each group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_words import group_key, group_words
from auditflow.domain.whole_number import read_whole_number
from forms.fields import WholeNumberField, clean_text

__all__ = ["MOST", "NumberOrShareField", "Share", "check_total", "fixed_numbers", "fixed_text"]

MOST = 100_000
"""Cases of one sample, or of one group of it."""

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%")


class Share(Decimal):
    """A share in per cent, more than 0 and up to 100."""

    def of(self, cases: int) -> int:
        """How many of so many cases it makes: rounded up, so never none."""
        return int((cases * self / 100).to_integral_value(ROUND_CEILING))


class NumberOrShareField(WholeNumberField):
    """`80` is a number; `5%` is a `Share` of the cases that can be drawn."""

    def read(self, text: str) -> Any:
        """The number, the share, or None for nothing; a sentence when it is neither."""
        typed = clean_text(text)
        if not typed.endswith("%"):
            return self._number(typed)
        found = _SHARE.fullmatch(typed)
        if found is None or not 0 < Decimal(found[1]) <= 100:
            raise ValueError(f"{self.label.text} must be a number, like 80, or a share up to 100%, like 5%.")
        return Share(found[1])

    def _number(self, typed: str) -> int | None:
        number = super().read(typed)
        if number is not None and not 1 <= number <= MOST:
            raise ValueError(f"{self.label.text} must be 1 to {MOST:,}, or a share, like 5%.")
        return number


def fixed_numbers(text: str, column: str | None) -> dict[str, int]:
    """The number of each group of `column`, a line each; groups in the words of the pages or of the list.

    Raises BadInput for a line that is none, and for a group that is given twice.
    """
    numbers: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, typed = line.rpartition(":")
        number = read_whole_number(typed.strip(), MOST)
        if not name.strip() or number is None:
            raise BadInput(
                f"Write “{line}” as a group, a colon and a number, such as “Assessment East: 12”.", field="fixed"
            )
        group = group_key(name.strip(), column)
        if group in numbers:
            raise BadInput(f"“{name.strip()}” is given twice. Give each group one number.", field="fixed")
        numbers[group] = number
    return numbers


def fixed_text(numbers: Mapping[str, int]) -> str:
    """The same numbers as they are typed, by group."""
    return "\n".join(sorted(f"{group_words(name)}: {number}" for name, number in numbers.items()))


def check_total(size: int, numbers: Mapping[str, int], apart: Mapping[str, int]) -> None:
    """Refuse numbers that do not add up to the number of cases; `apart` are the groups drawn before the others."""
    total = sum(numbers.values()) + sum(apart.values())
    if total == size:
        return
    parts = "".join(f", and {number:,} of “{name}”" for name, number in apart.items())
    raise BadInput(
        f"You ask for {size:,} cases, but your own numbers add up to {total:,}: "
        f"{sum(numbers.values()):,} for the groups{parts}. Change the number of cases or the numbers of the groups.",
        field="size",
    )
