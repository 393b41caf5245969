"""Answers and grades against the journal: what was submitted and decided is what stands in the rows, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import answers_digest
from auditflow.domain.errors import BadInput
from auditflow.models import CaseAudit, DomainGrade, Submission
from auditflow.services.moderation_decision import domains_digest
from auditflow.services.verify.decisions import Task, check_disputes, check_tasks, list_tasks
from auditflow.services.verify.finding import Finding
from auditflow.services.verify.said import Said, what_was_said

BLOCK = 500
"""How many case audits are checked with one statement of each kind: memory does not grow with the council."""

Grades = Mapping[str, int | None]
Key = tuple[int, str, int]


def check_answers(session: Session) -> Iterator[Finding]:
    """Every submission, domain grade, moderation and dispute against the entries that made them; none is missing."""
    ids = session.scalars(sa.select(CaseAudit.id).order_by(CaseAudit.id)).all()
    for start in range(0, len(ids), BLOCK):
        yield from _check_block(session, ids[start : start + BLOCK])


def _check_block(session: Session, ids: Sequence[int]) -> Iterator[Finding]:
    said = what_was_said(session, ids)
    kept = _domain_grades(session, ids)
    tasks = list_tasks(session, ids)
    yield from _check_submissions(session, ids, said, kept)
    yield from check_tasks(tasks)
    yield from _check_moderators(tasks, kept)
    yield from _check_deciders(ids, said, kept)
    yield from check_disputes(session, ids, said)


def _domain_grades(session: Session, ids: Sequence[int]) -> dict[Key, dict[str, int | None]]:
    """(case audit, source, number) -> domain -> grade."""
    found: dict[Key, dict[str, int | None]] = {}
    d = DomainGrade
    statement = sa.select(d.case_audit_id, d.source, d.number, d.domain, d.grade).where(d.case_audit_id.in_(ids))
    for audit_id, source, number, domain, grade in session.execute(statement):
        found.setdefault((audit_id, source, number), {})[domain] = grade
    return found


def _check_submissions(
    session: Session, ids: Sequence[int], said: Mapping[int, Said], kept: Mapping[Key, Grades]
) -> Iterator[Finding]:
    statement = sa.select(Submission).where(Submission.case_audit_id.in_(ids))
    seen: set[tuple[int, int]] = set()
    for row in session.scalars(statement.order_by(Submission.case_audit_id, Submission.number)):
        seen.add((row.case_audit_id, row.number))
        problem = _problem(row, said.get(row.case_audit_id, Said()), kept)
        if problem:
            yield Finding(problem[0], "case_audit", row.case_audit_id, row.number, problem[1])
    for audit_id, of in said.items():
        for number in sorted(of.submitted.keys() - {number for case, number in seen if case == audit_id}):
            yield Finding("answers_edited", "case_audit", audit_id, number, f"Submission {number} is gone.")
    for audit_id, source, number in sorted(kept):
        if source == "auditor" and (audit_id, number) not in seen:
            sentence = f"There are domain grades of a submission {number} that was never made."
            yield Finding("grade_edited", "case_audit", audit_id, number, sentence)


def _problem(row: Submission, said: Said, kept: Mapping[Key, Grades]) -> tuple[str, str] | None:
    entry = said.submitted.get(row.number)
    if entry is None or _digest(row.answers) != row.sha256 or row.sha256 != entry.details.get("answers_sha256"):
        return "answers_edited", f"Submission {row.number} is not what was submitted."
    if (row.submitted_at, row.auditor_id) != (entry.at, entry.actor_id):
        return "answers_edited", f"Submission {row.number} was made by somebody else, or at another time."
    if not _grades_agree(row, kept.get((row.case_audit_id, "auditor", row.number), {})):
        return "grade_edited", f"A grade of submission {row.number} is not the one that was submitted."
    return None


def _digest(answers: Any) -> str:
    """The digest of whatever stands in the row now, even if it is no longer a set of answers."""
    try:
        return answers_digest(answers)
    except BadInput:
        return ""


def _grades_agree(row: Submission, kept: Grades) -> bool:
    domains = row.answers["domains"]
    answered = {key: said["grade"] if isinstance(said["grade"], int) else None for key, said in domains.items()}
    return bool(row.overall_grade == row.answers["overall"]["grade"]) and kept == answered


def _check_moderators(tasks: Sequence[Task], kept: Mapping[Key, Grades]) -> Iterator[Finding]:
    """The grades of each domain that a moderator decided have the digest in the decision; nobody else's are there."""
    decided = {(task.case_audit_id, "moderator", task.submission): task.grades_sha256 for task in tasks if task.judged}
    for key in sorted(decided.keys() | {key for key in kept if key[1] == "moderator"}):
        if decided.get(key) != domains_digest(kept.get(key, {})):
            sentence = f"A moderator’s grade of a domain of submission {key[2]} is not the one that was decided."
            yield Finding("grade_edited", "case_audit", key[0], key[2], sentence)


def _check_deciders(ids: Sequence[int], said: Mapping[int, Said], kept: Mapping[Key, Grades]) -> Iterator[Finding]:
    """Each set of domain grades decided after moderation is the one in its entry, and there is no other."""
    then = {
        (audit_id, "decider", number): domains
        for audit_id in ids
        for number, domains in enumerate(said.get(audit_id, Said()).decided, 1)
    }
    for key in sorted(then.keys() | {key for key in kept if key[1] == "decider"}):
        if kept.get(key) != then.get(key):
            sentence = "A domain’s grade that was decided after moderation is not the one in the journal."
            yield Finding("grade_edited", "case_audit", key[0], key[2], sentence)
