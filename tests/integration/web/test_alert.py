"""The pages of immediate concerns: raising one, the list with its clocks, one concern and its moves."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.models import Alert, CaseAudit
from auditflow.queries.alert import list_open_alerts
from auditflow.queries.scope import viewer_of
from tests.factories.actions import Acts, make_concern, run_deadlines
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council
from tests.factories.moderation import make_moderation
from tests.pages import Browser

TYPED = {
    "spoken_to": "Mary Tull, team manager",
    "spoken_on": ["2", "11", "2026"],
    "spoken_time": "8.50",
    "concern": "A younger sister sleeps at the uncle’s house.",
}


@dataclass
class Scene:
    database: object
    clock: object
    council: Council
    audit_id: int
    ref: str

    @property
    def raise_link(self) -> str:
        return f"/audits/{self.audit_id}/concern"

    def alerts(self) -> list[Alert]:
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Alert).order_by(Alert.id)))

    def make(self, person=None, **more) -> int:
        with self.database.writing() as session:
            audit = session.get_one(CaseAudit, self.audit_id)
            return make_concern(session, person or self.council.auditors[0], audit, Acts(self.clock), **more).id

    def later(self, **hours) -> None:
        self.clock.advance(timedelta(**hours))
        with self.database.writing() as session:
            run_deadlines(session, self.clock.now())


@pytest.fixture
def scene(database, clock):
    with database.writing() as session:
        council = make_council(session)
        council.teams[0].deputy_id = council.workers[1].id
        audit = make_case_audit(session, council, make_round(session, council), state="in_progress")
        made = (audit.id, audit.ref)
        session.flush()
        session.expunge_all()
    return Scene(database, clock, council, *made)


def test_it_says_first_that_it_does_not_replace_a_referral_and_whom_to_phone(scene, sign_in):
    page = sign_in(scene.council.auditors[0]).get(scene.raise_link)
    assert "This does not replace a referral. Phone first." in page.text
    assert "Mary Tull" in page.text
    assert "front door" in page.text
    assert "emergency duty team" in page.text
    assert page.form()["spoken_on"] == ["2", "11", "2026"]
    assert scene.alerts() == []


def test_with_the_councils_numbers(scene, database, clock, tmp_path):
    numbers = "Front door 01632 960001; Emergency duty team 01632 960002"
    settings = load_settings({"AUDITFLOW_DATA": str(tmp_path / "other"), "AUDITFLOW_ALERT_PHONES": numbers})
    app = create_app(settings, clock=clock, database=database)
    app.testing = True
    page = Browser(app, scene.council.auditors[0].id).get(scene.raise_link)
    assert "Front door 01632 960001" in page.text
    assert "Emergency duty team 01632 960002" in page.text
    assert "not kept here yet" not in page.text


def test_raised_it_says_whom_it_went_to_and_shows_the_clock(scene, sign_in):
    page = sign_in(scene.council.auditors[0]).get(scene.raise_link).submit(TYPED)
    assert page.path == f"/concerns/{scene.alerts()[0].id}"
    assert "It went to the team manager and the deputy at once." in page.text
    assert "Goes to the head of service at 13:00" in page.text
    assert "Spoke to Mary Tull, team manager on Monday 2 November at 08:50." in page.text
    alert = scene.alerts()[0]
    assert alert.spoken_at == scene.clock.now() - timedelta(minutes=10)
    assert not alert.about_manager


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spoken_to": ""}, "Say whom you spoke to."),
        ({"spoken_on": ["", "", ""]}, "Say on which day you spoke to them."),
        ({"spoken_time": "soon"}, "must be a time"),
        ({"spoken_time": ""}, "Say at what time you spoke to them."),
        ({"spoken_time": "23:59"}, "still to come"),
        ({"concern": " "}, "Say what worries you."),
        ({"concern": "x" * 20_001}, "20,000 characters or fewer"),
        ({"key": "!"}, "out of date or incomplete"),
    ],
)
def test_nothing_is_saved_before_it_is_complete_and_nothing_typed_is_lost(scene, sign_in, change, sentence):
    page = sign_in(scene.council.auditors[0]).get(scene.raise_link).submit({**TYPED, **change}, status=400)
    assert sentence in page.text
    assert scene.alerts() == []
    kept = {**TYPED, **change}
    assert page.form()["spoken_to"] == [kept["spoken_to"]]
    assert kept["concern"].strip() in page.html
    page.submit(TYPED)
    assert len(scene.alerts()) == 1


def test_a_double_click_is_one_concern(scene, sign_in):
    form = sign_in(scene.council.auditors[0]).get(scene.raise_link)
    assert form.submit(TYPED).path == form.submit(TYPED).path
    assert len(scene.alerts()) == 1


def test_about_the_manager_it_goes_to_the_head_of_service_and_the_manager_sees_nothing(scene, sign_in):
    page = sign_in(scene.council.auditors[0]).get(scene.raise_link).submit({**TYPED, "about_manager": "y"})
    assert "It went straight to the head of service." in page.text
    assert "Goes to the director at 09:00 on Tuesday 3 November" in page.text
    link = page.path
    for person in (scene.council.managers[0], scene.council.workers[1]):
        browser = sign_in(person)
        browser.get(link, status=404)
        assert "No open concern has come to you." in browser.get("/concerns").text
    with scene.database.writing() as session:
        session.execute(sa.update(CaseAudit).values(worker_id=scene.council.workers[0].id))
    sign_in(scene.council.managers[0]).get(f"/audits/{scene.audit_id}", status=404)
    assert "Nobody has acknowledged it yet." in sign_in(scene.council.heads[0]).get(link).text


def test_who_may_not_see_the_case_cannot_raise_one(scene, sign_in):
    council = scene.council
    for person in (
        council.auditors[1],
        council.managers[1],
        council.workers[2],
        council.heads[0],
        council.administrator,
    ):
        browser = sign_in(person)
        browser.get(scene.raise_link, status=404)
        browser.post(scene.raise_link, {"key": "k" * 20, **TYPED}, status=404)
    assert scene.alerts() == []


def test_without_a_case_the_auditor_chooses_one_of_theirs_first(scene, sign_in):
    page = sign_in(scene.council.auditors[0]).get("/concerns/raise")
    assert "This does not replace a referral." in page.text
    assert scene.raise_link in page.links()
    assert "/concerns/raise" in page.links(), "in the navigation"
    other = sign_in(scene.council.auditors[1]).get("/concerns/raise")
    assert scene.raise_link not in other.links()
    assert "You have no case here" in other.text


def test_whoever_moderates_a_case_may_choose_it_and_reaches_the_form_from_the_decision(database, sign_in):
    with database.writing() as session:
        task = make_moderation(session, make_council(session))
        task_id, moderator_id, audit_id = task.id, task.moderator_id, task.case_audit_id
    moderator, link = sign_in(moderator_id), f"/audits/{audit_id}/concern"
    assert link in moderator.get("/concerns/raise").links()
    assert link in moderator.get(f"/moderation/{task_id}").submit(action="/open").links()
    assert "Your concern is raised." in moderator.get(link).submit(TYPED).text


def test_only_the_lead_is_told_that_no_concern_is_open_at_all(scene, sign_in):
    assert "No concern is open." in sign_in(scene.council.qa_lead).get("/concerns").text
    scene.make()
    page = sign_in(scene.council.director).get("/concerns")
    assert "No open concern has come to you." in page.text
    assert "appears here at once" not in page.text


def test_the_list_shows_the_clock_and_who_may_see_what(scene, sign_in):
    alert_id = scene.make()
    link = f"/concerns/{alert_id}"
    council = scene.council
    for person in (council.managers[0], council.workers[1], council.heads[0], council.qa_lead, council.auditors[0]):
        page = sign_in(person).get("/concerns")
        assert "1 concern is open, 1 not acknowledged." in page.text
        assert "Goes to the head of service at 13:00" in page.text
        assert link in page.links()
    others = (council.managers[1], council.heads[1], council.director, council.workers[0], council.auditors[1])
    for person in others:
        browser = sign_in(person)
        assert "No open concern has come to you." in browser.get("/concerns").text
        browser.get(link, status=404)
        browser.get(f"{link}/acknowledge", status=404)
        browser.post(f"{link}/acknowledge", {"key": "k" * 20, "version": "1"}, status=404)
    assert scene.alerts()[0].state == "raised"


def test_passed_up_to_the_director_who_sees_it_then(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    scene.later(hours=4)
    page = sign_in(scene.council.heads[0]).get(link)
    assert "Goes to the director at 09:00 on Tuesday 3 November" in page.text
    assert "passed up to the head of service" in page.text
    sign_in(scene.council.director).get(link, status=404)
    scene.later(hours=20)
    assert "With the director" in sign_in(scene.council.director).get(link).text


def test_late_by_a_slow_clock_it_says_now(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    scene.clock.advance(timedelta(hours=5))
    assert "Goes to the head of service now" in sign_in(scene.council.managers[0]).get(link).text


def test_acknowledged_and_resolved_by_the_manager(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    manager = sign_in(scene.council.managers[0])
    page = manager.get(f"{link}/acknowledge").submit()
    assert "Acknowledged by Mary Tull at 09:00, Monday 2 November. Not resolved." in page.text
    assert "Goes to the head of service at 09:00 on Tuesday 3 November" in page.text
    form = manager.get(f"{link}/resolve")
    assert "Say what was done for the child." in form.submit({"resolution": ""}, status=400).text
    page = form.submit({"resolution": "Visited the same day."})
    assert "Resolved by Mary Tull" in page.text
    assert "Visited the same day." in page.text
    listed = manager.get("/concerns")
    assert "No open concern has come to you." in listed.text
    assert link in listed.links()


def test_the_cases_worker_reads_why_they_may_not_resolve_it(scene, sign_in):
    with scene.database.writing() as session:
        session.execute(sa.update(CaseAudit).values(worker_id=scene.council.managers[0].id))
    link = f"/concerns/{scene.make()}"
    manager = sign_in(scene.council.managers[0])
    manager.get(f"{link}/acknowledge").submit()
    assert "Somebody else must resolve the concern." in manager.get(link).text
    assert manager.get(f"{link}/resolve").path == link


def test_raised_again_by_whoever_raised_it(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    manager, auditor = sign_in(scene.council.managers[0]), sign_in(scene.council.auditors[0])
    manager.get(f"{link}/acknowledge").submit()
    manager.get(f"{link}/resolve").submit({"resolution": "Visited the same day."})
    page = auditor.get(f"{link}/re_raise").submit({"reason": "She is back at the house."})
    assert "Nobody has acknowledged it yet." in page.text
    assert "Visited the same day." in page.text, "what had been done stays in the history"
    assert "She is back at the house." in sign_in(scene.council.director).get(link).text


def test_raised_in_error_by_the_head_of_service(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    assert sign_in(scene.council.managers[0]).get(f"{link}/mark_raised_in_error").path == link
    page = sign_in(scene.council.heads[0]).get(f"{link}/mark_raised_in_error").submit({"reason": "Wrong child."})
    assert "Raised in error." in page.text


def test_a_stale_page_and_a_double_click(scene, sign_in):
    link = f"/concerns/{scene.make()}"
    manager, head = sign_in(scene.council.managers[0]), sign_in(scene.council.heads[0])
    mine, theirs = manager.get(f"{link}/acknowledge"), head.get(f"{link}/acknowledge")
    mine.submit()
    assert mine.submit().path == link, "sent twice is once"
    page = theirs.submit(status=400)
    assert "Somebody else has changed this" in page.text
    assert scene.alerts()[0].acknowledged_by_id == scene.council.managers[0].id


def test_the_list_as_a_file(scene, sign_in):
    scene.make()
    response = sign_in(scene.council.qa_lead).client.get("/concerns.csv")
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert [(row["Case"], row["Raised by"]) for row in rows] == [(scene.ref, "Auditor A")]
    assert sign_in(scene.council.director).client.get("/concerns.csv").get_data().decode("utf-8-sig").count("\n") == 1
    assert sign_in(scene.council.qa_lead).client.get("/concerns.xlsx").status_code == 200


def test_a_long_list_costs_one_statement(scene):
    for _ in range(3):
        scene.make()
    with scene.database.reading() as session:
        viewer = viewer_of(session, scene.council.qa_lead.id, START)
        seen = []
        listen = lambda *_: seen.append(1)  # noqa: E731
        sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
        assert len(list_open_alerts(session, viewer)) == 3
        sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert len(seen) == 1


def test_there_is_no_such_concern(scene, sign_in):
    sign_in(scene.council.qa_lead).get("/concerns/99999", status=404)
    sign_in(scene.council.qa_lead).get("/audits/99999/concern", status=404)
