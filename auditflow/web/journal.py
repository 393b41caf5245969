"""The journal for administrators: what happened to what, who did it, when; never what was written."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.clock import LONDON
from auditflow.queries.journal_search import JournalFilter, JournalLine, count_journal_lines, list_journal_lines
from auditflow.queries.person import list_people
from auditflow.services.seal_post import find_verification
from auditflow.web.journal_words import BY_THE_RULES, TITLES
from auditflow.web.layout import clock_time, day
from auditflow.web.paging import paging
from auditflow.web.request import LARGEST, db
from auditflow.web.routing import Pages
from workflows.roles import PERSON_ROLES, ROLES

pages = Pages("journal", __name__)

ADMIN = ("administrator",)
PAGE = 50

KINDS = {
    "audit_round": "Round",
    "case_audit": "Case audit",
    "moderation": "Moderation",
    "action": "Action",
    "alert": "Immediate concern",
    "correction": "Correction",
    "approval": "Request for approval",
    "person": "Person",
    "frame": "Case list",
}
WITHOUT_GRADE = {
    "submitted": "Submitted",
    "confirmed": "Grade confirmed",
    "changed": "Grade changed",
    "determined": "Dispute decided",
}
"""Entries whose title elsewhere names a grade, which is case content."""


@pages.page("/journal", may=ADMIN)
def journal_list() -> Any:
    """Entries by kind, number, person and day, newest first."""
    typed = {name: request.args.get(name, "").strip()[:40] for name in ("kind", "number", "person", "since", "until")}
    wanted, errors = _wanted(typed)
    page = paging(count_journal_lines(db(), wanted), size=PAGE, keep=typed)
    lines = list_journal_lines(db(), wanted, offset=page.offset, most=PAGE)
    return render_template(
        "journal/list.html",
        rows=[_row(line) for line in lines],
        page=page.shown(),
        count=page.of,
        typed=typed,
        errors=errors,
        kinds=KINDS,
        people=list_people(db(), active=None),
        filtered=any(typed.values()),
        verification=verification_words(find_verification(db())),
    )


def _wanted(typed: dict[str, str]) -> tuple[JournalFilter, list[dict[str, str]]]:
    """What the address asks for, and a sentence for each part that cannot be read (which is then left out)."""
    errors: list[dict[str, str]] = []
    since, until = _day(typed, "since", errors), _day(typed, "until", errors)
    return (
        JournalFilter(
            kind=typed["kind"] if typed["kind"] in KINDS else "",
            number=_number(typed, "number", errors),
            person_id=_number(typed, "person", errors),
            since=_midnight(since) if since else None,
            before=_midnight(until + timedelta(days=1)) if until else None,
        ),
        errors,
    )


def _number(typed: dict[str, str], name: str, errors: list[dict[str, str]]) -> int | None:
    text = typed[name]
    if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST:
        return int(text)
    if text:
        errors.append({"text": "The number must be a whole number, like 80.", "href": f"#filter-{name}"})
    return None


def _day(typed: dict[str, str], name: str, errors: list[dict[str, str]]) -> date | None:
    if not typed[name]:
        return None
    try:
        read = date.fromisoformat(typed[name])
        if 1990 < read.year < 2200:
            return read
    except ValueError:
        pass
    errors.append({"text": "A day must be written like 2026-03-27.", "href": f"#filter-{name}"})
    return None


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), LONDON)


def _row(line: JournalLine) -> list[Any]:
    subject = f"{KINDS.get(line.subject_type, line.subject_type)} {line.subject_id}"
    only = url_for("journal.journal_list", kind=line.subject_type, number=line.subject_id)
    return [
        f"{day(line.at)}, {clock_time(line.at)}",
        {"text": subject, "href": only, "hidden": "only this one"},
        entry_words(line.subject_type, line.entry),
        line.actor or BY_THE_RULES.capitalize(),
        _role(line) if line.actor else "",
        line.hash[:12],
    ]


def _role(line: JournalLine) -> str:
    words = PERSON_ROLES.get(line.role) or ROLES.get(line.role, line.role)
    return words[:1].upper() + words[1:]


def entry_words(subject_type: str, entry: str) -> str:
    """What happened, without the grade that was given."""
    if subject_type == "case_audit" and entry in WITHOUT_GRADE:
        return WITHOUT_GRADE[entry]
    plain = entry.replace("_", " ")
    return TITLES.get((subject_type, entry), plain[:1].upper() + plain[1:])


def verification_words(found: dict[str, Any] | None) -> dict[str, Any]:
    """What the last verification found, as a sentence; `wrong` when something was changed."""
    if found is None:
        return {"wrong": False, "text": "The journal has not been verified yet. It is every night."}
    at = datetime.fromisoformat(found["at"])
    checked = f"{found['entries']:,} entries were checked on {day(at)} at {clock_time(at)}"
    if found["findings"]:
        faults = "1 is" if found["findings"] == 1 else f"{found['findings']:,} are"
        return {
            "wrong": True,
            "text": f"{checked}: {faults} not as written. Run “auditflow journal verify” to see which.",
        }
    return {"wrong": False, "text": f"{checked}. Nothing was changed or is missing."}
