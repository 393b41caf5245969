"""Audit tools: the one place to import their rules from.

`tool_definition` holds the records, `tool_document` reads and writes them as plain data, `tool_checks` says
what a tool must be, `tool_sections` what a case is asked, `answers` and `answer_checks` what an answer is,
`completeness` what is missing, `tool_changes` what differs between versions.
"""

from auditflow.domain.answer_checks import answer_problems, empty_answers
from auditflow.domain.answers import LONGEST_TEXT, Answers, answers_digest, canonical_json
from auditflow.domain.completeness import Completeness, Missing, Progress, Status, completeness, unanswered
from auditflow.domain.judged_window import JudgedWindow, judged_window
from auditflow.domain.tool_changes import Change, compare_tools, shared_domains
from auditflow.domain.tool_checks import check_tool, tool_problems
from auditflow.domain.tool_definition import AuditTool, CaseType, Descriptors, Domain, Party, Question, Words
from auditflow.domain.tool_document import BadTool, Problem, read_tool, tool_digest, tool_document
from auditflow.domain.tool_sections import (
    OVERALL,
    PARTICIPATION,
    Applicability,
    Finding,
    Kind,
    Section,
    applicability,
    asked_questions,
    find_section,
    findings,
    grade_of,
    list_sections,
    party_field,
    question_field,
    section_answers,
)

__all__ = [
    "LONGEST_TEXT",
    "OVERALL",
    "PARTICIPATION",
    "Answers",
    "Applicability",
    "AuditTool",
    "BadTool",
    "CaseType",
    "Change",
    "Completeness",
    "Descriptors",
    "Domain",
    "Finding",
    "JudgedWindow",
    "Kind",
    "Missing",
    "Party",
    "Problem",
    "Progress",
    "Question",
    "Section",
    "Status",
    "Words",
    "answer_problems",
    "answers_digest",
    "applicability",
    "asked_questions",
    "canonical_json",
    "check_tool",
    "compare_tools",
    "completeness",
    "empty_answers",
    "find_section",
    "findings",
    "grade_of",
    "judged_window",
    "list_sections",
    "party_field",
    "question_field",
    "read_tool",
    "section_answers",
    "shared_domains",
    "tool_digest",
    "tool_document",
    "tool_problems",
    "unanswered",
]
