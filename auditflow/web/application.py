"""Flask, without work that is the same on every page: it is done once."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, has_request_context, request
from flask.templating import Environment

OF_A_FILE = frozenset({"filename", "v"})


class Templates(Environment):
    """The templates, which all know the same names; Jinja would lay a map of its own over them for each."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own names, unless a template brings more."""
        return super().make_globals(d) if d else self.globals


class Application(Flask):
    """The web application."""

    jinja_environment = Templates

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, **options)
        self._links: dict[tuple[str, ...], str] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine, so nothing needs to be asked whether it is one, sixteen times a page."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's; an address that is the same for everybody is made once."""
        fixed = values.keys() <= OF_A_FILE if endpoint == "static" else not values
        if not fixed or endpoint.startswith(".") or not has_request_context():
            return super().url_for(endpoint, **values)
        key = (request.script_root, endpoint, *(f"{name}={value}" for name, value in values.items()))
        if key not in self._links:
            self._links[key] = super().url_for(endpoint, **values)
        return self._links[key]
