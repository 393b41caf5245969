"""The figures of a trial sample: precision, who could be chosen, list against sample, whose work is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.sampling import (
    Coverage,
    Design,
    Draw,
    Expected,
    expected_sample,
    margin_of_error,
    worker_coverage,
)
from auditflow.domain.sampling_values import clean
from auditflow.domain.sampling_words import group_words
from auditflow.models import AuditRound, Frame
from auditflow.queries.sample import CaseRows, available_columns, read_case_rows
from auditflow.services.sample import try_drawing

OTHER_SIZES = (20, 40, 60, 80, 100, 150, 200, 300)
COMPARED = (
    ("case_type", "Kind of case"),
    ("team", "Team"),
    ("age_band", "Age"),
    ("sex", "Sex"),
    ("ethnicity", "Ethnicity"),
)
CLOSE = 3
"""Points within which the trial's shares count as close to the list's."""


def trial_of(session: Session, row: AuditRound, frame: Frame) -> dict[str, Any]:
    """Everything the page of step 4 shows. Raises BadInput when the design does not fit the list."""
    design = Design.from_dict(row.design)
    have = available_columns(frame)
    further = [name for name, _ in COMPARED if name in have] + ["worker", "worker_last_audited"]
    cases = read_case_rows(session, frame, [*design.columns, *further])
    drawn = try_drawing(cases, design)
    names = [name for name, _ in COMPARED if name in cases.columns]
    expected = expected_sample(cases.rows, design, names, cases.columns)
    compared = [(dict(COMPARED)[name], _shares(cases, drawn, expected, name)) for name in names]
    n = len(drawn.sample)
    return {
        "n": n,
        "eligible": drawn.eligible,
        "finding": _finding(n, drawn.eligible, compared[:1]),
        "precision": _precision(n, drawn.eligible),
        "sizes": [[size, f"{_points(drawn.eligible, size)} points"] for size in OTHER_SIZES if size < drawn.eligible],
        "subtraction": _subtraction(drawn),
        "compared": compared,
        "groups": [[group_words(name), drawn.population[name], count] for name, count in drawn.allocation.items()],
        "passed_over": len(drawn.passed_over),
        "caps": design.caps,
        "coverage": _coverage(cases, design, drawn),
        "reserves": sum(len(reserves) for reserves in drawn.reserves.values()),
    }


def _points(eligible: int, n: int) -> int:
    return round(100 * margin_of_error(eligible, n))


def _finding(n: int, eligible: int, compared: Sequence[tuple[str, Sequence[dict[str, Any]]]]) -> str:
    """How near the trial is to the list by the first column that the list has; without any, only how many."""
    if n == eligible:
        return f"Every one of the {eligible:,} cases that can be drawn is in the sample."
    for label, shares in compared:
        apart = max((abs(100 * s["list"] / eligible - 100 * s["sample"] / n) for s in shares), default=0)
        words = "closely" if apart <= CLOSE else f"to within {round(apart)} points"
        return f"The {n:,} cases of this trial match the list of {eligible:,} {words}, by {label.lower()}."
    return f"{n:,} of the {eligible:,} cases that can be drawn are in this trial."


def _precision(n: int, eligible: int) -> dict[str, Any]:
    points = _points(eligible, n)
    low, high = max(0, 50 - points), min(100, 50 + points)
    return {"points": points, "low": low, "high": high, "team": round(100 * margin_of_error(None, 10))}


def _subtraction(drawn: Draw) -> list[list[Any]]:
    rows: list[list[Any]] = [["Cases in the list", f"{drawn.rows:,}"]]
    return rows + [[reason, f"−{count:,}" if count else "0"] for reason, count in drawn.excluded.items()]


def _shares(cases: CaseRows, drawn: Draw, expected: Expected, column: str) -> list[dict[str, Any]]:
    """List (only what can be drawn) against this trial and the average of all draws, largest group first."""
    at, ref_at = cases.columns.index(column), cases.columns.index("case_ref")
    chosen = set(drawn.refs)
    sampled = Counter(clean(line[at]) for line in cases.rows if line[ref_at] in chosen)
    lines = sorted(expected.groups[column], key=lambda line: (-line.listed, line.name))
    return [
        {"label": group_words(line.name), "list": line.listed, "sample": sampled[line.name], "average": line.expected}
        for line in lines
    ]


def _coverage(cases: CaseRows, design: Design, drawn: Draw) -> Coverage | None:
    if "worker" not in cases.columns:
        return None
    dated = "worker_last_audited" in cases.columns and design.reference_date is not None
    audited = ("worker_last_audited", 365) if dated else None
    return worker_coverage(cases.rows, design, drawn.refs, column="worker", audited=audited, columns=cases.columns)
