"""More reserves for a drawn sample: the next cases in the order of the draw, chosen by nobody."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, GuardRefused
from auditflow.domain.frame import case_type_label
from auditflow.domain.sampling import Design, further_reserves
from auditflow.models import AuditRound, Journal
from auditflow.queries.sample import ReserveCount, count_reserves, get_frame, get_standing_draw
from auditflow.queries.sample_list import list_case_rows
from auditflow.services.act import Act
from auditflow.services.permission import ask_first
from auditflow.services.sample_rows import Further, write_reserves
from auditflow.services.transitions import Request, apply

SAME_CASES = (
    "A re-audit has the reserves of the round that it repeats, so it cannot have more. A case that cannot be audited "
    "again is left without one."
)


def extend_reserves(
    session: Session,
    round_id: int,
    more: int,
    act: Act,
    *,
    stratum: str | None = None,
    expected_version: int | None = None,
) -> dict[str, int]:
    """Put `more` further cases of each stratum (or of one) in reserve; returns how many each got.

    A stratum gets fewer where it has no more. The same act again adds nothing. Raises NotFound, NotPermitted,
    WrongState, Stale, BadInput, and GuardRefused for a stratum that has none left, and for a re-audit.
    """
    facts = ask_first(session, ("audit_round", round_id), "extend_reserves", act, expected_version=expected_version)
    if facts.repeats is not None:
        return _added_before(session, round_id, act)
    row = session.get_one(AuditRound, round_id)
    if more < 1:
        raise BadInput("Enter how many more, 1 or above.", field="more")
    draw = get_standing_draw(session, round_id)
    if not draw.seed:
        raise GuardRefused(SAME_CASES, code="re_audit")
    further = _find_further(session, row, more, _wanted(count_reserves(session, draw), stratum))
    added = {name: len(cases) for name, (_, cases) in further.items()}
    details = {"draw_id": draw.id, "asked": more, "added": added}
    apply(session, Request("audit_round", round_id, "extend_reserves", act, expected_version, details=details))
    write_reserves(session, row, draw.id, further)
    return added


def _added_before(session: Session, round_id: int, act: Act) -> dict[str, int]:
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == round_id, Journal.key == act.key)
    return dict(session.scalars(sa.select(Journal.details).where(*mine)).one()["added"])


def _wanted(counts: list[ReserveCount], stratum: str | None) -> dict[str, int]:
    """How many reserves each stratum that is asked about has had so far."""
    kept = {count.stratum: count.kept for count in counts if stratum in (None, count.stratum)}
    if not kept:
        raise BadInput("Choose one of the groups of this sample.", field="stratum")
    return kept


def _find_further(session: Session, row: AuditRound, more: int, kept: dict[str, int]) -> dict[str, Further]:
    draw, frame = get_standing_draw(session, row.id), get_frame(session, row.frame_id)
    design = Design.from_dict(draw.manifest["design"]).with_seed(draw.seed)
    cases = list_case_rows(session, frame, design.columns)
    found = further_reserves(cases.rows, design, kept, more, cases.columns)
    further: dict[str, Further] = {name: (kept[name], more_of_it) for name, more_of_it in found.items() if more_of_it}
    if not further:
        raise GuardRefused(_none_left(list(kept)), code="none_left")
    return further


def _none_left(names: list[str]) -> str:
    everything = "every case that can be drawn is in the sample or in reserve already"
    if len(names) == 1 and names != ["all"]:
        return f"“{case_type_label(names[0])}” has no case left: {everything}."
    return f"There is no case left: {everything}."
