"""`auditflow journal`: verify the whole journal, or seal it now."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from auditflow.cli.place import open_place, writing
from auditflow.domain.clock import SystemClock
from auditflow.domain.errors import BadInput


@click.group()
def journal() -> None:
    """The journal of everything that was decided."""


@journal.command()
@click.option("--seal", "seal_file", type=click.Path(exists=True, dir_okay=False), help="A seal kept outside (JSON).")
@click.option("--json", "as_json", is_flag=True)
def verify(seal_file: str | None, as_json: bool) -> None:
    """Check every chain, row, answer, grade and seal; exit 1 if anything is not as the journal says.

    Example: auditflow journal verify --seal seal-12.json
    """
    from auditflow.services.verify import verify_journal

    _, database = open_place()
    with database.reading() as session:
        result = verify_journal(session, outside_seal=_read_seal(seal_file) if seal_file else None)
    found = [
        {"kind": f.kind, "subject": f.subject_type, "id": f.subject_id, "entry": f.number, "sentence": f.sentence}
        for f in result.findings
    ]
    if as_json:
        click.echo(json.dumps({"chains": result.chains, "entries": result.entries, "findings": found}))
    else:
        click.echo(f"{result.entries} entries in {result.chains} chains were checked.")
        for f in found:
            click.echo(f"{f['kind']}: {f['subject']} {f['id']}: {f['sentence']}", err=True)
        click.echo("Nothing was changed." if not found else f"{len(found)} findings.", err=bool(found))
    sys.exit(1 if found else 0)


@journal.command()
def seal() -> None:
    """Seal everything that changed since the last seal and print the seal, to be kept outside.

    Example: auditflow journal seal > seal.json
    """
    from auditflow.services.seal import seal_journal

    with writing() as session:
        made = seal_journal(session, SystemClock().now())
        if made is None:
            click.echo("Nothing changed since the last seal.", err=True)
            return
        click.echo(json.dumps({"number": made.number, "at": made.at.isoformat(), "root": made.root, "hash": made.hash}))


def _read_seal(path: str) -> dict[str, object]:
    try:
        seal = json.loads(Path(path).read_text())
        return {"number": int(seal["number"]), "hash": str(seal["hash"])}
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{path} is not a seal: it must be JSON with a number and a hash.") from None
