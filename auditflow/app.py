"""The application factory: wiring only. Every import of Flask's extensions that is shared stands here."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import timedelta

from flask import Flask, g, has_app_context, request
from flask_wtf import CSRFProtect
from jinja2 import PackageLoader
from sqlalchemy.orm import Session, scoped_session
from werkzeug.middleware.proxy_fix import ProxyFix

from auditflow import web
from auditflow.adapters.case_list_source import MAX_BYTES
from auditflow.config import Settings
from auditflow.domain.clock import Clock, SystemClock
from auditflow.models.database import Database, open_database
from auditflow.web import access_log, errors, headers, layout, sign_in, trying_again
from auditflow.web.application import Application
from auditflow.web.request import EXTENSION, SAFE_METHODS, House
from auditflow.web.routing import Pages, RowNumber

MEGABYTE = 1024 * 1024
SESSION_HOURS = 8


def create_app(settings: Settings, *, clock: Clock | None = None, database: Database | None = None) -> Flask:
    """Build the web application. `clock` is set by tests and by the sample council only."""
    app = Application("auditflow", static_folder="static", template_folder=None)
    furnish(app, settings, clock or SystemClock(), database or open_database(settings.database_url))
    app.jinja_loader = PackageLoader("auditflow")
    app.url_map.converters["int"] = RowNumber
    CSRFProtect(app)
    access_log.install(app)
    trying_again.install(app)
    headers.install(app)
    layout.install(app)
    sign_in.install(app)
    errors.install(app)
    for pages in _all_pages():
        app.register_blueprint(pages)
    app.teardown_appcontext(_close_session)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def furnish(app: Flask, settings: Settings, clock: Clock, database: Database) -> None:
    """Give `app` its house: settings, clock and database. Routes and templates know it by no other way."""
    app.config.update(_flask_settings(settings))
    app.extensions[EXTENSION] = House(settings, database, clock, _sessions(database))


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "auditflow",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=SESSION_HOURS),
        "MAX_CONTENT_LENGTH": MAX_BYTES + MEGABYTE,  # the largest file, and the form around it
        "MAX_FORM_MEMORY_SIZE": 4 * MEGABYTE,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": SESSION_HOURS * 3600,
        "WTF_CSRF_SSL_STRICT": False,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
    }


def _sessions(database: Database) -> scoped_session[Session]:
    """One session a request: one that reads for GET, one that writes for everything else."""

    def open_session() -> Session:
        return database.reading() if request.method in SAFE_METHODS else database.writer()

    def scope() -> int:
        return id(g._get_current_object()) if has_app_context() else 0

    return scoped_session(open_session, scopefunc=scope)  # type: ignore[arg-type]


def _close_session(_error: BaseException | None) -> None:
    from auditflow.web.request import house

    house().sessions.remove()


def _all_pages() -> list[Pages]:
    """Every blueprint of `auditflow.web`, one module a noun, in the order of their names."""
    modules = [
        importlib.import_module(f"{web.__name__}.{module.name}")
        for module in sorted(pkgutil.iter_modules(web.__path__), key=lambda module: module.name)
    ]
    return [module.pages for module in modules if hasattr(module, "pages")]
