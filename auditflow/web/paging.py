"""Pages of a long list, as the macro `pagination` wants them; the page's number stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from auditflow.domain.whole_number import read_whole_number

NEAR = 1
"""How many neighbours of the present page are named."""


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of `of` rows, `size` a page. `keep` are the filters that its links carry along."""

    number: int
    size: int
    of: int
    keep: Mapping[str, str]

    @property
    def last_number(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.of // self.size))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    def shown(self) -> dict[str, Any]:
        """What the macro takes."""
        here, last = self.number, self.last_number
        return {
            "previous": self._href(here - 1) if here > 1 else None,
            "next": self._href(here + 1) if here < last else None,
            "items": self._items(),
            "first": self.offset + 1 if self.of else 0,
            "last": min(self.offset + self.size, self.of),
            "of": self.of,
        }

    def _items(self) -> list[dict[str, Any]]:
        near = {1, self.last_number, *range(self.number - NEAR, self.number + NEAR + 1)}
        items: list[dict[str, Any]] = []
        before = 0
        for number in sorted(n for n in near if 1 <= n <= self.last_number):
            if number > before + 1:
                items.append({"gap": True})
            items.append({"number": number, "href": self._href(number), "current": number == self.number})
            before = number
        return items

    def _href(self, number: int) -> str:
        query = {name: value for name, value in self.keep.items() if value}
        return f"?{urlencode({**query, 'page': number})}"


def paging(of: int, *, size: int, keep: Mapping[str, str]) -> Paging:
    """The page that the address names; the last one if it names one that is not there."""
    number = read_whole_number(request.args.get("page", "1")) or 1
    last = max(1, -(-of // size))
    return Paging(min(max(number, 1), last), size, of, keep)
