"""What verification finds, in words."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "entry_changed",
    "entry_missing",
    "entry_inserted",
    "journal_cut_off",
    "state_edited",
    "head_edited",
    "row_edited",
    "design_edited",
    "grade_edited",
    "answers_edited",
    "text_edited",
    "results_edited",
    "report_edited",
    "seal_forged",
    "unreadable",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the journal says; `kind` is one of KINDS."""

    kind: str
    subject_type: str
    subject_id: int
    number: int
    sentence: str
