"""Names of a case list: suggested, confirmed, remembered, and known to the audits of their cases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, NotPermitted
from auditflow.models import CaseAudit, Journal, NameMatch
from auditflow.queries.facts import gather_facts
from auditflow.queries.matching import list_open_names, list_open_sampled_names
from auditflow.services.matching import confirm_match, initial_key, mark_name, name_key, suggest_matches
from tests.factories.council import Council
from tests.factories.sampling import Steps, make_frame


@pytest.mark.parametrize(
    ("one", "other"), [("O’Neil, Ann", "Ann O'Neil"), ("  TULL mary", "Mary Tull"), ("Zoë Frost", "zoe frost")]
)
def test_names_that_differ_only_in_writing_meet(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Tull, Mary", "M Tull"), ("Tull, M.", "Mary Tull")])
def test_shortened_names_meet_by_their_initial(one: str, other: str) -> None:
    assert initial_key(one) == initial_key(other)


def test_suggestions_name_the_person_and_the_team(session: Session, council: Council) -> None:
    frame = make_frame(session, council, matched=False)
    guesses = suggest_matches(session, frame)
    assert {(g.kind, g.name): g.target_id for g in guesses} == {
        **{("worker", w.name): w.id for w in council.workers},
        **{("team", t.name): t.id for t in council.teams},
    }
    assert all(g.exact for g in guesses)


def test_a_confirmed_name_is_remembered_and_the_audits_know_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    frame = make_frame(session, council, matched=False)
    steps = Steps(session, council, clock.now())
    row = steps.locked(steps.planned(frame))
    steps.drawn(row)
    assert list_open_sampled_names(session, row.id)
    facts = gather_facts(session, "audit_round", row.id, steps.act(), "launch")
    assert facts is not None and facts.values["unmatched_names"] == len(list_open_sampled_names(session, row.id))
    audit = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).first()
    assert audit is not None and audit.worker_id is None
    act = steps.act()
    for guess in suggest_matches(session, frame):
        assert guess.target_id is not None
        confirm_match(session, frame.id, guess.kind, guess.name, guess.target_id, act)
        confirm_match(session, frame.id, guess.kind, guess.name, guess.target_id, act)
    assert audit.worker_id is not None and audit.team_id is not None
    assert list_open_names(session, frame.id) == []
    assert list_open_sampled_names(session, row.id) == []
    assert suggest_matches(session, make_frame(session, council, cases=40, matched=False)) == []
    noted = sa.select(sa.func.count()).select_from(Journal).where(Journal.entry == "name_matched")
    assert session.scalar(noted) == len(council.workers) + len(council.teams)


def test_a_name_can_be_marked_and_only_the_qa_lead_says_so(
    session: Session, council: Council, clock: FixedClock
) -> None:
    frame = make_frame(session, council, matched=False)
    steps = Steps(session, council, clock.now())
    name = council.workers[0].name
    with pytest.raises(NotPermitted):
        mark_name(session, frame.id, "worker", name, "left", steps.act(council.director.id))
    with pytest.raises(BadInput):
        mark_name(session, frame.id, "worker", name, "unknown", steps.act())
    mark_name(session, frame.id, "worker", name, "left", steps.act())
    row = session.scalars(sa.select(NameMatch)).one()
    assert (row.match, row.person_id) == ("left", None)
