"""A name for the present state of the style sheet and scripts, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


@cache
def asset_version() -> str:
    """The first ten digits of the SHA-256 over the shipped CSS and JavaScript; read once a process."""
    digest = hashlib.sha256()
    for path in sorted([*STATIC.glob("*.css"), *STATIC.glob("*.js")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
