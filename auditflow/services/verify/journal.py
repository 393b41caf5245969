"""The whole check, as `auditflow journal verify` and the nightly task run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from auditflow.services.verify.answers import check_answers
from auditflow.services.verify.chains import Chain, read_chains
from auditflow.services.verify.designs import check_designs
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
    """Check chains, rows, answers, locked designs, grades, results, texts, reports and seals; changes nothing."""
    chains: dict[tuple[str, int], Chain] = {}
    findings = _found("chains", lambda: _chain_findings(session, chains))
    checks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("rows", lambda: check_rows(session, chains)),
        ("answers", lambda: check_answers(session)),
        ("results", lambda: check_results(session)),
        ("checking seeds", lambda: check_seeds(session)),
        ("locked designs", lambda: check_designs(session)),
        ("texts", lambda: check_texts(session)),
        ("reports", lambda: check_reports(session)),
        ("seals", lambda: check_seals(session, chains)),
    ]
    for what, check in checks:
        findings += _found(what, check)
    if outside_seal is not None:
        findings += check_outside_seal(session, outside_seal)
    return Verification(len(chains), sum(chain.length for chain in chains.values()), tuple(findings))


def _chain_findings(session: Session, chains: dict[tuple[str, int], Chain]) -> Iterable[Finding]:
    """What is wrong inside the chains, which are gathered on the way."""
    for chain in read_chains(session):
        chains[(chain.subject_type, chain.subject_id)] = chain
        yield from chain.findings


def _found(what: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """All that a check finds. What was edited into something no program wrote is a finding, not the end of them."""
    findings: list[Finding] = []
    try:
        findings.extend(check())
    except (AttributeError, LookupError, TypeError, ValueError):
        sentence = f"The {what} cannot all be read: something holds what this program never writes."
        findings.append(Finding("unreadable", "journal", 0, 0, sentence))
    return findings
