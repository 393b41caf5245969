"""Which of the grades kept apart for ever is the one that results use."""

from __future__ import annotations

__all__ = ["published_grade"]


def published_grade(*, first: int | None, moderated: int | None, determined: int | None) -> int | None:
    """The grade decided in a dispute; else the moderated grade where there is one; else the first submitted.

    None while nothing was submitted.
    """
    if determined is not None:
        return determined
    return moderated if moderated is not None else first
