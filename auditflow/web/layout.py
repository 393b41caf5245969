"""What every page's frame needs: the council's name and colour, the person, the navigation."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from markupsafe import Markup

from auditflow.domain.clock import LONDON
from auditflow.web.asset_version import asset_version
from auditflow.web.navigation import navigation
from auditflow.web.request import house, known_user, new_key, viewer
from auditflow.web.theme import stylesheet
from auditflow.web.timetable_words import time_limit
from auditflow.web.waiting import waiting_counts


def install(app: Flask) -> None:
    """Context, filters and the theme stylesheet."""
    app.context_processor(_context)
    app.add_url_rule("/theme.css", "theme", _theme)
    app.jinja_env.filters.update(day=day, long_day=long_day, clock_time=clock_time, ref=case_ref)
    app.jinja_env.globals.update(time_limit=time_limit)


def _context() -> dict[str, Any]:
    settings = house().settings
    base = {
        "council_name": settings.council_name,
        "audit_noun": settings.audit_noun,
        "new_key": new_key,
        "asset_version": asset_version(),
    }
    if known_user() is None:
        return base | {"navigation": [], "person": None, "role_names": []}
    me = viewer()
    names = [name if i == 0 else name[0].lower() + name[1:] for i, name in enumerate(me.role_names)]
    return base | {"navigation": navigation(me, _counts()), "person": me, "role_names": [n.lower() for n in names]}


def _counts() -> dict[str, int]:
    """What waits for the person, by the page that shows it."""
    waits = waiting_counts()
    return {
        "work.work_list": waits.get("", 0),
        "moderation.moderation_list": waits.get("moderation", 0),
        "alert.alert_list": waits.get("alert", 0),
        "feedback.feedback_list": waits.get("reflection", 0),
        "approval.approval_list": waits.get("approval", 0),
    }


def _theme() -> Response:
    response = Response(stylesheet(house().settings.council_colour), mimetype="text/css")
    response.cache_control.max_age = 300
    return response


def day(moment: Any) -> str:
    """A date as “14 December 2026”; an instant is taken in London."""
    local = moment.astimezone(LONDON) if hasattr(moment, "astimezone") else moment
    return f"{local.day} {local:%B %Y}"


def long_day(moment: Any) -> str:
    """A date somebody must act on, as “Monday 14 December”."""
    local = moment.astimezone(LONDON) if hasattr(moment, "astimezone") else moment
    return f"{local:%A} {local.day} {local:%B}"


def clock_time(moment: Any) -> str:
    """An instant's time in London, as “14:32”."""
    return f"{moment.astimezone(LONDON):%H:%M}"


def case_ref(ref: str) -> Markup:
    """A case reference, which never breaks at its hyphen."""
    return Markup('<span class="app-ref">{}</span>').format(ref)


def about_case(sentence: str, ref: str) -> Markup:
    """A sentence with `{}` in it, for the case reference that never breaks there."""
    before, _, after = sentence.partition("{}")
    return Markup("{}{}{}").format(before, case_ref(ref) if ref else "", after)
