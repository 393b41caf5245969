"""Blueprints on which every route declares who may use it; a route without a declaration cannot be made.

`page` is for looking (GET, never writes); `act` is for doing (POST only, one transaction, committed here).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort
from werkzeug.routing import IntegerConverter, Map

from auditflow.domain.errors import NotFound
from auditflow.domain.whole_number import LARGEST
from auditflow.models.base import core
from auditflow.models.journal import ReadLog
from auditflow.models.plain import Plain, plain
from auditflow.web.request import db, house, known_user, now, viewer
from auditflow.web.trying_again import try_again
from workflows.roles import PERSON_ROLES

View = Callable[..., Any]

ANYONE = "anyone"
"""No sign-in needed."""
SIGNED_IN = "signed in"
"""Whoever is signed in; what they see is limited by the queries."""


@cache
def _write_reading(dialect: str) -> Plain:
    example = {"person_id": 0, "subject_type": "", "subject_id": 0, "endpoint": "", "at": datetime.now(UTC)}
    return plain(dialect, sa.insert(core(ReadLog)).values({name: sa.bindparam(name) for name in example}), example)


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have. At a larger one there is nothing."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


class Pages(Blueprint):
    """A blueprint of one noun. `may` names role keys of which one must be held, ANYONE or SIGNED_IN."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.permissions: dict[str, frozenset[str]] = {}

    def page(self, rule: str, *, may: Iterable[str] | str, opens: str = "") -> Callable[[View], View]:
        """A GET page. `opens` names the subject type whose case content it shows; that is logged first.

        It is tried again like an act: a connection that died in the pool is found out by its first use.
        """

        def decorate(view: View) -> View:
            guarded = _tried_again(self._guard(view, may, opens))
            self.add_url_rule(rule, view.__name__, guarded, methods=["GET"])
            return guarded

        return decorate

    def act(self, rule: str, *, may: Iterable[str] | str) -> Callable[[View], View]:
        """A POST that may write: committed when the view returns, rolled back when it raises.

        When the database is busy it is done again, up to twice: a view must change nothing but the database.
        """

        def decorate(view: View) -> View:
            guarded = _tried_again(self._guard(_committed(view), may, ""))
            self.add_url_rule(rule, view.__name__, guarded, methods=["POST"])
            return guarded

        return decorate

    def _guard(self, view: View, may: Iterable[str] | str, opens: str) -> View:
        allowed = frozenset([may] if isinstance(may, str) else may)
        unknown = allowed - {*PERSON_ROLES, ANYONE, SIGNED_IN}
        if not allowed or unknown:
            raise ValueError(f"{view.__name__}: nobody, or somebody unknown, may use it: {sorted(unknown)}")
        self.permissions[view.__name__] = allowed

        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            if ANYONE not in allowed:
                _require(allowed)
            if opens:
                _log_reading(opens, arguments)
            return view(**arguments)

        return guarded


def _require(allowed: frozenset[str]) -> None:
    if known_user() is None:
        abort(401)
    if SIGNED_IN not in allowed and viewer().roles.isdisjoint(allowed):
        # What a person may not see does not exist.
        raise NotFound("There is no such page.")


def _committed(view: View) -> View:
    @wraps(view)
    def committed(**arguments: Any) -> Any:
        session = db()
        try:
            response = view(**arguments)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return response

    return committed


def _tried_again(view: View) -> View:
    """Outside the guard: who is signed in is the first thing that is asked of the database."""

    @wraps(view)
    def tried(**arguments: Any) -> Any:
        return try_again(view, arguments)

    return tried


def _log_reading(subject_type: str, arguments: dict[str, Any]) -> None:
    """No log, no page: written and committed before anything is rendered."""
    from flask import request

    subject_id = next((v for k, v in arguments.items() if k.endswith("_id")), 0)
    read = {
        "person_id": viewer().person_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "endpoint": request.endpoint or "",
        "at": now(),
    }
    # A look that is still open would keep SQLite from folding its log back at each commit, and PostgreSQL's pool
    # would have to find every reader a second connection.
    db().rollback()
    with house().database.single() as connection:
        _write_reading(connection.dialect.name).run(connection, read)
