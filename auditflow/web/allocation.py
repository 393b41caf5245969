"""Step 6 of a new round, and later: the auditors of a round, a suggested allocation, moving cases by hand."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from auditflow.domain.errors import BadInput, GuardRefused
from auditflow.domain.sampling_words import group_words
from auditflow.domain.whole_number import read_whole_number
from auditflow.models import AuditRound
from auditflow.queries.allocation import Eligibility, list_available_auditors, list_round_auditors, read_eligibility
from auditflow.services.allocation import Suggestion, allocate_cases, choose_auditors, suggest_allocation
from auditflow.web.audit_round_pages import BAD, LEAD, step_caption, to_step, tried, visible_round
from auditflow.web.layout import day
from auditflow.web.request import act, db, form_version, new_key
from auditflow.web.routing import Pages
from forms.audit_round import PressForm

pages = Pages("allocation", __name__)
SEEN = "graded this case before, or could see its grade"
MOST_CASES = 99_999
"""Cases that one auditor can be said to take."""
MOST = 200
"""Cases with a choice of auditor on one page; larger rounds are allocated as suggested, then moved one by one."""


@pages.page("/rounds/<int:round_id>/auditors", may=LEAD)
def allocation_auditors(round_id: int) -> Any:
    """Who audits in this round, and how many cases each can take."""
    row = visible_round(round_id)
    return _auditors_page(row, PressForm(None, key=new_key(), version=row.version), list_round_auditors(db(), row.id))


def _auditors_page(row: AuditRound, form: PressForm, chosen: dict[int, Any]) -> str:
    people = list_available_auditors(db(), row.starts_on)
    return render_template(
        "audit_round/auditors.html",
        row=row,
        form=form,
        caption=step_caption(row, 6),
        people=[
            {
                "id": p.id,
                "name": p.name,
                "trained": p.trained,
                "until": day(p.trained_until) if p.trained_until else "",
                "chosen": p.id in chosen if chosen else p.trained,
                "capacity": chosen.get(p.id, p.capacity),
            }
            for p in people
        ],
    )


@pages.act("/rounds/<int:round_id>/auditors", may=LEAD)
def allocation_choose(round_id: int) -> Any:
    """Keep the auditors, and go on to the cases."""
    row = visible_round(round_id)
    form = PressForm(request.form)
    if tried(form, lambda: choose_auditors(db(), round_id, _capacities(), act()), done="The auditors are chosen."):
        return to_step("allocation.allocation_show", round_id)
    return _auditors_page(visible_round(row.id), form, _ticked()), BAD


def _ticked() -> dict[int, str]:
    """The auditors that are ticked, with the number of cases typed beside each."""
    found = ((read_whole_number(i), request.form.get(f"capacity-{i}", "")) for i in request.form.getlist("person"))
    return {person: typed for person, typed in found if person is not None}


def _capacities() -> dict[int, int]:
    known = {p.id for p in list_available_auditors(db(), visible_round(_round_id()).starts_on)}
    found: dict[int, int] = {}
    for sent in request.form.getlist("person"):
        person = read_whole_number(sent)
        if person is None or person not in known:
            raise BadInput("Choose from the auditors shown.", field="auditors")
        number = read_whole_number(request.form.get(f"capacity-{sent}", "").strip(), MOST_CASES)
        if number is None:
            raise BadInput("Enter how many cases each auditor can take, as a whole number.", field="auditors")
        found[person] = number
    return found


def _round_id() -> int:
    return int((request.view_args or {})["round_id"])


@pages.page("/rounds/<int:round_id>/allocation", may=LEAD)
def allocation_show(round_id: int) -> Any:
    """The cases, with the suggested auditor of each that has none."""
    row = visible_round(round_id)
    if not list_round_auditors(db(), row.id):
        return to_step("allocation.allocation_auditors", round_id)
    return _page(row, PressForm(None, key=new_key(), version=row.version), _posted_choice())


@pages.act("/rounds/<int:round_id>/allocation", may=LEAD)
def allocation_save(round_id: int) -> Any:
    """Allocate as shown; or suggest again, keeping the pins, without writing anything."""
    row = visible_round(round_id)
    form = PressForm(request.form)
    chosen, pins = _posted_choice(), _pins()
    if request.form.get("do") == "suggest":
        kept = {audit: person for audit, person in chosen.items() if audit in pins}
        return _page(row, PressForm(None, key=new_key(), version=row.version), kept)
    version = form_version()

    def use() -> None:
        whole = {**suggest_allocation(db(), round_id, pins=chosen).auditor_of, **chosen}
        if version != row.version and row.state != "live":
            raise BadInput("The round has changed since this page was opened. Look at the cases again.")
        allocate_cases(db(), round_id, whole, act(), pinned=pins)

    done = "The cases are allocated."
    if tried(form, use, done=done):
        return to_step("allocation.allocation_show", round_id)
    return _page(visible_round(round_id), form, chosen), BAD


def _posted_choice() -> dict[int, int]:
    found = {}
    for name, value in request.form.items():
        audit, person = read_whole_number(name.removeprefix("auditor-")), read_whole_number(value)
        if name.startswith("auditor-") and audit is not None and person is not None:
            found[audit] = person
    return found


def _pins() -> set[int]:
    sent = map(read_whole_number, request.form.getlist("pin"))
    return {audit for audit in sent if audit is not None}


def _page(row: AuditRound, form: PressForm, wanted: dict[int, int]) -> str:
    suggestion, known, problem = _suggestion(row, wanted)
    waiting = known.waiting
    auditor_of = dict(suggestion.auditor_of) if suggestion else wanted
    if problem:
        form.add_error(problem)
    return render_template(
        "audit_round/allocation.html",
        row=row,
        form=form,
        caption=step_caption(row, 6) if row.state == "sampled" else row.name,
        waiting=len(waiting),
        allocated=sum(case.auditor_id is not None for case in known.cases.values()),
        lines=[_line(known, case, auditor_of.get(case.id), wanted) for case in waiting[:MOST]],
        more=max(0, len(waiting) - MOST),
        loads=_loads(known, auditor_of),
        repeats=suggestion.outcome.repeats if suggestion else 0,
        over=[known.candidates[int(str(i))].name for i in suggestion.outcome.over_capacity] if suggestion else [],
        no_team=sum(case.team_id is None for case in waiting),
        no_worker=sum(case.worker_id is None for case in waiting),
        conflicts=sum(audit in {case.id for case in waiting} for _, audit in known.conflicts),
    )


def _suggestion(row: AuditRound, wanted: dict[int, int]) -> tuple[Suggestion | None, Eligibility, str]:
    try:
        suggestion = suggest_allocation(db(), row.id, pins=wanted)
    except (GuardRefused, BadInput) as refusal:
        return None, read_eligibility(db(), row), refusal.sentence
    return suggestion, suggestion.eligibility, ""


def _line(known: Eligibility, case: Any, person: int | None, wanted: dict[int, int]) -> dict[str, Any]:
    barred = {who: "conflict" for who, audit in known.conflicts if audit == case.id}
    barred |= {who: SEEN for who, audit in known.graded if audit == case.id}
    options = [
        (c.id, f"{c.name} ({barred[c.id]})" if c.id in barred else c.name)
        for c in known.candidates.values()
        if c.trained
    ]
    return {
        "id": case.id,
        "ref": case.ref,
        "kind": group_words(case.case_type) if case.case_type else "",
        "second": case.purpose == "second",
        "team": case.team,
        "auditor": person,
        "options": options,
        "pinned": case.id in wanted,
    }


def _loads(known: Eligibility, auditor_of: dict[int, int]) -> list[list[Any]]:
    new = list(auditor_of.values())
    rows = []
    for c in known.candidates.values():
        load = c.load + new.count(c.id)
        share = f"{100 * load / c.capacity:.0f}%" if c.capacity else ""
        words = c.name if c.trained else f"{c.name} (training has run out)"
        rows.append([words, c.load, new.count(c.id), c.capacity, share])
    return rows
