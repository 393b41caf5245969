"""Doing a POST again when the database was busy: each try begins with a clean session and nothing remembered.

An act is known by its form's key, so one that was committed although the answer was lost is not done twice.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, g, request, session
from sqlalchemy.exc import OperationalError

from auditflow.web.request import SAFE_METHODS, db, house, known_user

TRIES = 3
WAITS = (0.1, 0.4)
"""Seconds before the second and third try. SQLite itself has waited five for its lock before it says so."""

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Reach the database before anything else of a POST does: who is signed in is asked before any view."""
    app.before_request(_reach)


def _reach() -> None:
    """Begin the request's transaction and find out who asks; with SQLite this is where a lock is waited for.

    PostgreSQL is sent nothing before the first question, so it is that question which meets a connection that died.
    """
    if request.method not in SAFE_METHODS:
        try_again(_begin, {})


def _begin() -> None:
    db().connection()
    if known_user() is None:
        db().execute(sa.select(1))


def try_again(view: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call `view`; up to twice more if the database was locked, gone, or undid it for another's sake."""
    known = set(g)
    # A look only takes things out of the session; a POST may also change what stands in it.
    cookie = dict(session) if request.method in SAFE_METHODS else copy.deepcopy(dict(session))
    for wait in (*WAITS, None):
        try:
            return view(**arguments)
        except OperationalError:
            if wait is None:
                raise
            log.warning("the database did not answer; trying again", view=view.__name__)
            _forget(known, cookie)
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _forget(known: set[str], cookie: dict[str, Any]) -> None:
    """Drop what the failed try had loaded or put down: rows, the person, messages, uploads read to their end."""
    house().sessions.remove()
    # The person hangs on the session that has just gone.
    for name in (set(g) - known) | {"_login_user", "viewer"}:
        g.pop(name, None)
    if dict(session) != cookie:
        session.clear()
        session.update(cookie)
    for upload in request.files.values():
        upload.stream.seek(0)
