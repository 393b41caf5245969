"""What groups and columns of a case list are called on screen: a list holds keys, people read and type words."""

import re

from auditflow.domain.frame import CASE_TYPES, COLUMN_LABELS, case_type_label
from auditflow.domain.sampling_list import BLANK, EVERYONE

__all__ = ["column_words", "group_key", "group_words", "in_words"]

_NONE_GIVEN, _EVERY_CASE = "None given", "All cases"
_QUOTED = re.compile(r"(for each )?“([^“”]*)”")
_KEYS = {label.casefold(): key for key, label in CASE_TYPES.items()}


def group_words(name: str) -> str:
    """A group of cases in words: kinds of case by their names, blank as “None given”."""
    return _NONE_GIVEN if name in ("", BLANK) else _EVERY_CASE if name == EVERYONE else case_type_label(name)


def group_key(words: str, column: str | None) -> str:
    """The group of this column that a person means: “Child in need” is `child_in_need` among the kinds of case."""
    if words.casefold() == _NONE_GIVEN.casefold():
        return BLANK
    return _KEYS.get(words.casefold(), words) if column == "case_type" else words


def column_words(column: str) -> str:
    """A column of the case list as pages call it; another one stands for itself."""
    return COLUMN_LABELS.get(column, column).partition(" (")[0]


def in_words(sentence: str) -> str:
    """A refusal of the draw with groups and columns as pages call them: “worker” is “Worker”."""
    return _QUOTED.sub(_said, sentence)


def _said(quoted: re.Match[str]) -> str:
    each, name = quoted[1] or "", quoted[2]
    if each and name in COLUMN_LABELS:
        return f"{each}{column_words(name).lower()}"
    return f"{each}“{column_words(name) if name in COLUMN_LABELS else group_words(name)}”"
