"""The application over HTTP, for tests of every page; and a table of routes that is fresh."""

from tests.integration.conftest import app, client, one_app, sign_in

__all__ = ["app", "client", "one_app", "sign_in"]
