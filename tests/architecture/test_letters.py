"""Whatever tells anybody has its words, and the words give nothing away."""

from __future__ import annotations

import ast
import string
from pathlib import Path

from auditflow.services.letter_words import WORDS
from auditflow.services.subjects import SUBJECTS
from workflows.registry import WORKFLOWS

ROOT = Path(__file__).parents[2]


def test_every_move_that_tells_has_its_words() -> None:
    told = {f"{w.name}.{move.past}" for w in WORKFLOWS.values() for move in w.moves if move.tell}
    assert told - set(WORDS) == set()


def test_every_deadline_that_tells_has_its_words() -> None:
    late = {f"{w.name}.late_{d.key}" for w in WORKFLOWS.values() for d in w.deadlines if d.tell and not d.acts}
    assert late - set(WORDS) == set()


def test_every_template_named_in_the_code_has_its_words() -> None:
    named = set()
    for path in (ROOT / "auditflow" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "template" and isinstance(node.value, ast.Constant):
                named.add(node.value.value)
    assert named - set(WORDS) == set()


def test_every_note_that_tells_has_its_words() -> None:
    """Notes are written as Note("entry", …, tell=…); their entry stands in WORDS under some subject."""
    entries = {template.partition(".")[2] for template in WORDS}
    missing = set()
    for path in (ROOT / "auditflow" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Note" and node.args):
                continue
            tells = any(
                k.arg == "tell" and not (isinstance(k.value, ast.Tuple) and not k.value.elts) for k in node.keywords
            )
            if tells and isinstance(node.args[0], ast.Constant) and node.args[0].value not in entries:
                missing.add(f"{path.name}: {node.args[0].value}")
    assert missing == set()


def test_words_name_a_subject_and_nothing_but_its_reference_or_round() -> None:
    for template, words in WORDS.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        assert fields <= {"ref", "round"}, template
        assert template.partition(".")[0] in {*SUBJECTS, "journal"}, template
