"""What the journal witnesses of a row: columns whose values stand in its entries, so that an edited one is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from auditflow.domain.chain import canonical, sha256

WITNESSED: Mapping[str, Mapping[str, Any]] = {
    "case_audit": {
        "first_grade": None,
        "moderated_grade": None,
        "determined_grade": None,
        "published_grade": None,
        "published_disputed": False,
    },
    "audit_round": {
        "kind": None,
        "starts_on": None,
        "ends_on": None,
        "first_ends_on": None,
        "record_date": None,
        "locked_digest": None,
        "checking_seed_sha256": None,
    },
}
"""Columns that change, with what they hold before anybody sets them: each value stands in the entry that set it."""

FIXED: Mapping[str, tuple[str, ...]] = {
    "case_audit": ("round_id", "ref", "purpose", "kind", "case_type", "stratum", "baseline_id"),
    "audit_round": ("baseline_id", "selected_because_poor"),
    "moderation": ("case_audit_id", "auditor_id", "submission_id", "random_share"),
    "correction": ("case_audit_id", "requested_by_id", "item"),
}
"""Columns that never change once the row is there: the first entry holds one digest of them."""

KEYS = ("grades", "witnessed")
"""Where an entry's details hold the values: a case audit's are its grades."""


def witnessed(subject_type: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an entry's details that repeats the witnessed columns among `changes`."""
    names = sorted(WITNESSED.get(subject_type, {}).keys() & changes.keys())
    key = KEYS[0] if subject_type == "case_audit" else KEYS[1]
    return {key: {name: plain(changes[name]) for name in names}} if names else {}


def witnessed_at_first(subject_type: str, value_of: Callable[[str], Any]) -> dict[str, Any]:
    """The same for a row with its first entry, and the digest of what never changes about it."""
    known = {name: value_of(name) for name in WITNESSED.get(subject_type, {})}
    given = {name: value for name, value in known.items() if value != WITNESSED[subject_type][name]}
    return witnessed(subject_type, given) | begun(subject_type, value_of)


def begun(subject_type: str, value_of: Callable[[str], Any]) -> dict[str, Any]:
    """The digest of the columns that never change, as the first entry's details hold it; {} where there are none."""
    names = FIXED.get(subject_type)
    return {"begun_sha256": sha256(canonical([value_of(name) for name in names]))} if names else {}


def plain(value: Any) -> Any:
    """A column's value as JSON holds it: a date is text."""
    return value.isoformat() if isinstance(value, date) else value
