"""`auditflow …`: what the commands are, and how the program starts.

Importing this loads nothing. `analyse` and `sample` start in less than six times what Python takes to do nothing
(`python -m bench start`), because they load no more than they use.
"""

from __future__ import annotations

import gc
import sys

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "init": "init:init",
    "person": "person:person",
    "frame": "frame:frame",
    "sample": "sample:sample",
    "analyse": "analyse:analyse",
    "journal": "journal:journal",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "doctor": "doctor:doctor",
}
_SHORT = ("analyse", "sample")


def main(arguments: list[str] | None = None) -> object:
    """Run a command: exit 0 done, 1 refused (a sentence on stderr), 2 wrong use."""
    short = arguments is None and sys.argv[1:] and sys.argv[1] in _SHORT
    if short:
        # Nothing that is loaded can be freed before the end: looking for it takes a tenth of so short a run.
        gc.disable()
    try:
        from auditflow.cli.program import run

        return run(arguments)
    finally:
        if short:
            gc.freeze()
