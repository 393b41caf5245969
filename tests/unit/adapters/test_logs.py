"""A fault in the log is its type and its places, never its words."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from auditflow.adapters.logs import PlainFormatter, set_up_logs

WORDS = "Ruby Ashdown lives at number four"


def test_an_exception_is_written_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    try:
        set_up_logs()
        try:
            raise ValueError(WORDS)
        except ValueError:
            structlog.get_logger().exception("fault", route="/x")
        line = json.loads(capsys.readouterr().err)
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = before
    assert (line["event"], line["fault"], line["route"]) == ("fault", "ValueError", "/x")
    assert line["where"]
    assert WORDS not in json.dumps(line)


def test_the_libraries_lines_say_no_more() -> None:
    try:
        raise ValueError(WORDS)
    except ValueError as fault:
        told = PlainFormatter().formatException((ValueError, fault, fault.__traceback__))
    assert told.startswith("ValueError\n")
    assert WORDS not in told
