"""Signing in: Flask-Security with local accounts, restyled; ours are the lock and the sealed form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request, session, url_for
from flask_security import LoginForm, MailUtil, Security
from flask_security.signals import user_authenticated
from werkzeug.local import LocalProxy

from auditflow.models import Person, Role
from auditflow.queries.person import find_person_by_email
from auditflow.web.request import SAFE_METHODS, house
from auditflow.web.sealed_form import open_form, seal_form, sent_file
from auditflow.web.signed_in import People

TRIES = 5
LOCK = timedelta(minutes=15)
REDIRECTS = frozenset({302, 303})
REFUSED = (
    f"The e-mail address or the password is not right. After {TRIES} wrong tries, wait "
    f"{LOCK // timedelta(minutes=1)} minutes before you try again."
)
"""Every refusal: for a wrong password, a locked account, and an account that does not exist."""

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_LOGIN_USER_TEMPLATE": "security/login_user.html",
    "SECURITY_MSG_INVALID_PASSWORD": (REFUSED, "error"),
    "SECURITY_MSG_USER_DOES_NOT_EXIST": (REFUSED, "error"),
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (REFUSED, "error"),
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    # Nothing asks for the password a second time, so the library's own page for that is not served.
    "SECURITY_FRESHNESS": timedelta(minutes=-1),
}


class Addresses(MailUtil):
    """An address that signs in only has to be one we know, so that a council's internal ones work too."""

    def normalize(self, email: str) -> str:
        """As addresses are kept: no spaces around it, lower case."""
        return email.strip().lower()


class LockingLoginForm(LoginForm):
    """The sign-in form; after five wrong passwords the account waits a quarter of an hour."""

    remember = None
    """A session ends after its hours; the library would keep a browser signed in for a year if it were asked to."""

    def validate(self, **kwargs: Any) -> bool:
        """Check the password, count the failures, and say the same sentence for every refusal."""
        moment = house().clock.now()
        sessions = house().sessions
        person = find_person_by_email(sessions(), self.email.data or "")
        locked = person is not None and person.locked_until is not None and person.locked_until > moment
        # Looked at while the account is locked too: a faster answer would tell that there is such an account.
        right = bool(super().validate(**kwargs))
        if locked:
            self.form_errors.append(REFUSED)
        elif person is not None:
            _count(person, right, moment)
            sessions.commit()
        return right and not locked


def _count(person: Person, right: bool, moment: Any) -> None:
    person.failed_sign_ins = 0 if right else person.failed_sign_ins + 1
    if person.failed_sign_ins >= TRIES:
        person.failed_sign_ins, person.locked_until = 0, moment + LOCK


def install(app: Flask) -> None:
    """Set Flask-Security up on `app`."""
    app.config.update(SETTINGS, SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"])
    sessions: Any = LocalProxy(lambda: house().sessions)
    store = People(sessions, Person, Role)
    security = Security(app, store, login_form=LockingLoginForm, mail_util_cls=Addresses)
    security.unauthn_handler(lambda *_args, **_more: ask_to_sign_in())
    app.register_error_handler(401, lambda _error: ask_to_sign_in())
    user_authenticated.connect(_keep_sealed_form, app)
    app.after_request(_give_back)


def ask_to_sign_in() -> Any:
    """Nobody is signed in: to the sign-in page, and with what was typed sealed into it after a POST."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    form = LockingLoginForm(formdata=None)
    shown = {"login_user_form": form, "sealed": seal_form(), "had_file": sent_file()}
    return render_template("security/login_user.html", **shown), 401


def _keep_sealed_form(_app: Flask, user: Person, **_more: Any) -> None:
    """Just signed in: if a sealed form came along and was this person's, the next page gives it back."""
    session.permanent = True
    token = request.form.get("sealed", "")
    form = open_form(token, user.id) if token else None
    if form is not None:
        g.sealed_form = form


def _give_back(response: Response) -> Response:
    """In place of the redirect after signing in: what was typed before, ready to be sent again."""
    form = g.pop("sealed_form", None)
    if form is None or response.status_code not in REDIRECTS:
        return response
    return make_response(render_template("sign_in/welcome_back.html", sealed_form=form))
