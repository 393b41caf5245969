"""Error pages: what happened, what was kept, what to do. What was typed is always shown again."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from auditflow.adapters.case_list_source import MAX_BYTES
from auditflow.domain.errors import NotFound, NotPermitted, Refused, Stale
from auditflow.web.request import house, known_user, sent_by_script

NOT_TYPED = frozenset({"csrf_token", "version", "key", "password", "action"})
STATUS: dict[type[Refused], int] = {NotFound: 404, NotPermitted: 403, Stale: 409}
AGAIN = frozenset({400, 409})
TOO_LARGE = RequestEntityTooLarge.code
PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500, 503})


BUSY = "The database did not answer in time. What you typed is kept here and is sent again."
LARGE = "That is too large to send. Nothing of it was saved."
BROKEN = "Something went wrong on our side. What you typed is kept here."


def install(app: Flask) -> None:
    """Register the handlers on `app`."""
    app.before_request(_refuse_unreadable)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf_expired)
    for away in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)


def _refuse_unreadable() -> None:
    """PostgreSQL and the file system take no NUL in any text, and no address of ours has one."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        abort(400)


def typed() -> list[tuple[str, str]]:
    """What the person had typed into the form that could not be taken; nothing of one that was too large to read."""
    try:
        sent = request.form
    except RequestEntityTooLarge:
        return []
    lists = ((name, " ".join(values).strip()) for name, values in sent.lists() if _is_typed(name))
    return [(name, text) for name, text in lists if text]


def _is_typed(name: str) -> bool:
    """Not what the page itself sent along, nor the number behind a choice."""
    return name not in NOT_TYPED and not name.endswith("_id")


def forget_person() -> None:
    """Show the rest of this request as to nobody: the frame of a page asks the database only about a person."""
    house().sessions.remove()
    g.pop("viewer", None)
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _page(status: int, sentence: str = "", **more: Any) -> tuple[Any, int]:
    if sent_by_script():
        return jsonify(error=sentence or str(status)), status
    template = f"errors/{status if status in PAGES else 400}.html"
    return render_template(template, sentence=sentence, typed=typed(), again=_again(status), **more), status


def _again(status: int) -> str:
    """The address of the page that was sent, if it can be opened as it is now; blank if not."""
    if request.method != "POST" or status not in AGAIN:
        return ""
    addresses = current_app.create_url_adapter(request)
    return request.path if addresses is not None and addresses.test(method="GET") else ""


def _refused(error: Refused) -> tuple[Any, int]:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    # A move that is not possible (any more) is a conflict with the present state, not a malformed request.
    if status == 400 and request.method == "POST" and error.code in {"wrong_state", "guard_refused", "misuse"}:
        status = 409
    return _page(status, error.sentence)


def _csrf_expired(error: CSRFError) -> Any:
    """A token dies with its session: then what was typed goes, sealed, into the sign-in page."""
    if request.form.get("key") and known_user() is None:
        from auditflow.web.sign_in import ask_to_sign_in

        return ask_to_sign_in()
    return _page(400, "This page was open for too long, so it was not sent.", send_again=True)


def _database_away(error: SQLAlchemyError) -> tuple[Any, int]:
    forget_person()
    return _page(503, BUSY if sent_by_script() else "")


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if error.code == TOO_LARGE:
        return _page(TOO_LARGE, LARGE if sent_by_script() else "", limit=f"{MAX_BYTES >> 20} MB")
    return _page(error.code)


def _broken(error: Exception) -> tuple[Any, int]:
    """The page of a fault of ours. Whatever broke may break the frame of the page too: then it goes without."""
    reference = g.get("reference", "")
    try:
        return _page(500, BROKEN if sent_by_script() else "", reference=reference)
    except Exception:
        forget_person()
        return _page(500, reference=reference)
