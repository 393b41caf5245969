"""The whole check, as `auditflow journal verify` and the nightly task run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from auditflow.services.verify.answers import check_answers
from auditflow.services.verify.chains import read_chains
from auditflow.services.verify.finding import Finding
from auditflow.services.verify.reports import check_reports
from auditflow.services.verify.results import check_results, check_seeds
from auditflow.services.verify.rows import check_rows
from auditflow.services.verify.seals import check_outside_seal, check_seals
from auditflow.services.verify.texts import check_texts


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was checked and what was found; nothing found is the good case."""

    chains: int
    entries: int
    findings: tuple[Finding, ...]


def verify_journal(session: Session, *, outside_seal: Mapping[str, Any] | None = None) -> Verification:
    """Check chains, rows, answers, grades, results, texts, reports and seals; changes nothing."""
    chains = {(chain.subject_type, chain.subject_id): chain for chain in read_chains(session)}
    findings = [finding for chain in chains.values() for finding in chain.findings]
    findings += check_rows(session, chains)
    findings += check_answers(session)
    findings += check_results(session)
    findings += check_seeds(session)
    findings += check_texts(session)
    findings += check_reports(session)
    findings += check_seals(session, chains)
    if outside_seal is not None:
        findings += check_outside_seal(session, outside_seal)
    return Verification(len(chains), sum(chain.length for chain in chains.values()), tuple(findings))
