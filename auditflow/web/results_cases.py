"""The cases behind a figure, by the address of the list; for those who may open cases."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.grades import Grade
from auditflow.models import AuditRound
from auditflow.queries.results import get_result_round
from auditflow.queries.results_cases import GROUPS, CaseChoice, ResultCase, list_result_cases
from auditflow.reporting.result_words import KIND_WORDS, REASONS
from auditflow.web.layout import case_ref
from auditflow.web.request import db, viewer
from auditflow.web.routing import Pages

pages = Pages("results_cases", __name__)


def read_choice() -> CaseChoice:
    """What the address asks for; what it says wrongly does not matter."""
    good = request.args.get("good", "")
    return CaseChoice(
        group=request.args.get("group", "counted"),
        grade=_grade("grade"),
        good={"1": True, "0": False}.get(good),
        team=_text("team"),
        domain=_text("domain"),
        before=_grade("before"),
        after=_grade("after"),
    )


def _text(name: str) -> str | None:
    value = request.args.get(name, "")[:200]
    return value if value and value.isprintable() else None


def _grade(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value in {1, 2, 3, 4} else None


@pages.page("/results/<int:round_id>/cases", may=("qa_lead",))
def results_cases_list(round_id: int) -> Any:
    """The cases that a figure counts."""
    row = get_result_round(db(), viewer(), round_id)
    choice = read_choice()
    cases = list_result_cases(db(), viewer(), row, choice)
    columns = ["Case", "How it came in", "Team", "First grade", "Moderated", "Used in figures"]
    columns += ["First audit"] if row.baseline_id else []
    columns += ["In this domain"] if choice.domain else []
    columns += ["Second auditor"] if choice.group == "double" else []
    return render_template(
        "results/cases.html",
        row=row,
        rows=[_cells(case, row, choice) for case in cases],
        columns=[{"text": text} for text in [*columns, "Note"]],
        about=_about(choice),
        filters=_filters(choice),
        filtered=bool(request.args),
    )


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
        cells.append(_words(case.shown))
    if choice.group == "double":
        cells.append(_words(case.second))
    note = REASONS.get(audit.lost_reason or "", "")
    return [*cells, "published in dispute" if audit.disputed else note]


def _case_link(audit_id: int) -> str:
    return url_for("case_audit_history.case_audit_history", case_audit_id=audit_id)


def _words(grade: Grade | None) -> str:
    return grade.short_name if grade else ""


def _about(choice: CaseChoice) -> str:
    """What the list holds, in words."""
    words = [GROUPS.get(choice.group, GROUPS["counted"])[0]]
    if choice.before and choice.after:
        words.append(f"from {Grade(choice.before).short_name} to {Grade(choice.after).short_name}")
    if choice.grade:
        words.append(Grade(choice.grade).short_name)
    if choice.good is not None:
        words.append("good or better" if choice.good else "not yet good")
    if choice.team:
        words.append(choice.team)
    return ", ".join(words)


def _filters(choice: CaseChoice) -> list[dict[str, Any]]:
    groups = [{"value": key, "text": words} for key, (words, _) in GROUPS.items()]
    grades = [{"value": "", "text": "Any grade"}]
    grades += [{"value": str(int(g)), "text": g.short_name} for g in sorted(Grade, reverse=True)]
    return [
        {"name": "group", "label": "Cases", "value": choice.group, "options": groups},
        {"name": "grade", "label": "Grade", "value": str(choice.grade or ""), "options": grades},
    ]
