"""The figures of the time limits that a council may change, as the tables ship them."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.registry import WORKFLOWS

MOST = {"working days": 60, "hours": 168}

BEFORE = (
    ("hours_to_acknowledge", "hours_to_acknowledge_before_director"),
    ("hours_to_resolve", "hours_to_resolve_before_director"),
    ("days_to_moderate", "days_to_offer_moderation_to_next"),
)
"""Pairs of limits on the same wait: the first must run out before the second."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A figure as shipped; `unit` is “working days” or “hours”."""

    figure: int
    unit: str

    @property
    def most(self) -> int:
        """The largest figure that a council may choose."""
        return MOST[self.unit]


TIME_LIMITS: dict[str, TimeLimit] = {
    deadline.setting: TimeLimit(deadline.hours, "hours")
    if deadline.hours is not None
    else TimeLimit(deadline.working_days or 0, "working days")
    for workflow in WORKFLOWS.values()
    for deadline in workflow.deadlines
    if deadline.setting
}
"""By the name of the setting; the same name always stands for the same figure."""
