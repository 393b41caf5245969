"""Whose work a sample reaches."""

import pytest

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import Design, WorkerLine, worker_coverage

DESIGN = Design.from_dict(
    {
        "ref": "ref",
        "size": 3,
        "reference_date": "2026-12-01",
        "exclude": [{"reason": "recent", "column": "audited", "within_days": 180}],
    }
)
ROWS = [
    {"ref": "C1", "worker": "Ann", "audited": ""},
    {"ref": "C2", "worker": "Ann", "audited": "2026-11-01"},  # excluded, and shows that Ann was audited
    {"ref": "C3", "worker": " Bea", "audited": "2025-12-02"},
    {"ref": "C4", "worker": "Bea", "audited": ""},
    {"ref": "C5", "worker": "Cai", "audited": "2025-12-01"},
    {"ref": "C6", "worker": "Dot", "audited": ""},
    {"ref": "C7", "worker": "", "audited": ""},
]


def test_workers_reached_and_not_reached():
    coverage = worker_coverage(ROWS, DESIGN, ["C3", "C4", "C5", "C7"], column="worker")
    assert coverage.workers == (
        WorkerLine("Ann", 1, 0),
        WorkerLine("Bea", 2, 2),
        WorkerLine("Cai", 1, 1),
        WorkerLine("Dot", 1, 0),
    )
    assert (coverage.covered, coverage.by_count, coverage.unnamed) == (2, {0: 2, 1: 1, 2: 1}, 1)
    assert coverage.not_recent == ()


def test_workers_nobody_has_looked_at_for_a_year():
    coverage = worker_coverage(ROWS, DESIGN, ["C4", "C5"], column="worker", audited=("audited", 365))
    assert coverage.not_recent == ("Cai", "Dot")
    assert coverage.not_recent_covered == 1


def test_rows_may_be_sequences():
    columns = ["ref", "worker", "audited"]
    rows = [tuple(row.values()) for row in ROWS]
    assert worker_coverage(rows, DESIGN, ["C3"], column="worker", columns=columns).covered == 1


def test_bad_lists_are_sentences():
    with pytest.raises(BadInput, match="no column “team”"):
        worker_coverage(ROWS, DESIGN, [], column="team")
    undated = Design.from_dict({"ref": "ref", "size": 3})
    with pytest.raises(BadInput, match="needs a reference_date"):
        worker_coverage(ROWS, undated, [], column="worker", audited=("audited", 365))
    rows = [ROWS[0], {**ROWS[1], "audited": "soon"}]
    dated = Design.from_dict({"ref": "ref", "size": 1, "reference_date": "2026-12-01"})
    with pytest.raises(BadInput, match="Row 3 of the case list: “soon” is not a date"):
        worker_coverage(rows, dated, [], column="worker", audited=("audited", 9))
