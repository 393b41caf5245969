"""Whether a set of answers has the shape that its audit tool gives it; missing answers are not looked at here.

Drafts and submissions come from pages, scripts and restored files: whatever arrives is checked before it is
kept. What is missing is `completeness`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditflow.domain.answers import LONGEST_TEXT, NOT_APPLICABLE, QUESTION_ANSWERS
from auditflow.domain.tool_definition import PARTY_FIELDS, AuditTool
from auditflow.domain.tool_sections import GRADES, Kind, Section, find_section, list_sections

__all__ = ["answer_problems", "empty_answers", "section_problems", "text_problem"]

_Check = Callable[[object], str | None]


def empty_answers(tool: AuditTool, case_type: str | None, *, grading_only: bool = False) -> dict[str, Any]:
    """Answers in which nothing has been answered, with a place for everything that is asked."""
    answers: dict[str, Any] = {"domains": {}}
    for section in list_sections(tool, case_type, grading_only=grading_only):
        if section.kind is Kind.DOMAIN:
            answers["domains"][section.key] = {
                "grade": None,
                "reason": "",
                "evidence": "",
                "difference": "",
                "questions": {question.key: None for question in section.questions},
            }
        elif section.kind is Kind.PARTICIPATION:
            answers[section.key] = {
                party.key: {name: None if name == "took_part" else "" for name in PARTY_FIELDS}
                for party in tool.participation.parties
            }
        else:
            answers[section.key] = {"grade": None, "reason": ""}
    return answers


def answer_problems(
    tool: AuditTool, answers: object, case_type: str | None, *, grading_only: bool = False
) -> list[str]:
    """What is wrong with the shape of some answers, as sentences; empty for a sound draft."""
    sections = list_sections(tool, case_type, grading_only=grading_only)
    if not isinstance(answers, Mapping):
        return ["The answers are not a group of sections."]
    checks: dict[str, _Check] = {"domains": _any}
    checks |= {section.key: _any for section in sections if section.kind is not Kind.DOMAIN}
    problems = list(_group("The audit", answers, checks))
    domains = answers.get("domains", {})
    if not isinstance(domains, Mapping):
        return [*problems, "The domains are not a group of sections."]
    for key in domains:
        section = find_section(tool, str(key), case_type)
        if section is None or section.kind is not Kind.DOMAIN:
            problems.append(f"“{_brief(key)}” is not a domain that is asked about this case.")
    for section in sections:
        holder = domains if section.kind is Kind.DOMAIN else answers
        if section.key in holder:
            problems += section_problems(tool, section, holder[section.key])
    return problems


def section_problems(tool: AuditTool, section: Section, given: object) -> list[str]:
    """What is wrong with the shape of one page's answers, as sentences."""
    if not isinstance(given, Mapping):
        return [f"{section.title}: the answers are not a group of fields."]
    if section.kind is Kind.PARTICIPATION:
        return list(_participation(tool, section, given))
    checks: dict[str, _Check] = {"grade": _overall_grade, "reason": text_problem}
    if section.kind is Kind.DOMAIN:
        texts = dict.fromkeys(("evidence", "difference"), text_problem)
        checks |= {"grade": _domain_grade, "questions": _any, **texts}
    problems = list(_group(section.title, given, checks))
    said = given.get("questions", {})
    asked: dict[str, _Check] = {question.key: _question for question in section.questions}
    if not isinstance(said, Mapping):
        return [*problems, f"{section.title}: the questions are not a group of answers."]
    return [*problems, *_group(section.title, said, asked)]


def text_problem(value: object) -> str | None:
    """What is wrong with a text answer, if anything: its type, its length, characters that cannot be kept."""
    if not isinstance(value, str):
        return "this must be text."
    if len(value) > LONGEST_TEXT:
        return (
            f"this has {len(value):,} characters; the most is {LONGEST_TEXT:,}. Shorten it by "
            f"{len(value) - LONGEST_TEXT:,}."
        )
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        return "this holds a character that cannot be kept. Type it again."
    return None


def _participation(tool: AuditTool, section: Section, given: Mapping[str, Any]) -> Iterator[str]:
    parties = {party.key: party for party in tool.participation.parties}
    yield from _group(section.title, given, dict.fromkeys(parties, _any))
    checks: dict[str, _Check] = {name: text_problem for name in PARTY_FIELDS}
    checks["took_part"] = _took_part
    for key, party in parties.items():
        if isinstance(given.get(key, {}), Mapping):
            yield from _group(party.title, given.get(key, {}), checks)
        else:
            yield f"{party.title}: the answers are not a group of fields."


def _group(title: str, given: Mapping[str, Any], checks: Mapping[str, _Check]) -> Iterator[str]:
    for name, value in given.items():
        check = checks.get(name)
        if check is None:
            yield f"{title}: “{_brief(name)}” is not asked here."
            continue
        problem = check(value)
        if problem is not None:
            yield f"{title}, {name.replace('_', ' ')}: {problem}"


def _any(_value: object) -> None:
    return None


def _domain_grade(value: object) -> str | None:
    return None if value == NOT_APPLICABLE else _overall_grade(value)


def _overall_grade(value: object) -> str | None:
    known = value is None or (type(value) is int and value in GRADES)
    return None if known else f"“{_brief(value)}” is not a grade."


def _question(value: object) -> str | None:
    known = value is None or (isinstance(value, str) and value in QUESTION_ANSWERS)
    return None if known else f"“{_brief(value)}” is not an answer: use yes, partly, no or na."


def _took_part(value: object) -> str | None:
    known = value is None or (isinstance(value, str) and value in ("yes", "no"))
    return None if known else f"“{_brief(value)}” is not an answer: use yes or no."


def _brief(value: object) -> str:
    return str(value)[:40]
