"""How the cases of a round came to be its sample: what the results say of the draw."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, Draw
from auditflow.models.base import core

DRAW = core(Draw)


def describe_draw(session: Session, row: AuditRound) -> dict[str, Any] | None:
    """The standing draw in a few figures; None if nothing was drawn.

    `same_as` is the baseline whose cases were taken again: then nothing was drawn by chance, and there is no seed.
    `limits` are the caps that cases were passed over for, as (column, most).
    """
    statement = sa.select(DRAW.c.manifest).where(DRAW.c.round_id == row.id, DRAW.c.discarded_at.is_(None))
    manifest = session.scalars(statement).one_or_none()
    if manifest is None:
        return None
    same_as = session.get_one(AuditRound, row.baseline_id).name if row.baseline_id is not None else None
    design = manifest.get("design") or {}
    return {
        "same_as": same_as,
        "sampled": len(manifest.get("sample") or ()),
        "eligible": manifest.get("eligible"),
        "passed_over": len(manifest.get("passed_over") or ()),
        "limits": [[cap.get("column"), cap.get("most")] for cap in _caps(design)] if same_as is None else [],
        "seed": manifest.get("seed"),
        "seed_source": manifest.get("seed_source"),
        "frame_sha256": manifest.get("frame_sha256"),
    }


def _caps(design: Any) -> list[dict[str, Any]]:
    caps = [design.get("per_worker"), *(design.get("more_caps") or ())]
    return [cap for cap in caps if cap]
