"""What the program writes about itself: one line an event, without a word of any case.

On a terminal the lines are for reading, elsewhere they are JSON. A fault is written as its type and the places
it passed through, never as its message: the message of a database error repeats the values it was given.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

Fault = tuple[type[BaseException], BaseException, TracebackType | None]
MOST_FRAMES = 30


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Write every event to standard error; also those of the libraries, from warnings upward."""
    terminal = sys.stderr.isatty()
    end: Any = structlog.dev.ConsoleRenderer(colors=False) if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            faults_without_words,
            end,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _to_standard_error(*_names: Any) -> structlog.PrintLogger:
    # Asked for at every line: whoever replaced standard error since (a test, a daemon) gets the line there.
    return structlog.PrintLogger(sys.stderr)


def faults_without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception in an event by its type and the places it passed through."""
    given = event.pop("exc_info", None)
    if given:
        event.update(describe_fault(_fault(given)))
    return event


def _fault(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    return given[1] if isinstance(given, tuple) else sys.exc_info()[1]


def describe_fault(fault: BaseException | None) -> dict[str, Any]:
    """The type of a fault, of what caused it, and where: never its message."""
    if fault is None:
        return {}
    frames = traceback.extract_tb(fault.__traceback__)[-MOST_FRAMES:]
    cause = fault.__cause__ or fault.__context__
    described: dict[str, Any] = {
        "fault": type(fault).__qualname__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    return described | ({"cause": type(cause).__qualname__} if cause else {})


class PlainFormatter(logging.Formatter):
    """The libraries' own lines, with a fault described as above."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """The type of the fault and the places it passed through."""
        told = describe_fault(ei[1])
        return "\n".join([str(told.get("fault", "")), *(f"  {place}" for place in told.get("where", []))])
