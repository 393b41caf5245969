"""A census: every case that the locked rules let in, taken without a draw; and, while it is live, a later list's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.domain.sampling import Design, lock_digest
from auditflow.domain.sampling_census import Month, check_census, take_every
from auditflow.domain.sampling_list import EVERYONE
from auditflow.models import AuditRound, CaseAudit, CensusList, Draw, Frame, FrameCase, Journal, SampleCase
from auditflow.models.base import core
from auditflow.queries.audit_round import count_discarded_draws
from auditflow.queries.census import list_census_lists, list_known_refs, list_unmatched_names
from auditflow.queries.sample import (
    ListedCase,
    count_draws,
    get_frame,
    get_standing_draw,
    list_listed_cases,
)
from auditflow.queries.sample_list import read_case_rows
from auditflow.services.act import Act
from auditflow.services.allocation import allocate_able
from auditflow.services.bulk_rows import insert_rows, reserve_ids
from auditflow.services.permission import ask_first
from auditflow.services.sample_rows import SAMPLE_COLUMNS, audit_values, begin_audits
from auditflow.services.transitions import Request, apply


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a list brings: what the rules make of it, whose new cases they are, and what is left to say of names."""

    month: Month
    by_hand: tuple[str, ...]
    listed: Mapping[str, ListedCase]
    unmatched: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Added:
    """How many cases came in with a month's list, and how many of them have no auditor yet."""

    came_in: int
    waiting: int


def look_at_list(session: Session, row: AuditRound, frame: Frame) -> Arrival:
    """What a list would bring, by the round's rules; writes nothing. Raises BadInput if they do not fit the list."""
    design = Design.from_dict(row.design)
    cases = read_case_rows(session, frame, design.columns)
    known = list_known_refs(session, row.id)
    month = take_every(cases.rows, design, frame.as_at, known, cases.columns)
    listed = list_listed_cases(session, frame.id, month.new)
    by_hand = tuple(ref for ref in month.known if known[ref])
    return Arrival(month, by_hand, listed, list_unmatched_names(session, listed.values()))


def check_census_design(session: Session, row: AuditRound) -> Month:
    """What the design takes from the first list. Raises BadInput if it is none of a census, or lets nobody in."""
    check_census(Design.from_dict(row.design))
    month = look_at_list(session, row, get_frame(session, row.frame_id)).month
    if not month.eligible:
        raise BadInput("No case of this list comes in by these rules. Change the rules, or choose another list.")
    return month


