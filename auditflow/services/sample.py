"""Locking a design with its list, and drawing the sample from them.

The seed is made here, after the lock, and journalled before the draw is computed from it; it is never typed
and never offered again. Or it is the outcome of a public event that was named when the design was locked. Where a
limit cannot be kept with it, the seeds of further tries follow from it, so that nobody ever gets another.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.errors import BadInput, GuardRefused, Misuse
from auditflow.domain.sampling import Design, Provenance
from auditflow.models import AuditRound, Draw, Frame, Journal, Person
from auditflow.models.base import core
from auditflow.queries.audit_round import count_discarded_draws, list_seeds_tried
from auditflow.queries.sample import count_draws, get_frame, get_standing_draw
from auditflow.queries.sample_list import CaseRows, list_case_rows, read_case_rows
from auditflow.services.act import Act
from auditflow.services.census import check_census_design, take_every_case
from auditflow.services.journal import Note, record
from auditflow.services.permission import ask_first
from auditflow.services.re_audit_draw import lock_re_audit, take_same_cases
from auditflow.services.sample_rows import write_sample
from auditflow.services.transitions import Outcome, Request, apply

WITHOUT_SEED: dict[str, Callable[..., Draw]] = {"re_audit": take_same_cases, "census": take_every_case}
"""The kinds of round in which nothing is chosen, and what takes their cases."""
SEED_BYTES = 16
"""128 random bits."""
LONGEST_OUTCOME = 180
SELDOM = "Some draws can keep the limits, but this trial did not, and the real draw might not either."


@dataclass(frozen=True, slots=True)
class PublicOutcome:
    """What came of the public event, and the people who saw it."""

    text: str
    witness_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DrawResult:
    """The standing draw; or, when a limit could not be met with this seed, why: the seed stays on record."""

    draw: Draw | None
    refusal: BadInput | None = None


def check_design(session: Session, row: AuditRound) -> Design:
    """The round's design, if it is complete and fits its list. Raises BadInput with what does not.

    It is tried with a throw-away seed, so that a limit nobody could meet is found before the design is locked.
    """
    if row.kind == "census":
        check_census_design(session, row)
        return Design.from_dict(row.design)
    frame = get_frame(session, row.frame_id)
    design = Design.from_dict(row.design)
    try_design(session, frame, design)
    return design


def count_eligible(session: Session, frame: Frame, design: Mapping[str, Any]) -> int:
    """How many cases of the list the rules of a design of every case leave. Raises BadInput if none."""
    checked = Design.from_dict(design)
    cases = read_case_rows(session, frame, checked.columns)
    return sampling.expected_sample(cases.rows, checked, columns=cases.columns).eligible


def try_design(session: Session, frame: Frame, design: Design) -> sampling.Draw:
    """A trial draw with a throw-away seed: what the design would give, and no case of the real sample.

    Raises BadInput when the design does not fit the list.
    """
    return try_drawing(list_case_rows(session, frame, design.columns), design)


def try_drawing(cases: CaseRows, design: Design) -> sampling.Draw:
    """The same from rows that are at hand."""
    expected = sampling.expected_sample(cases.rows, design, columns=cases.columns)
    _check_size(design, expected.eligible)
    _check_limits(design, expected)
    try:
        return sampling.draw(cases.rows, design.with_seed(f"trial-{secrets.token_hex(8)}"), cases.columns)
    except BadInput as refusal:
        if refusal.code != "cap_cannot_be_met":
            raise
        raise BadInput(f"{SELDOM} {refusal.sentence}", code="cap_seldom_met", field=refusal.field) from refusal


def _check_limits(design: Design, expected: sampling.Expected) -> None:
    """A limit that no draw at all can keep is said before the design is locked, whatever the seed will be."""
    for cap in design.caps:
        groups = expected.impossible.get(cap.column, ())
        if groups:
            *some, last = [f"{expected.allocation[name]} cases of “{name}”" for name in groups]
            names = f"{', '.join(some)} and {last}" if some else last
            raise BadInput(
                f"No draw can keep this limit: there are not {names} with at most {cap.most} for each “{cap.column}”. "
                "Allow more for each, or ask for fewer cases.",
                code="cap_cannot_be_met",
                field="per_worker",
            )


def _check_size(design: Design, eligible: int) -> None:
    """A round is planned with a number of cases; a list that has fewer must be a decision, not a surprise."""
    if design.size is not None and design.size > eligible:
        raise BadInput(
            f"You ask for {design.size:,} cases, but only {eligible:,} can be drawn from this list. "
            f"Ask for {eligible:,} or fewer.",
            code="more_than_there_are",
            field="size",
        )


def lock_design(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Lock list and design together, under one digest. Raises BadInput if the design does not fit the list.

    A re-audit locks what it repeats instead.
    """
    kind = _kind(session, round_id)
    if kind == "re_audit":
        return lock_re_audit(session, round_id, act, expected_version=expected_version)
    facts = ask_first(session, ("audit_round", round_id), "lock_design", act, expected_version=expected_version)
    row = session.get_one(AuditRound, round_id)
    digest, details = row.locked_digest, {}
    if facts.repeats is None:
        frame = get_frame(session, row.frame_id)
        digest = sampling.lock_digest(frame.frame_sha256 or "", check_design(session, row))
    seed_source = "none" if kind == "census" else row.seed_source
    details = {"digest": digest, "frame_id": row.frame_id, "seed_source": seed_source}
    ahead = bool(row.public_event) and row.public_event_at is not None and row.public_event_at > act.at
    return apply(
        session,
        Request(
            "audit_round",
            round_id,
            "lock_design",
            act,
            expected_version=expected_version,
            details=details,
            changes={"locked_digest": digest, "locked_at": act.at},
            facts={"design_complete": True, "public_event_ahead": ahead},
        ),
    )


