"""The contract over the layers names every package, so that a new one cannot stand outside it."""

from __future__ import annotations

import pkgutil
import tomllib
from pathlib import Path

import auditflow

ROOT = Path(__file__).parents[2]


def layers() -> list[list[str]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    (contract,) = [c for c in contracts if c["type"] == "layers"]
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def test_every_package_has_its_layer() -> None:
    named = {name for layer in layers() for name in layer}
    there = {f"auditflow.{module.name}" for module in pkgutil.iter_modules(auditflow.__path__)}
    assert named == there | {"workflows", "forms"}


def test_the_layers_stand_in_their_order() -> None:
    place = {name: n for n, layer in enumerate(layers()) for name in layer}
    order = ("auditflow.cli", "auditflow.app", "auditflow.web", "auditflow.reporting", "auditflow.services")
    below = ("auditflow.queries", "auditflow.models", "workflows", "auditflow.domain")
    places = [place[name] for name in (*order, *below)]
    assert places == sorted(set(places))
    assert place["auditflow.web"] == place["auditflow.tasks"], "neither may import the other"
