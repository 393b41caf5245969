"""A small application that shows every macro and widget with invented data: for tests and for the eye.

`python -m tests.preview.app` serves it at http://127.0.0.1:8765. It is not part of the product.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, flash, jsonify, render_template, request
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader
from werkzeug.datastructures import CombinedMultiDict

from auditflow.web.headers import install as install_headers
from auditflow.web.theme import stylesheet
from tests.preview.form import EveryWidgetForm
from tests.preview.measures import charts

HERE = Path(__file__).parent
ERRORS = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)
PAGES = ("work", "dashboard", "trial", "tasks", "domain", "moderation", "result", "board", "history", "list", "measure")


def create_preview() -> Flask:
    """The preview application, with the product's own headers, styles and templates."""
    app = Flask("auditflow", static_folder="static", template_folder=None)
    app.secret_key = "only for the preview"
    app.jinja_loader = ChoiceLoader([PackageLoader("auditflow"), FileSystemLoader(HERE / "templates")])  # type: ignore[assignment]
    app.config.update(SAVES=[], SAVED=threading.Event())
    CSRFProtect(app)
    install_headers(app)
    app.context_processor(_context)
    app.add_url_rule("/theme.css", view_func=_theme, endpoint="theme")
    app.add_url_rule("/page/<name>", view_func=_page, endpoint="page")
    app.add_url_rule("/form", view_func=_form, methods=["GET", "POST"], endpoint="form")
    app.add_url_rule("/error/<int:status>", view_func=_error, endpoint="error")
    app.add_url_rule("/save/<outcome>", view_func=_save, methods=["POST"], endpoint="save")
    app.add_url_rule("/progress", view_func=_progress, endpoint="progress")
    return app


def _context() -> dict[str, Any]:
    items = [("My work", 6), ("Audits", 0), ("Moderation", 2), ("Actions", 0), ("Raise a concern", 0)]
    return {
        "council_name": "Exampleshire Council",
        "person": {"name": "Zainab Frost"},
        "role_names": ["auditor", "team manager"],
        "navigation": [
            {"text": text, "href": f"/{text}", "count": n, "active": i == 0} for i, (text, n) in enumerate(items)
        ],
    }


def _theme() -> Response:
    return Response(stylesheet(request.args.get("colour", "#12436d")), mimetype="text/css")


def _page(name: str) -> str:
    if request.args.get("notices"):
        flash("Case CF-21144 is submitted.", "success")
        flash("A case was given to you while you were away.")
    return render_template(f"{name}.html", save_url=request.args.get("save", "/save/fine"), charts=charts())


def _form() -> str:
    sent = CombinedMultiDict([request.files, request.form]) if request.method == "POST" else None
    form = EveryWidgetForm(sent, version=3)
    if sent is not None:
        form.validate()
    return render_template("form.html", form=form)


def _error(status: int) -> tuple[str, int]:
    typed = [("reason", "Visits happen on time.\nShe is seen alone.")] if request.args.get("typed") else []
    return render_template(f"errors/{status}.html", sentence=request.args.get("sentence", ""), typed=typed), status


def _save(outcome: str) -> Any:
    saves = current_app.config["SAVES"]
    saves.append(request.form.to_dict(flat=False) | {"script": request.headers.get("X-Requested-With")})
    current_app.config["SAVED"].set()
    if outcome == "fine":
        return jsonify(saved_at="14:32", version=7 + len(saves), left=1)
    if outcome == "sign-in-page":
        return "<h1>Sign in</h1>"
    if outcome == "conflict":
        return jsonify(conflict="/page/history"), 409
    if outcome == "busy" and len(saves) > 1:
        return jsonify(saved_at="14:33", version=9, left=1)
    return jsonify(error="The answer is too long."), {"signed-out": 401, "busy": 503, "refused": 400}[outcome]


def _progress() -> Any:
    return jsonify(label="Reading row 900 of 1,000", done=900, total=1000, next=None)


if __name__ == "__main__":
    create_preview().run(port=8765)
