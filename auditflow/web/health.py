"""System health for administrators: what waits, what was refused, whether mail, broker and journal are well."""

from __future__ import annotations

from typing import Any

from flask import render_template

from auditflow.adapters.installation import broker_fault
from auditflow.adapters.mail import open_mailer
from auditflow.config import Settings
from auditflow.domain.errors import Refused
from auditflow.queries.journal_search import find_newest_seal
from auditflow.services.health import Health, read_health
from auditflow.services.seal_post import find_verification
from auditflow.web.journal import verification_words
from auditflow.web.layout import clock_time, day
from auditflow.web.request import db, house, now
from auditflow.web.routing import Pages

pages = Pages("health", __name__)

ADMIN = ("administrator",)
Line = dict[str, Any]


@pages.page("/health", may=ADMIN)
def health_show() -> Any:
    """One page: every line says what is so, and the faulty ones come first."""
    health, settings = read_health(db(), now()), house().settings
    lines = [_mail(settings, health), _refused(health), _broker(settings), *_work(health), _journal(), _seal()]
    lines.sort(key=lambda line: not line["wrong"])
    return render_template("health/show.html", lines=lines, wrong=sum(line["wrong"] for line in lines))


def _line(name: str, fault: str, well: str) -> Line:
    return {"name": name, "wrong": bool(fault), "text": fault or well}


def _mail(settings: Settings, health: Health) -> Line:
    waiting = f"{health.mail_waiting:,} {'message waits' if health.mail_waiting == 1 else 'messages wait'}."
    try:
        open_mailer(settings.mail_url).check()
    except Refused as refusal:
        return _line("Mail", f"{refusal.sentence} {waiting} They go out by themselves once it answers.", "")
    late = "All" if health.mail_late == health.mail_waiting else f"{health.mail_late:,}"
    late = f"{late} of them for more than a quarter of an hour. {health.mail_error}"
    return _line("Mail", f"Mail can be sent, but {waiting} {late}" if health.mail_late else "", f"It works. {waiting}")


def _refused(health: Health) -> Line:
    words = "message was" if health.mail_refused == 1 else "messages were"
    fault = f"{health.mail_refused:,} {words} refused in the last week. {health.mail_error}"
    return _line("Refused messages", fault if health.mail_refused else "", "None in the last week.")


def _broker(settings: Settings) -> Line:
    if settings.redis_url is None:
        return _line("Background work", "", "One process does everything: no broker is needed.")
    well = "The broker, Redis, answers."
    fault = broker_fault(settings.redis_url)
    return _line("Background work", f"{fault} Work goes on and is caught up with later." if fault else "", well)


def _work(health: Health) -> list[Line]:
    late = f"{health.jobs_late:,} wait for more than five minutes: is a worker running?" if health.jobs_late else ""
    failed = f"{health.jobs_failed:,} could not be finished in the last week." if health.jobs_failed else ""
    going = f"{health.jobs_open:,}" if health.jobs_open else "None"
    behind = "deadline has" if health.deadlines_late == 1 else "deadlines have"
    missed = f"{health.deadlines_late:,} {behind} passed and nobody has noticed: is a worker running?"
    return [
        _line("Long work", " ".join(filter(None, (late, failed))), f"{going} under way or waiting."),
        _line("Deadlines", missed if health.deadlines_late else "", "All that have passed were noticed."),
        _line("Stuck items", "", _stuck(health.stuck)),
    ]


def _stuck(count: int) -> str:
    if not count:
        return "None."
    return f"{count:,} that nobody may move. Quality assurance leads see {'it' if count == 1 else 'them'}."


def _journal() -> Line:
    return {"name": "Journal", **verification_words(find_verification(db()))}


def _seal() -> Line:
    newest = find_newest_seal(db())
    if newest is None:
        return _line("Newest seal", "", "There is none yet. The journal is sealed every night.")
    when = f"{day(newest.at)} at {clock_time(newest.at)}"
    return _line("Newest seal", "", f"Number {newest.number}, made on {when}, {newest.hash[:16]}…")
