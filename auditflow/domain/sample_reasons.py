"""The listed reasons for which a sampled case may leave the sample, and the words for each.

A case is removed only when it could not have been audited whoever had it; “the file is poor” or “the worker
is on leave” are not reasons. Source: sampling practice as in Cochran 1977 ch. 13 on non-response.
"""

__all__ = ["EXEMPTION_REASONS", "LOST_REASONS", "REMOVAL_REASONS"]

REMOVAL_REASONS = {
    "closed_in_error": "The case was closed before the list was made, and listed in error",
    "transferred": "The case was transferred to another council",
    "restricted": "The record is restricted and no auditor may open it",
    "duplicate": "The same child is in the sample under another reference",
    "wrong_kind": "The case is not of the kind this round audits",
}
"""Reasons to remove a case before any grade was submitted; the next reserve comes in."""

EXEMPTION_REASONS = {
    "proceedings": "A review or an investigation must not be disturbed",
    "family_asked": "The family asked that the record is not read, and was heard",
    "no_auditor": "Nobody without a conflict of interest can audit it in this round",
    "too_late": "It cannot be audited before the round ends",
}
"""Reasons to leave a case not audited; it stays in the planned count."""

LOST_REASONS = {
    "closed_early": "The case closed before 28 days of work after the first audit",
    "transferred": "The case was transferred to another council",
    "restricted": "The record is restricted and no auditor may open it",
    "no_work": "There was no work on the case after the first audit",
}
"""Reasons why a case of the first audit is not re-audited; a reserve is audited, but makes no pair."""
