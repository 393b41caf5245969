"""An auditor's audits over HTTP: the list, starting, giving back, the list of tasks, the history."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit, ReadLog
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.moderation import Decision, comment_on, decide_moderation
from tests.factories.audit_story import Story, make_story
from tests.factories.audits import make_case_audit
from tests.factories.drafts import start


@pytest.fixture
def story(database: Database, clock: FixedClock) -> Story:
    return make_story(database, clock.now())


@pytest.fixture
def fresh(database: Database, clock: FixedClock) -> Story:
    """Not started yet."""
    return make_story(database, clock.now(), started=False)


def test_the_list_shows_only_the_auditors_own_audits(story: Story, sign_in) -> None:
    with story.database.writing() as session:
        other = make_case_audit(
            session,
            story.council,
            session.get_one(CaseAudit, story.audit_id) and session.get_one(_round(), story.round_id),
            auditor_id=story.council.auditors[1].id,
            ref="CF-OTHER",
        )
        other_id = other.id
    page = sign_in(story.auditor).get("/audits")
    assert story.ref in page.text and "CF-OTHER" not in page.text
    assert f"/audits/{other_id}" not in page.links()
    assert "1 audit is yours to work on." in page.text


def _round() -> type:
    from auditflow.models import AuditRound

    return AuditRound


@pytest.mark.parametrize(
    ("query", "there"),
    [("?state=in_progress", True), ("?state=agreed", False), ("?search=CF-", True), ("?search=%25", False),
     ("?sort=-case", True), ("?sort=nonsense&state=nonsense", True)],
)  # fmt: skip
def test_the_list_is_filtered_by_its_address(story: Story, sign_in, query: str, there: bool) -> None:
    assert (story.ref in sign_in(story.auditor).get(f"/audits{query}").text) is there


def test_the_list_costs_the_same_whatever_its_length(story: Story, sign_in, database: Database) -> None:
    browser = sign_in(story.auditor)

    def statements() -> int:
        seen: list[str] = []

        def count(*args: object) -> None:
            seen.append(str(args[2]))

        sa.event.listen(database.engine, "before_cursor_execute", count)
        browser.get("/audits")
        sa.event.remove(database.engine, "before_cursor_execute", count)
        return len(seen)

    browser.get("/audits")
    one = statements()
    with story.database.writing() as session:
        from auditflow.models import AuditRound

        for number in range(12):
            row = session.get_one(AuditRound, story.round_id)
            start(session, make_case_audit(session, story.council, row, ref=f"CF-M{number}"), story.at)
    browser.get("/audits")  # the counts in the navigation are asked anew once, since the journal grew
    assert statements() == one


def test_the_list_downloads_as_csv_and_excel(story: Story, sign_in) -> None:
    browser = sign_in(story.auditor)
    csv = browser.client.get("/audits.csv")
    assert csv.status_code == 200 and story.ref in csv.get_data(as_text=True)
    assert browser.client.get("/audits.xlsx").get_data()[:2] == b"PK"


def test_starting_asks_about_conflicts_and_leads_to_the_tasks(fresh: Story, sign_in) -> None:
    page = sign_in(fresh.auditor).get(fresh.url)
    assert "Check that you may audit this case" in page.text
    assert "Judge the work from 24 April 2026" in page.text
    tasks = page.submit(action="/start")
    assert "0 of 12 domains are finished." in tasks.text or "domains are finished" in tasks.text
    assert fresh.column("state") == "in_progress"


def test_giving_a_case_back(fresh: Story, sign_in) -> None:
    browser = sign_in(fresh.auditor)
    page = browser.get(f"{fresh.url}/conflict")
    done = page.submit({"reason": "I know the family."})
    assert "no longer yours" in done.text
    assert (fresh.column("state"), fresh.column("auditor_id")) == ("selected", None)
    browser.get(fresh.url, status=404)


@pytest.mark.parametrize("path", ["", "/conflict", "/notes", "/check", "/history", "/check-answers", "/submitted",
                                  "/sections/risk", "/last-actions", "/comments", "/change", "/submissions/1",
                                  "/sections/risk/action", "/sections/risk/action/link", "/versions/1"])  # fmt: skip
def test_another_persons_case_does_not_exist(story: Story, sign_in, path: str) -> None:
    sign_in(story.council.auditors[1]).get(f"{story.url}{path}", status=404)


@pytest.mark.parametrize("path", ["start", "conflict", "submit", "withdraw", "change/accept", "change/dispute",
                                  "sections/risk", "sections/risk/autosave", "notes"])  # fmt: skip
def test_nothing_can_be_sent_to_another_persons_case(story: Story, sign_in, path: str) -> None:
    stranger = sign_in(story.council.auditors[1])
    stranger.post(f"{story.url}/{path}", {"key": "k" * 20, "version": "1", "reason": "x"}, status=404)
    assert story.column("state") == "in_progress"


def test_opening_an_audit_is_logged(story: Story, sign_in) -> None:
    sign_in(story.auditor).get(story.url)
    with story.database.reading() as session:
        logged = session.execute(sa.select(ReadLog.person_id, ReadLog.subject_id)).all()
    assert (story.auditor, story.audit_id) in [tuple(row) for row in logged]


def test_the_tasks_say_what_is_finished_and_what_is_left(story: Story, sign_in) -> None:
    browser = sign_in(story.auditor)
    page = browser.get(story.url)
    assert "Submit by Friday 20 November." in page.text
    assert "Begin:" in page.text and "Cannot start yet" in page.text
    story.write_all()
    story.write("risk", {"grade": 2, "reason": "x", "evidence": "", "difference": "", "questions": {}})
    page = browser.get(story.url)
    assert "Continue:" in page.text and story.section("risk") in page.links()
    assert "Requires improvement" in page.text and "Completed" in page.text


def test_when_everything_is_answered_the_button_leads_to_the_check(story: Story, sign_in) -> None:
    story.write_all()
    page = sign_in(story.auditor).get(story.url)
    assert "Every question is answered" in page.text
    assert f"{story.url}/check-answers" in page.links()


def test_a_late_audit_says_so(story: Story, sign_in, clock: FixedClock) -> None:
    from datetime import timedelta

    clock.advance(timedelta(days=30))
    assert "It was due on Friday 20 November." in sign_in(story.auditor).get(story.url).text


def test_the_history_keeps_four_things_apart_and_checks_the_chain(story: Story, sign_in) -> None:
    story.write_all(grade=4)
    assert story.submit().state == "moderation"
    page = sign_in(story.auditor).get(f"{story.url}/history")
    for words in ("The auditor’s grade", "The moderator’s grade", "View of the audit itself", "Dispute", "Grade used"):
        assert words in page.text
    assert "Submitted: Outstanding" in page.text
    assert "Every audit graded Outstanding is moderated." in page.text
    assert "done by the rules of the round" in page.text
    assert "Is anything missing? No." in page.text
    newest = sign_in(story.council.qa_lead).get(f"{story.url}/history?order=newest").text
    assert newest.index("Given to a moderator") < newest.index("Audit started")


def test_a_history_that_was_tampered_with_says_so(story: Story, sign_in) -> None:
    with story.database.writing() as session:
        session.execute(sa.update(CaseAudit).values(chain_head="0" * 64))
    assert "not as they were written" in sign_in(story.auditor).get(f"{story.url}/history").text


def test_returned_with_comments_the_auditor_answers_and_submits_again(story: Story, sign_in) -> None:
    story.write_all(grade=4)
    story.submit()
    returned_by(story, "Which version of the plan?")
    browser = sign_in(story.auditor)
    tasks = browser.get(story.url)
    assert "returned your audit with 1 comment" in tasks.text
    page = browser.get(f"{story.url}/comments")
    assert "Which version of the plan?" in page.text
    field = next(name for name in page.form() if name.startswith("comment_"))
    refused = browser.get(f"{story.url}/check-answers").submit(action="/submit", status=400)
    assert "One of the comments has no answer yet." in refused.text
    page.submit({field: "That of 6 October."})
    assert list(story.draft("_comments").values()) == ["That of 6 October."]
    done = browser.get(f"{story.url}/check-answers").submit(action="/submit")
    assert "with a moderator now" in done.text
    history = browser.get(f"{story.url}/history").text
    assert "Identifying and managing risk: “Which version of the plan?”" in history
    assert "Submitted again: Outstanding" in history


def returned_by(story: Story, words: str) -> None:
    from auditflow.models import Moderation

    with story.database.writing() as session:
        task = session.scalars(sa.select(Moderation)).one()
        comment_on(session, task.id, "risk", words, Act(task.moderator_id, story.at, "c"))
        decide_moderation(session, task.id, Decision("return"), Act(task.moderator_id, story.at, "r"))
