"""Control charts of invented measures, one of each look: changed, recalculated, worse, neither, few months, many."""

from __future__ import annotations

from datetime import date

from auditflow.reporting.control_chart import ControlChart, Measure, Recalculation, make_control_chart

JANUARY = 2025 * 12
LOW = [80.0, 82, 79, 84, 81, 80, 83, 78, 82, 81, 80, 79]
RAISED = [*LOW, None, 86, 88, 87, 90, 89, 91, 88, 90, 89, 87, 92]
DAYS = [4.2, 3.9, 4.4, 4.1, 4.0, 4.3, 3.8, 4.1, 4.2, 4.0, 4.1, 3.9, 4.3, 4.1, 4.0, 4.2, 4.6, 4.9, 5.0, 5.6]


def _chart(measure: Measure, values: list[float | None], again: tuple[Recalculation, ...] = ()) -> ControlChart:
    return make_control_chart(measure, values, [JANUARY + n for n in range(len(values))], again)


def charts() -> list[ControlChart]:
    """All of them."""
    visits = Measure("Visits within the time set", True, "up", 90)
    anew = Measure("Visits, limits calculated anew", True, "up", 90)
    again = Recalculation(JANUARY + 12, "A second team began in January", "Morgan Leith", date(2027, 1, 4))
    return [
        _chart(visits, [*RAISED]),
        _chart(anew, [*RAISED], (again,)),
        _chart(Measure("Days to decide", False, "down", 5), [*DAYS]),
        _chart(Measure("Contacts"), [1000 + 40 * value for value in [*LOW, 99.0]]),
        _chart(Measure("Plans shared"), [*LOW[:8]]),
        _chart(Measure("Plans seen", True, "up", 70), [*LOW * 9]),
    ]
