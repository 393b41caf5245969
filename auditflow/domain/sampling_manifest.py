"""The manifest of a draw: its keys, where the list and the seed came from, and its checksum.

The checksum stands behind the algorithm's name and finds an edit anywhere, also of what the list cannot prove
(when it was locked, say). It finds slips, not forgers, who can compute it again: against them there are the seals.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditflow.domain.errors import BadInput

__all__ = ["ALGORITHM", "KEYS", "SEED_SOURCES", "Provenance", "form_faults", "manifest_faults", "with_checksum"]

ALGORITHM = "auditflow-draw-1"
KEYS = (
    "algorithm",
    "design",
    "seed",
    "seed_source",
    "source_sha256",
    "frame_sha256",
    "locked_at",
    "discarded_draws",
    "rows",
    "eligible",
    "excluded",
    "allocation",
    "sample",
    "reserves",
    "passed_over",
    "weights",
)
SEED_SOURCES = ("given", "product", "public")

EDITED = "The manifest was edited after it was written: its checksum does not fit."

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Provenance:
    """What a draw cannot know of itself.

    `seed_source` is `product` (made after locking), `public` (an event named at locking) or `given` (typed on
    the command line). `source_sha256` is the digest of the file as it came, `frame_sha256` of the frozen list;
    `locked_at` when list and design were locked together (aware); `discarded_draws` how many were thrown away.
    """

    seed_source: str = "given"
    source_sha256: str | None = None
    frame_sha256: str | None = None
    locked_at: datetime | None = None
    discarded_draws: int = 0

    def __post_init__(self) -> None:
        faults = _provenance_faults(self.as_dict())
        if faults:
            raise BadInput(faults[0], code="bad_provenance")

    def as_dict(self) -> dict[str, object]:
        """The manifest's keys that say where a draw comes from, in values that JSON holds."""
        return {
            "algorithm": ALGORITHM,
            "seed_source": self.seed_source,
            "source_sha256": self.source_sha256,
            "frame_sha256": self.frame_sha256,
            "locked_at": self.locked_at.isoformat() if self.locked_at else None,
            "discarded_draws": self.discarded_draws,
        }


def with_checksum(
    facts: Mapping[str, object], keys: Sequence[str] = KEYS, algorithm: str = ALGORITHM
) -> dict[str, object]:
    """A manifest: these facts in the keys' order, the algorithm followed by the checksum of it all.

    KeyError if a key is missing.
    """
    ordered = {key: facts[key] for key in keys}
    return {**ordered, "algorithm": f"{algorithm} {_checksum(ordered, algorithm)}"}


def _checksum(manifest: Mapping[Any, object], algorithm: str) -> str:
    """SHA-256 of the manifest as sorted JSON, with the plain name of the algorithm; 5.0 and 5 are the same."""
    plain = _plain({**manifest, "algorithm": algorithm})
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def manifest_faults(manifest: Mapping[Any, object]) -> list[str]:
    """What is wrong with a manifest by itself, without the list: keys, form and checksum, a sentence each."""
    name = str(manifest.get("algorithm")).partition(" ")[0]
    keys, edited = form_faults(manifest, KEYS, ALGORITHM)
    return keys + _provenance_faults({**manifest, "algorithm": name}) + edited


def form_faults(manifest: Mapping[Any, object], keys: Sequence[str], algorithm: str) -> tuple[list[str], list[str]]:
    """What is wrong with a manifest's keys, and with its checksum, a sentence each."""
    missing = [f"The manifest has no “{key}”." for key in keys if key not in manifest]
    unknown = [f"The manifest has “{key}”, which is not part of one." for key in manifest if key not in keys]
    checksum = str(manifest.get("algorithm")).partition(" ")[2]
    fits = checksum == _checksum(manifest, algorithm)
    return missing + unknown, [] if fits else [EDITED]


def _provenance_faults(facts: Mapping[Any, object]) -> list[str]:
    """What is wrong with the form of where a draw comes from; what is absent is not judged."""
    faults = []
    if facts.get("algorithm", ALGORITHM) != ALGORITHM:
        faults.append(f"The algorithm is {facts['algorithm']!r}; this program draws by {ALGORITHM!r}.")
    if facts.get("seed_source", SEED_SOURCES[0]) not in SEED_SOURCES:
        faults.append(f"The seed's source is {facts['seed_source']!r}, not {', '.join(SEED_SOURCES)}.")
    for key in ("source_sha256", "frame_sha256"):
        value = facts.get(key)
        if value is not None and not (isinstance(value, str) and _DIGEST.fullmatch(value)):
            faults.append(f"{key} is not a SHA-256 digest of 64 small hexadecimal digits.")
    if not _is_moment(facts.get("locked_at")):
        faults.append("locked_at is not a time with its zone, like 2026-12-01T09:30:00+00:00.")
    discarded = facts.get("discarded_draws", 0)
    if isinstance(discarded, bool) or not isinstance(discarded, int) or discarded < 0:
        faults.append("discarded_draws is not a whole number, 0 or more.")
    return faults


def _is_moment(value: object) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
