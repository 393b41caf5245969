"""A census: which cases come in, taking every one of them, and, while it is live, a later month's list."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, render_template, request, url_for

from auditflow.domain.errors import BadInput, NotFound
from auditflow.domain.sampling_census import Month
from auditflow.domain.sampling_words import group_words
from auditflow.models import AuditRound, Frame
from auditflow.queries.census import ListLine, list_census_lists, list_later_lists
from auditflow.queries.frame import count_cases_by
from auditflow.queries.moves import moves_for
from auditflow.queries.sample import get_frame
from auditflow.queries.sample_list import available_columns
from auditflow.services.audit_round import change_round
from auditflow.services.census import Added, Arrival, add_month, check_census_design, look_at_list
from auditflow.services.sample import lock_and_take
from auditflow.web.audit_round_pages import (
    BAD,
    LEAD,
    step_caption,
    to_round,
    to_step,
    tried,
    visible_round,
)
from auditflow.web.layout import day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.census import DesignCensusForm, TakeEveryForm, answers_of_census, census_of

pages = Pages("census", __name__)
UNMATCHED = "Some workers or teams of the new cases are not matched to people and teams here. Match them first."


@pages.page("/rounds/<int:round_id>/which-cases", may=LEAD)
def census_design(round_id: int) -> Any:
    """Step 3 of a census: the rules that let a case in."""
    row = visible_round(round_id)
    frame = get_frame(db(), row.frame_id)
    known = answers_of_census(row.design if row.kind == "census" else {}, available_columns(frame))
    return _design_page(DesignCensusForm(None, key=new_key(), version=row.version, **known), row, frame)


def _design_page(form: DesignCensusForm, row: AuditRound, frame: Frame) -> str:
    _with_kinds(form, frame)
    columns = available_columns(frame)
    caption = step_caption(row, 3)
    return render_template("census/design.html", form=form, row=row, frame=frame, columns=columns, caption=caption)


def _with_kinds(form: DesignCensusForm, frame: Frame) -> None:
    counts = count_cases_by(db(), frame.id, "case_type")
    form.kinds.choices = [
        (name, group_words(name), {"hint": f"{count:,} in the list"}) for name, count in counts if name
    ]


@pages.act("/rounds/<int:round_id>/which-cases", may=LEAD)
def census_set_design(round_id: int) -> Any:
    """Keep the rules if they fit the list, and go on to the cases that they let in."""
    row = visible_round(round_id)
    frame = get_frame(db(), row.frame_id)
    form, version = DesignCensusForm(request.form), form_version()
    _with_kinds(form, frame)

    def use() -> None:
        design = census_of(form, frame.as_at, available_columns(frame))
        seed = {"seed_source": "product", "public_event": None, "public_event_at": None}
        changes = {"kind": "census", "design": design, **seed}
        changed = change_round(db(), round_id, changes, act(), expected_version=version)
        check_census_design(db(), changed)

    if tried(form, use):
        return to_step("census.census_cases", round_id)
    return _design_page(form, visible_round(round_id), get_frame(db(), row.frame_id)), BAD


def _census(round_id: int) -> AuditRound:
    row = visible_round(round_id)
    if row.kind != "census" or not row.design:
        raise NotFound("There is no such census.")
    return row


@pages.page("/rounds/<int:round_id>/every-case", may=LEAD)
def census_cases(round_id: int) -> Any:
    """Step 4: what comes in, and locking and taking it."""
    row = _census(round_id)
    if row.state not in ("planned", "locked"):
        return to_round(round_id)
    return _cases_page(row, TakeEveryForm(None, key=new_key(), version=row.version))


def _cases_page(row: AuditRound, form: TakeEveryForm) -> str:
    frame = get_frame(db(), row.frame_id)
    why = ""
    try:
        month = check_census_design(db(), row)
    except BadInput as refusal:
        month, why = None, refusal.sentence
    moves = moves_for(db(), "audit_round", row.id, viewer().person_id, now())
    possible = month is not None and (moves.may("lock_design") or moves.may("draw"))
    return render_template(
        "census/cases.html",
        form=form,
        row=row,
        frame=frame,
        month=month,
        subtraction=_subtraction(month) if month else [],
        possible=possible,
        why=why or moves.blocked.get("lock_design") or moves.blocked.get("draw") or "This cannot be done now.",
        caption=step_caption(row, 5),
    )


def _subtraction(month: Month) -> list[list[str]]:
    left_out = [[reason, f"−{count:,}" if count else "0"] for reason, count in month.excluded.items()]
    known = [["In this round already", f"−{len(month.known):,}"]] if month.known else []
    return [["Cases in the list", f"{month.rows:,}"], *left_out, *known]


@pages.act("/rounds/<int:round_id>/every-case", may=LEAD)
def census_take(round_id: int) -> Any:
    """Lock list and rules together and take every case, in one transaction; then on to allocation."""
    _census(round_id)
    form, version = TakeEveryForm(request.form), form_version()
    if tried(
        form,
        lambda: lock_and_take(db(), round_id, act(), expected_version=version),
        done="Every case is taken. Next, allocate them to auditors.",
    ):
        return to_step("allocation.allocation_show", round_id)
    return _cases_page(_census(round_id), form), BAD


@pages.page("/rounds/<int:round_id>/months", may=LEAD)
def census_months(round_id: int) -> Any:
    """The lists that came in, and the later ones that can."""
    row = _census(round_id)
    lines = list_census_lists(db(), row.id)
    moves = moves_for(db(), "audit_round", row.id, viewer().person_id, now())
    possible = moves.may("add_month")
    later = list_later_lists(db(), row.id) if possible else []
    return render_template(
        "census/months.html",
        row=row,
        rows=[_line_cells(line) for line in lines],
        total=sum(line.record.came_in for line in lines),
        later=[_later_cells(row, frame) for frame in later],
        possible=possible,
        why=moves.blocked.get("add_month", "") if row.state == "live" else "Months are added while the round is live.",
    )


def _line_cells(line: ListLine) -> list[Any]:
    record = line.record
    counts = (record.rows, record.rows - record.eligible, record.known, record.came_in)
    return [line.frame.name, day(line.frame.as_at), *counts]


def _later_cells(row: AuditRound, frame: Frame) -> list[Any]:
    href = url_for("census.census_month", round_id=row.id, frame_id=frame.id)
    return [{"text": frame.name, "href": href}, day(frame.as_at), frame.rows_kept]


@pages.page("/rounds/<int:round_id>/months/<int:frame_id>", may=LEAD)
def census_month(round_id: int, frame_id: int) -> Any:
    """What one later list would bring."""
    row = _census(round_id)
    return _month_page(row, _later(row, frame_id), TakeEveryForm(None, key=new_key(), version=row.version))


def _later(row: AuditRound, frame_id: int) -> Frame:
    frame = db().get(Frame, frame_id)
    if frame is None or frame.stage != "frozen":
        raise NotFound("There is no such case list.")
    return frame


def _month_page(row: AuditRound, frame: Frame, form: TakeEveryForm) -> str:
    why, arrival = "", None
    try:
        arrival = look_at_list(db(), row, frame)
    except BadInput as refusal:
        why = refusal.sentence
    moves = moves_for(db(), "audit_round", row.id, viewer().person_id, now())
    why = why or _why_not(row, frame, moves.blocked.get("add_month", ""), arrival)
    return render_template(
        "census/month.html",
        form=form,
        row=row,
        frame=frame,
        month=arrival.month if arrival else None,
        subtraction=_subtraction(arrival.month) if arrival else [],
        unmatched=[name for _kind, name in arrival.unmatched] if arrival and why == UNMATCHED else [],
        possible=not why and moves.may("add_month"),
        why=why,
    )


def _why_not(row: AuditRound, frame: Frame, blocked: str, arrival: Arrival | None) -> str:
    last = max((line.frame.as_at for line in list_census_lists(db(), row.id)), default=date.min)
    if frame.as_at <= last:
        return f"This list is as at {day(frame.as_at)}, not later than the last one that came in ({day(last)})."
    if arrival is not None and arrival.unmatched:
        return UNMATCHED
    return blocked


@pages.act("/rounds/<int:round_id>/months/<int:frame_id>", may=LEAD)
def census_add_month(round_id: int, frame_id: int) -> Any:
    """Take it in."""
    row = _census(round_id)
    form, version = TakeEveryForm(request.form), form_version()
    made: list[Added] = []

    def use() -> None:
        made.append(add_month(db(), round_id, frame_id, act(), expected_version=version))

    if tried(form, use):
        flash(_added_words(made[0]), "success")
        return to_round(round_id)
    return _month_page(_census(row.id), _later(row, frame_id), form), BAD


def _added_words(added: Added) -> str:
    if not added.came_in:
        return "The list is on record. It brought no new case."
    came_in = "1 case came in." if added.came_in == 1 else f"{added.came_in:,} cases came in."
    if not added.waiting:
        return f"{came_in} Each has an auditor, who gets one message."
    waiting = "1 of them has" if added.waiting == 1 else f"{added.waiting:,} of them have"
    return (
        f"{came_in} {waiting} no auditor yet: nobody in the round may audit {'it' if added.waiting == 1 else 'them'}."
    )
