"""The table of routes × who may use them, as it is reviewed: `python -m tests.architecture.routes` writes it anew."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask import Flask

from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.web.routing import ANYONE, Pages

TABLE = Path(__file__).with_name("routes.txt")
COMMAND = "python -m tests.architecture.routes"
SAFE = {"HEAD", "OPTIONS"}

# Routes that are not ours to declare: what Flask and Flask-Security serve to whoever is not signed in yet.
OUTSIDE = dict.fromkeys(("static", "security.static", "theme", "security.login"), ANYONE) | {
    "security.logout": "signed in"
}


def build_app(folder: Path) -> Flask:
    """The application on settings of a fresh laptop; nothing connects."""
    return create_app(load_settings({"AUDITFLOW_DATA": str(folder)}))


def who_may(app: Flask, endpoint: str) -> str:
    """Who may use the route, as the table says it; blank if nobody declared it."""
    blueprint, _, view = endpoint.rpartition(".")
    pages = app.blueprints.get(blueprint)
    if isinstance(pages, Pages):
        return ", ".join(sorted(pages.permissions.get(view, ())))
    return OUTSIDE.get(endpoint, "")


def routes_table(app: Flask) -> str:
    """Each address with its methods: the view, and who may use it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - SAFE:
            found.setdefault(rule.rule, []).append((method, rule.endpoint))
    lines = []
    for address in sorted(found):
        lines.append(address)
        lines += [f"    {method:<4} {view}: {who_may(app, view)}" for method, view in sorted(found[address])]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder:
        TABLE.write_text(routes_table(build_app(Path(folder))), encoding="utf-8")
    sys.stdout.write(f"{TABLE} is written: review its diff.\n")


if __name__ == "__main__":
    main()
