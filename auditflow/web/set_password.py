"""The page behind an invitation's link: choose a password, once."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_security import hash_password, login_user

from auditflow.models import Person
from auditflow.services.act import Act
from auditflow.services.person import set_password
from auditflow.services.sign_in_link import open_link
from auditflow.web.request import db, house, new_key, now
from auditflow.web.routing import ANYONE, Pages

pages = Pages("set_password", __name__)

SHORTEST = 12
LONGEST = 128


def _whose(token: str) -> Person:
    return open_link(db(), token, secret_key=house().settings.secret_key, at=now())


@pages.page("/set-password/<token>", may=ANYONE)
def set_password_form(token: str) -> Any:
    """The form, if the link is good."""
    return render_template("sign_in/set_password.html", whose=_whose(token), errors=[])


@pages.act("/set-password/<token>", may=ANYONE)
def set_password_save(token: str) -> Any:
    """Keep the password and sign in."""
    person = _whose(token)
    password = request.form.get("password", "")
    sentence = _problem(password)
    if sentence:
        errors = [{"text": sentence, "href": "#password"}]
        return render_template("sign_in/set_password.html", whose=person, errors=errors), 400
    set_password(db(), person, hash_password(password), Act(person.id, now(), new_key()))
    login_user(person)
    return redirect(url_for("work.work_list"))


def _problem(password: str) -> str:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if len(set(password)) < 5:
        return "Use more than a few different characters."
    return ""
