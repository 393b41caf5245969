"""Addresses that are the same for everybody are made once, and are never another page's."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from auditflow.web.application import Application

ASKED: list[dict[str, Any]] = [
    {"endpoint": "rounds"},
    {"endpoint": "rounds", "_external": True},
    {"endpoint": "rounds", "_anchor": "open"},
    {"endpoint": "rounds", "sort": "due"},
    {"endpoint": "round", "number": 3},
    {"endpoint": "round", "number": 4},
    {"endpoint": "static", "filename": "app.css", "v": "1"},
    {"endpoint": "static", "filename": "app.css", "v": "2"},
    {"endpoint": "static", "filename": "app.js", "v": "1"},
    {"endpoint": "static", "filename": "app.js"},
    {"endpoint": "static", "filename": "app.js", "_external": True},
]


def with_rules(app: Flask) -> Flask:
    app.add_url_rule("/rounds", "rounds", lambda: "")
    app.add_url_rule("/rounds/<int:number>", "round", lambda number: "")
    return app


@pytest.mark.parametrize("root", ["", "/audit"])
def test_every_address_is_flasks_own_also_when_asked_again(root: str) -> None:
    ours, flasks = with_rules(Application(__name__)), with_rules(Flask(__name__))
    for place in (root, "/elsewhere", root):
        for host in ("http://one.invalid", "http://two.invalid"):
            with flasks.test_request_context("/rounds", base_url=host + place):
                expected = [url_for(**asked) for asked in ASKED]
            with ours.test_request_context("/rounds", base_url=host + place):
                assert [url_for(**asked) for asked in ASKED] == expected


def test_an_address_that_does_not_exist_is_refused_each_time() -> None:
    app = with_rules(Application(__name__))
    with app.test_request_context("/"):
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("nowhere")
