"""One act of one person (or of the system): who, when, and under which key it is done once only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Act:
    """`actor_id` None is the system. `key` makes a repeat (a double click, a second delivery) harmless."""

    actor_id: int | None
    at: datetime
    key: str

    def then(self, step: str) -> Act:
        """The same act with a key of its own for a further `step` of the same use case."""
        return replace(self, key=f"{self.key[:44]}:{step}"[:64])

    def by_system(self, step: str) -> Act:
        """What the system does at once in consequence of this act."""
        return replace(self.then(step), actor_id=None)
