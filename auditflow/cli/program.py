"""The commands by name; each is loaded when it is called, so that the small ones start at once."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from auditflow.cli import COMMANDS
from auditflow.domain.errors import Refused

__all__ = ["auditflow", "run"]


class Commands(click.Group):
    """A group that imports a command's module only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, or None if there is no such one."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"auditflow.cli.{module}"), attribute)
        return command


@click.command(cls=Commands, name="auditflow", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="auditflow")
def auditflow() -> None:
    """Case-audit rounds for children's social care."""


def run(arguments: list[str] | None = None) -> Any:
    """Run a command: exit 0 done, 1 refused (a sentence on stderr), 2 wrong use."""
    try:
        return auditflow.main(args=arguments, standalone_mode=True)
    except Refused as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(1)
    except Exception as fault:
        if type(fault).__name__ != "OperationalError":
            raise
        # Not imported by name: SQLAlchemy takes longer to load than the small commands to run.
        click.echo("The database did not answer in time. Nothing was changed. Run “auditflow doctor”.", err=True)
        sys.exit(1)
