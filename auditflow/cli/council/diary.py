"""What happens when: events in the order of time, and between them whatever the system does by deadline."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Deadline
from auditflow.models.base import UtcDateTime
from auditflow.services.deadline import Due, keep_deadline, list_due

SOONEST = sa.select(sa.func.min(Deadline.due_at, type_=UtcDateTime())).where(Deadline.noticed_at.is_(None))
"""When the next deadline that nobody has dealt with is due."""

Event = Callable[[Session, datetime], object]


@dataclass
class Diary:
    """Events to come. An event may write further ones."""

    _events: list[tuple[datetime, int, Event]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _tried: set[Due] = field(default_factory=set)

    def write(self, moment: datetime, event: Event) -> None:
        """Let `event` happen at `moment`; what is written for the same moment happens in that order."""
        heapq.heappush(self._events, (moment, next(self._numbers), event))

    def live(self, session: Session, until: datetime, *, keep: bool = False) -> None:
        """Let everything happen up to `until`, deadlines included; later events are forgotten unless kept."""
        while self._events and self._events[0][0] <= until:
            moment, _, event = heapq.heappop(self._events)
            self._keep_deadlines(session, moment)
            event(session, moment)
        self._keep_deadlines(session, until)
        if not keep:
            self._events.clear()

    def _keep_deadlines(self, session: Session, moment: datetime) -> None:
        """What became due since the last event, each at its own time, once.

        A move that a guard refuses is made later by the service that settles what it waits for.
        """
        session.flush()
        while (soonest := session.scalar(SOONEST)) is not None and soonest <= moment:
            new = [due for due in list_due(session, moment) if due not in self._tried]
            if not new:
                return
            for due in new:
                keep_deadline(session, due, due.due_at)
            self._tried.update(new)
            session.flush()
