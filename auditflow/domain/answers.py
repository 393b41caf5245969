"""The answers of one case audit as plain data: their canonical bytes, their digest, and their shape.

The shape (see `audit_tool.unanswered` for what must be filled in):
`{"domains": {key: {"grade": 1–4, "na" or None, "reason", "evidence", "difference": text, "questions": {key:
"yes", "partly", "no", "na" or None}}}, "participation": {party: {"took_part": "yes", "no" or None, "who",
"how", "view", "why_not": text}}, "overall": {"grade": 1–4 or None, "reason": text}}`.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from auditflow.domain.errors import BadInput

__all__ = [
    "LONGEST_TEXT",
    "NOT_APPLICABLE",
    "QUESTION_ANSWERS",
    "Answers",
    "answers_digest",
    "canonical_json",
    "is_blank",
    "part",
    "sha256_hex",
    "text_of",
]

Answers = Mapping[str, Any]

LONGEST_TEXT = 20_000
"""The most characters that one answer may have."""

NOT_APPLICABLE = "na"
QUESTION_ANSWERS = ("yes", "partly", "no", NOT_APPLICABLE)
# Answers are dicts nearly always, and asking `Mapping` whether one is of its kind takes several times longer.
_GROUPS = (dict, Mapping)


def canonical_json(value: object) -> bytes:
    """The one way to write plain data as bytes: JSON, names sorted, UTF-8, no spaces.

    Raises BadInput for what has no single form: numbers with a fraction, names that are not text, text that
    is not valid Unicode, and anything that is not plain data.
    """
    _refuse_unplain(value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput("An answer holds a character that is broken and cannot be kept.", code="broken_text") from error


def answers_digest(answers: Answers) -> str:
    """The SHA-256 of the canonical answers, in hexadecimal. Raises BadInput as `canonical_json` does."""
    return sha256_hex(canonical_json(answers))


def sha256_hex(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _refuse_unplain(value: object) -> None:
    if isinstance(value, dict):
        if any(not isinstance(name, str) for name in value):
            raise BadInput("A name in the answers is not text.", code="not_plain_data")
        for item in value.values():
            _refuse_unplain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_unplain(item)
    elif value is not None and not isinstance(value, str | int):
        raise BadInput(f"An answer is {type(value).__name__}, which is not plain data.", code="not_plain_data")


def part(answers: Answers, *names: str) -> Mapping[str, Any]:
    """The group of answers under `names`; an empty one where it is missing or is not a group."""
    found: Any = answers
    for name in names:
        found = found.get(name) if isinstance(found, _GROUPS) else None
    return found if isinstance(found, _GROUPS) else {}


def text_of(answers: Answers, name: str) -> str:
    """The text called `name`, or an empty one where it is missing or is not text."""
    found = answers.get(name)
    return found if isinstance(found, str) else ""


def is_blank(text: str) -> bool:
    """Whether a text says nothing: a dash or a full stop is no reason, so a letter or a digit is needed."""
    return not any(character.isalnum() for character in text)