def take_every_case(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Draw:
    """Every case that the locked rules let in becomes the round's; there is no seed, for nothing is chosen.

    The same act takes them once. Raises NotFound, Stale, WrongState, NotPermitted, GuardRefused or BadInput.
    """
    row = session.get(AuditRound, round_id)
    frame = get_frame(session, row.frame_id) if row is not None else None
    given = {"design_unchanged": row is not None and frame is not None and _locked(row, frame)}
    facts = ask_first(session, ("audit_round", round_id), "draw", act, expected_version=expected_version, given=given)
    if facts.repeats is not None:
        return get_standing_draw(session, round_id)
    assert row is not None, "ask_first found it"
    assert frame is not None, "a locked round has its list"
    arrival = look_at_list(session, row, frame)
    number = count_draws(session, round_id) + 1
    manifest = _manifest(row, frame, arrival.month) | {"discarded_draws": count_discarded_draws(session, round_id)}
    kept = Draw(round_id=round_id, number=number, seed="", drawn_at=act.at, manifest=manifest)
    session.add(kept)
    session.flush()
    details = {"draw_id": kept.id, "number": number, "cases": len(arrival.month.new), "every_case": True}
    apply(session, Request("audit_round", round_id, "draw", act, details=details, facts=given))
    _write(session, kept, frame, arrival, act.at)
    _begin(session, kept, arrival, act)
    return kept


def _locked(row: AuditRound, frame: Frame) -> bool:
    return lock_digest(frame.frame_sha256 or "", Design.from_dict(row.design)) == row.locked_digest


def _manifest(row: AuditRound, frame: Frame, month: Month) -> dict[str, Any]:
    """What was taken from the first list, in the words of a draw's manifest."""
    return {
        "algorithm": "every eligible case",
        "design": dict(row.design),
        "seed": None,
        "seed_source": "none",
        "source_sha256": frame.source_sha256,
        "frame_sha256": frame.frame_sha256,
        "locked_at": row.locked_at.isoformat() if row.locked_at else None,
        "rows": month.rows,
        "eligible": month.eligible,
        "excluded": month.excluded,
        "allocation": {EVERYONE: len(month.new)},
        "sample": [{"ref": ref, "stratum": EVERYONE} for ref in month.new],
        "reserves": {},
    }


def add_month(
    session: Session, round_id: int, frame_id: int, act: Act, *, expected_version: int | None = None
) -> Added:
    """Every eligible case of a later list that is not in the census yet comes in, and is given to an auditor.

    A list comes in once, and the same act adds nothing again. A case that nobody may audit waits for the lead, and
    is counted. Raises NotFound, Stale, WrongState, NotPermitted, GuardRefused or BadInput.
    """
    row, frame = session.get(AuditRound, round_id), session.get(Frame, frame_id)
    if row is None or frame is None:
        raise NotFound("There is no such round." if row is None else "There is no such case list.")
    ready = row.kind == "census" and row.state == "live" and frame.stage == "frozen"
    arrival = look_at_list(session, row, frame) if ready else None
    given = _given(session, row, frame, arrival)
    about = ("audit_round", round_id)
    facts = ask_first(session, about, "add_month", act, expected_version=expected_version, given=given)
    if facts.repeats is not None:
        return _added_before(session, round_id, frame, act)
    assert arrival is not None, "what is not ready was refused"
    kept = get_standing_draw(session, round_id)
    details = _details(frame, arrival)
    apply(session, Request("audit_round", round_id, "add_month", act, expected_version, details=details, facts=given))
    _write(session, kept, frame, arrival, act.at)
    begun = _begin(session, kept, arrival, act.then("audits"))
    given_out = allocate_able(session, round_id, begun, act.then("auditors"))
    return Added(len(begun), len(begun) - given_out)


def _given(session: Session, row: AuditRound, frame: Frame, arrival: Arrival | None) -> dict[str, Any]:
    came_in = list_census_lists(session, row.id)
    return {
        "next_list_frozen": frame.stage == "frozen",
        "next_list_later": all(frame.as_at > line.frame.as_at for line in came_in),
        "next_unmatched_names": len(arrival.unmatched) if arrival else 0,
    }


def _details(frame: Frame, arrival: Arrival) -> dict[str, Any]:
    month = arrival.month
    counts = {"rows": month.rows, "excluded": month.excluded, "known": len(month.known), "came_in": len(month.new)}
    return {"frame_id": frame.id, "frame_sha256": frame.frame_sha256, **counts}


def _added_before(session: Session, round_id: int, frame: Frame, act: Act) -> Added:
    """The same sent again: how many came in then, and how many of this list's cases have no auditor now."""
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == round_id, Journal.key == act.key)
    came_in = int(session.scalars(sa.select(Journal.details).where(*mine)).one()["came_in"])
    of_list = sa.select(SampleCase.id).join(FrameCase).where(FrameCase.frame_id == frame.id)
    waiting = (CaseAudit.round_id == round_id, CaseAudit.state == "selected", CaseAudit.sample_case_id.in_(of_list))
    return Added(came_in, session.scalar(sa.select(sa.func.count(CaseAudit.id)).where(*waiting)) or 0)


def _write(session: Session, kept: Draw, frame: Frame, arrival: Arrival, at: datetime) -> None:
    number = len(list_census_lists(session, kept.round_id)) + 1
    month = arrival.month
    session.add(
        CensusList(
            draw_id=kept.id,
            number=number,
            frame_id=frame.id,
            added_at=at,
            rows=month.rows,
            excluded=month.excluded,
            eligible=month.eligible,
            known=len(month.known),
            by_hand=list(arrival.by_hand),
            came_in=len(month.new),
        )
    )
    session.flush()


def _begin(session: Session, kept: Draw, arrival: Arrival, act: Act) -> list[int]:
    """The new cases' rows, and a main audit for each, not allocated yet; returns the audits' ids."""
    refs, listed = arrival.month.new, arrival.listed
    if not refs:
        return []
    there = session.scalar(sa.select(sa.func.count()).where(SampleCase.draw_id == kept.id)) or 0
    ids = reserve_ids(session, core(SampleCase), len(refs))
    places = range(there + 1, there + 1 + len(refs))
    rows = [(i, r, listed[r].id, EVERYONE, "", n, "random") for i, r, n in zip(ids, refs, places, strict=True)]
    insert_rows(session, core(SampleCase), SAMPLE_COLUMNS, rows, {"round_id": kept.round_id, "draw_id": kept.id})
    audits = [audit_values(i, listed[ref], EVERYONE, "random") for i, ref in zip(ids, refs, strict=True)]
    return begin_audits(session, kept.round_id, audits, act)
