"""Checking and submitting over HTTP, what happens next, accepting and disputing; what re-audits must not show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, Dispute, Moderation, Submission
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.moderation import Decision, decide_moderation
from tests.factories.audit_story import CALM, Story, make_story
from tests.factories.audits import make_case_audit, make_round
from tests.factories.drafts import start, tool_of
from tests.pages import Browser


@pytest.fixture
def story(database: Database, clock: FixedClock) -> Story:
    return make_story(database, clock.now())


@pytest.fixture
def browser(story: Story, sign_in) -> Browser:
    return sign_in(story.auditor)


def test_what_is_missing_stands_first_with_links_and_there_is_no_button(story: Story, browser: Browser) -> None:
    story.write_all()
    story.write("risk", {"grade": 3, "reason": "x", "evidence": "", "difference": "y", "questions": {}})
    page = browser.get(f"{story.url}/check-answers")
    assert "answers are still missing." in page.text
    assert f"{story.section('risk')}#evidence" in page.links()
    with pytest.raises(AssertionError, match="no form"):
        page.form("/submit")


def test_what_was_checked_is_submitted_and_the_next_step_is_said(story: Story, browser: Browser) -> None:
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    assert "Everything is answered." in page.text and "She knows whom to ring." in page.text
    done = page.submit(action="/submit")
    assert done.path == f"{story.url}/submitted"
    assert "Your grade is agreed" in done.text and "Share what you found" in done.text
    assert story.column("state") == "agreed"
    assert "Overall: Good." in browser.get(f"{story.url}/submissions/1").text
    browser.get(f"{story.url}/submissions/2", status=404)


def test_a_double_click_submits_once(story: Story, browser: Browser) -> None:
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    for _ in range(2):
        assert page.submit(action="/submit").path == f"{story.url}/submitted"
    with story.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_answers_changed_in_another_tab_have_to_be_looked_at_again(story: Story, browser: Browser) -> None:
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    story.write("overall", {"grade": 4, "reason": "Typed in another tab."})
    again = page.submit(action="/submit", status=400)
    assert "Your answers have changed since you checked them." in again.text
    assert "Typed in another tab." in again.text
    assert again.submit(action="/submit").path == f"{story.url}/submitted"


@pytest.mark.parametrize("data", [{"version": ""}, {"key": "x"}, {"digest": "0" * 64}])
def test_a_spoilt_form_is_answered_in_words(story: Story, browser: Browser, data: dict[str, str]) -> None:
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    assert "There is a problem" in page.submit(data, action="/submit", status=400).text
    assert story.column("state") == "in_progress"


def test_submitting_with_answers_missing_is_refused_in_words(story: Story, browser: Browser) -> None:
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    form = {**page.form("/submit"), "digest": ""}
    story.write("overall", {"grade": None, "reason": ""})
    sent = {k: v for k, v in form.items() if k != "digest"}
    refused = browser._page(browser.client.post(f"{story.url}/submit", data=sent), 400)
    assert "There is a problem" in refused.text and "still missing" in refused.text


def test_two_versions_have_to_be_settled_first(story: Story, browser: Browser) -> None:
    one, two = browser.get(story.section("risk")), browser.get(story.section("risk"))
    one.submit({"reason": "First."})
    two.submit({"reason": "Second."})
    story.write_all()
    page = browser.get(f"{story.url}/check-answers")
    assert "There are two versions of" in page.text
    assert "Choose between the two versions, then you can submit." in page.text
    with pytest.raises(AssertionError, match="no form"):
        page.form("/submit")


def test_taken_back_before_the_moderator_opens_it(story: Story, browser: Browser) -> None:
    story.write_all(grade=4)
    page = browser.get(f"{story.url}/check-answers").submit(action="/submit")
    assert "It is with a moderator now." in page.text
    tasks = page.submit(action="/withdraw")
    assert tasks.path == story.url and story.column("state") == "in_progress"
    assert story.column("first_grade") == 4


@pytest.fixture
def changed(story: Story) -> Story:
    """Submitted as Outstanding; the moderator made it Good."""
    story.write_all(grade=4)
    story.submit()
    with story.database.writing() as session:
        task = session.scalars(sa.select(Moderation)).one()
        audit = session.get_one(CaseAudit, story.audit_id)
        keys = {d.key: 4 for d in tool_of(session, audit).domains}
        theirs = {k: v for k, v in keys.items() if k in _domains(session, story)} | {"risk": 3}
        decision = Decision(
            "change",
            reason="Risk is not outstanding.",
            overall=3,
            domains=theirs,
            audit_view={"evidence": "yes", "follows": "partly", "difference": "yes", "feedback": "Say more."},
        )
        decide_moderation(session, task.id, decision, Act(task.moderator_id, story.at, "d"))
    return story


def _domains(session: Any, story: Story) -> set[str]:
    answers = session.scalars(sa.select(Submission.answers)).one()
    return set(answers["domains"])


def test_a_changed_grade_is_accepted(changed: Story, browser: Browser) -> None:
    page = browser.get(changed.url)
    assert "changed your grade from Outstanding to Good" in page.text
    assert "Risk is not outstanding." in page.text and "Say more." in page.text
    assert "accepted at the end of Monday 9 November" in page.text
    page.submit(action="/accept")
    assert (changed.column("state"), changed.column("published_grade")) == ("agreed", 3)
    assert changed.column("first_grade") == 4


def test_a_changed_grade_is_disputed_with_a_reason(changed: Story, browser: Browser) -> None:
    page = browser.get(changed.url)
    refused = page.submit({"reason": "  "}, action="/dispute", status=400)
    assert "Say why you disagree" in refused.text
    refused.submit({"reason": "The plan changed within a week."}, action="/dispute")
    with changed.database.reading() as session:
        assert session.scalars(sa.select(Dispute.reason)).all() == ["The plan changed within a week."]
    assert "The plan changed within a week." in browser.get(f"{changed.url}/history").text


def test_a_stale_answer_to_a_change_is_refused_with_the_text_kept(changed: Story, browser: Browser) -> None:
    page = browser.get(changed.url)
    page.submit(action="/accept")
    late = page.submit({"reason": "Too late, but typed."}, action="/dispute", status=409)
    assert "Too late, but typed." in late.text


@pytest.mark.parametrize("path", ["change/accept", "withdraw", "start"])
def test_a_button_without_the_version_it_was_made_for_is_refused(changed: Story, browser: Browser, path: str) -> None:
    refused = browser.post(f"{changed.url}/{path}", {"key": "k" * 20}, status=400)
    assert "out of date or incomplete" in refused.text
    assert changed.column("state") == "changed"


@pytest.fixture
def re_audit(database: Database, clock: FixedClock) -> Story:
    """The same case again a quarter later, graded by auditor B; auditor A graded it Inadequate before."""
    story = make_story(database, clock.now(), policy={**CALM, "inadequate": False})
    with database.writing() as session:
        baseline = session.get_one(CaseAudit, story.audit_id)
        later = make_round(
            session,
            story.council,
            name="Re-audit",
            kind="re_audit",
            baseline_id=story.round_id,
            policy=CALM,
            record_date=date(2027, 1, 29),
        )
        second = make_case_audit(
            session,
            story.council,
            later,
            ref=story.ref,
            baseline_id=baseline.id,
            auditor_id=story.council.auditors[1].id,
        )
        start(session, second, story.at)
        session.flush()
        again = Story(database, story.at, story.council, later.id, second.id, story.ref)
    story.write_all(grade=1)
    _act_on_everything(story)
    return again


def _act_on_everything(story: Story) -> None:
    """One action that answers every finding, so that the baseline can be agreed."""
    from auditflow.domain.audit_tool import findings
    from auditflow.queries.case_audit_sheet import read_sheet
    from auditflow.services.action import propose_action

    with story.database.writing() as session:
        audit = session.get_one(CaseAudit, story.audit_id)
        sheet = read_sheet(session, audit)
        keys = [f.key for f in findings(sheet.tool, sheet.answers, audit.case_type)]
        act = Act(story.auditor, story.at, "act-on-everything")
        propose_action(session, audit, keys, "Review the safety plan.", None, date(2027, 1, 15), act)
    story.submit()


def test_a_re_audit_prints_its_window_and_never_shows_the_first_grades(re_audit: Story, sign_in) -> None:
    browser = sign_in(re_audit.council.auditors[1])
    paths = [re_audit.url, re_audit.section("risk"), f"{re_audit.url}/last-actions", f"{re_audit.url}/check-answers",
             f"{re_audit.url}/history", "/audits"]  # fmt: skip
    for path in paths:
        text = browser.get(path).text
        assert "Inadequate (" not in text and "Submitted: Inadequate" not in text, path
    section = browser.get(re_audit.section("risk"))
    assert "Judge only the work done from 24 October 2026" in section.text
    assert "Actions from the last audit" in section.text and "Review the safety plan." in section.text
    with re_audit.database.reading() as session:
        baseline = session.get_one(CaseAudit, re_audit.audit_id).baseline_id
    for path in ("", "/history", "/submissions/1"):
        browser.get(f"/audits/{baseline}{path}", status=404)


def test_whoever_grades_a_case_again_sees_nothing_of_the_first_whatever_roles_they_hold(
    re_audit: Story, sign_in
) -> None:
    with re_audit.database.writing() as session:
        row = session.get_one(CaseAudit, re_audit.audit_id)
        baseline = row.baseline_id
        row.auditor_id = re_audit.council.qa_lead.id
    browser = sign_in(re_audit.council.qa_lead)
    browser.get(f"/audits/{baseline}", status=404)
    browser.get(f"/audits/{baseline}/submissions/1", status=404)
    sign_in(re_audit.council.second_qa_lead).get(f"/audits/{baseline}/submissions/1")


def test_reading_the_last_actions_is_a_task(re_audit: Story, sign_in) -> None:
    browser = sign_in(re_audit.council.auditors[1])
    assert f"{re_audit.url}/last-actions" in browser.get(re_audit.url).links()
    browser.get(f"{re_audit.url}/last-actions").submit()
    with pytest.raises(AssertionError, match="no form"):
        browser.get(f"{re_audit.url}/last-actions").form()


def test_a_baseline_record_graded_again_says_which_day_to_stop_at(
    database: Database, clock: FixedClock, sign_in
) -> None:
    story = make_story(database, clock.now())
    with database.writing() as session:
        later = make_round(session, story.council, name="Later", policy=CALM, record_date=date(2027, 1, 29))
        assert isinstance(later, AuditRound)
        again = make_case_audit(
            session, story.council, later, ref=story.ref, purpose="bridge", baseline_id=story.audit_id,
            auditor_id=story.council.auditors[1].id,
        )  # fmt: skip
        start(session, again, story.at)
        session.flush()
        bridge = Story(database, story.at, story.council, later.id, again.id, story.ref)
    browser = sign_in(story.council.auditors[1])
    page = browser.get(bridge.section("risk"))
    assert "Use nothing recorded after 23 October 2026." in page.text
    assert "Action" not in page.text and "23 October 2026" in browser.get("/audits").text
    browser.get(bridge.section("participation"), status=404)
    browser.get(f"{bridge.section('risk')}/action", status=404)


def test_who_may_not_read_what_was_found_cannot_before_it_is_shared(story: Story, sign_in) -> None:
    story.write_all()
    story.submit()
    manager, lead = story.council.managers[0], story.council.qa_lead
    sign_in(manager).get(f"{story.url}/submissions/1", status=404)
    sign_in(manager).get(f"{story.url}/history", status=404)
    assert "Overall: Good." in sign_in(lead).get(f"{story.url}/submissions/1").text
    assert "The audit as submitted on 2 November 2026" in sign_in(lead).get(story.url).text
    worker = story.council.workers[0]
    page = sign_in(worker).get(story.url)
    assert "Good" not in page.text and f"{story.url}/submissions/1" not in page.links()
