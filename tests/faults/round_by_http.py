"""One round over HTTP, from the plan to the published results, by the people whose work it is."""

from __future__ import annotations

import re
from datetime import date, timedelta

import sqlalchemy as sa

from auditflow.models import AuditRound, CaseAudit, Moderation
from auditflow.models.database import Database
from tests.faults.remote import RemoteBrowser, fill_in
from tests.pages import Page

SIZE = 3
NAME = "Baseline by HTTP"


def _day(moment: date) -> list[str]:
    return [str(moment.day), str(moment.month), str(moment.year)]


def launch(lead: RemoteBrowser) -> str:
    """Plan, lock, draw, allocate and launch; the address of the round."""
    first = lead.get("/rounds/new")
    tool = re.findall(r'name="tool_version_id"[^>]*value="(\d+)"', first.html)[0]
    today = date.today()
    dates = {
        "starts_on": _day(today),
        "ends_on": _day(today + timedelta(days=25)),
        "record_date": _day(today - timedelta(days=10)),
    }
    page = first.submit({"name": NAME, "tool_version_id": tool, **dates})
    frame = re.findall(r'name="frame_id"[^>]*value="(\d+)"', page.html)[0]
    page = page.submit({"frame_id": frame})
    page = page.submit({"size": str(SIZE), "minimum": "1", "per_worker": "3", "per_family": "", "rules": ["closed"]})
    assert page.path.endswith("/trial"), page.text
    page = lead.get(page.path.replace("/trial", "/draw")).submit().submit()
    path = page.path.replace("/draw", "")
    lead.get(f"{path}/auditors").submit()
    lead.get(f"{path}/allocation").submit()
    lead.get(f"{path}/policy").submit()
    page = lead.get(f"{path}/launch").submit(action="/launch")
    assert "The round is live" in page.text, page.text
    return path


def audits_of(database: Database) -> list[tuple[int, int, bool]]:
    """The audits of that round, each with its auditor and whether it is a second grading."""
    with database.reading() as session:
        rows = session.execute(
            sa.select(CaseAudit.id, CaseAudit.auditor_id, CaseAudit.purpose)
            .join(AuditRound, AuditRound.id == CaseAudit.round_id)
            .where(AuditRound.name == NAME)
        )
        return [(audit, auditor, purpose == "second") for audit, auditor, purpose in rows if auditor is not None]


def grade(auditor: RemoteBrowser, case_audit_id: int) -> None:
    """Start, answer every section, check and submit."""
    url = f"/audits/{case_audit_id}"
    page = auditor.get(url).submit(action="/start")
    for path in dict.fromkeys(link.split("#")[0] for link in page.links() if link.startswith(f"{url}/sections/")):
        _answer(auditor.get(path))
    _answer(auditor.get(f"{url}/sections/overall"))
    page = auditor.get(f"{url}/check-answers").submit(action="/submit")
    assert page.path.endswith("/submitted"), page.text


def _answer(page: Page) -> None:
    page.submit(fill_in(page, "3"))


def moderate(database: Database, managers: dict[int, RemoteBrowser], case_audit_id: int) -> None:
    """Whoever was given the task opens it and confirms the grades."""
    with database.reading() as session:
        task = session.scalars(sa.select(Moderation).where(Moderation.case_audit_id == case_audit_id)).one()
    manager = managers[task.moderator_id or 0]
    manager.get(f"/moderation/{task.id}").submit(action="/open")
    page = manager.get(f"/moderation/{task.id}/decide")
    view = {"evidence": "yes", "follows": "yes", "difference": "yes"}
    done = page.submit({"step": "decide", "choice": "confirm", **view}, action="/decide")
    assert "You have confirmed the grades" in done.text, done.text


def finish(lead: RemoteBrowser, path: str) -> None:
    """Begin reporting and close: the results are published."""
    page = lead.get(f"{path}/report").submit(action="/report")
    page = lead.get(f"{path}/close").submit(action="/close")
    assert "The round is closed and its results are published." in page.text, page.text
