"""The sample council's case list: 5,000 invented cases, as a council's own system would export them."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from random import Random

from auditflow.models import Person, Team

CASES = 5000
HEADINGS = (
    "Case reference",
    "Case type",
    "Status",
    "Allocated Team",
    "Allocated Worker",
    "Family reference",
    "Date opened",
    "Date closed",
    "Date last audited",
    "Restricted",
    "Age",
    "Sex",
    "Ethnicity",
    "Disability",
)
KINDS = (("Child in need", 52), ("Child protection plan", 18), ("Child looked after", 30))
ETHNICITY = (
    ("White British", 62),
    ("Any other White background", 9),
    ("Asian or Asian British", 13),
    ("Black or Black British", 9),
    ("Mixed", 7),
)


def _pick(chance: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    words, weights = zip(*weighted, strict=True)
    return str(chance.choices(words, weights)[0])


def make_case_list(chance: Random, as_at: date, workers: list[Person], teams: dict[int, Team]) -> bytes:
    """The file, UTF-8 with a header row. About three cases in four can be drawn on the usual rules."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    numbers = chance.sample(range(10_000, 99_999), CASES)
    for index, number in enumerate(sorted(numbers)):
        writer.writerow(_row(chance, as_at, f"CF-{number}", index, workers, teams))
    return text.getvalue().encode()


def _row(chance: Random, as_at: date, ref: str, index: int, workers: list[Person], teams: dict[int, Team]) -> list[str]:
    # One worker of every team carries most of its complex cases, as in real life.
    worker = workers[int(len(workers) * chance.random() ** 1.3)]
    team = teams[worker.team_id or 0]
    # Every thirteenth was closed within the last half year; one in twelve is new; one in eleven was audited lately.
    closed = as_at - timedelta(days=chance.randrange(1, 170)) if chance.random() < 0.11 else None
    opened = as_at - timedelta(days=chance.randrange(0, 27) if chance.random() < 0.06 else chance.randrange(40, 1500))
    if closed and opened > closed:
        opened = closed - timedelta(days=90)
    audited = as_at - timedelta(days=chance.randrange(10, 175)) if chance.random() < 0.07 else None
    nobody = chance.random() < 0.02
    return [
        ref,
        _pick(chance, KINDS),
        "Closed" if closed else "Open",
        team.name,
        "#N/A" if nobody else worker.name,
        f"FAM-{index // 2:05d}",
        opened.isoformat(),
        closed.isoformat() if closed else "",
        audited.isoformat() if audited else "",
        "Yes" if chance.random() < 0.015 else "No",
        str(chance.randrange(0, 18)),
        chance.choice(["a) Male", "b) Female"]),
        _pick(chance, ETHNICITY),
        chance.choices(["a) Yes", "b) No"], (13, 87))[0],
    ]


DESIGN = {
    "ref": "case_ref",
    "size": 80,
    "stratify": "case_type",
    "minimum": 2,
    "per_worker": {"column": "worker", "most": 2},
    "allocation": "proportionate",
    "reserves": "quarter",
    "exclude": [
        {"reason": "status_not_open", "column": "status", "not_in": ["Open"]},
        {"reason": "no_allocated_worker", "column": "worker", "blank": True},
        {"reason": "restricted", "column": "restricted", "in": ["Yes"]},
        {"reason": "opened_within_28_days", "column": "opened", "within_days": 28},
        {"reason": "audited_within_180_days", "column": "last_audited", "within_days": 180},
    ],
}
"""The sample council's design, with the date still to be set."""
