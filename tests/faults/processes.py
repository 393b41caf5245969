"""Programs as processes of their own: started with a log, waited for by a condition, always ended."""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TICK = 0.05


def wait_for(condition: Callable[[], Any], what: str, *, seconds: float = 60) -> Any:
    """The first true answer of `condition`; AssertionError with `what` if there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = condition()
        if answer:
            return answer
        time.sleep(TICK)
    raise AssertionError(f"in {seconds:.0f} seconds it did not happen that {what}")


class Program:
    """One process with a session of its own, so that it can be killed with its children."""

    def __init__(self, name: str, words: list[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AUDITFLOW_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, cwd=ROOT, env={**clean, **env}, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """With -9, children and all."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """As an operator stops it; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextlib.contextmanager
def programs(env: Mapping[str, str], folder: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs by name and words; whatever still runs at the end is killed."""
    started: list[Program] = []

    def start(name: str, *words: str, **more: str) -> Program:
        program = Program(
            name, [str(BIN / words[0]) if (BIN / words[0]).exists() else words[0], *words[1:]], {**env, **more}, folder
        )
        started.append(program)
        return program

    try:
        yield start
    finally:
        for program in started:
            program.kill()


class Visitor:
    """Somebody with a browser that knows no script: opens pages, fills in the first form that posts."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path: str, data: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a page; redirects are followed."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            with self.opener.open(urllib.parse.urljoin(self.base, path), body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def send(self, path: str, data: Mapping[str, str]) -> tuple[int, str]:
        """Open the page, and send its form with `data` and whatever was hidden in it."""
        status, page = self.open(path)
        assert status == 200, page[-2000:]
        return self.open(path, {**hidden_fields(page), **data})

    def answers(self) -> bool:
        """Whether the server is up."""
        try:
            return self.open("/sign-in")[0] == 200
        except (urllib.error.URLError, OSError):
            return False

    def choose_password(self, link: str, password: str) -> None:
        """By the link of the invitation; this also signs in."""
        path = urllib.parse.urlsplit(link).path
        status, page = self.send(path, {"password": password})
        assert status == 200, page[-2000:]

    def sign_in(self, email: str, password: str) -> str:
        """With the password; returns the first page."""
        status, page = self.send("/sign-in", {"email": email, "password": password})
        assert status == 200, page[-2000:]
        assert "Sign out" in page
        return page


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    main = page[page.index("<main") :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", main):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name.group(1)] = value.group(1) if value else ""
    return found
