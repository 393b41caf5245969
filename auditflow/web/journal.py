"""The journal for administrators: what happened to what, who did it, when; never what was written."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.clock import LONDON
from auditflow.domain.whole_number import read_whole_number
from auditflow.queries.journal_search import JournalFilter, JournalLine, count_journal_lines, list_journal_lines
from auditflow.queries.person import list_people
from auditflow.services.seal_post import find_verification
from auditflow.web.journal_words import ACTED_AS, BY_THE_RULES, TITLES
from auditflow.web.layout import clock_time, day
from auditflow.web.paging import paging
from auditflow.web.request import db
from auditflow.web.routing import Pages
from workflows.roles import PERSON_ROLES, ROLES

pages = Pages("journal", __name__)

ADMIN = ("administrator",)
PAGE = 50
NUMBERS = re.compile(r"\d+")
YEAR = 4
"""Digits of a year."""

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
    "team": "Team",
    "council_service": "Service",
    "council_timetable": "Timetable",
}
OF_A_ROUND = frozenset({"audit_round", "case_audit", "moderation", "action", "alert", "correction", "approval"})
BY_ITSELF = "by a link or a command"
"""Who moved something that belongs to no round when nobody was signed in."""
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
    number = read_whole_number(text)
    if text and number is None:
        errors.append({"text": "The number must be a whole number, like 80.", "href": f"#filter-{name}"})
    return number


def _day(typed: dict[str, str], name: str, errors: list[dict[str, str]]) -> date | None:
    if not typed[name]:
        return None
    parts = NUMBERS.findall(typed[name])
    try:
        # As dates are typed everywhere, day first; and as addresses of this page have them, year first.
        read = date.fromisoformat(typed[name]) if len(parts[0]) == YEAR else date(*map(int, reversed(parts)))
        if 1990 < read.year < 2200:
            return read
    except (ValueError, IndexError, TypeError, OverflowError):
        pass
    errors.append({"text": "A day must be written like 27 3 2026.", "href": f"#filter-{name}"})
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
        _who(line),
        line.hash[:12],
    ]


def _who(line: JournalLine) -> str:
    """“Ben Carrow, administrator”, or that nobody was signed in."""
    if not line.actor:
        return (BY_THE_RULES if line.subject_type in OF_A_ROUND else BY_ITSELF).capitalize()
    words = ACTED_AS.get(line.role) or PERSON_ROLES.get(line.role) or ROLES.get(line.role, line.role)
    return f"{line.actor}, {words[:1].lower()}{words[1:]}" if words else line.actor


def entry_words(subject_type: str, entry: str) -> str:
    """What happened, without the grade that was given."""
    if subject_type == "case_audit" and entry in WITHOUT_GRADE:
        return WITHOUT_GRADE[entry]
    plain = entry.replace("_", " ")
    return TITLES.get((subject_type, entry), plain[:1].upper() + plain[1:])


def verification_words(found: dict[str, Any] | None) -> dict[str, Any]:
    """What the last verification found, as a sentence; `wrong` when something was changed."""
    if found is None:
        return {"wrong": False, "text": "The journal has not been verified yet. That is done every night."}
    at = datetime.fromisoformat(found["at"])
    checked = f"{found['entries']:,} entries were checked on {day(at)} at {clock_time(at)}"
    if found["findings"]:
        faults = "1 is" if found["findings"] == 1 else f"{found['findings']:,} are"
        return {
            "wrong": True,
            "text": f"{checked}: {faults} not as written. Run “auditflow journal verify” to see which.",
        }
    return {"wrong": False, "text": f"{checked}. Nothing was changed or is missing."}
