"""The arithmetic of the journal: canonical text, entry hashes, salted texts, Merkle roots.

Everything here can be repeated by hand with `sha256sum`: canonical text is JSON in UTF-8 with sorted keys
and no spaces, times are ISO 8601 in UTC with microseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

GENESIS = "0" * 64
"""The previous hash of a first entry."""


def sha256(text: str) -> str:
    """Lower-case hex SHA-256 of the UTF-8 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def canonical(value: Any) -> str:
    """`value` as canonical JSON text."""
    return _encode(value)


def timestamp(moment: datetime) -> str:
    """`moment` in UTC, always with six decimals of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def text_digest(salt: str, text: str) -> str:
    """What stands in the journal for a text: HMAC-SHA-256 under a salt that can be erased with the text."""
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One journal entry as it is hashed; `details` holds ids, codes and digests only."""

    subject_type: str
    subject_id: int
    number: int
    workflow_version: int
    action: str
    entry: str
    from_state: str
    to_state: str
    actor_id: int | None
    role: str
    details: Mapping[str, Any]
    at: datetime
    key: str
    request_sha256: str
    previous: str

    @cached_property
    def hash(self) -> str:
        """The entry's hash, over every field in declared order, the previous hash last."""
        return sha256(
            canonical(
                [
                    self.subject_type,
                    self.subject_id,
                    self.number,
                    self.workflow_version,
                    self.action,
                    self.entry,
                    self.from_state,
                    self.to_state,
                    self.actor_id,
                    self.role,
                    self.details,
                    timestamp(self.at),
                    self.key,
                    self.request_sha256,
                    self.previous,
                ]
            )
        )


ENTRY_FIELDS = tuple(field.name for field in fields(Entry))
"""The columns of the journal that an entry's hash covers: what writes, reads and verifies it uses this one list."""


def leaf_hash(subject_type: str, subject_id: int, length: int, head: str) -> str:
    """The leaf of a seal's tree that stands for one chain."""
    return sha256(f"leaf|{subject_type}|{subject_id}|{length}|{head}")


def merkle_root(leaves: Iterable[str]) -> str:
    """The root over `leaves` in the given order; a lone node moves up unchanged; no leaves give GENESIS.

    Inner nodes are marked apart from leaves, so that a node can never be passed off as a leaf (RFC 6962).
    """
    level = list(leaves)
    if not level:
        return GENESIS
    while len(level) > 1:
        pairs = [sha256(f"node|{a}|{b}") for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def seal_hash(number: int, at: datetime, root: str, previous: str) -> str:
    """The hash of a seal, chained to the one before it."""
    return sha256(f"seal|{number}|{timestamp(at)}|{root}|{previous}")
