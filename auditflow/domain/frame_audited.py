"""When cases and workers were last audited: what the uploaded file says, and what the audits made here say.

The later of the two stands in the frozen list, so that a draw can be repeated from the list alone. An audit made after
the list's own date counts as on that date: no date in a list may lie after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

__all__ = ["CASE", "WORKER", "KnownAudits", "later_day"]

CASE, WORKER = "last_audited", "worker_last_audited"
"""The columns of the list that are filled."""


@dataclass(frozen=True)
class KnownAudits:
    """The last audit made here of each case of a list (by reference), and of each of its workers (by name)."""

    cases: Mapping[str, date] = field(default_factory=dict)
    workers: Mapping[str, date] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.cases or self.workers)

    def filled(self, ref: str, worker: str, more: Mapping[str, str], as_at: date) -> dict[str, str]:
        """The columns of one case that change, with their new values. `more` are its further columns as they stand."""
        known = ((CASE, self.cases.get(ref)), (WORKER, self.workers.get(worker)))
        found = {name: later_day(more.get(name, ""), day, as_at) for name, day in known if day is not None}
        return {name: text for name, text in found.items() if text != more.get(name, "")}


def later_day(listed: str, known: date, as_at: date) -> str:
    """The later of a list's day (yyyy-mm-dd, or blank) and a known one, which counts as `as_at` at the latest."""
    return max(listed, min(known, as_at).isoformat())
