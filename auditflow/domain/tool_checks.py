"""The rules that an audit tool must meet before anybody is asked its questions.

`check_tool` is called wherever a tool comes in from outside; every rule speaks in a sentence with its place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from auditflow.domain.tool_definition import (
    PARTIES,
    UNITS,
    AuditTool,
    Descriptors,
    Domain,
    Question,
)
from auditflow.domain.tool_document import BadTool, Path, Problem, tool_document

__all__ = ["LONGEST_TITLE", "LONGEST_WORDS", "RESERVED_KEYS", "check_tool", "tool_problems"]

LONGEST_TITLE = 100
LONGEST_WORDS = 2_000
MOST_DOMAINS = 30
MOST_QUESTIONS = 10
RESERVED_KEYS = frozenset({"participation", "overall"})
"""Sections that are not domains: no domain may take their keys."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAY_BE_EMPTY = frozenset({"hint", "not_applicable_when"})
_TITLES = frozenset({"title", "short_title"})


def check_tool(tool: AuditTool) -> AuditTool:
    """The same tool, or BadTool with everything that is wrong with it."""
    problems = tool_problems(tool)
    if problems:
        raise BadTool(problems)
    return tool


def tool_problems(tool: AuditTool) -> list[Problem]:
    """Everything that is wrong with a tool, in the order of the document; empty if nothing is."""
    return [
        *_keys(tool),
        *_texts(tool_document(tool), ()),
        *_general(tool),
        *_window(tool),
        *_parties(tool),
        *_domains(tool),
    ]


def _texts(value: object, path: Path) -> Iterator[Problem]:
    """Every text says something and is not too long."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*path, place))
    elif isinstance(value, str):
        name = path[-1]
        longest = LONGEST_TITLE if name in _TITLES else LONGEST_WORDS
        if not value.strip() and name not in _MAY_BE_EMPTY:
            yield Problem(path, "this must not be blank.")
        if len(value) > longest:
            yield Problem(path, f"this has {len(value):,} characters; the most is {longest:,}.")


def _keys(tool: AuditTool) -> Iterator[Problem]:
    yield from _bad_keys([tool.key], ("key",))
    yield from _bad_keys([kind.key for kind in tool.case_types], ("case_types",))
    yield from _bad_keys([domain.key for domain in tool.domains], ("domains",))
    for place, domain in enumerate(tool.domains):
        yield from _bad_keys([question.key for question in domain.questions], ("domains", place, "questions"))
        if domain.key in RESERVED_KEYS:
            yield Problem(("domains", place, "key"), f"“{domain.key}” is kept for another section.")


def _bad_keys(keys: Sequence[str], path: Path) -> Iterator[Problem]:
    for place, key in enumerate(keys):
        if not _KEY.fullmatch(key):
            yield Problem(path, f"“{key[:50]}” is not a key: use up to 40 small letters, digits and underscores.")
        elif key in keys[:place]:
            yield Problem((*path, place), f"“{key}” is there twice.")


def _general(tool: AuditTool) -> Iterator[Problem]:
    if tool.version < 1:
        yield Problem(("version",), "the first version is 1.")
    if tool.unit not in UNITS:
        yield Problem(("unit",), f"“{tool.unit}” is not a unit: use {_either(UNITS)}.")
    if not tool.case_types:
        yield Problem(("case_types",), "name at least one status.")
    names = [(place, name) for place, kind in enumerate(tool.case_types) for name in (kind.title, *kind.also)]
    for place, name in names:
        if any(other.is_called(name) for other in tool.case_types[:place]):
            yield Problem(("case_types", place), f"“{name}” is also the name of another status.")


def _window(tool: AuditTool) -> Iterator[Problem]:
    window = tool.window
    if not 1 <= window.judge_months <= window.look_back_months <= 60:
        yield Problem(("window",), "judge at least 1 month, and no more than is looked at; look at no more than 60.")
    if window.re_audit_guidance.replace("{judge_from}", "", 1).count("{") or (
        "{judge_from}" not in window.re_audit_guidance
    ):
        yield Problem(("window", "re_audit_guidance"), "say {judge_from} once, where the day goes, and use no other {.")


def _parties(tool: AuditTool) -> Iterator[Problem]:
    keys = [party.key for party in tool.participation.parties]
    for place, key in enumerate(keys):
        path: Path = ("participation", "parties", place, "key")
        if key not in PARTIES:
            yield Problem(path, f"“{key}” cannot take part: use {_either(PARTIES)}.")
        elif key in keys[:place]:
            yield Problem(path, f"“{key}” is there twice.")


def _domains(tool: AuditTool) -> Iterator[Problem]:
    known = [kind.key for kind in tool.case_types]
    if not 1 <= len(tool.domains) <= MOST_DOMAINS:
        yield Problem(("domains",), f"a tool has 1 to {MOST_DOMAINS} domains, not {len(tool.domains)}.")
    for key in known:
        if not any(key in domain.required_for for domain in tool.domains):
            yield Problem(("domains",), f"no domain has to be graded for “{key}”.")
    yield from _different(tool.overall.grades, ("overall", "grades"))
    for place, domain in enumerate(tool.domains):
        path: Path = ("domains", place)
        yield from _applies(domain, known, path)
        yield from _questions(domain, path)
        yield from _different(domain.grades, (*path, "grades"))


def _applies(domain: Domain, known: Sequence[str], path: Path) -> Iterator[Problem]:
    both = (*domain.required_for, *domain.optional_for)
    yield from _unknown(both, known, path)
    if not both:
        yield Problem(path, "say which statuses this domain is for.")
    for key in sorted({key for key in both if both.count(key) > 1}):
        yield Problem(path, f"“{key}” is there twice in required_for and optional_for.")
    if bool(domain.optional_for) != bool(domain.not_applicable_when.strip()):
        yield Problem(path, "optional_for and not_applicable_when go together: give both or neither.")


def _questions(domain: Domain, path: Path) -> Iterator[Problem]:
    both = (*domain.required_for, *domain.optional_for)
    for place, question in enumerate(domain.questions):
        yield from _unknown(question.applies_to, both, (*path, "questions", place, "applies_to"))
    for key in both:
        asked = sum(_asked(question, key) for question in domain.questions)
        if not 1 <= asked <= MOST_QUESTIONS:
            yield Problem(
                (*path, "questions"), f"1 to {MOST_QUESTIONS} questions are asked; for “{key}” there are {asked}."
            )


def _asked(question: Question, case_type: str) -> bool:
    return not question.applies_to or case_type in question.applies_to


def _different(grades: Descriptors, path: Path) -> Iterator[Problem]:
    texts = [grades.outstanding, grades.good, grades.requires_improvement, grades.inadequate]
    if len(set(texts)) < len(texts):
        yield Problem(path, "two grades are described in the same words.")


def _unknown(keys: Iterable[str], known: Sequence[str], path: Path) -> Iterator[Problem]:
    for key in keys:
        if key not in known:
            yield Problem(path, f"“{key}” is not one of the statuses: {_either(known)}.")


def _either(words: Sequence[str]) -> str:
    return " or ".join(words) if words else "there are none"