def draw_sample(
    session: Session,
    round_id: int,
    act: Act,
    *,
    expected_version: int | None = None,
    outcome: PublicOutcome | None = None,
) -> DrawResult:
    """Make the seed, journal it, then draw. A repeat of the same act returns the draw it made.

    A limit that this seed cannot meet is not raised but returned, so that the seed stays in the journal.
    A re-audit takes its baseline's cases and a census every case, without a seed.
    Raises NotFound, Stale, WrongState, NotPermitted, GuardRefused or BadInput.
    """
    take = WITHOUT_SEED.get(_kind(session, round_id))
    if take is not None:
        return DrawResult(take(session, round_id, act, expected_version=expected_version))
    row = session.get(AuditRound, round_id)
    frame = get_frame(session, row.frame_id) if row is not None else None
    given = _given(session, row, frame, outcome, act) if row is not None and frame is not None else {}
    facts = ask_first(session, ("audit_round", round_id), "draw", act, expected_version=expected_version, given=given)
    if facts.repeats is not None:
        return DrawResult(get_standing_draw(session, round_id))
    assert row is not None, "ask_first found it"
    assert frame is not None, "a locked round has its list"
    _refuse_used_key(session, round_id, act)
    seed = _seed(session, row, outcome, act)
    witnesses = list(outcome.witness_ids) if outcome else []
    seeded = {"seed": seed, "seed_source": row.seed_source, "witnesses": witnesses}
    record(session, row, act.then("seed"), Note("seed_made", "qa_lead", details=seeded))
    return _draw(session, row, frame, seed, act, given)


