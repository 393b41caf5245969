"""The pages of actions: the list, one action, and each move by whoever may make it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from auditflow.models import Action, CaseAudit
from auditflow.queries.action import Filter, count_actions, count_standing, list_actions
from auditflow.queries.scope import viewer_of
from auditflow.services.action_cannot_do import ask_cannot_do
from tests.factories.actions import DUE, Acts, make_action, make_later_round
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council

DATE = {"due_on": ["30", "11", "2026"]}


@dataclass
class Scene:
    database: object
    clock: object
    council: Council
    audit_id: int
    action_id: int

    def action(self, action_id: int = 0) -> Action:
        with self.database.reading() as session:
            return session.get_one(Action, action_id or self.action_id)

    def make(self, **more) -> int:
        with self.database.writing() as session:
            audit = session.get_one(CaseAudit, self.audit_id)
            return make_action(session, self.council, audit, Acts(self.clock), **more).id

    @property
    def link(self) -> str:
        return f"/actions/{self.action_id}"


def make_scene(database, clock, state: str) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        audit = make_case_audit(session, council, make_round(session, council), state="in_progress")
        row = make_action(session, council, audit, Acts(clock), state=state, findings=["overall"])
        ids = (audit.id, row.id)
        session.flush()
        session.expunge_all()
    return Scene(database, clock, council, *ids)


@pytest.fixture
def scene(database, clock):
    return make_scene(database, clock, "proposed")


@pytest.fixture
def open_scene(database, clock):
    return make_scene(database, clock, "open")


@pytest.fixture
def done_scene(database, clock):
    return make_scene(database, clock, "done")


def test_the_owner_accepts(scene, sign_in):
    page = sign_in(scene.council.managers[0]).get(scene.link)
    assert "Proposed to Mary Tull, not accepted." in page.text
    form = page.browser.get(f"{scene.link}/accept")
    assert form.form()["due_on"] == ["30", "11", "2026"]
    after = form.submit()
    assert "You accepted the action." in after.text
    assert "To be done by Monday 30 November." in after.text
    assert scene.action().state == "open"


def test_a_later_date_without_a_reason_is_refused_and_what_was_typed_is_kept(scene, sign_in):
    form = sign_in(scene.council.managers[0]).get(f"{scene.link}/accept")
    page = form.submit({"due_on": ["14", "12", "2026"]}, status=400)
    assert "Say why it needs more time than was proposed." in page.text
    assert page.form()["due_on"] == ["14", "12", "2026"]
    page.submit({"reason": "The worker is on leave."})
    assert scene.action().due_on == date(2026, 12, 14)
    assert scene.action().first_due_on == DUE


@pytest.mark.parametrize("typed", [["", "", ""], ["31", "2", "2026"], ["x", "12", "2026"], ["1", "1", "2020"]])
def test_a_date_that_is_none_gets_a_sentence(scene, sign_in, typed):
    form = sign_in(scene.council.managers[0]).get(f"{scene.link}/accept")
    page = form.submit({"due_on": typed}, status=400)
    assert "There is a problem" in page.text
    assert scene.action().state == "proposed"


def test_declined_then_upheld_by_the_head_of_service(scene, sign_in):
    form = sign_in(scene.council.managers[0]).get(f"{scene.link}/decline")
    assert "Say why you decline it." in form.submit({"reason": " "}, status=400).text
    assert "The head of service decides" in form.submit({"reason": "The family has moved."}).text
    head = sign_in(scene.council.heads[0])
    page = head.get(scene.link)
    assert "The family has moved." in page.text
    assert f"{scene.link}/uphold" in page.links()
    assert f"{scene.link}/withdraw" in page.links()
    assert "The action stands." in head.get(f"{scene.link}/uphold").submit().text
    assert scene.action().state == "open"


def test_declined_then_withdrawn(scene, sign_in):
    sign_in(scene.council.managers[0]).get(f"{scene.link}/decline").submit({"reason": "The family has moved."})
    page = sign_in(scene.council.heads[0]).get(f"{scene.link}/withdraw").submit()
    assert "Withdrawn: it need not be done." in page.text


def test_the_owner_records_what_was_done(open_scene, sign_in):
    form = sign_in(open_scene.council.managers[0]).get(f"{open_scene.link}/complete")
    page = form.submit({"done_text": "Seen alone.", "done_evidence": ""}, status=400)
    assert "Give the evidence" in page.text
    assert page.form()["done_text"] == ["\nSeen alone."] or page.form()["done_text"] == ["Seen alone."]
    after = page.submit({"done_evidence": "Visit of 12 November."})
    assert "Said to be done." in after.text
    assert open_scene.action().state == "done"


def test_a_new_date_shows_the_first_one_too(open_scene, sign_in):
    form = sign_in(open_scene.council.managers[0]).get(f"{open_scene.link}/change_date")
    page = form.submit({"due_on": ["18", "12", "2026"], "reason": "The worker is ill."})
    assert "first date: Monday 30 November" in page.text


def test_given_to_another_owner_by_the_quality_assurance_lead(open_scene, sign_in):
    worker = open_scene.council.workers[0]
    form = sign_in(open_scene.council.qa_lead).get(f"{open_scene.link}/reassign")
    assert "Choose the new owner." in form.submit({"reason": "x"}, status=400).text
    bad = form.submit({"owner_id": "99999", "reason": "x"}, status=400)
    assert "choose one of the answers shown" in bad.text
    page = form.submit({"owner_id": str(worker.id), "reason": "She holds the case."})
    assert worker.name in page.text
    assert open_scene.action().owner_id == worker.id


def test_asked_to_be_let_off_the_page_says_that_it_waits(open_scene, sign_in):
    form = sign_in(open_scene.council.managers[0]).get(f"{open_scene.link}/ask_cannot_do")
    page = form.submit({"reason": "The father has left the country."})
    assert "The owner says that it cannot be done." in page.text
    again = page.browser.get(f"{open_scene.link}/ask_cannot_do")
    assert again.path == open_scene.link
    assert "waiting for its answer already" in again.text
    head = sign_in(open_scene.council.heads[0]).get(open_scene.link)
    request = next(link for link in head.links() if link.startswith("/approvals/"))
    waits = sign_in(open_scene.council.qa_lead).get(request)
    assert "Somebody else decides this: the head of the case’s own service, or the director." in waits.text
    sign_in(open_scene.council.heads[0]).get(request).submit({"decision": "approve", "reason": "He has."})
    assert "Hana Okoro, who decided the request" in head.browser.get(open_scene.link).text


def test_the_auditor_checks_the_difference(done_scene, sign_in):
    page = sign_in(done_scene.council.auditors[0]).get(done_scene.link)
    assert "Nobody has checked yet" in page.text
    assert "The overall grade" in page.text, "what it answers"
    form = page.browser.get(f"{done_scene.link}/verify")
    assert "Seen alone on 12 November." in form.text
    assert "Say whether it made a difference." in form.submit({"how_known": "I asked."}, status=400).text
    after = form.submit({"difference": "partly", "how_known": "The school says so."})
    assert "It made a difference in part." in after.text
    assert done_scene.action().verified_by_id == done_scene.council.auditors[0].id


def test_no_difference_asks_what_follows_and_makes_the_further_action(done_scene, sign_in):
    form = sign_in(done_scene.council.auditors[0]).get(f"{done_scene.link}/verify")
    said = {"difference": "no", "how_known": "Nothing changed."}
    assert "Say what follows" in form.submit(said, status=400).text
    nothing = form.submit({**said, "what_follows": "nothing", "reason": "x"}, status=400)
    assert "choose one of the answers shown" in nothing.text, "only the head of service may end it"
    more = {**said, "what_follows": "follow_up"}
    assert "Say what has to be done now." in form.submit(more, status=400).text
    plan = {"follow_up_text": "Find somebody she trusts.", "follow_up_due_on": ["18", "12", "2026"]}
    page = form.submit({**more, **plan})
    assert "It made no difference." in page.text
    further = page.browser.get(f"/actions/{done_scene.action().follow_up_id}")
    assert "Find somebody she trusts." in further.text
    assert done_scene.link in further.links()


def test_the_head_of_service_ends_it_with_a_reason(done_scene, sign_in):
    form = sign_in(done_scene.council.heads[0]).get(f"{done_scene.link}/verify")
    said = {"difference": "no", "how_known": "Nothing changed.", "what_follows": "nothing"}
    assert "Say why there is no further action." in form.submit(said, status=400).text
    assert "She has left the area." in form.submit({**said, "reason": "She has left the area."}).text


def test_reopened_by_the_auditor(done_scene, sign_in):
    page = sign_in(done_scene.council.auditors[0]).get(f"{done_scene.link}/reopen").submit({"reason": "Not alone."})
    assert "To be done by" in page.text
    assert "Not alone." in page.text, "in the history"


def test_a_stale_page_says_so_and_keeps_what_was_typed(open_scene, sign_in):
    browser = sign_in(open_scene.council.managers[0])
    form = browser.get(f"{open_scene.link}/change_date")
    browser.get(f"{open_scene.link}/change_date").submit({"due_on": ["18", "12", "2026"], "reason": "Ill."})
    page = form.submit({"due_on": ["19", "12", "2026"], "reason": "My own words."}, status=400)
    assert "Somebody else has changed this" in page.text
    assert "My own words." in page.html
    assert open_scene.action().due_on == date(2026, 12, 18)


def test_a_double_click_is_one_move(open_scene, sign_in):
    form = sign_in(open_scene.council.managers[0]).get(f"{open_scene.link}/complete")
    typed = {"done_text": "Seen alone.", "done_evidence": "Visit."}
    first, second = form.submit(typed), form.submit(typed)
    assert first.path == second.path == open_scene.link
    assert open_scene.action().version == 3


@pytest.mark.parametrize("change", [{"version": ""}, {"version": "x"}, {"key": ""}, {"key": "!"}])
def test_a_form_that_was_tampered_with_gets_a_sentence(open_scene, sign_in, change):
    form = sign_in(open_scene.council.managers[0]).get(f"{open_scene.link}/complete")
    page = form.submit({"done_text": "Seen.", "done_evidence": "Visit.", **change}, status=400)
    assert "out of date or incomplete" in page.text
    assert open_scene.action().state == "open"


def test_a_move_that_is_not_theirs_sends_back_with_the_reason(scene, sign_in):
    page = sign_in(scene.council.auditors[0]).get(f"{scene.link}/accept")
    assert page.path == scene.link
    assert "not possible now, or not yours to do" in page.text
    sign_in(scene.council.auditors[0]).post(
        f"{scene.link}/accept", {"key": "k" * 20, "version": "1", **DATE}, status=400
    )
    assert scene.action().state == "proposed"


def test_an_unknown_move_does_not_exist(scene, sign_in):
    sign_in(scene.council.managers[0]).get(f"{scene.link}/explode", status=404)
    sign_in(scene.council.managers[0]).get("/actions/99999", status=404)


def test_somebody_elses_action_does_not_exist(scene, sign_in):
    council = scene.council
    others = (
        *(council.auditors[1], council.managers[1], council.workers[0], council.workers[2]),
        *(council.heads[1], council.director, council.administrator, council.board_member, council.external),
    )
    for person in others:
        browser = sign_in(person)
        browser.get(scene.link, status=404)
        browser.get(f"{scene.link}/accept", status=404)
        if person not in (council.board_member, council.external, council.administrator):
            browser.post(f"{scene.link}/accept", {"key": "k" * 20, "version": "1", **DATE}, status=404)
    assert scene.action().state == "proposed"


def test_whoever_may_see_it_sees_it(scene, sign_in):
    council = scene.council
    for person in (council.managers[0], council.auditors[0], council.qa_lead, council.heads[0]):
        assert "See the child alone." in sign_in(person).get(scene.link).text


def test_the_worker_sees_it_with_the_feedback(scene, sign_in):
    with scene.database.writing() as session:
        session.execute(sa.update(CaseAudit).values(shared_at=scene.clock.now()))
    assert "See the child alone." in sign_in(scene.council.workers[0]).get(scene.link).text


def test_the_auditor_of_a_later_audit_sees_the_action_but_not_what_it_answers(scene, sign_in):
    council = scene.council
    with scene.database.writing() as session:
        audit = session.get_one(CaseAudit, scene.audit_id)
        later = make_later_round(session, council, audit, Acts(scene.clock))
        for auditor, more in ((council.auditors[1], {}), (council.auditors[2], {"purpose": "second"})):
            grading = {"ref": audit.ref, "state": "in_progress", "auditor_id": auditor.id}
            make_case_audit(session, council, later, **grading, **more)
    page = sign_in(council.auditors[1]).get(scene.link)
    assert "See the child alone." in page.text
    for told in ("What it answers", "overall grade", "What happened"):
        assert told not in page.text
    assert f"/audits/{scene.audit_id}" not in page.links()
    sign_in(council.auditors[2]).get(scene.link, status=404)


def test_the_list_filters_sorts_counts_and_leaves_out_what_is_not_theirs(scene, sign_in):
    done = scene.make(state="done", text="Bring the chronology up to date.")
    manager = sign_in(scene.council.managers[0])
    page = manager.get("/actions")
    assert "2 actions are not finished. 1 is yours to do." in page.text
    assert {scene.link, f"/actions/{done}"} <= set(page.links())
    assert f"/actions/{done}" not in manager.get("/actions?show=proposed").links()
    assert scene.link not in manager.get("/actions?show=done").links()
    assert not {scene.link, f"/actions/{done}"} & set(manager.get("/actions?show=open").links())
    assert {scene.link, f"/actions/{done}"} <= set(manager.get("/actions?whose=mine&sort=-due").links())
    assert "No action fits these filters." in manager.get("/actions?search=nothing").text
    assert "2 actions" in manager.get("/actions?show=nonsense&sort=nonsense&page=99999").text
    assert "No action is waiting for anybody." in sign_in(scene.council.managers[1]).get("/actions").text
    sign_in(scene.council.board_member).get("/actions", status=404)
    sign_in(scene.council.administrator).get("/actions", status=404)


def test_overdue_counts_from_the_first_date(open_scene, sign_in):
    manager = sign_in(open_scene.council.managers[0])
    form = manager.get(f"{open_scene.link}/change_date")
    form.submit({"due_on": ["18", "12", "2026"], "reason": "Ill."})
    open_scene.clock.advance(timedelta(days=29))
    page = manager.get("/actions?show=overdue")
    assert "1 overdue" in page.text
    assert "30 November 2026, overdue" in page.text
    assert "Overdue since Monday 30 November" in manager.get(open_scene.link).text


def test_the_list_as_a_file_neutralises_formulas(scene, sign_in):
    scene.make(text="=HYPERLINK(1)")
    response = sign_in(scene.council.qa_lead).client.get("/actions.csv?sort=case")
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert {row["Action"] for row in rows} == {"See the child alone.", "'=HYPERLINK(1)"}
    assert rows[0]["Owner"] == "Mary Tull"
    assert sign_in(scene.council.qa_lead).client.get("/actions.xlsx").status_code == 200
    assert sign_in(scene.council.qa_lead).client.get("/actions.pdf").status_code == 404


def test_lists_cost_a_fixed_number_of_statements(scene):
    def cost(session) -> int:
        seen = []
        listen = lambda *_: seen.append(1)  # noqa: E731
        sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
        viewer = viewer_of(session, scene.council.qa_lead.id, START)
        chosen = Filter(show="all")
        list_actions(session, viewer, chosen, DUE)
        count_actions(session, viewer, chosen, DUE)
        count_standing(session, viewer, DUE)
        sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
        return len(seen)

    with scene.database.reading() as session:
        before = cost(session)
    for _ in range(3):
        scene.make()
    with scene.database.reading() as session:
        assert cost(session) == before


def test_the_request_is_linked_only_for_who_may_decide_it(open_scene, sign_in):
    with open_scene.database.writing() as session:
        ask_cannot_do(session, open_scene.action_id, "No time.", Acts(open_scene.clock)(open_scene.council.managers[0]))
    page = sign_in(open_scene.council.auditors[0]).get(open_scene.link)
    assert not any(link.startswith("/approvals/") for link in page.links())


def test_the_auditor_takes_a_proposed_action_back_with_a_reason(scene, sign_in):
    auditor = sign_in(scene.council.auditors[0])
    assert f"{scene.link}/withdraw" in auditor.get(scene.link).links()
    page = auditor.get(f"{scene.link}/withdraw")
    assert "Give a reason." in page.submit({"reason": ""}, status=400).text
    done = page.submit({"reason": "Proposed to the wrong team."})
    assert "Withdrawn: it need not be done." in done.text
    assert "Proposed to the wrong team." in done.text
    assert scene.action().state == "withdrawn"
    assert f"{scene.link}/withdraw" not in sign_in(scene.council.managers[0]).get(scene.link).links()
