"""Working days and time limits: the council's closure days and its own figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput
from auditflow.queries.timetable import get_timetable
from auditflow.services.timetable_change import add_closure_day, change_time_limits, remove_closure_day
from auditflow.web.layout import day, long_day
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from auditflow.web.timetable_words import ASKED, time_limit
from forms.base import ChangeForm
from forms.timetable import AddClosureDayForm, RemoveClosureDayForm, time_limits_form
from workflows.time_limits import TIME_LIMITS

pages = Pages("timetable", __name__)

ADMIN = ("administrator",)
BAD = 400
TimeLimits = time_limits_form(ASKED)


@pages.page("/timetable", may=ADMIN)
def timetable_show() -> Any:
    """The closure days, and every time limit with the council's figure."""
    own = get_timetable(db())
    limits = [
        [ASKED[key], time_limit(key), f"Yes: usually {limit.figure} {limit.unit}" if key in own.time_limits else "No"]
        for key, limit in TIME_LIMITS.items()
    ]
    days = [(date.fromisoformat(iso), name) for iso, name in own.closure_days.items()]
    return render_template("timetable/show.html", own=own, limits=limits, days=days)


@pages.page("/timetable/closure-days/new", may=ADMIN)
def closure_day_new() -> Any:
    """The form for a day on which the council is closed."""
    return _day_page(AddClosureDayForm(key=new_key(), version=get_timetable(db()).version))


@pages.act("/timetable/closure-days/new", may=ADMIN)
def closure_day_add() -> Any:
    """Keep the day."""
    form = AddClosureDayForm(request.form)
    closed = form.day.data if form.validate() else None
    if closed is not None:
        try:
            add_closure_day(db(), closed, form.name.data or "", act(), expected_version=form.version.data)
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field)
        else:
            return _done(f"{long_day(closed)} {closed.year} no longer counts as a working day.")
    form.key.data = new_key()
    return _day_page(form), BAD


def _day_page(form: ChangeForm) -> str:
    return render_template("timetable/day.html", form=form)


@pages.act("/timetable/closure-days/remove", may=ADMIN)
def closure_day_remove() -> Any:
    """Make it a working day again."""
    form = RemoveClosureDayForm(request.form)
    closed = form.closed() if form.validate() else None
    if closed is None:
        raise BadInput("Nothing was changed: say which day is meant.")
    remove_closure_day(db(), closed, act(), expected_version=form.version.data)
    return _done(f"{day(closed)} counts as a working day again.")


@pages.page("/timetable/limits", may=ADMIN)
def time_limits_show() -> Any:
    """The form with every figure as it is now."""
    own = get_timetable(db())
    figures = {key: own.time_limits.get(key, limit.figure) for key, limit in TIME_LIMITS.items()}
    return _limits_page(TimeLimits(key=new_key(), version=own.version, **figures))


@pages.act("/timetable/limits", may=ADMIN)
def time_limits_change() -> Any:
    """Keep the figures."""
    form = TimeLimits(request.form)
    if form.validate():
        try:
            change_time_limits(db(), form.figures(), act(), expected_version=form.version.data)
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field)
        else:
            return _done("The time limits are saved. Those that run already keep their time.")
    form.key.data = new_key()
    return _limits_page(form), BAD


def _limits_page(form: ChangeForm) -> str:
    return render_template("timetable/limits.html", form=form)


def _done(words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("timetable.timetable_show"), code=303)