def lock_and_take(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> DrawResult:
    """Both at once for a re-audit or a census, where nothing is chosen in between; what is locked already is taken.

    Raises what the two raise.
    """
    row = session.get(AuditRound, round_id)
    if row is not None and row.state == "planned":
        lock_design(session, round_id, act.then("lock"), expected_version=expected_version)
        expected_version = None
    return draw_sample(session, round_id, act.then("take"), expected_version=expected_version)


def _kind(session: Session, round_id: int) -> str:
    row = session.get(AuditRound, round_id)
    return row.kind if row is not None else ""


def _draw(session: Session, row: AuditRound, frame: Frame, seed: str, act: Act, given: dict[str, Any]) -> DrawResult:
    design = Design.from_dict(row.design).with_seed(seed)
    cases = list_case_rows(session, frame, design.columns)
    try:
        drawn = sampling.draw(cases.rows, design, cases.columns)
    except BadInput as refusal:
        session.refresh(row)
        record(session, row, act.then("no-draw"), Note("draw_not_possible", "qa_lead", details={"code": refusal.code}))
        return DrawResult(None, refusal)
    number = count_draws(session, row.id) + 1
    discarded = count_discarded_draws(session, row.id)
    provenance = Provenance(row.seed_source, frame.source_sha256, frame.frame_sha256, row.locked_at, discarded)
    manifest = drawn.manifest(provenance)
    kept = Draw(
        round_id=row.id, number=number, seed=seed, drawn_at=act.at, manifest=manifest, population=drawn.population
    )
    session.add(kept)
    session.flush()
    details = {"draw_id": kept.id, "number": number, "cases": len(drawn.sample)}
    apply(session, Request("audit_round", row.id, "draw", act, details=details, facts=given))
    write_sample(session, row, kept, drawn, act)
    return DrawResult(kept)


def _given(session: Session, row: AuditRound, frame: Frame, outcome: PublicOutcome | None, act: Act) -> dict[str, Any]:
    design = Design.from_dict(row.design) if row.design else None
    same = design is not None and sampling.lock_digest(frame.frame_sha256 or "", design) == row.locked_digest
    seen = _witnesses(session, outcome.witness_ids, act) if outcome else 0
    return {"design_unchanged": same, "public_witnesses": seen}


def _witnesses(session: Session, ids: Sequence[int], act: Act) -> int:
    """How many different active people, other than the one who enters it, witness the outcome."""
    others = {i for i in ids if i != act.actor_id}
    active = sa.select(sa.func.count()).select_from(Person).where(core(Person).c.id.in_(others), Person.active)
    return session.scalar(active) or 0


def _seed(session: Session, row: AuditRound, outcome: PublicOutcome | None, act: Act) -> str:
    """The seed of this try: the first is made, or announced, once for a lock; the others are `FIRST try 2`, …"""
    tried = list_seeds_tried(session, row.id)
    if row.seed_source == "public":
        first = _announced(row, outcome, act)
        if tried and first != tried[0]:
            raise BadInput(f"The outcome is on record as “{tried[0]}”. Enter it as it stands there.", field="outcome")
    else:
        first = tried[0] if tried else secrets.token_hex(SEED_BYTES)
    return f"{first} try {len(tried) + 1}" if tried else first


def _announced(row: AuditRound, outcome: PublicOutcome | None, act: Act) -> str:
    if row.public_event_at is None or row.public_event_at > act.at:
        raise GuardRefused("The public event has not happened yet.", code="public_event_over")
    text = " ".join(outcome.text.split()) if outcome else ""
    if not text:
        raise BadInput("Enter the outcome of the public event.", field="outcome")
    if len(text) > LONGEST_OUTCOME:
        raise BadInput(f"Enter the outcome in {LONGEST_OUTCOME} characters or fewer.", field="outcome")
    return text


def _refuse_used_key(session: Session, round_id: int, act: Act) -> None:
    """A double click after a draw that was not possible must not make a second seed."""
    used = sa.select(Journal.id).where(
        Journal.subject_type == "audit_round",
        Journal.subject_id == round_id,
        Journal.key == act.then("seed").key,
    )
    if session.scalar(used) is not None:
        raise Misuse("This draw was tried already and was not possible. Open the page again.")
