"""`auditflow backup` and `auditflow restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditflow.adapters.schema import current_revision, migrate, newest_revision
from auditflow.cli.place import open_place
from auditflow.config import load_settings
from auditflow.domain.clock import SystemClock
from auditflow.models.database import open_database
from auditflow.services.archive import read_header, restore_backup, write_backup


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database, as of one moment, to FILE.

    Example: auditflow backup auditflow-2026-12-01.zip
    """
    _, database = open_place()
    engine = database.engine
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with type(database)(engine).reading() as session:
        counts = write_backup(session, file, revision=current_revision(database) or "", at=SystemClock().now())
    click.echo(f"{sum(counts.values()):,} rows of {len(counts)} tables were written to {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill a new, empty database from FILE (restore makes its own tables) and verify its journal.

    Example: AUDITFLOW_DATABASE_URL=sqlite:///new.db auditflow restore auditflow-2026-12-01.zip
    """
    from auditflow.services.verify import verify_journal

    database = open_database(load_settings().database_url)
    migrate(database)
    with database.writing() as session:
        counts = restore_backup(session, file, revision=newest_revision() or "")
    with database.reading() as session:
        findings = verify_journal(session).findings
    click.echo(f"{sum(counts.values()):,} rows were restored.")
    seal = read_header(file).get("seal")
    if seal:
        click.echo(
            f"Newest seal in it: {seal['number']}, {seal['hash']}. Compare it with the one that you kept outside."
        )
    for finding in findings:
        click.echo(f"{finding.kind}: {finding.subject_type} {finding.subject_id}: {finding.sentence}", err=True)
    click.echo("The journal verifies." if not findings else "The journal does not verify.", err=bool(findings))
    sys.exit(1 if findings else 0)
