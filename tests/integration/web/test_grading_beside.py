"""While somebody grades a case, nothing of another audit of it exists for them, whatever else they are."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from auditflow.models import CaseAudit, Stuck
from auditflow.services.act import Act
from auditflow.services.correction import request_correction
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council
from tests.factories.moderation import make_moderation, make_submitted


@dataclass
class Scene:
    council: Council
    pages: tuple[str, ...]
    lists: tuple[tuple[str, str], ...]


@pytest.fixture
def scene(database) -> Scene:
    """A QA lead audits again two cases: one is with a moderator, of the other a correction is asked for."""
    with database.writing() as session:
        council = make_council(session)
        first, again = make_round(session, council), make_round(session, council)
        agreed = make_submitted(session, council, "agreed", published_grade=3, audit_round=first)
        with_moderator = make_submitted(session, council, "moderation", audit_round=first)
        task = make_moderation(session, council, audit=with_moderator)
        asker = Act(agreed.auditor_id, START, "correct-0123456789")
        asked = request_correction(session, agreed.id, "overall.grade", {"value": 2}, "Read again.", asker)
        for audit in (agreed, with_moderator):
            make_case_audit(session, council, again, state="in_progress", ref=audit.ref, auditor_id=council.qa_lead.id)
        pages = (f"/moderation/{task.id}", f"/moderation/{task.id}/assign", f"/corrections/{asked.id}")
        lists = (("/moderation", with_moderator.ref), ("/corrections", agreed.ref))
        made = Scene(council, pages, lists)
        session.flush()
        session.expunge_all()
        return made


def test_a_lead_who_grades_a_case_finds_neither_its_moderation_nor_its_corrections(scene: Scene, sign_in) -> None:
    lead = sign_in(scene.council.qa_lead)
    for page in scene.pages:
        lead.get(page, status=404)
    for page, ref in scene.lists:
        assert ref not in lead.get(page).text, page


def test_another_lead_finds_them(scene: Scene, sign_in) -> None:
    other = sign_in(scene.council.second_qa_lead)
    for page in scene.pages:
        other.get(page)
    for page, ref in scene.lists:
        assert ref in other.get(page).text, page


def test_once_their_own_audit_is_in_they_find_them_again(scene: Scene, database, sign_in) -> None:
    with database.writing() as session:
        session.query(CaseAudit).filter_by(auditor_id=scene.council.qa_lead.id).update({"state": "filed"})
    for page in scene.pages:
        sign_in(scene.council.qa_lead).get(page)


@pytest.mark.parametrize("state", ["allocated", "moderation", "returned"])
def test_until_no_grade_of_theirs_can_come_in_any_more(scene: Scene, database, sign_in, state: str) -> None:
    with database.writing() as session:
        session.query(CaseAudit).filter_by(auditor_id=scene.council.qa_lead.id).update({"state": state})
    for page in scene.pages:
        sign_in(scene.council.qa_lead).get(page, status=404)


def test_neither_my_work_nor_the_stuck_items_lead_there(scene: Scene, database, sign_in) -> None:
    task, _, correction = scene.pages
    with database.writing() as session:
        session.add(Stuck(subject_type="moderation", subject_id=int(task.rpartition("/")[2]), since=START, excluded=[]))
    lead, other = sign_in(scene.council.qa_lead), sign_in(scene.council.second_qa_lead)
    assert correction in other.get("/").links()
    assert correction not in lead.get("/").links()
    ref = scene.lists[0][1]
    assert ref in other.get("/stuck").text
    assert ref not in lead.get("/stuck").text
    assert "1 item that nobody here may carry on" in other.get("/").text
    assert "nobody here may carry on" not in lead.get("/").text


def test_their_own_audit_that_is_stuck_they_do_find(scene: Scene, database, sign_in) -> None:
    lead = scene.council.qa_lead
    with database.writing() as session:
        own = session.query(CaseAudit).filter_by(auditor_id=lead.id).first()
        session.add(Stuck(subject_type="case_audit", subject_id=own.id, since=START, excluded=[]))
        ref = own.ref
    assert ref in sign_in(lead).get("/stuck").text
    assert "1 item that nobody here may carry on" in sign_in(lead).get("/").text
