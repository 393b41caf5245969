"""Reserves take the place of lost cases, strictly in order."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import Design, draw, further_reserves, replace
from auditflow.domain.sampling_draw import loss_rate

DESIGN = {"ref": "ref", "size": 8, "stratify": "type", "reserves": 50, "seed": "9f0c"}


def rows_of(count, workers=40):
    return [{"ref": f"C{n}", "type": "AAB"[n % 3], "worker": f"w{n % workers}"} for n in range(count)]


@given(st.integers(12, 60), st.text("abc", min_size=1, max_size=4), st.data())
def test_replacing_is_drawing_from_the_auditable_part(count, seed, data):
    """Whatever is lost, sampled or in reserve: the sample is the one drawn had the lost never been listed."""
    rows = rows_of(count)
    before = draw(rows, {**DESIGN, "seed": seed})
    everyone = before.refs + [ref for refs in before.reserves.values() for ref in refs]
    lost = data.draw(st.lists(st.sampled_from(everyone), unique=True, max_size=count - 8))
    after = replace(before, lost)
    auditable = [row for row in rows if row["ref"] not in lost]
    left = Counter(row["type"] for row in auditable)
    fixed = {name: min(number, left[name]) for name, number in before.allocation.items() if left[name]}
    again = draw(auditable, {**DESIGN, "seed": seed, "size": sum(fixed.values()), "allocation": {"fixed": fixed}})
    assert after.refs == again.refs
    assert len(after.missing) == sum(before.allocation.values()) - len(again.refs)


@given(st.text("abc", min_size=1, max_size=4), st.integers(1, 5))
def test_reserves_come_in_in_their_order(seed, count):
    before = draw(rows_of(60), {**DESIGN, "seed": seed})
    lost = [case.ref for case in before.sample if case.stratum == "A"][:count]
    after = replace(before, lost)
    assert [loss.replacement for loss in after.losses] == before.reserves["A"][: len(lost)]
    assert after.reserves["A"] == before.reserves["A"][len(lost) :]
    assert after.reserves["B"] == before.reserves["B"]
    assert after.refs == sorted(after.refs, key=lambda ref: next(c.key for c in after.sample if c.ref == ref))


@given(st.text("abc", min_size=1, max_size=4), st.integers(0, 6), st.integers(0, 6))
def test_one_at_a_time_is_the_same_as_together(seed, first, second):
    capped = {**DESIGN, "per_worker": {"column": "worker", "most": 1}, "seed": seed}
    before = draw(rows_of(60, workers=20), capped)
    lost = before.refs[: first + second]
    assert replace(replace(before, lost[:first]), lost[first:]) == replace(before, lost)


def test_the_lost_case_frees_its_workers_place_and_the_cap_still_holds():
    rows = [{"ref": f"C{n}", "type": "A", "worker": f"w{n % 4}"} for n in range(24)]
    before = draw(rows, {**DESIGN, "size": 4, "per_worker": {"column": "worker", "most": 1}})
    worker_of = {row["ref"]: row["worker"] for row in rows}
    lost = before.refs[2]
    after = replace(before, [lost])
    (loss,) = after.losses
    first_free = next(ref for ref in before.reserves["A"] if worker_of[ref] == worker_of[lost])
    assert loss.replacement == first_free
    assert loss.skipped == tuple(before.reserves["A"][: before.reserves["A"].index(first_free)])
    assert sorted(worker_of[ref] for ref in after.refs) == ["w0", "w1", "w2", "w3"]
    assert set(loss.skipped) <= set(after.reserves["A"])


def test_a_reserve_that_is_lost_is_struck_out_and_logged():
    before = draw(rows_of(60), DESIGN)
    gone, following = before.reserves["A"][:2]
    lost = next(case.ref for case in before.sample if case.stratum == "A")
    after = replace(before, [gone, lost])
    assert after.unavailable == (gone,)
    assert after.losses[0].replacement == following


def test_none_left_is_missing_and_counted():
    before = draw(rows_of(30), {**DESIGN, "reserves": 0})
    after = replace(before, before.refs[:2])
    assert after.missing == tuple(before.refs[:2])
    assert after.refs == before.refs[2:]
    assert after.loss_rate == 2 / 8
    assert loss_rate(0, 0) == 0


def test_weights_follow_the_cases_that_are_left_and_the_manifest_stays():
    before = draw(rows_of(30), {**DESIGN, "reserves": 0})
    lost = [case.ref for case in before.sample if case.stratum == "B"]
    after = replace(before, lost[:1])
    assert after.weights == {"A": before.weights["A"], "B": 10 / (before.allocation["B"] - 1)}
    assert replace(before, lost).weights["B"] is None
    assert after.manifest() == replace(after, lost[1:]).manifest() == before.manifest()


@pytest.mark.parametrize("lost", [["C999"], ["C1", "C1"], "C1", [None]])
def test_a_reference_that_cannot_be_lost_is_refused(lost):
    before = draw(rows_of(8), DESIGN)
    assert "C1" in before.refs
    with pytest.raises(BadInput, match=r"neither in the sample|already out|must be a list"):
        replace(before, lost)


@given(st.text("abc", min_size=1, max_size=4), st.integers(0, 4), st.integers(1, 40))
def test_further_reserves_are_the_next_ones_and_the_draw_stays_as_it_was(seed, few, more):
    rows, whole = rows_of(60), draw(rows_of(60), {**DESIGN, "seed": seed})
    first = draw(rows, {**DESIGN, "seed": seed, "reserves": few})
    assert first.refs == whole.refs
    design = Design.from_dict({**DESIGN, "seed": seed, "reserves": few})
    further = further_reserves(rows, design, {name: few for name in first.reserves}, more)
    for name, refs in whole.reserves.items():
        assert [case.ref for case in further[name]] == refs[few : few + more]
