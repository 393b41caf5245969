"""Walking through the application as people do: sign in, fill in a form, press its button, look at each page.

Every page that is seen is checked once in each of its shapes: nothing for axe, nothing wider than the screen, no
script error, and no key of the program in place of a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.axe import sideways, violations
from tests.browser.conftest import LiveApp

KEY = re.compile(r"\b[a-z]+_[a-z_]+\b")
SECTION = re.compile(r"/sections/\w+")
"""All domains of an audit have one shape."""
OpenBrowser = Callable[..., BrowserContext]


class Walk:
    """Everybody's browsers, on one kind of screen, with JavaScript or without."""

    def __init__(self, open_browser: OpenBrowser, live_app: LiveApp, *, script: bool, width: int) -> None:
        self.live_app = live_app
        self._open = open_browser
        self._how: dict[str, Any] = {"script": script, "width": width}
        self._pages: dict[int, Page] = {}
        self._seen: set[tuple[str, str]] = set()
        self._mirror: Page | None = None
        self._html = ""
        self.wrong: list[str] = []

    @property
    def seen(self) -> int:
        """How many kinds of page were checked."""
        return len(self._seen)

    def by(self, person_id: int) -> Visitor:
        """The browser of somebody, opened when it is first asked for."""
        if person_id not in self._pages:
            page = self._open(person_id, **self._how).new_page()
            page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: script error: {error}"))
            page.set_default_timeout(20_000)
            self._pages[person_id] = page
        return Visitor(self, self._pages[person_id])

    def look(self, page: Page) -> None:
        """Check the page as it stands, unless one of its shape was checked before."""
        path = re.sub(r"\d+", "N", page.url.removeprefix(self.live_app.url).partition("?")[0])
        shape = (SECTION.sub("/sections/S", path), "" if SECTION.search(path) else re.sub(r"\d+", "N", page.title()))
        if shape in self._seen:
            return
        self._seen.add(shape)
        looked_at = page if self._how["script"] else self._copy(page)
        self.wrong += [f"{path}: {found}" for found in violations(looked_at)]
        if sideways(page):
            self.wrong.append(f"{path}: scrolls sideways")
        keys = KEY.findall(page.locator("main").inner_text())
        self.wrong += [f"{path}: says “{key}”, a key of ours and no word" for key in keys]

    def _copy(self, page: Page) -> Page:
        """The same page where axe can run: it needs scripts, and those of the page are left out."""
        self._html = re.sub(r"<script\b.*?</script>", "", page.content(), flags=re.DOTALL)
        if self._mirror is None:
            person_id = next(iter(self._pages))
            self._mirror = self._open(person_id, script=True, width=self._how["width"]).new_page()
            self._mirror.route("**/*", self._serve)
        self._mirror.goto(page.url)
        return self._mirror

    def _serve(self, route: Route) -> None:
        if route.request.resource_type == "document":
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        else:
            route.continue_()


class Visitor:
    """One person in front of their browser."""

    def __init__(self, walk: Walk, page: Page) -> None:
        self.walk, self.page = walk, page

    def go(self, path: str) -> Visitor:
        """Open an address."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer.status if answer else 'no answer'}"
        self.walk.look(self.page)
        return self

    def follow(self, words: str) -> Visitor:
        """Follow a link or press a button that is one, by its words."""
        main = self.page.locator("main")
        named = main.get_by_role("link", name=words).or_(main.get_by_role("button", name=words))
        named.first.click()
        self.page.wait_for_load_state()
        self.walk.look(self.page)
        return self

    def fill(self, answers: Mapping[str, Any]) -> Visitor:
        """Fill in fields by name: words, a choice, several choices, a date as its three parts."""
        for name, value in answers.items():
            self._fill(self.page.locator(f'main [name="{name}"]:not([type="hidden"])'), value)
        return self

    def answer(self, grade: str) -> Visitor:
        """Answer everything that a section of an audit asks: yes to each question, this grade, some words."""
        for name, kind in self._fields("input[type=radio], textarea"):
            if kind == "radio":
                said = grade if name == "grade" else "no" if name.endswith("_took_part") else "yes"
                self.page.check(f'main [name="{name}"][value="{said}"]')
            elif self.page.is_visible(f'main [name="{name}"]'):
                self.page.fill(f'main [name="{name}"]', "She is seen alone, and says so.")
        return self

    def _fields(self, wanted: str) -> list[tuple[str, str]]:
        """Name and kind of each field of the page's forms, in their order."""
        found = self.page.eval_on_selector_all(
            f"main form :is({wanted})", "fields => fields.map(field => [field.name, field.type])"
        )
        return list(dict(found).items())

    def _fill(self, fields: Any, value: Any) -> None:
        first = fields.first
        kind = first.evaluate("field => field.tagName + ':' + field.type")
        if kind == "INPUT:radio":
            self.page.check(f'main [name="{first.get_attribute("name")}"][value="{value}"]')
        elif kind == "INPUT:checkbox":
            for field in fields.all():
                field.set_checked(field.get_attribute("value") in value)
        elif kind.startswith("SELECT"):
            first.select_option(value)
        elif kind == "INPUT:file":
            first.set_input_files(value)
        else:
            parts = value if isinstance(value, list) else [value]
            for field, words in zip(fields.all(), parts, strict=True):
                field.fill(words)

    def press(self, words: str) -> Visitor:
        """Press a button of the page and look at where it leads."""
        button = self.page.locator("main").get_by_role("button", name=words).first
        with self.page.expect_navigation():
            button.click()
        self.walk.look(self.page)
        return self

    def reads(self, *sentences: str) -> Visitor:
        """The page says so."""
        text = " ".join(self.page.locator("main").inner_text().split())
        for sentence in sentences:
            assert sentence in text, f"{self.page.url} does not say “{sentence}”: {text[:1500]}"
        return self

    @property
    def path(self) -> str:
        """Where they are."""
        return self.page.url.removeprefix(self.walk.live_app.url).partition("?")[0].partition("#")[0]
