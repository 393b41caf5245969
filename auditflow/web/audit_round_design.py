"""Steps 3 to 5 of a new round: the design, a trial sample, locking and the draw."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.clock import LONDON
from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_words import in_words
from auditflow.models import AuditRound, Frame
from auditflow.queries.audit_round import list_seeds_tried
from auditflow.queries.person import list_people
from auditflow.queries.sample import count_reserves, get_frame, get_standing_draw, list_standing_refs
from auditflow.queries.sample_list import available_columns
from auditflow.services.audit_round import change_round
from auditflow.services.sample import DrawResult, PublicOutcome, check_design, count_eligible, draw_sample, lock_design
from auditflow.web.audit_round_pages import BAD, LEAD, TAKEN, show_refusal, step_caption, to_step, tried, visible_round
from auditflow.web.audit_round_trial import trial_of
from auditflow.web.request import act, db, form_version, new_key, now
from auditflow.web.routing import Pages
from forms.audit_round import PressForm
from forms.sample import DesignSampleForm, EnterOutcomeForm, answers_of, design_of, offer

pages = Pages("audit_round_design", __name__)
FURTHEST = timedelta(days=366)
"""How far ahead a public event may be."""


@pages.page("/rounds/<int:round_id>/design", may=LEAD)
def audit_round_design(round_id: int) -> Any:
    """Step 3: the design."""
    row = visible_round(round_id)
    frame = get_frame(db(), row.frame_id)
    event: dict[str, Any] = {"seed_source": row.seed_source, "public_event": row.public_event}
    if row.public_event_at is not None:
        local = row.public_event_at.astimezone(LONDON)
        event |= {"public_day": local.date(), "public_time": local.time()}
    known = answers_of({} if row.kind == "census" else row.design, available_columns(frame))
    form = DesignSampleForm(None, key=new_key(), version=row.version, kind=row.kind, **known, **event)
    return _design_page(form, row, frame)


def _design_page(form: DesignSampleForm, row: AuditRound, frame: Frame) -> str:
    columns = available_columns(frame)
    offer(form, columns)
    return render_template(
        "audit_round/design.html", form=form, row=row, frame=frame, columns=columns, caption=step_caption(row, 3)
    )


@pages.act("/rounds/<int:round_id>/design", may=LEAD)
def audit_round_set_design(round_id: int) -> Any:
    """Keep the design if it fits the list, and go on to a trial."""
    row = visible_round(round_id)
    frame = get_frame(db(), row.frame_id)
    form, version = DesignSampleForm(request.form), form_version()
    if form.kind.data == "census" and row.state == "planned":
        return to_step("census.census_design", round_id)

    def use() -> None:
        design = design_of(form, frame.as_at, available_columns(frame), partial(count_eligible, db(), frame))
        changes = {"kind": "sample", "design": design, **_event(form, now())}
        changed = change_round(db(), round_id, changes, act(), expected_version=version)
        check_design(db(), changed)

    if tried(form, use):
        return to_step("audit_round_design.audit_round_trial", round_id)
    return _design_page(form, visible_round(round_id), get_frame(db(), row.frame_id)), BAD


def _event(form: DesignSampleForm, moment: datetime) -> dict[str, Any]:
    """The public event. Raises BadInput unless it is still to come, and within a year."""
    if form.seed_source.data != "public":
        return {"seed_source": "product", "public_event": None, "public_event_at": None}
    at = datetime.combine(form.public_day.data, form.public_time.data, LONDON)  # type: ignore[arg-type]
    if at <= moment:
        raise BadInput("The event must not have happened yet: its outcome must be known to nobody.", field="public_day")
    if at > moment + FURTHEST:
        raise BadInput("The event must be within a year from now.", field="public_day")
    return {"seed_source": "public", "public_event": form.public_event.data, "public_event_at": at}


@pages.page("/rounds/<int:round_id>/trial", may=LEAD)
def audit_round_trial(round_id: int) -> Any:
    """Step 4: what the design gives, and a trial with a throw-away number."""
    row = visible_round(round_id)
    if row.kind in TAKEN:
        return to_step(TAKEN[row.kind], round_id)
    frame = get_frame(db(), row.frame_id)
    if not row.design:
        raise BadInput("Design the sample first.")
    about = {"row": row, "frame": frame, "caption": step_caption(row, 4)}
    try:
        shown = trial_of(db(), row, frame)
    except BadInput as refusal:
        return render_template("audit_round/no_trial.html", **about, finding=in_words(refusal.sentence))
    return render_template("audit_round/trial.html", **about, **shown)


@pages.page("/rounds/<int:round_id>/draw", may=LEAD)
def audit_round_draw(round_id: int) -> Any:
    """Step 5: lock, then draw. Where nothing is drawn, the page on which the cases are taken stands in its place."""
    row = visible_round(round_id)
    if row.kind in TAKEN:
        return to_step(TAKEN[row.kind], round_id)
    return _draw_page(row, PressForm(None, key=new_key(), version=row.version), _outcome_form(None, row))


def _outcome_form(posted: Any, row: AuditRound) -> Any:
    form = EnterOutcomeForm(posted, key=new_key(), version=row.version)
    people = [("", "Choose a person"), *((str(person.id), person.name) for person in list_people(db()))]
    form.first_witness.choices = form.second_witness.choices = people
    return form


def _draw_page(row: AuditRound, form: Any, outcome: Any) -> str:
    frame = get_frame(db(), row.frame_id)
    shown = {"row": row, "frame": frame, "form": form, "outcome": outcome, "caption": step_caption(row, 5)}
    if row.state == "locked":
        shown["tried"] = len(list_seeds_tried(db(), row.id))
    if row.state == "sampled":
        shown["drawn"] = len(list_standing_refs(db(), row.id))
        shown["reserves"] = sum(group.waiting for group in count_reserves(db(), get_standing_draw(db(), row.id)))
        shown["next"] = url_for("allocation.allocation_show", round_id=row.id)
    return render_template("audit_round/draw.html", **shown)


@pages.act("/rounds/<int:round_id>/lock", may=LEAD)
def audit_round_lock(round_id: int) -> Any:
    """Lock list and design together."""
    form, version = PressForm(request.form), form_version()
    done = "The design is locked."
    if tried(form, lambda: lock_design(db(), round_id, act(), expected_version=version), done=done):
        return to_step("audit_round_design.audit_round_draw", round_id)
    row = visible_round(round_id)
    return _draw_page(row, form, _outcome_form(None, row)), BAD


@pages.act("/rounds/<int:round_id>/draw", may=LEAD)
def audit_round_draw_now(round_id: int) -> Any:
    """Draw. A limit that this number could not meet is told; the number stays on record."""
    row, version = visible_round(round_id), form_version()
    public = row.seed_source == "public"
    form = _outcome_form(request.form, row) if public else PressForm(request.form)
    results: list[DrawResult] = []
    if tried(form, lambda: results.append(_drawn(round_id, form, version, public=public))):
        refusal = results[0].refusal
        if refusal is None:
            return to_step("audit_round_design.audit_round_draw", round_id)
        show_refusal(form, refusal)
    row = visible_round(round_id)
    return _draw_page(row, form, form if public else _outcome_form(None, row)), BAD


def _drawn(round_id: int, form: Any, version: int | None, *, public: bool) -> DrawResult:
    seen = None
    if public:
        seen = PublicOutcome(form.outcome.data, (int(form.first_witness.data), int(form.second_witness.data)))
    return draw_sample(db(), round_id, act(), expected_version=version, outcome=seen)
