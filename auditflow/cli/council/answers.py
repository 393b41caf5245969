"""Answers to an audit tool as the sample council's auditors give them, from how good the practice was."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from auditflow.cli.council.words import OVERALL, WHY, WORDS
from auditflow.domain.audit_tool import AuditTool, Kind, findings, list_sections

# Where the practice index is cut into grades 1 to 4.
CUTS = (-1.05, 0.45, 1.75)
NOISE = 0.55


@dataclass(frozen=True, slots=True)
class Written:
    """One audit's answers: a part for each section, and the overall grade."""

    answers: dict[str, Any]
    sections: dict[str, Any]
    grade: int


def grade_of_practice(index: float) -> int:
    """The grade 1 to 4 of a practice index (0 is usual practice; one step is about one grade)."""
    return 1 + sum(index > cut for cut in CUTS)


def write_answers(tool: AuditTool, case_type: str, index: float, chance: Random) -> Written:
    """Complete answers for a case whose practice index is `index`."""
    answers: dict[str, Any] = {"domains": {}, "participation": {}, "overall": {}}
    sections: dict[str, Any] = {}
    for section in list_sections(tool, case_type):
        if section.kind is Kind.DOMAIN:
            part = _domain(section.key, [q.key for q in section.questions], index + chance.gauss(0, NOISE), chance)
            answers["domains"][section.key] = sections[section.key] = part
    answers["participation"] = sections["participation"] = _participation(tool, chance)
    grade = grade_of_practice(index + chance.gauss(0, NOISE / 3))
    answers["overall"] = sections["overall"] = {"grade": grade, "reason": f"{OVERALL[grade]} {WHY[grade]}"}
    return Written(answers, sections, grade)


def _domain(key: str, questions: list[str], index: float, chance: Random) -> dict[str, Any]:
    grade = grade_of_practice(index)
    words = WORDS[key]
    good = grade >= 3
    likely = {4: ("yes",), 3: ("yes", "yes", "partly"), 2: ("yes", "partly", "partly"), 1: ("partly", "no")}[grade]
    return {
        "grade": grade,
        "reason": f"{words.strong if good else words.weak} {WHY[grade]}",
        "evidence": f"{words.where[0].upper()}{words.where[1:]}.",
        "difference": words.better if good else words.worse,
        "questions": {name: chance.choice(likely) for name in questions},
    }


HOW = {
    "practitioner": ("The allocated worker", "A conversation of 40 minutes with the record open between us."),
    "child": ("The child", "By phone, with the worker’s help."),
    "family": ("The mother", "By phone."),
}
WHY_NOT = {
    "practitioner": "On leave for the whole of the audit; invited to reflect in writing.",
    "child": "Asked through the worker and chose not to.",
    "family": "Two calls and a letter were not answered.",
}
VIEWS = ("“They listened, but it took a long time.”", "“She does what she says.”", "“I would like to be told sooner.”")


def _participation(tool: AuditTool, chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for party in tool.participation.parties:
        took_part = chance.random() < {"practitioner": 0.9, "child": 0.45, "family": 0.55}[party.key]
        who, how = HOW[party.key] if took_part else ("", "")
        said[party.key] = {
            "took_part": "yes" if took_part else "no",
            "who": who,
            "how": how,
            "why_not": "" if took_part else WHY_NOT[party.key],
            "view": chance.choice(VIEWS) if took_part and party.key != "practitioner" else "",
        }
    return said


def weak_findings(tool: AuditTool, written: Written, case_type: str) -> dict[str, list[str]]:
    """Domain -> the findings in it that need an action; an overall finding goes with the first."""
    found: dict[str, list[str]] = {}
    for finding in findings(tool, written.answers, case_type):
        found.setdefault(finding.section, []).append(finding.key)
    return found
