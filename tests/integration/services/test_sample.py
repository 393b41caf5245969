"""Locking and drawing: the seed cannot be chosen, and the sample in the database is the domain's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, Misuse, NotPermitted, Stale, WrongState
from auditflow.models import AuditRound, CaseAudit, Draw, Frame, Journal, SampleCase
from auditflow.queries.audit_round import count_discarded_draws
from auditflow.queries.sample_list import read_case_rows
from auditflow.services.approval import approve_request
from auditflow.services.audit_round import change_round
from auditflow.services.audit_round_cancel import cancel_round
from auditflow.services.sample import PublicOutcome, draw_sample, lock_design
from auditflow.services.sample_change import request_discard
from auditflow.services.verify import verify_journal
from tests.factories.council import Council
from tests.factories.sampling import DESIGN, Steps


def entries(session: Session, row: AuditRound) -> list[str]:
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == row.id)
    return list(session.scalars(sa.select(Journal.entry).where(*mine).order_by(Journal.number)))


def test_locking_digests_list_and_design_together(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    assert row.state == "locked"
    assert row.locked_digest == sampling.lock_digest(frame.frame_sha256 or "", sampling.Design.from_dict(DESIGN))
    with pytest.raises(WrongState, match="locked"):
        change_round(session, row.id, {"design": DESIGN | {"size": 10}}, steps.act())


def test_the_sample_in_the_database_is_what_the_domain_draws(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    draw = steps.drawn(row)
    design = sampling.Design.from_dict(DESIGN).with_seed(draw.seed)
    cases = read_case_rows(session, frame, design.columns)
    expected = sampling.draw(cases.rows, design, cases.columns)
    stored = sa.select(SampleCase.ref, SampleCase.stratum, SampleCase.key, SampleCase.position)
    sampled = session.execute(stored.where(SampleCase.kind == "random").order_by(SampleCase.position)).all()
    assert [tuple(r) for r in sampled] == [(c.ref, c.stratum, c.key, n) for n, c in enumerate(expected.sample, 1)]
    reserves = session.execute(
        stored.where(SampleCase.kind == "reserve").order_by(SampleCase.stratum, SampleCase.position)
    )
    found: dict[str, list[str]] = {}
    for ref, stratum, _key, _position in reserves:
        found.setdefault(stratum, []).append(ref)
    assert found == expected.reserves
    audits = session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)).all()
    assert [a.ref for a in audits] == expected.refs
    assert {(a.state, a.kind, a.purpose, a.version, a.returns, a.pinned) for a in audits} == {
        ("selected", "random", "main", 1, 0, False)
    }
    assert all(a.worker_id and a.team_id for a in audits)
    assert sampling.verify(draw.manifest, cases.rows, columns=cases.columns, frame_sha256=frame.frame_sha256) == []
    assert (draw.manifest["seed_source"], draw.manifest["discarded_draws"]) == ("product", 0)


def test_the_seed_is_journalled_before_the_draw_and_has_128_bits(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    draw = steps.drawn(row)
    assert entries(session, row) == ["planned", "design_locked", "seed_made", "sample_drawn"]
    made = session.scalars(sa.select(Journal).where(Journal.entry == "seed_made")).one()
    assert made.details["seed"] == draw.seed
    assert len(bytes.fromhex(draw.seed)) == 16


def test_verify_finds_another_design_list_or_seed_than_was_locked(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    draw = steps.drawn(row)
    session.flush()
    assert verify_journal(session).findings == ()
    for edit in (
        sa.update(AuditRound).values(design=DESIGN | {"size": 10}),
        sa.update(Frame).values(frame_sha256="0" * 64),
        sa.update(Draw).where(Draw.id == draw.id).values(seed="0" * 32),
    ):
        with session.begin_nested() as back:
            session.execute(edit)
            session.expire_all()
            assert {finding.kind for finding in verify_journal(session).findings} == {"design_edited"}
            back.rollback()
        session.expire_all()


def test_a_double_click_draws_once(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    act = steps.act()
    first, second = (draw_sample(session, row.id, act, expected_version=2).draw for _ in range(2))
    assert first is not None and second is not None and first.id == second.id
    assert session.scalar(sa.select(sa.func.count()).select_from(Draw)) == 1
    with pytest.raises(WrongState):
        draw_sample(session, row.id, steps.act())


def test_only_the_qa_lead_draws_and_only_what_was_seen(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = steps.locked(steps.planned(frame))
    with pytest.raises(NotPermitted):
        draw_sample(session, row.id, steps.act(council.director.id))
    with pytest.raises(Stale):
        draw_sample(session, row.id, steps.act(), expected_version=1)
    assert "seed_made" not in entries(session, row)


def test_a_list_that_is_not_what_was_locked_is_not_drawn_from(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.locked(steps.planned(frame))
    frame.frame_sha256 = "b" * 64
    session.flush()
    with pytest.raises(GuardRefused, match="not what was locked"):
        draw_sample(session, row.id, steps.act())
    assert "seed_made" not in entries(session, row)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size": 500}, "only 52 can be drawn"),
        ({"minimum": 9}, "smallest sample that can is 27"),
        (
            {"per_worker": {"column": "worker", "most": 1}},
            "No draw can keep this limit: .* of “child_in_need”.* at most 1 for each",
        ),
        ({"exclude": [{"reason": "x", "column": "sex", "blank": True}]}, "no column “sex”"),
    ],
)
def test_a_design_that_does_not_fit_the_list_is_not_locked(
    session: Session, steps: Steps, frame: Frame, change: dict[str, object], sentence: str
) -> None:
    row = steps.planned(frame, DESIGN | change)
    with pytest.raises(BadInput, match=sentence):
        lock_design(session, row.id, steps.act())
    assert row.state == "planned"


def test_a_limit_that_one_trial_misses_by_chance_is_not_called_impossible(
    session: Session, steps: Steps, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = steps.planned(frame)
    monkeypatch.setattr(sampling, "draw", refuse)
    with pytest.raises(BadInput, match="Some draws can keep the limits, but this trial did not") as refusal:
        lock_design(session, row.id, steps.act())
    assert refusal.value.code == "cap_seldom_met"
    tight = DESIGN | {"per_worker": {"column": "worker", "most": 1}}
    with pytest.raises(BadInput, match="No draw can keep this limit"):
        lock_design(session, steps.planned(frame, tight).id, steps.act())


def test_an_unfrozen_list_is_not_locked(session: Session, steps: Steps, frame: Frame) -> None:
    frame.stage, frame.frozen_at, frame.frame_sha256 = "imported", None, None
    session.flush()
    row = steps.planned(frame)
    with pytest.raises(GuardRefused, match="freeze it first"):
        lock_design(session, row.id, steps.act())


def refuse(*_: object) -> None:
    raise BadInput("“child_in_need” should have 7 cases.", code="cap_cannot_be_met")


def seeds(session: Session) -> list[str]:
    made = sa.select(Journal.details).where(Journal.entry == "seed_made").order_by(Journal.id)
    return [details["seed"] for details in session.scalars(made)]


def test_a_seed_that_meets_no_limit_stays_on_record(
    session: Session, steps: Steps, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = steps.locked(steps.planned(frame))
    monkeypatch.setattr(sampling, "draw", refuse)
    act = steps.act()
    result = draw_sample(session, row.id, act)
    assert result.draw is None and result.refusal is not None and "child_in_need" in result.refusal.sentence
    assert entries(session, row)[-2:] == ["seed_made", "draw_not_possible"]
    assert row.state == "locked"
    with pytest.raises(Misuse):
        draw_sample(session, row.id, act)
    draw_sample(session, row.id, steps.act())
    monkeypatch.undo()
    draw = steps.drawn(row)
    first = seeds(session)[0]
    assert seeds(session) == [first, f"{first} try 2", f"{first} try 3"], "trying again gives nobody another number"
    assert (draw.number, draw.seed) == (1, f"{first} try 3")
    assert draw.manifest["discarded_draws"] == count_discarded_draws(session, row.id) == 2
    cases = read_case_rows(session, frame, sampling.Design.from_dict(DESIGN).columns)
    assert sampling.verify(draw.manifest, cases.rows, columns=cases.columns, frame_sha256=frame.frame_sha256) == []


def test_a_design_locked_anew_has_a_seed_of_its_own(
    session: Session, steps: Steps, council: Council, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = steps.locked(steps.planned(frame))
    monkeypatch.setattr(sampling, "draw", refuse)
    draw_sample(session, row.id, steps.act())
    monkeypatch.undo()
    steps.drawn(row)
    asked = request_discard(session, row.id, "Two lists were mixed up.", steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))
    steps.locked(row)
    again = steps.drawn(row)
    assert len(seeds(session)) == 3
    assert again.seed == seeds(session)[-1]
    assert len(bytes.fromhex(again.seed)) == 16
    assert again.manifest["discarded_draws"] == 2, "one that kept no limit, and one that the director discarded"


def test_what_was_drawn_for_a_cancelled_round_of_the_same_list_counts(
    session: Session, steps: Steps, frame: Frame
) -> None:
    first = steps.locked(steps.planned(frame))
    steps.drawn(first)
    cancel_round(session, first.id, "Planned anew.", steps.act())
    draw = steps.drawn(steps.locked(steps.planned(frame)))
    assert draw.manifest["discarded_draws"] == 1
    assert count_discarded_draws(session, first.id) == 0


def test_the_outcome_of_a_public_event_is_not_typed_otherwise_after_a_failed_try(
    session: Session, steps: Steps, council: Council, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"public_event": "Wednesday's lottery", "public_event_at": steps.at + timedelta(days=2)}
    row = steps.planned(frame)
    change_round(session, row.id, {"seed_source": "public", **event}, steps.act())
    steps.locked(row)
    steps.at += timedelta(days=3)
    seen = PublicOutcome("04 11 19", (council.director.id, council.heads[0].id))
    monkeypatch.setattr(sampling, "draw", refuse)
    draw_sample(session, row.id, steps.act(), outcome=seen)
    monkeypatch.undo()
    with pytest.raises(BadInput, match="on record as “04 11 19”"):
        draw_sample(session, row.id, steps.act(), outcome=replace(seen, text="04-11-19"))
    draw = draw_sample(session, row.id, steps.act(), outcome=seen).draw
    assert draw is not None and draw.seed == "04 11 19 try 2"


def test_a_public_event_gives_the_seed_only_after_it_happened_and_with_two_witnesses(
    session: Session, steps: Steps, council: Council, frame: Frame, clock: FixedClock
) -> None:
    row = steps.planned(frame)
    change_round(session, row.id, {"seed_source": "public"}, steps.act())
    with pytest.raises(GuardRefused, match="must not have happened"):
        lock_design(session, row.id, steps.act())
    event = {"public_event": "Wednesday's lottery", "public_event_at": clock.now() + timedelta(days=2)}
    change_round(session, row.id, event, steps.act())
    steps.locked(row)
    witnesses = (council.director.id, council.heads[0].id)
    seen = PublicOutcome("04 11 19 23 40 52", witnesses)
    with pytest.raises(GuardRefused, match="not happened yet"):
        draw_sample(session, row.id, steps.act(), outcome=seen)
    steps.at += timedelta(days=3)
    alone = PublicOutcome(seen.text, (council.director.id, council.director.id, council.qa_lead.id))
    with pytest.raises(GuardRefused, match="two witnesses"):
        draw_sample(session, row.id, steps.act(), outcome=alone)
    draw = draw_sample(session, row.id, steps.act(), outcome=seen).draw
    assert draw is not None and draw.seed == "04 11 19 23 40 52"
    assert draw.manifest["seed_source"] == "public"
