"""What every report of a round says about itself: whose it is, which results it shows, and how to check that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from auditflow.domain.month import MONTHS_OF_A_YEAR, month_words

__all__ = ["DRAFT", "About", "day_words", "month_of"]

DRAFT = "Draft: these results are not published"


@dataclass(frozen=True, slots=True)
class About:
    """Whose report, of which results. `version` is None while the round is not closed.

    `marking` is the protective marking of every page; `seal` the number and the root of the journal's latest seal.
    """

    council_name: str
    round_name: str
    tool_title: str
    marking: str
    version: int | None
    made_on: date
    closed_on: date | None
    results_sha256: str
    seal: tuple[int, str] | None

    @property
    def status(self) -> str:
        """Which version of the results, or that they are a draft."""
        if self.version is None:
            return DRAFT
        closed = f", closed {day_words(self.closed_on)}" if self.closed_on else ""
        return f"Version {self.version} of the results{closed}"


def month_of(day: date) -> str:
    """The month of a day: "April 2027"."""
    return month_words(day.year * MONTHS_OF_A_YEAR + day.month - 1)


def day_words(day: date) -> str:
    """A day in English, whatever the machine's language: "22 April 2027"."""
    return f"{day.day} {month_of(day)}"
