"""The words people read are those of the screen, not those of the code (and no abbreviation stands alone)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "auditflow" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
CODE_WORDS = re.compile(
    r"\b(frames?|judgemental|eliminated|bridge|alerts?|severity|determine[ds]?)\b|\b(?-i:CIN|CP|CLA|EHCP|PLO|IRO|SWET)\b",
    re.IGNORECASE,
)


def visible(template: str) -> str:
    """What a person may read of a template: its text, and the phrases that it hands to macros."""
    template = re.sub(r"\{#.*?#\}", " ", template, flags=re.DOTALL)
    code = re.findall(r"\{[{%](.*?)[}%]\}", template, flags=re.DOTALL)
    phrases = [p for part in code for p in re.findall(r'"([^"]*)"', part) if " " in p or p[:1].isupper()]
    text = re.sub(r"\{[{%].*?[}%]\}", " ", template, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text) + " ".join(phrases)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_template_speaks_the_words_of_the_screen(path: Path) -> None:
    found = CODE_WORDS.findall(visible(path.read_text(encoding="utf-8")))
    assert found == [], "see the words in docs: case list, added case, removed, immediate concern, strict or lenient"


@pytest.mark.parametrize(
    ("template", "hits"),
    [
        ("<p>The frame is frozen.</p>", 1),
        ('{{ button("Raise an alert") }}', 1),
        ('<a class="frame" href="/alert">{{ frame.name }}</a>{# a bridge #}', 0),
        ('{% include "frame/list.html" %}', 0),
        ("<p>Her CP plan</p>", 1),
        ("<p>cp</p>", 0),
    ],
)
def test_the_words_are_found_where_people_read_them(template: str, hits: int) -> None:
    assert len(CODE_WORDS.findall(visible(template))) == hits
