"""Help: how the work goes by role, accessibility, privacy, and who can see what. Anybody may read it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from auditflow.web.help_words import ROLE_HELP, SEES
from auditflow.web.request import known_user, viewer
from auditflow.web.routing import ANYONE, Pages
from auditflow.web.timetable_words import time_limit
from workflows.roles import PERSON_ROLES
from workflows.time_limits import TIME_LIMITS

pages = Pages("help", __name__)


@pages.page("/help", may=ANYONE)
def help_show() -> Any:
    """What each role does here, the reader's own roles first."""
    own = _own_roles()
    limits = {setting: time_limit(setting) for setting in TIME_LIMITS}
    order = sorted(PERSON_ROLES, key=lambda key: key not in own)
    parts = [{"key": key, "name": PERSON_ROLES[key], "lines": _lines(key, limits), "own": key in own} for key in order]
    return render_template("help/show.html", parts=parts, own=own)


def _lines(role: str, limits: dict[str, str]) -> list[str]:
    return [line.format(**limits) for line in ROLE_HELP[role]]


@pages.page("/help/accessibility", may=ANYONE)
def help_accessibility() -> Any:
    """The accessibility statement."""
    return render_template("help/accessibility.html")


@pages.page("/help/privacy", may=ANYONE)
def help_privacy() -> Any:
    """What is kept about whom, and for what."""
    return render_template("help/privacy.html")


@pages.page("/help/who-can-see-what", may=ANYONE)
def help_who_can_see_what() -> Any:
    """What each role sees and may do."""
    rows = [[PERSON_ROLES[key], *SEES[key]] for key in PERSON_ROLES]
    return render_template("help/who_can_see_what.html", rows=rows)


def _own_roles() -> frozenset[str]:
    return viewer().roles if known_user() else frozenset()
