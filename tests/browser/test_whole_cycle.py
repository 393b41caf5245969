"""One round from the case list to the re-audit's results, each step by the person whose it is, in a real browser.

Once with JavaScript on a wide screen, once without it on a phone's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext

from auditflow.domain.audit_tool import list_sections
from auditflow.models import Action, CaseAudit, Moderation
from auditflow.services.act import Act
from auditflow.services.case_audit_submit import submit_case_audit
from tests.browser.conftest import LiveApp
from tests.browser.walk import Visitor, Walk
from tests.factories.audits import make_tool
from tests.factories.council import Council, make_council
from tests.factories.drafts import start, tool_of, write_all

pytestmark = pytest.mark.browser

HEADER = "Case reference,Case type,Case status,Allocated Team,Allocated Worker,Date opened"


def case_list(council: Council) -> bytes:
    """Eight open cases, one of each worker, and a closed one."""
    teams = {team.id: team.name for team in council.teams}
    rows = [
        f"CF-{n},Child in need,{'Closed' if n == 9 else 'Open'},{teams[worker.team_id or 0]},{worker.name},2026-05-04"
        for n, worker in enumerate([*council.workers, council.workers[0]], start=1)
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


class Cycle:
    """The people, the ids that come about, and the steps in their order."""

    def __init__(self, walk: Walk, council: Council) -> None:
        self.walk, self.council = walk, council
        self.lead = walk.by(council.qa_lead.id)

    def bring_the_list(self) -> None:
        """Upload, say what the columns are, match names, freeze."""
        file = {"name": "october.csv", "mimeType": "text/csv", "buffer": case_list(self.council)}
        lead = self.lead.go("/case-lists").go("/case-lists/new")
        lead.fill({"name": "October list", "as_at": ["30", "10", "2026"], "file": file}).press("Upload and continue")
        lead.press("Read the cases").reads("9 cases in the list")
        frame = lead.path
        lead.go(f"{frame}/names").press("Accept the 12 names that are the same")
        lead.go(f"{frame}/freeze").fill({"checked": "y"}).press("Freeze the list").reads("The case list is frozen")

    def plan_and_draw(self) -> None:
        """A round of three cases: dates, list, design, trial, lock, draw."""
        lead = self.lead.go("/rounds").go("/rounds/new")
        dates = {"starts_on": ["2", "11", "2026"], "ends_on": ["27", "11", "2026"], "record_date": ["30", "10", "2026"]}
        lead.fill({"name": "Baseline", "tool_version_id": "1", **dates}).press("Save and continue")
        lead.fill({"frame_id": "1"}).press("Save and continue")
        lead.fill({"size": "3", "minimum": "1", "rules": ["closed"]}).press("Save and continue")
        lead.follow("Continue to the draw").press("Lock the design").press("Draw the sample")
        lead.reads("Nobody chose these cases")

    def allocate_and_launch(self, round_id: int) -> None:
        """Auditors, allocation, a policy that moderates by trigger only, no second grading; launch."""
        lead = self.lead.go(f"/rounds/{round_id}/auditors").press("Save and continue")
        lead.press("Allocate these cases")
        policy = {"random_percent": "0", "random_least": "0", "new_auditor_audits": "0", "second_gradings": []}
        lead.go(f"/rounds/{round_id}/policy").fill(policy).press("Save and check")
        lead.press("Launch the round").reads("The round is live", "0 of 3 cases are agreed")

    def audit_by_hand(self) -> None:
        """An auditor grades every domain on its page, one of them below Good with an action, and submits."""
        auditor = self.by(self.audit.auditor_id).go("/").go("/audits").go(self.url)
        auditor.press("Start the audit")
        for section in self.sections:
            auditor.go(f"{self.url}/sections/{section}")
            poor = section == self.sections[0]
            auditor.answer("2" if poor else "3").press("Save and go to")
            if poor:
                auditor.go(f"{self.url}/sections/{section}").press("Add an action")
                due = {"text": "See her alone.", "due_on": ["18", "12", "2026"], "owner_id": str(self.manager)}
                auditor.fill(due).press("Add the action")
        auditor.go(f"{self.url}/check-answers").reads("Everything is answered")

    def raise_a_concern(self) -> None:
        """The auditor phones and raises it; the team's manager acknowledges and resolves it."""
        auditor = self.by(self.audit.auditor_id).go(f"{self.url}/concern")
        spoken = {"spoken_to": "The front door", "spoken_on": ["2", "11", "2026"], "spoken_time": "08:30"}
        auditor.fill({**spoken, "concern": "A younger sister was not seen."}).press("Raise the concern")
        link = auditor.path
        manager = self.by(self.manager).go("/").go("/concerns").go(link)
        manager.go(f"{link}/acknowledge").press("Acknowledge")
        manager.go(f"{link}/resolve").fill({"resolution": "She was seen the same day."}).press("Record it as resolved")
        auditor.go(link).reads("She was seen the same day.")

    def moderate(self) -> None:
        """Because of the concern it is moderated; the moderator changes the grade, and the auditor accepts."""
        auditor = self.by(self.audit.auditor_id).go(f"{self.url}/check-answers").press("Submit the audit")
        auditor.reads("It is with a moderator now.")
        task, moderator_id = self.one(sa.select(Moderation.id, Moderation.moderator_id))
        moderator = self.by(moderator_id).go("/").go("/moderation").go(f"/moderation/{task}").press("Open the audit")
        view = {"evidence": "yes", "follows": "yes", "difference": "partly"}
        change = {"choice": "change", "overall": "2", "reason": "The plan stood still."}
        moderator.fill({**change, **view}).press("Record the decision")
        auditor.go(f"{self.url}/change").press("Accept the change")
        auditor.go(f"{self.url}/feedback").press("Share the feedback")

    def take_part(self) -> None:
        """The practitioner reads what was found and reflects on it; the manager reads it too."""
        practitioner = self.by(self.audit.worker_id).go("/").go("/feedback").go(f"{self.url}/feedback")
        practitioner.press("I have read this")
        practitioner.fill({"reflection": "She trusts me now."}).press("Save your reflection").reads("Thank you.")
        self.by(self.manager).go("/feedback").go(f"{self.url}/feedback").reads("She trusts me now.")

    def act_on_it(self) -> None:
        """The manager accepts the action and does it; the auditor verifies the difference it made."""
        link = f"/actions/{self.one(sa.select(Action.id))[0]}"
        manager = self.by(self.manager).go("/actions").go(link)
        manager.go(f"{link}/accept").press("Accept")
        done = {"done_text": "Seen alone.", "done_evidence": "Visit of 3 November."}
        manager.go(f"{link}/complete").fill(done).press("Record what was done")
        found = {"difference": "yes", "how_known": "She says so."}
        self.by(self.audit.auditor_id).go(link).go(f"{link}/verify").fill(found).press("Record the check").reads(
            "She says so."
        )

    def finish_the_others(self, round_id: int, grade: int = 3) -> None:
        """The round's other audits are made through the services."""
        with self.walk.live_app.database.writing() as session:
            waiting = sa.select(CaseAudit).where(CaseAudit.round_id == round_id, CaseAudit.state == "allocated")
            for audit in session.scalars(waiting).all():
                start(session, audit, self.now)
                write_all(session, audit, self.now, grade=grade)
                submit_case_audit(session, audit.id, Act(audit.auditor_id, self.now, f"submit-{audit.id}"))

    def report_and_close(self, round_id: int) -> None:
        """Reporting begins, the results are looked at, the round is closed; the board reads them."""
        lead = self.lead.go(f"/rounds/{round_id}").go(f"/rounds/{round_id}/cases").go(f"/rounds/{round_id}/report")
        lead.press("Begin reporting").go(f"/results/{round_id}").go(f"/rounds/{round_id}/close")
        lead.press("Close the round and publish")
        board = self.by(self.council.board_member.id).go("/").go("/results").go(f"/results/{round_id}")
        board.go(f"/results/{round_id}/board")

    def re_audit(self) -> int:
        """A quarter later the same cases, by other auditors."""
        lead = self.lead.go("/rounds/1/re-audit").press("Save and continue").press("Lock and take the same cases")
        return int(lead.path.split("/")[2])

    def compare(self, round_id: int) -> None:
        """The results show how each case moved, and a number opens its cases."""
        self.lead.go(f"/results/{round_id}").reads("How each case moved", "1 improved", "2 stayed the same")
        self.lead.go(f"/results/{round_id}/cases?group=pairs&before=2&after=3").reads(self.audit.ref)

    # What the steps need to know

    @property
    def now(self) -> datetime:
        """What time it is in the story."""
        return self.walk.live_app.clock.now()

    @property
    def url(self) -> str:
        """The page of the case that is audited by hand."""
        return f"/audits/{self.audit.id}"

    @property
    def manager(self) -> int:
        """The manager of that case's team."""
        return next(team.manager_id for team in self.council.teams if team.id == self.audit.team_id) or 0

    def by(self, person_id: int | None) -> Visitor:
        """The browser of somebody."""
        assert person_id is not None
        return self.walk.by(person_id)

    def one(self, statement: sa.Select[Any]) -> sa.Row[Any]:
        """The one row that a statement finds."""
        with self.walk.live_app.database.reading() as session:
            return session.execute(statement).one()

    def choose_case(self) -> None:
        """The case that is audited by hand: the first of the sample. Its sections come from the tool."""
        with self.walk.live_app.database.reading() as session:
            self.audit = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id).limit(1)).one()
            tool = tool_of(session, self.audit)
            self.sections = [section.key for section in list_sections(tool, self.audit.case_type)]


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 320)])
def test_the_whole_cycle(
    live_app: LiveApp, open_browser: Callable[..., BrowserContext], script: bool, width: int
) -> None:
    with live_app.database.writing() as session:
        council = make_council(session, auditors=3)
        make_tool(session)
        session.flush()
        session.expunge_all()
    walk = Walk(open_browser, live_app, script=script, width=width)
    cycle = Cycle(walk, council)
    cycle.bring_the_list()
    cycle.plan_and_draw()
    cycle.allocate_and_launch(1)
    cycle.choose_case()
    cycle.audit_by_hand()
    cycle.raise_a_concern()
    cycle.moderate()
    cycle.take_part()
    cycle.act_on_it()
    cycle.finish_the_others(1)
    cycle.report_and_close(1)
    again = cycle.re_audit()
    cycle.allocate_and_launch(again)
    cycle.finish_the_others(again)
    cycle.report_and_close(again)
    cycle.compare(again)
    assert walk.wrong == []
    assert walk.seen > 50, "hardly anything was looked at"
