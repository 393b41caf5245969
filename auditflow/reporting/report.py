"""What the reports of a round are made from, read as of one moment, and how each kind of file is made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auditflow.config import Settings
from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound, WrongState
from auditflow.domain.graded import GradedAudit
from auditflow.models import AuditRound
from auditflow.queries.audit_tool import list_tool_titles
from auditflow.queries.journal_search import find_newest_seal
from auditflow.queries.results import find_frozen_results, get_round_grades
from auditflow.reporting.about import About
from auditflow.services.results import results_digest, results_of
from workflows.registry import WORKFLOWS


@dataclass(frozen=True, slots=True)
class Source:
    """Results and gradings of one moment, with what the reports say of themselves."""

    results: dict[str, Any]
    gradings: tuple[GradedAudit, ...]
    about: About
    settings: Settings


def read_source(session: Session, settings: Settings, round_id: int, version: int | None, at: datetime) -> Source:
    """Everything that the reports of this version are made from; None is a draft from the figures of now.

    Raises NotFound, or WrongState once there is a later version.
    """
    row = session.get(AuditRound, round_id)
    if row is None:
        raise NotFound("There is no such round.")
    results = results_of(session, round_id, number=version)
    latest = find_frozen_results(session, round_id)
    if version is not None and latest is not None and latest.number != version:
        # The gradings of then are gone: beside these figures they would be those of another version.
        raise WrongState("Later results were published meanwhile. Their reports are made by themselves.")
    seal = find_newest_seal(session)
    about = About(
        council_name=settings.council_name,
        round_name=row.name,
        tool_title=list_tool_titles(session)[row.tool_version_id][1],
        marking=settings.report_marking,
        version=version,
        made_on=local_date(at),
        closed_on=local_date(row.closed_at) if row.closed_at else None,
        results_sha256=results_digest(results),
        seal=(seal.number, seal.root) if seal else None,
    )
    return Source(results, get_round_grades(session, row).audits, about, settings)


def _board_word(source: Source) -> bytes:
    # Word and PDF are heavy to load; only the worker that makes reports pays for it.
    from auditflow.reporting.board_report import board_report
    from auditflow.reporting.board_word import board_word

    return board_word(board_report(source.results, source.about), source.settings.report_template)


def _board_pdf(source: Source) -> bytes:
    from auditflow.reporting.board_pdf import board_pdf
    from auditflow.reporting.board_report import board_report

    return board_pdf(board_report(source.results, source.about))


def _workbook(source: Source) -> bytes:
    from auditflow.reporting.workbook import results_workbook

    return results_workbook(source.results, source.gradings, WORKFLOWS["case_audit"].labels, source.about)


MAKERS: dict[str, Callable[[Source], bytes]] = {
    "board_word": _board_word,
    "board_pdf": _board_pdf,
    "workbook": _workbook,
}
"""Kind of report -> how it is made; raises Refused with a sentence where it cannot be made here."""
