"""The cases behind a figure, by the address of the list; for those who may open cases."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.grades import Grade
from auditflow.models import AuditRound
from auditflow.queries.results import get_result_round
from auditflow.queries.results_cases import (
    GROUPS,
    NOT_APPLICABLE,
    OF_RE_AUDITS,
    OF_RESERVES,
    CaseChoice,
    CaseList,
    ResultCase,
    list_result_cases,
)
from auditflow.queries.scope import list_graded_now
from auditflow.reporting.result_words import KIND_WORDS, REASONS
from auditflow.web.layout import case_ref
from auditflow.web.request import db, viewer
from auditflow.web.routing import Pages

pages = Pages("results_cases", __name__)

KEPT = ("good", "team", "domain", "before", "after", "was", "first", "second")
"""What the address asks for beside what the form of the page offers."""
NOT_APPLICABLE_WORDS = "not applicable"


def read_choice() -> CaseChoice:
    """What the address asks for; what it says wrongly does not matter."""
    group = request.args.get("group", "")
    none = request.args.get("grade") == "none" and _text("domain") is not None
    return CaseChoice(
        group=group if group in GROUPS else "counted",
        grade=NOT_APPLICABLE if none else _grade("grade"),
        good=_yes_or_no("good"),
        team=_text("team"),
        domain=_text("domain"),
        before=_grade("before"),
        after=_grade("after"),
        was=_yes_or_no("was"),
        first=_grade("first"),
        second=_grade("second"),
    )


def _text(name: str) -> str | None:
    value = request.args.get(name, "")[:200]
    return value if value and value.isprintable() else None


def _grade(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value in {1, 2, 3, 4} else None


def _yes_or_no(name: str) -> bool | None:
    return {"1": True, "0": False}.get(request.args.get(name, ""))


@pages.page("/results/<int:round_id>/cases", may=("qa_lead",))
def results_cases_list(round_id: int) -> Any:
    """The cases that a figure counts."""
    row = get_result_round(db(), viewer(), round_id)
    choice = read_choice()
    found = list_result_cases(db(), viewer(), row, choice)
    return render_template(
        "results/cases.html",
        row=row,
        rows=[_cells(case, row, choice) for case in found.cases],
        columns=[{"text": text} for text in _columns(row, choice)],
        about=_about(choice, found),
        grading=bool(list_graded_now(db(), viewer())),
        filters=_filters(row, choice),
        kept={name: value for name in KEPT if (value := _text(name))},
        filtered=bool(request.args),
    )


def _columns(row: AuditRound, choice: CaseChoice) -> list[str]:
    columns = ["Case", "How it came in", "Team", "First grade", "Moderated", "Used in figures"]
    columns += _later_columns(row, choice)
    return [*columns, "Note"]


def _later_columns(row: AuditRound, choice: CaseChoice) -> list[str]:
    in_domain = choice.domain is not None
    columns = []
    if row.baseline_id:
        columns.append("In this domain, first audit" if in_domain and choice.group == "pairs" else "First audit")
    if in_domain:
        columns.append("In this domain")
    if choice.group == "double":
        columns.append("Second auditor")
    return columns


def _cells(case: ResultCase, row: AuditRound, choice: CaseChoice) -> list[Any]:
    audit = case.audit
    cells: list[Any] = [
        {"text": case_ref(audit.ref), "href": _case_link(audit.id)},
        KIND_WORDS[audit.kind],
        audit.team,
        *map(_words, (audit.first, audit.moderated, audit.published)),
    ]
    if row.baseline_id:
        cells.append(_words(case.before))
    if choice.domain:
        cells.append(_words(case.shown) or NOT_APPLICABLE_WORDS)
    if choice.group == "double":
        cells.append(_words(case.second))
    return [*cells, "published in dispute" if audit.disputed else REASONS.get(case.note, "")]


def _case_link(audit_id: int) -> str:
    return url_for("case_audit_history.case_audit_history", case_audit_id=audit_id)


def _words(grade: Grade | None) -> str:
    return grade.short_name if grade else ""


def _about(choice: CaseChoice, found: CaseList) -> str:
    """What the list holds, in words."""
    words = [GROUPS[choice.group][0], found.domain, *_moved_words(choice), *_grade_words(choice)]
    if choice.domain and choice.grade is None and choice.good is None and choice.was is None:
        words.append("graded both times" if choice.group == "pairs" else "graded")
    if choice.team:
        words.append(choice.team)
    return ", ".join(word for word in words if word)


def _moved_words(choice: CaseChoice) -> list[str]:
    """What is asked of two grades of one case, such as “from Good to Inadequate”."""
    words = []
    for name, one, other in (("from", choice.before, choice.after), ("first auditor", choice.first, choice.second)):
        if one is not None:
            words.append(f"{name} {Grade(one).short_name}")
        if other is not None:
            words.append(f"{'to' if name == 'from' else 'second auditor'} {Grade(other).short_name}")
    if choice.was is not None:
        words.append(f"{_good_words(choice.was)} before")
    return [" ".join(words)] if choice.before and choice.after else words


def _grade_words(choice: CaseChoice) -> list[str]:
    words = [NOT_APPLICABLE_WORDS] if choice.grade == NOT_APPLICABLE else []
    words += [Grade(choice.grade).short_name] if choice.grade else []
    words += [_good_words(choice.good) + (" now" if choice.was is not None else "")] if choice.good is not None else []
    return words


def _good_words(good: bool) -> str:
    return "good or better" if good else "not yet good"


def _filters(row: AuditRound, choice: CaseChoice) -> list[dict[str, Any]]:
    never = (OF_RE_AUDITS if row.kind != "re_audit" else ()) + (OF_RESERVES if row.kind == "census" else ())
    offered = [key for key in GROUPS if key not in never or key == choice.group]
    groups = [{"value": key, "text": GROUPS[key][0]} for key in offered]
    grades = [{"value": "", "text": "Any grade"}]
    grades += [{"value": str(int(g)), "text": g.short_name} for g in sorted(Grade, reverse=True)]
    grades += [{"value": "none", "text": "Not applicable"}] if choice.domain else []
    grade = "none" if choice.grade == NOT_APPLICABLE else str(choice.grade or "")
    return [
        {"name": "group", "label": "Cases", "value": choice.group, "options": groups},
        {"name": "grade", "label": "Grade", "value": grade, "options": grades},
    ]
