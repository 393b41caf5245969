"""The same checking browser as the tests of one process use, over HTTP to a server of its own."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.processes import Visitor
from tests.pages import Browser, Page


@dataclass
class Asked:
    """The request that was answered, after redirects."""

    path: str


@dataclass
class Answer:
    """An answer, as far as `tests.pages` looks at it."""

    status_code: int
    mimetype: str
    body: str
    request: Asked

    def get_data(self, *, as_text: bool = True) -> str:
        return self.body


class Client:
    """Sends what a browser would send; one visitor's cookies go to every server of the same service."""

    def __init__(self, visitor: Visitor, bases: list[str]) -> None:
        self.visitor, self.bases, self.sent = visitor, bases, 0

    def get(self, path: str, **_options: Any) -> Answer:
        return self._send(path, None)

    def post(self, path: str, *, data: Mapping[str, Any], **_options: Any) -> Answer:
        return self._send(path, urllib.parse.urlencode(data, doseq=True).encode())

    def _send(self, path: str, body: bytes | None) -> Answer:
        # Each request to another server than the one before, as behind a balancer.
        base = self.bases[self.sent % len(self.bases)]
        self.sent += 1
        try:
            with self.visitor.opener.open(urllib.parse.urljoin(base, path), body, timeout=60) as answer:
                return _answer(answer, answer.status)
        except urllib.error.HTTPError as refusal:
            return _answer(refusal, refusal.code)


def _answer(answer: Any, status: int) -> Answer:
    path = urllib.parse.urlsplit(answer.geturl()).path
    return Answer(status, answer.headers.get_content_type(), answer.read().decode(), Asked(path))


class RemoteBrowser(Browser):
    """Somebody who has chosen a password by the link of their invitation."""

    def __init__(self, bases: list[str], link: str, password: str) -> None:
        visitor = Visitor(bases[0])
        visitor.choose_password(link, password)
        self.client: Any = Client(visitor, bases)

    @classmethod
    def known(cls, bases: list[str], visitor: Visitor) -> RemoteBrowser:
        """The browser of a visitor who has signed in."""
        browser = cls.__new__(cls)
        browser.client = Client(visitor, bases)
        return browser


def fill_in(page: Page, grade: str) -> dict[str, str]:
    """An answer to everything that a section asks: yes, this grade, and words."""
    names = dict.fromkeys(re.findall(r'type="radio"[^>]*name="([^"]+)"|name="([^"]+)"[^>]*type="radio"', page.html))
    radios = {one or other for one, other in names}
    words = dict.fromkeys(re.findall(r'<textarea[^>]*name="([^"]+)"', page.html), "The plan of 3 November says so.")
    return {**words, **dict.fromkeys(radios, "yes"), **({"grade": grade} if "grade" in radios else {})}
