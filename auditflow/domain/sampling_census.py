"""A census: every eligible case of one list after another, each once. Nothing is drawn, so nobody chooses anything.

The rules are a design's exclusions. Days count back from the date of each list, so that "opened in the last 31 days"
means the same in every month.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditflow.domain.errors import BadInput, Refused
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_list import CaseList, Row, Tally
from auditflow.domain.sampling_manifest import form_faults, with_checksum

__all__ = [
    "ALGORITHM",
    "KEYS",
    "LIST_KEYS",
    "CensusFile",
    "Month",
    "census_manifest",
    "check_census",
    "take_every",
    "verify_census",
]

ALGORITHM = "auditflow-census-1"
KEYS = ("algorithm", "design", "locked_at", "discarded_draws", "lists")
LIST_KEYS = ("as_at", "source_sha256", "frame_sha256", "added_at", "rows", "excluded", "eligible", "by_hand", "came_in")
"""Of each list: its date and digests, when it was taken, its rows, those left out by reason and those let in; of the
last, the references that somebody had added by hand before, and those that came in with it."""


@dataclass(frozen=True)
class Month:
    """What the rules make of one list: rows, those left out by reason, and the references let in, in order.

    `known` were in the round already, `new` come in.
    """

    rows: int
    excluded: dict[str, int]
    known: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def eligible(self) -> int:
        """Cases that no rule left out."""
        return len(self.known) + len(self.new)


@dataclass(frozen=True)
class CensusFile:
    """A case list at hand: its columns, its rows in their order, and the SHA-256 of its canonical form."""

    columns: Sequence[str]
    rows: Iterable[Row]
    sha256: str


def check_census(design: Design) -> Design:
    """The design, if it is one of a census. Raises BadInput for one that would choose among the cases."""
    chooses = design.size is not None or design.caps or design.priority_strata or design.shares.kind != "proportionate"
    if chooses or design.stratify is not None:
        raise BadInput(
            "A census takes every case that its rules let in: its design has no number of cases, groups or limits.",
            code="not_a_census",
        )
    return design


def take_every(
    rows: Iterable[Row],
    design: Design,
    as_at: date,
    known: Collection[str] = (),
    columns: Sequence[str] | None = None,
) -> Month:
    """Every case that the design's rules let in from a list of `as_at`; those in `known` come in no second time.

    Raises BadInput for a list or a design that cannot be used.
    """
    cases = CaseList(rows, dataclasses.replace(check_census(design), reference_date=as_at), columns)
    tally = Tally()
    refs = sorted(ref for ref, _stratum, _row in cases.eligible(tally))
    there = frozenset(known)
    return Month(
        rows=tally.rows,
        excluded=tally.excluded,
        known=tuple(ref for ref in refs if ref in there),
        new=tuple(ref for ref in refs if ref not in there),
    )


def census_manifest(facts: Mapping[str, object], lists: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What anyone needs, with the lists, to see that every eligible case is in; KeyError if a key is missing."""
    told = [{key: one[key] for key in LIST_KEYS} for one in lists]
    return with_checksum({**facts, "algorithm": ALGORITHM, "lists": told}, KEYS, ALGORITHM)


def verify_census(manifest: Mapping[Any, object], files: Sequence[CensusFile]) -> list[str]:
    """What differs between a census's manifest and what its rules take from these lists, in order; [] if nothing."""
    keys, edited = form_faults(manifest, KEYS, ALGORITHM)
    lists = manifest.get("lists")
    if not isinstance(lists, list) or not all(isinstance(one, Mapping) and set(one) == {*LIST_KEYS} for one in lists):
        return [*keys, *edited, f"lists: each must have {', '.join(LIST_KEYS)}."]
    differences = [*keys, *edited]
    if not lists:
        differences.append("lists: a census has one at least.")
    if len(lists) != len(files):
        differences.append(f"lists: the manifest has {len(lists)}, here are {len(files)}.")
    known: set[str] = set()
    for number, (told, file) in enumerate(zip(lists, files, strict=False), 1):
        try:
            day = date.fromisoformat(str(told["as_at"]))
            found = take_every(file.rows, Design.from_dict(manifest.get("design")), day, known, file.columns)
        except (Refused, ValueError) as refusal:
            return [*differences, f"list {number}: it cannot be read again: {refusal}"]
        differences += [f"list {number}: {words}" for words in _compared(told, found, file.sha256)]
        known.update(found.new)
    return differences


def _compared(told: Mapping[str, Any], found: Month, sha256: str) -> list[str]:
    facts = {"frame_sha256": sha256, "rows": found.rows, "excluded": found.excluded, "eligible": found.eligible}
    wrong = {key: fact for key, fact in facts.items() if told[key] != fact}
    said = [f"{key}: the manifest has {told[key]}, the list gives {fact}." for key, fact in wrong.items()]
    lists = ("came_in", "by_hand")
    said += [f"{key}: the manifest must list references, each once." for key in lists if not _listed_once(told[key])]
    came_in, by_hand = (told[key] if isinstance(told[key], list) else [] for key in lists)
    expected = [ref for ref in found.new if ref not in by_hand]
    said += [f"came_in: {ref} is eligible and did not come in." for ref in expected if ref not in came_in]
    said += [f"came_in: {ref} is not eligible, or was in already." for ref in came_in if ref not in expected]
    eligible = [*found.new, *found.known]
    return said + [f"by_hand: {ref} is not an eligible case of this list." for ref in by_hand if ref not in eligible]


def _listed_once(refs: object) -> bool:
    """A case that stands twice would be counted twice; what is no list would be no case at all."""
    return isinstance(refs, list) and all(isinstance(ref, str) for ref in refs) and len({*refs}) == len(refs)
