"""`auditflow doctor`: whether everything that the program needs is there, and how to mend what is not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from auditflow.adapters import installation
from auditflow.adapters.mail import open_mailer
from auditflow.adapters.schema import require_answer
from auditflow.config import Settings, load_settings
from auditflow.domain.clock import SystemClock
from auditflow.domain.errors import Refused
from auditflow.models.database import Database, open_database
from auditflow.services.health import Health, read_health
from auditflow.services.seal_post import find_verification

PDF_MEND = (
    "For PDF reports install, where workers run, the Debian packages libpango-1.0-0, libpangoft2-1.0-0 and"
    " libharfbuzz-subset0, and the program with its “pdf” extra."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` says what to do about it, and about what only some councils need."""

    name: str
    well: bool
    says: str
    mend: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Check settings, database, migrations, broker, mail, reports, clock and disk; exit 1 if anything is wrong.

    Example: auditflow doctor --json
    """
    findings = list(examine())
    if as_json:
        click.echo(json.dumps({"well": all(f.well for f in findings), "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            click.echo(f"{'well ' if finding.well else 'WRONG'}  {finding.name}: {finding.says}", err=not finding.well)
            if finding.mend:
                click.echo(f"       {finding.mend}", err=True)
    sys.exit(0 if all(f.well for f in findings) else 1)


def examine() -> Iterator[Finding]:
    """Look at one thing after another; what cannot be looked at because of an earlier fault is left out."""
    try:
        settings = load_settings()
        mailer = open_mailer(settings.mail_url)
    except Refused as refusal:
        yield Finding("settings", False, refusal.sentence, "Correct it in the environment; .env.example explains each.")
        return
    yield Finding("settings", True, "They can be read.")
    yield _plain(
        "disk", installation.disk_fault(settings.data), "There is room.", "Free some space or change AUDITFLOW_DATA."
    )
    yield _broker(settings)
    try:
        mailer.check()
        yield Finding("mail", True, "The mail server answers.")
    except Refused as refusal:
        yield Finding("mail", False, refusal.sentence, "Messages wait and go out by themselves once this is mended.")
    yield _pdf()
    yield from _database(settings)


def _pdf() -> Finding:
    """A council may do without PDFs: their absence is said, and nothing is wrong."""
    fault = installation.pdf_fault()
    if not fault:
        return Finding("reports", True, "Word, PDF and Excel can be made here.")
    return Finding("reports", True, f"Word and Excel can be made here, PDF cannot: {fault}.", PDF_MEND)


def _plain(name: str, fault: str, well: str, mend: str) -> Finding:
    return Finding(name, not fault, f"{fault.rstrip('.')}." if fault else well, mend if fault else "")


def _broker(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("broker", True, "None is needed: web, worker and beat share one process.")
    mend = "Start Redis or correct AUDITFLOW_REDIS_URL. Work goes on and is caught up with when it answers again."
    return _plain("broker", installation.broker_fault(settings.redis_url), "Redis answers.", mend)


def _database(settings: Settings) -> Iterator[Finding]:
    database = open_database(settings.database_url)
    try:
        require_answer(database)
    except Refused as refusal:
        yield Finding("database", False, refusal.sentence, "Start it, then run this again.")
        return
    yield Finding("database", True, "It answers.")
    fault = installation.schema_fault(database)
    yield _plain("migrations", fault, "The tables are of this version.", "Stop the program, then run “auditflow init”.")
    if not fault:
        yield _triggers(database)
        yield _clock(database)
        yield from _work(database)


def _triggers(database: Database) -> Finding:
    missing = installation.missing_triggers(database)
    fault = f"The database would let journal entries be changed: {', '.join(missing)} missing" if missing else ""
    mend = "Find out who removed them, run “auditflow journal verify”, then restore them from the last backup."
    return _plain("journal triggers", fault, "The database refuses every change of the journal.", mend)


def _clock(database: Database) -> Finding:
    difference = installation.clock_difference(database)
    wrong = abs(difference) > installation.LARGEST_DIFFERENCE
    fault = f"This machine's clock and the database's are {abs(difference).total_seconds():.0f} seconds apart"
    return _plain("clock", fault if wrong else "", "Ours and the database's agree.", "Set both by a time server (NTP).")


def _work(database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        health = read_health(session, SystemClock().now())
        verified = find_verification(session)
    yield _outbox(health)
    yield _refused(health)
    yield _jobs(health)
    late = f"{health.deadlines_late} are overdue and nobody has acted on them" if health.deadlines_late else ""
    yield _plain(
        "deadlines", late, "None is overdue unnoticed.", "Is a worker running, and the beat? See docs/operations.md."
    )
    found = f"The last verification found {verified['findings']} faults" if verified and verified["findings"] else ""
    said = f"Last verified {verified['at'][:10]}: nothing was changed." if verified else "Not verified yet."
    yield _plain("journal", found, said, "Run “auditflow journal verify” and read what it says.")


def _outbox(health: Health) -> Finding:
    said = f"{health.mail_waiting} messages wait to be sent"
    last = f" ({health.mail_error})" if health.mail_error else ""
    late = f"{said}, {health.mail_late} of them for more than 15 minutes{last}" if health.mail_late else ""
    return _plain("outbox", late, f"{said}.", "Is a worker running, and does the mail server answer?")


def _refused(health: Health) -> Finding:
    last = f": {health.mail_error}" if health.mail_error else ""
    fault = f"{health.mail_refused} messages were refused in the last 7 days{last}" if health.mail_refused else ""
    return _plain("refused mail", fault, "None in the last 7 days.", "Correct the addresses on the People page.")


def _jobs(health: Health) -> Finding:
    fault = ""
    if health.jobs_failed:
        fault = f"{health.jobs_failed} long jobs failed in the last 7 days"
    elif health.jobs_late:
        fault = f"{health.jobs_late} long jobs have waited for more than 5 minutes"
    mend = "Whoever asked sees why on their page; is a worker running?"
    return _plain("jobs", fault, f"{health.jobs_open} are waiting or running.", mend)
