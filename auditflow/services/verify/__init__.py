"""Verifying the journal: chains, rows, answers, reports and seals, each in a module of its own."""

from auditflow.services.verify.finding import Finding
from auditflow.services.verify.journal import Verification, verify_journal

__all__ = ["Finding", "Verification", "verify_journal"]
