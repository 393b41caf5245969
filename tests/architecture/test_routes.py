"""Every route says who may use it, and that table is read by a person whenever it changes."""

from __future__ import annotations

import difflib

import pytest
from flask import Flask

from auditflow.web.routing import Pages
from tests.architecture.routes import COMMAND, OUTSIDE, SAFE, TABLE, build_app, routes_table, who_may


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return build_app(tmp_path_factory.mktemp("routes"))


def test_every_route_declares_who_may_use_it(made: Flask) -> None:
    silent = [rule.rule for rule in made.url_map.iter_rules() if not who_may(made, rule.endpoint)]
    assert silent == []


def test_no_route_is_excused_that_does_not_exist(made: Flask) -> None:
    assert {rule.endpoint for rule in made.url_map.iter_rules()} >= set(OUTSIDE)


def test_the_table_of_routes_is_the_reviewed_one(made: Flask) -> None:
    reviewed = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    changed = list(difflib.unified_diff(reviewed, routes_table(made).splitlines(), "reviewed", "now", lineterm="", n=0))
    assert not changed, "\n".join([f"Is this meant? Then run: {COMMAND}", *changed])


def test_a_route_either_shows_or_does(made: Flask) -> None:
    ours = [rule for rule in made.url_map.iter_rules() if isinstance(_pages(made, rule.endpoint), Pages)]
    assert ours
    both = [rule.rule for rule in ours if (rule.methods or set()) - SAFE not in ({"GET"}, {"POST"})]
    assert both == []


def test_nobody_but_the_signed_in_may_do_anything(made: Flask) -> None:
    posts = [rule for rule in made.url_map.iter_rules() if "POST" in (rule.methods or ())]
    open_to_all = {rule.endpoint for rule in posts if "anyone" in who_may(made, rule.endpoint)}
    # Signing in, and choosing the first password with the link that was sent.
    assert open_to_all <= {"security.login", "set_password.set_password_save", "set_password.set_password"}


def _pages(app: Flask, endpoint: str) -> object:
    return app.blueprints.get(endpoint.rpartition(".")[0])


def test_a_page_that_nobody_may_use_cannot_be_made() -> None:
    pages = Pages("spare", __name__)
    with pytest.raises(ValueError, match="nobody, or somebody unknown"):
        pages.page("/spare", may=())(lambda: "")
    with pytest.raises(ValueError, match="nobody, or somebody unknown"):
        pages.act("/spare", may=("caretaker",))(lambda: "")
