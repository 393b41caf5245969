"""Reading the journal of one case: every entry in order, with its words, and whether one is missing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import CaseAudit
from auditflow.models.database import Database
from auditflow.queries.journal import is_whole, list_case_subjects, list_entries
from auditflow.queries.moves import moves_for
from auditflow.queries.scope import Viewer
from tests.factories.audit_story import make_story


def test_everything_that_hangs_on_a_case_is_listed_in_order_with_its_words(
    database: Database, clock: FixedClock
) -> None:
    story = make_story(database, clock.now())
    story.write_all(grade=4)
    story.submit()
    with database.reading() as session:
        lead = Viewer(story.council.qa_lead.id, "Quinn Abbott", frozenset({"qa_lead"}), None, None, ())
        subjects = list_case_subjects(session, lead, story.audit_id)
        assert {kind for kind, _ in subjects} == {"case_audit", "moderation"}
        entries = list_entries(session, subjects)
        names = [(entry.subject_type, entry.entry) for entry in entries]
        assert names[:2] == [("case_audit", "created"), ("case_audit", "started")]
        assert ("case_audit", "sent_to_moderation") in names and ("moderation", "assigned") in names
        by_system = next(entry for entry in entries if entry.entry == "sent_to_moderation")
        assert (by_system.actor, by_system.actor_id) == ("", None)
        assert list_entries(session, []) == []
        assert is_whole(session, story.audit_id)


def test_a_changed_head_or_state_of_the_chain_is_noticed(database: Database, clock: FixedClock) -> None:
    story = make_story(database, clock.now())
    with database.writing() as session:
        session.execute(sa.update(CaseAudit).values(chain_head="f" * 64))
    with database.reading() as session:
        assert not is_whole(session, story.audit_id)


def test_moves_are_those_that_are_open_and_reasons_for_those_that_are_not(
    session: Session, database: Database, clock: FixedClock
) -> None:
    story = make_story(database, clock.now(), started=False, round_columns={"state": "sampled"})
    facts, moves, blocked = moves_for(session, "case_audit", story.audit_id, story.auditor, clock.now())
    assert facts.state == "allocated"
    assert [move.action for move in moves] == ["declare_conflict"]
    assert blocked["start"] == "The round is not live."
    assert moves_for(session, "case_audit", story.audit_id, None, clock.now()).open == ()
