"""Sampling: who may be drawn, how many of each kind, the draw, its reserves, and proof that it can be repeated.

This module gathers the names others use; each is explained where it is written.
"""

from auditflow.domain.sampling_allocation import (
    design_weights,
    largest_remainder,
    margin_of_error,
    neyman,
    sample_size,
)
from auditflow.domain.sampling_checking import PURPOSES, checking_count, choose, commitment
from auditflow.domain.sampling_coverage import Coverage, WorkerLine, worker_coverage
from auditflow.domain.sampling_design import DEFAULT_DESIGN, Cap, Design, lock_digest
from auditflow.domain.sampling_draw import Draw, DrawnCase, Loss, draw
from auditflow.domain.sampling_manifest import ALGORITHM, Provenance
from auditflow.domain.sampling_preview import Expected, GroupLine, expected_sample
from auditflow.domain.sampling_replace import further_reserves, next_reserve, replace
from auditflow.domain.sampling_values import hash_key
from auditflow.domain.sampling_verify import verify

__all__ = [
    "ALGORITHM",
    "DEFAULT_DESIGN",
    "PURPOSES",
    "Cap",
    "Coverage",
    "Design",
    "Draw",
    "DrawnCase",
    "Expected",
    "GroupLine",
    "Loss",
    "Provenance",
    "WorkerLine",
    "checking_count",
    "choose",
    "commitment",
    "design_weights",
    "draw",
    "expected_sample",
    "further_reserves",
    "hash_key",
    "largest_remainder",
    "lock_digest",
    "margin_of_error",
    "next_reserve",
    "neyman",
    "replace",
    "sample_size",
    "verify",
    "worker_coverage",
]
