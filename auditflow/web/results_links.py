"""Addresses of what is behind a figure of the results; none for those who may not open cases."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup


class Links:
    """The lists of one round. `opens`: whether this person may open cases."""

    def __init__(self, round_id: int, opens: bool) -> None:
        self.round_id, self.opens = round_id, opens

    def to(self, **query: Any) -> str:
        """The list of these cases, or nothing."""
        return self.page("results_cases.results_cases_list", **query)

    def page(self, endpoint: str, **query: Any) -> str:
        """Another page about this round that opens a figure, or nothing."""
        return url_for(endpoint, round_id=self.round_id, **query) if self.opens else ""

    def cell(self, count: int | str, hidden: str, **query: Any) -> dict[str, Any]:
        """A table's cell that opens its cases."""
        return {"text": count, "href": self.to(**query), "hidden": hidden}

    def words(self, words: str, rest: str = "", **query: Any) -> str:
        """A sentence that begins with `words`, which open their cases."""
        return linked(words, self.to(**query), rest)


def linked(words: str, href: str, rest: str = "") -> str:
    """A sentence that begins with a link; without an address the plain sentence."""
    return Markup('<a class="govuk-link" href="{}">{}</a>{}').format(href, words, rest) if href else words + rest
