"""Making the reports of a round: read once, then one file after another, each kept as soon as it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditflow.domain.errors import Refused
from auditflow.reporting.report import MAKERS, read_source
from auditflow.services.act import Act
from auditflow.services.report import Made, find_kept, keep_report
from auditflow.tasks.office import Office

if TYPE_CHECKING:
    from auditflow.tasks.job import Progress

STEPS = {
    "board_word": "Making the Word report",
    "board_pdf": "Making the PDF report",
    "workbook": "Making the workbook",
}


def make_reports(office: Office, payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make every report of one version. Done twice, what is kept stays as it is; cancelled, what was made stays.

    A file that cannot be made here holds up no other: the result says why, in the sentence that the page shows.
    """
    round_id, version = int(payload["round_id"]), payload["version"]
    progress(0, len(STEPS), "Reading the results")
    with office.database.reading() as session:
        if not office.database.is_sqlite:
            # The figures and the gradings behind them are those of one moment, as SQLite's readers have it anyway.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        source = read_source(session, office.settings, round_id, version, office.clock.now())
        missing = [kind for kind in STEPS if find_kept(session, progress.job_id, kind) is None]
    refused: dict[str, str] = {}
    for done, (kind, words) in enumerate(STEPS.items()):
        if kind in missing:
            progress(done, len(STEPS), words)
            try:
                made = Made(kind, MAKERS[kind](source), progress.job_id, source.about.results_sha256)
            except Refused as refusal:
                refused[kind] = refusal.sentence
            else:
                _keep(office, payload, made, progress)
    return {"refused": refused}


def _keep(office: Office, payload: dict[str, Any], made: Made, progress: Progress) -> None:
    act = Act(progress.asked_by, office.clock.now(), f"report-{made.job_id}")
    with office.database.writing() as session:
        keep_report(session, int(payload["round_id"]), payload["version"], made, act)
        # In the same transaction: of a job that was cancelled meanwhile nothing more is kept.
        progress.within(session, *_place(made.kind))


def _place(kind: str) -> tuple[int, int, str]:
    """How far the job is with this kind kept."""
    done = list(STEPS).index(kind) + 1
    return done, len(STEPS), STEPS[kind]
