"""How the cases of a round came to be its sample: what the results say of the draw."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, Draw
from auditflow.models.base import core
from auditflow.models.plain import kept

DRAW = core(Draw)
STANDING = DRAW.c.discarded_at.is_(None)


def describe_draw(session: Session, row: AuditRound) -> dict[str, Any] | None:
    """The standing draw in a few figures; None if nothing was drawn.

    `same_as` is the baseline whose cases were taken again: then nothing was drawn by chance, and there is no seed.
    `limits` are the caps that cases were passed over for, as (column, most).
    """
    standing = _standing_draw(session).rows(session, {"round": row.id})
    if not standing:
        return None
    manifest = standing[0]
    same_as = session.get_one(AuditRound, row.baseline_id).name if row.baseline_id is not None else None
    design = manifest["design"] or {}
    return {
        "same_as": same_as,
        "sampled": len(manifest["sample"] or ()),
        "eligible": manifest["eligible"],
        "passed_over": len(manifest["passed_over"] or ()),
        "limits": [[cap.get("column"), cap.get("most")] for cap in _caps(design)] if same_as is None else [],
        "seed": manifest["seed"],
        "seed_source": manifest["seed_source"],
        "frame_sha256": manifest["frame_sha256"],
    }


def _of_draw() -> sa.Select[Any]:
    """The parts of the standing draw's manifest that are told; it also gives the place in line of every case."""
    names = ("sample", "eligible", "passed_over", "design", "seed", "seed_source", "frame_sha256")
    parts = [DRAW.c.manifest[name].label(name) for name in names]
    return sa.select(*parts).where(DRAW.c.round_id == sa.bindparam("round", type_=sa.Integer()), STANDING)


_standing_draw = kept(_of_draw, {"round": 0})


def _caps(design: Any) -> list[dict[str, Any]]:
    caps = [design.get("per_worker"), *(design.get("more_caps") or ())]
    return [cap for cap in caps if cap]
