"""The reproducibility bundle of a draw: all that an inspector needs to repeat it without us.

A zip file: the frozen list as its canonical file, the design, the manifest of every draw, the round's
journal with its hashes, the seals, and a page that says what to run.
"""

from __future__ import annotations

import io
import json
import zipfile

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import timestamp
from auditflow.domain.frame import canonical_csv
from auditflow.models import AuditRound, Frame, Journal, Seal
from auditflow.queries.audit_round import list_draws
from auditflow.queries.frame import read_canonical_cases

NOTE = """How to repeat this draw

1. sha256sum list.csv      must be the frame_sha256 of the manifest
2. auditflow sample verify manifest-1.json list.csv      ends with 0 only if the draw is reproduced

By hand: each case's key is the SHA-256 of "seed|reference"; the cases of a group are taken in the order of
their keys. `printf '%s' 'SEED|REFERENCE' | sha256sum` gives a key.

Reserves that were added after the draw ("reserves_extended" in journal.json) are the next of their group in the same
order: repeat the draw with a larger number of reserves.

journal.json holds the round's journal entries with their hashes: the seed was recorded before the draw.
seals.json holds the seals made since; compare them with those that were sent outside.
"""


def draw_bundle(session: Session, row: AuditRound) -> bytes:
    """The zip file's bytes; a round without a list or a draw has the parts that there are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", NOTE)
        frame = session.get(Frame, row.frame_id) if row.frame_id else None
        if frame is not None and frame.columns is not None:
            bundle.writestr("list.csv", canonical_csv(read_canonical_cases(session, frame), frame.columns))
        bundle.writestr("design.json", _json(row.design))
        for draw in list_draws(session, row.id):
            name = f"manifest-{draw.number}{'-discarded' if draw.discarded_at else ''}.json"
            bundle.writestr(name, _json(draw.manifest))
        bundle.writestr("journal.json", _json(_entries(session, row.id)))
        bundle.writestr("seals.json", _json(_seals(session)))
    return made.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def _entries(session: Session, round_id: int) -> list[dict[str, object]]:
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == round_id)
    entries = session.scalars(sa.select(Journal).where(*mine).order_by(Journal.number))
    names = ("number", "action", "entry", "from_state", "to_state", "role", "details", "previous", "hash")
    return [{**{name: getattr(e, name) for name in names}, "at": timestamp(e.at)} for e in entries]


def _seals(session: Session) -> list[dict[str, object]]:
    seals = session.scalars(sa.select(Seal).order_by(Seal.number))
    return [
        {"number": s.number, "at": timestamp(s.at), "root": s.root, "previous": s.previous, "hash": s.hash}
        for s in seals
    ]
