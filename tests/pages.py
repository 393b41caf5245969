"""A client for tests that behaves as a browser does, and checks every page it is given.

Every HTML page must parse without an error and have one h1, a title and no id twice; every form that
posts must carry its CSRF token. A test that fetches a page therefore checks the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

from auditflow.models import Person
from auditflow.web.request import house

XHTML = "{http://www.w3.org/1999/xhtml}"


def check_page(html: str, where: str) -> Element:
    """Parse `html` strictly and return its root. AssertionError says what is wrong with the page."""
    parser = html5lib.HTMLParser(strict=False)
    root: Element = parser.parse(html)
    errors = [f"{code} at {position}" for position, code, _ in parser.errors]
    assert not errors, f"{where}: not valid HTML: {errors[:3]}"
    assert len(root.findall(f".//{XHTML}h1")) == 1, f"{where}: needs exactly one h1"
    title = root.find(f".//{XHTML}title")
    assert title is not None and (title.text or "").strip(), f"{where}: needs a title"
    twice = [i for i, n in Counter(e.get("id") for e in root.iter() if e.get("id")).items() if n > 1]
    assert not twice, f"{where}: ids used twice: {twice}"
    for form in root.iter(f"{XHTML}form"):
        if (form.get("method") or "get").lower() == "post":
            names = {field.get("name") for field in form.iter(f"{XHTML}input")}
            assert "csrf_token" in names, f"{where}: a form without its CSRF token"
    return root


class Browser:
    """One signed-in person's browser: follows redirects, sends forms with what the page put into them."""

    def __init__(self, app: Flask, person_id: int) -> None:
        self.app = app
        self.client = app.test_client()
        with app.app_context(), house(app).database.reading() as session:
            person = session.get(Person, person_id)
            assert person is not None
            uniquifier = person.fs_uniquifier
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = uniquifier
            cookie["_fresh"] = True
            cookie["fs_cc"] = "set"
            cookie["fs_paa"] = 0.0
            cookie["identity_primary_method"] = "password"

    def get(self, path: str, *, status: int = 200) -> Page:
        """Open a page."""
        return self._page(self.client.get(path, follow_redirects=True), status)

    def post(self, path: str, data: Mapping[str, Any], *, status: int = 200, follow: bool = True) -> Page:
        """Send a form without looking at the page first (with a valid CSRF token)."""
        token = self._token()
        response = self.client.post(path, data={"csrf_token": token, **data}, follow_redirects=follow)
        return self._page(response, status)

    def _token(self) -> str:
        home = self.client.get("/", follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', home)
        assert found, "no page to take a CSRF token from"
        return found.group(1)

    def _page(self, response: TestResponse, status: int) -> Page:
        path = response.request.path
        assert response.status_code == status, (
            f"{path}: {response.status_code}\n{response.get_data(as_text=True)[-2000:]}"
        )
        return Page(self, response)


class Page:
    """An answer: its text, and its forms ready to be sent."""

    def __init__(self, browser: Browser, response: TestResponse) -> None:
        self.browser = browser
        self.response = response
        self.path = response.request.path
        self.html = response.get_data(as_text=True)
        is_html = response.mimetype == "text/html" and self.html
        self.root = check_page(self.html, self.path) if is_html else None

    @property
    def text(self) -> str:
        """The words of the page, white space folded."""
        assert self.root is not None
        main = self.root.find(f".//{XHTML}main")
        return " ".join("".join((main if main is not None else self.root).itertext()).split())

    def links(self) -> list[str]:
        """Every address the page links to."""
        assert self.root is not None
        return [a.get("href", "") for a in self.root.iter(f"{XHTML}a")]

    def form(self, action: str = "") -> dict[str, list[str]]:
        """The fields of the form whose action ends in `action` (or of the first in main), as sent unchanged."""
        form = self._form(action)
        fields: dict[str, list[str]] = {}
        for e in form.iter():
            name = e.get("name")
            if not name:
                continue
            kind = (e.get("type") or "").lower()
            if e.tag == f"{XHTML}textarea":
                fields.setdefault(name, []).append(e.text or "")
            elif e.tag == f"{XHTML}select":
                chosen = [o for o in e.iter(f"{XHTML}option") if o.get("selected") is not None]
                fields.setdefault(name, []).extend(o.get("value", "") for o in chosen)
            elif e.tag == f"{XHTML}input" and (kind not in {"radio", "checkbox"} or e.get("checked") is not None):
                if kind not in {"submit", "file"}:
                    fields.setdefault(name, []).append(e.get("value", ""))
        return fields

    def submit(self, data: Mapping[str, Any] | None = None, *, action: str = "", status: int = 200) -> Page:
        """Send that form with `data` filled in."""
        form = self._form(action)
        fields: dict[str, Any] = {**self.form(action), **(data or {})}
        target = form.get("action") or self.path
        response = self.browser.client.post(target, data=fields, follow_redirects=True)
        return self.browser._page(response, status)

    def _form(self, action: str) -> Element:
        assert self.root is not None
        main = self.root.find(f".//{XHTML}main")
        forms = [f for f in (main if main is not None else self.root).iter(f"{XHTML}form")]
        posts = [f for f in forms if (f.get("method") or "").lower() == "post"]
        found = [f for f in posts if (f.get("action") or self.path).split("?")[0].endswith(action)]
        assert found, f"{self.path}: no form that posts to …{action}; there are {[f.get('action') for f in posts]}"
        return found[0]


def listed(browser: Browser, href: str) -> int:
    """How many rows the tables of a list have, all its pages together."""
    count = 0
    while href:
        page = browser.get(href)
        assert page.root is not None
        count += sum(len(body.findall(f"{XHTML}tr")) for body in page.root.iter(f"{XHTML}tbody"))
        href = next((a.get("href", "") for a in page.root.iter(f"{XHTML}a") if a.get("rel") == "next"), "")
    return count
