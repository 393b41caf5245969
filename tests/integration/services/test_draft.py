"""Drafts: nothing that was typed is ever lost, whoever types it and in however many tabs."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, NotFound, WrongState
from auditflow.models import CaseAudit, Draft, DraftVersion
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.draft import Conflict, Saved, choose_version, save_draft
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.drafts import start


@pytest.fixture
def audit(session: Session, council: Council, clock: FixedClock) -> CaseAudit:
    audit = make_case_audit(session, council, make_round(session, council))
    start(session, audit, clock.now())
    return audit


def save(session: Session, audit: CaseAudit, clock: FixedClock, text: str, base: int, person: int | None = None):
    act = Act(person or audit.auditor_id, clock.now(), "k")
    return save_draft(session, audit.id, act, section="risk", content={"reason": text}, base_number=base)


def stored(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(sa.select(Draft.content, Draft.number).order_by(Draft.id))
    return [(content["reason"], number) for content, number in rows]


def test_each_save_counts_on(session: Session, audit: CaseAudit, clock: FixedClock) -> None:
    assert save(session, audit, clock, "one", 0) == Saved(1, clock.now())
    assert save(session, audit, clock, "two", 1) == Saved(2, clock.now())
    assert stored(session) == [("two", 2)]


def test_the_same_text_again_changes_nothing_whatever_number_it_names(
    session: Session, audit: CaseAudit, clock: FixedClock
) -> None:
    save(session, audit, clock, "one", 0)
    for base in (0, 1, 7):
        assert save(session, audit, clock, "one", base) == Saved(1, clock.now())
    assert stored(session) == [("one", 1)]


def test_a_page_that_is_behind_keeps_both_texts(session: Session, audit: CaseAudit, clock: FixedClock) -> None:
    save(session, audit, clock, "first tab", 0)
    crossed = save(session, audit, clock, "second tab", 0)
    assert isinstance(crossed, Conflict)
    assert stored(session) == [("first tab", 1)]
    assert session.get_one(DraftVersion, crossed.version_id).content == {"reason": "second tab"}
    assert save(session, audit, clock, "second tab", 0) == crossed, "the same text again is kept once"
    third = save(session, audit, clock, "third tab", 0)
    assert isinstance(third, Conflict) and third.version_id != crossed.version_id


@pytest.mark.parametrize(("keep", "kept", "number"), [("sent", "second tab", 2), ("stored", "first tab", 1)])
def test_the_choice_settles_it_and_what_was_not_chosen_stays_on_record(
    session: Session, audit: CaseAudit, clock: FixedClock, keep: str, kept: str, number: int
) -> None:
    save(session, audit, clock, "first tab", 0)
    crossed = save(session, audit, clock, "second tab", 0)
    assert isinstance(crossed, Conflict)
    act = Act(audit.auditor_id, clock.now(), "choose")
    assert choose_version(session, crossed.version_id, act, keep=keep, base_number=1).number == number
    assert stored(session) == [(kept, number)]
    texts = {"first tab", "second tab"}
    everything = {row.content["reason"] for row in session.scalars(sa.select(DraftVersion))} | {kept}
    assert everything == texts
    assert session.scalars(sa.select(DraftVersion).where(DraftVersion.settled_at.is_(None))).all() == []
    # The same form sent twice does it once.
    assert choose_version(session, crossed.version_id, act, keep=keep, base_number=1).number == number


def test_a_choice_made_from_a_page_that_is_behind_is_refused(
    session: Session, audit: CaseAudit, clock: FixedClock
) -> None:
    save(session, audit, clock, "first tab", 0)
    crossed = save(session, audit, clock, "second tab", 0)
    save(session, audit, clock, "first tab, more", 1)
    assert isinstance(crossed, Conflict)
    act = Act(audit.auditor_id, clock.now(), "choose")
    with pytest.raises(WrongState):
        choose_version(session, crossed.version_id, act, keep="sent", base_number=1)
    with pytest.raises(BadInput):
        choose_version(session, crossed.version_id, act, keep="both", base_number=2)


def test_nobody_elses_draft_can_be_written_or_chosen(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    stranger = council.auditors[1].id
    with pytest.raises(NotFound):
        save(session, audit, clock, "mine", 0, person=stranger)
    save(session, audit, clock, "a", 0)
    crossed = save(session, audit, clock, "b", 0)
    assert isinstance(crossed, Conflict)
    with pytest.raises(NotFound):
        choose_version(session, crossed.version_id, Act(stranger, clock.now(), "c"), keep="sent", base_number=1)


@pytest.mark.parametrize("state", ["allocated", "submitted", "moderation", "agreed"])
def test_an_audit_that_is_not_being_written_takes_no_draft(
    session: Session, council: Council, clock: FixedClock, state: str
) -> None:
    audit = make_case_audit(session, council, make_round(session, council), state=state)
    with pytest.raises(WrongState):
        save(session, audit, clock, "too late", 0)


def test_an_auditor_who_takes_over_starts_empty_and_the_earlier_draft_stays(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    save(session, audit, clock, "of auditor A", 0)
    audit.auditor_id = council.auditors[1].id
    session.flush()
    assert save(session, audit, clock, "of auditor B", 0) == Saved(1, clock.now())
    assert [text for text, _ in stored(session)] == ["of auditor A", "of auditor B"]


def test_two_first_saves_at_the_same_moment_are_both_kept(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit = make_case_audit(session, council, make_round(session, council))
        start(session, audit, clock.now())
        session.refresh(audit)
    begun, results = threading.Event(), []

    def second_tab() -> None:
        begun.set()
        with database.writing() as session:
            results.append(save(session, audit, clock, "two", 0))

    other = threading.Thread(target=second_tab)
    with database.writing() as session:
        assert isinstance(save(session, audit, clock, "one", 0), Saved)
        other.start()
        begun.wait()
    other.join()
    assert [type(result) for result in results] == [Conflict]
    with database.reading() as reading:
        assert stored(reading) == [("one", 1)]
        assert reading.scalars(sa.select(DraftVersion)).one().content == {"reason": "two"}
