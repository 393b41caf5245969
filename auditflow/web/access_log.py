"""One line a request: what was asked, by whom (a number), with what result, how long it took.

The rule of the route stands for the address, and nothing that was typed or shown is written: neither form,
query nor page.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request, session

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Time every request of `app`, and describe its faults without their words."""
    app.before_request(_start)
    app.after_request(_write)
    app.log_exception = _write_fault  # type: ignore[method-assign]


def _start() -> None:
    g.started = time.perf_counter()


def _write(response: Response) -> Response:
    if request.endpoint in {"static", "theme"}:
        return response
    took = (time.perf_counter() - g.started) * 1000 if "started" in g else 0.0
    more = {"reference": g.reference} if "reference" in g else {}
    log.info(
        "request",
        method=request.method,
        route=_route(),
        status=response.status_code,
        ms=round(took, 1),
        person=_person_id(),
        **more,
    )
    return response


def _route() -> str:
    """The rule, with names where the address has numbers; an address that is none of ours is not repeated."""
    return request.url_rule.rule if request.url_rule is not None else "(none)"


def _person_id() -> int | None:
    """Who is signed in, if this request has found that out; asking now might need a database that is away."""
    viewer = g.get("viewer")
    if viewer is not None:
        return int(viewer.person_id)
    known = g.get("_login_user")
    return known.__dict__.get("id") if known is not None and "_user_id" in session else None


def _write_fault(exc_info: Any) -> None:
    """In place of Flask's own, which writes the message of the exception. The page quotes the reference."""
    g.reference = secrets.token_hex(4)
    log.error("fault", route=_route(), method=request.method, reference=g.reference, exc_info=exc_info)
