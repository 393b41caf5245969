"""Which audits are moderated: the random share and the triggers."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.policy import ModerationPolicy, policy_document, random_share, read_policy, triggers

NOTHING_ELSE = ModerationPolicy(new_auditor_audits=0)
REFS = [f"CF-{n}" for n in range(80)]


def why(policy: ModerationPolicy = NOTHING_ELSE, **more: object) -> tuple[str, ...]:
    known: dict[str, object] = {"grades": [3], "concern": False, "earlier_audits": 5}
    return triggers(policy, **{**known, **more})  # type: ignore[arg-type]


def test_the_share_is_the_smallest_fingerprints_under_the_checking_seed() -> None:
    by_hand = sorted(REFS, key=lambda ref: hashlib.sha256(f"abc-moderation|{ref}".encode()).hexdigest())
    assert random_share(ModerationPolicy(), "abc", REFS) == frozenset(by_hand[:16])


@pytest.mark.parametrize(("cases", "share"), [(0, 0), (4, 4), (10, 10), (50, 10), (51, 11), (80, 16), (101, 21)])
def test_the_share_is_a_fifth_rounded_up_and_at_least_ten(cases: int, share: int) -> None:
    assert len(random_share(ModerationPolicy(), "s", [f"c{n}" for n in range(cases)])) == share


def test_another_seed_makes_another_choice() -> None:
    assert random_share(ModerationPolicy(), "one", REFS) != random_share(ModerationPolicy(), "two", REFS)


@given(st.permutations(REFS))
def test_the_order_of_the_list_does_not_matter(refs: list[str]) -> None:
    assert random_share(ModerationPolicy(), "seed", refs) == random_share(ModerationPolicy(), "seed", REFS)


def test_a_round_that_was_never_launched_has_no_share() -> None:
    assert random_share(ModerationPolicy(), None, REFS) == frozenset()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"grades": [3]}, ()),
        ({"grades": [2]}, ()),
        ({"grades": [1]}, ("inadequate",)),
        ({"grades": [4]}, ("outstanding",)),
        ({"grades": [1, 3]}, ("inadequate",)),
        ({"concern": True}, ("concern",)),
        ({"moderated_before": True}, ("before",)),
        ({"grades": [4], "concern": True}, ("outstanding", "concern")),
    ],
)
def test_each_trigger_on_its_own(known: dict[str, object], expected: tuple[str, ...]) -> None:
    assert why(**known) == expected


@pytest.mark.parametrize(("earlier", "moderated"), [(0, True), (1, True), (2, False), (9, False)])
def test_the_first_two_audits_of_a_newly_trained_auditor(earlier: int, moderated: bool) -> None:
    assert ("new_auditor" in why(ModerationPolicy(), earlier_audits=earlier)) is moderated


@pytest.mark.parametrize("name", ["inadequate", "outstanding", "concern"])
def test_a_council_may_switch_a_trigger_off(name: str) -> None:
    policy = read_policy({name: False, "new_auditor_audits": 0})
    assert name not in triggers(policy, grades=[1, 4], concern=True, earlier_audits=0)


def test_a_policy_is_read_as_it_was_stored_and_has_defaults() -> None:
    policy = ModerationPolicy(random_percent=50, outstanding=False)
    assert read_policy(policy_document(policy)) == policy
    assert read_policy({}) == ModerationPolicy()
    assert read_policy({"second_percent": 10}) == ModerationPolicy()


@pytest.mark.parametrize(
    "document", [{"random_percent": "20"}, {"random_percent": 101}, {"random_least": -1}, {"concern": 1}]
)
def test_a_policy_that_makes_no_sense_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        read_policy(document)
    assert refused.value.field == next(iter(document))
