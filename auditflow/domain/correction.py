"""Corrections of what was submitted: which items can be corrected, and the answers as corrected.

An item is `overall.grade`, `overall.reason`, or `domains.<key>.<field>` with the fields of a domain; what
was submitted is never touched, a corrected copy stands beside it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from auditflow.domain.answers import LONGEST_TEXT, Answers, is_blank, part
from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade

__all__ = ["FIELDS", "check_proposal", "correct", "is_grade", "items_of", "value_of"]

FIELDS = ("grade", "reason", "evidence", "difference")


def items_of(answers: Answers) -> list[str]:
    """Every item of these answers that can be corrected, in the order of the answers."""
    domains = [f"domains.{key}.{name}" for key in part(answers, "domains") for name in FIELDS]
    return ["overall.grade", "overall.reason", *domains]


def is_grade(item: str) -> bool:
    """Whether the item is a grade rather than words."""
    return item.endswith(".grade")


def value_of(answers: Answers, item: str) -> Any:
    """What the answers say at an item; None where they say nothing."""
    *path, name = item.split(".")
    return part(answers, *path).get(name)


def check_proposal(answers: Answers, item: str, proposed: Mapping[str, Any]) -> None:
    """Raises BadInput unless `proposed["value"]` is a sound answer for `item` and differs from what is there."""
    if item not in items_of(answers):
        raise BadInput("Choose what is to be corrected.", field="item")
    value = proposed.get("value")
    if is_grade(item):
        if value not in {int(grade) for grade in Grade}:
            raise BadInput("Choose the grade that it should be.", field="grade")
    elif not isinstance(value, str) or is_blank(value):
        raise BadInput("Write what it should say.", field="text")
    elif len(value) > LONGEST_TEXT:
        raise BadInput(f"What it should say must be {LONGEST_TEXT:,} characters or fewer.", field="text")
    if value == value_of(answers, item):
        raise BadInput("That is what it says already.", field="grade" if is_grade(item) else "text")


def correct(answers: Answers, corrections: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A copy of the answers with each (item, value) put in its place, in order."""
    corrected = copy.deepcopy(dict(answers))
    for item, value in corrections:
        *path, name = item.split(".")
        place = corrected
        for step in path:
            place = place.setdefault(step, {})
        place[name] = value
    return corrected
