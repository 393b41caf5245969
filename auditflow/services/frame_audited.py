"""Filling in, before a list is frozen, when its cases and workers were last audited here."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.frame import COLUMNS
from auditflow.models import Frame, FrameCase
from auditflow.models.base import core
from auditflow.queries.frame_audited import FilledCount, count_filled, find_known_audits, list_filled

CASES = core(FrameCase)


def fill_audited(session: Session, frame: Frame) -> FilledCount:
    """Write the later of the file's date and that of the audits made here into the list's cases; returns how many.

    A column that the file did not have becomes one of the list's, and the list's notes say what was done.
    """
    filled = list(list_filled(session, frame, find_known_audits(session, frame)))
    count = count_filled(filled)
    if filled:
        update = sa.update(CASES).where(CASES.c.id == sa.bindparam("case_id")).values(more=sa.bindparam("columns"))
        session.execute(update, [{"case_id": one.id, "columns": one.more} for one in filled])
        have = {*(frame.columns or ())}.union(*(one.changed for one in filled))
        frame.columns = [name for name in COLUMNS if name in have]
        frame.notes = [*(frame.notes or []), *count.sentences()]
        session.flush()
    return count
