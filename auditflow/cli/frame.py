"""`auditflow frame`: case lists from the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditflow.cli.place import command_act, open_place
from auditflow.domain.errors import BadInput

if TYPE_CHECKING:
    from auditflow.adapters.case_list import CaseListReading
    from auditflow.models import Frame

__all__ = ["frame"]

SHOWN = 10
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def frame() -> None:
    """Case lists that samples are drawn from."""


@frame.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--name", required=True, help="What the list is called.")
@click.option("--as-at", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day on which it was true.")
@click.option("--mapping", type=_FILE, help="Which column is what, as YAML or JSON: {sheet: {column: heading}}.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for a program to read.")
def import_(file: Path, name: str, as_at: Any, mapping: Path | None, as_json: bool) -> None:
    """Read a case list (CSV or Excel) and say what was not taken. It can then be looked at and frozen.

    Without a mapping the columns are taken as they were last time, or as their headings suggest.

    Example: auditflow frame import list.xlsx --name "October 2026" --as-at 2026-10-30
    """
    chosen = _read_mapping(mapping) if mapping else None
    made, reading = _import(file, (name, as_at.date()), chosen)
    click.echo(json.dumps(_figures(made, reading), ensure_ascii=False) if as_json else _words(made, reading))


def _import(
    file: Path, about: tuple[str, date], mapping: dict[str, dict[str, str]] | None
) -> tuple[Frame, CaseListReading]:
    from auditflow.domain.frame_mapping import no_reference_found
    from auditflow.services.frame import (
        NewFrame,
        describe_upload,
        import_frame,
        set_mapping,
        suggest_frame_mapping,
        upload_frame,
    )

    _, database = open_place()
    act = command_act()
    name, as_at = about
    with database.writing() as session:
        made = upload_frame(session, NewFrame(name, as_at, file.name, file.read_bytes()), act)
        chosen = mapping or suggest_frame_mapping(session, made)
        if not chosen:
            headers = {sheet.name: sheet.headers for sheet in describe_upload(session, made)}
            raise BadInput(f"{no_reference_found(headers)} Say which one holds it with --mapping.")
        set_mapping(session, made, chosen, act.then("map"))
        reading = import_frame(session, made.id, act.then("import"))
        session.refresh(made)
        return made, reading


def _read_mapping(path: Path) -> dict[str, dict[str, str]]:
    """The mapping of a file. Raises BadInput if it is not {sheet: {column: heading}}."""
    import yaml

    from auditflow.cli.strict_yaml import StrictLoader

    wrong = f"{path} is not a mapping: it must be {{sheet: {{column: heading}}}}."
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, BadInput) as problem:
        raise BadInput(f"{wrong} {problem}") from None
    if not isinstance(read, dict) or not all(isinstance(columns, dict) for columns in read.values()):
        raise BadInput(wrong)
    return {str(sheet): {str(k): str(v) for k, v in columns.items()} for sheet, columns in read.items()}


def _figures(made: Frame, reading: CaseListReading) -> dict[str, Any]:
    return {
        "id": made.id,
        "name": made.name,
        "as_at": made.as_at.isoformat(),
        "source_sha256": made.source_sha256,
        "mapping": made.mapping,
        "columns": made.columns,
        "rows": reading.rows_read,
        "cases": len(reading.cases),
        "joined": reading.joined,
        "rejected": [
            {"sheet": reject.sheet, "row": reject.row, "reference": reject.reference, "reason": reject.reason}
            for reject in reading.rejects
        ],
        "notes": made.notes,
    }


def _words(made: Frame, reading: CaseListReading) -> str:
    rejects = reading.rejects
    lines = [f"{made.name}: {len(reading.cases):,} cases from {reading.rows_read:,} rows; not frozen yet."]
    if rejects:
        lines.append(f"{len(rejects):,} rows were not taken:")
        lines += [f"  {r.sheet}, row {r.row}: {r.reason}" for r in rejects[:SHOWN]]
    if len(rejects) > SHOWN:
        lines.append(f"  and {len(rejects) - SHOWN:,} more (--json lists them all)")
    return "\n".join([*lines, *(made.notes or [])])
