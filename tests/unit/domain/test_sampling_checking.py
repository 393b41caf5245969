"""Which audits are looked at twice follows from the checking seed alone."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import checking_count, choose, commitment
from auditflow.domain.sampling_checking import choose_by_list

refs_of = st.lists(st.text("ABC0123", min_size=1), unique=True, max_size=30)


def test_the_smallest_digests_are_chosen():
    refs = [f"C{number}" for number in range(50)]
    digests = {ref: hashlib.sha256(f"s3cret-second|{ref}".encode()).hexdigest() for ref in refs}
    assert choose("s3cret", "second", refs, 10) == sorted(refs, key=digests.get)[:10]


@given(refs_of, st.integers(0, 40), st.randoms())
def test_the_choice_does_not_depend_on_order_and_grows_at_its_end(refs, count, random):
    chosen = choose("s", "moderation", refs, count)
    assert choose("s", "moderation", random.sample(refs, len(refs)), count) == chosen
    assert choose("s", "moderation", refs, count + 1)[:count] == chosen
    assert len(chosen) == min(count, len(refs))


def test_purposes_choose_apart():
    refs = [f"C{number}" for number in range(200)]
    choices = {tuple(choose("s", purpose, refs, 20)) for purpose in ("moderation", "second", "bridge")}
    assert len(choices) == 3


@pytest.mark.parametrize(
    ("seed", "purpose", "refs", "count", "sentence"),
    [
        ("s", "third", ["a"], 1, "“third” is not one of moderation, second, bridge"),
        ("", "second", ["a"], 1, "needs the checking seed"),
        ("s", "second", ["a", "a"], 1, "given twice"),
        ("s", "second", ["a"], -1, "0 or more, not -1"),
        ("s", "second", ["a"], True, "0 or more"),
    ],
)
def test_bad_choices_are_sentences(seed, purpose, refs, count, sentence):
    with pytest.raises(BadInput, match=sentence):
        choose(seed, purpose, refs, count)


@pytest.mark.parametrize(("cases", "count"), [(80, 16), (81, 17), (30, 10), (51, 11), (7, 7), (0, 0)])
def test_a_fifth_and_at_least_ten(cases, count):
    assert checking_count(cases) == count


def test_the_commitment_is_the_digest_of_the_seed():
    assert commitment("s3cret") == hashlib.sha256(b"s3cret").hexdigest()


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.integers(0, 100),
    st.integers(0, 15),
)
def test_list_after_list_the_share_is_never_under_that_of_all_and_what_was_chosen_stays(sizes, percent, least):
    lists = [[f"{place}-{n}" for n in range(size)] for place, size in enumerate(sizes)]
    chosen = choose_by_list("seed", "moderation", lists, percent, least)
    assert len(set(chosen)) == len(chosen) >= checking_count(sum(sizes), percent, least)
    last = set(lists[-1])
    before = choose_by_list("seed", "moderation", lists[:-1], percent, least)
    assert before == [ref for ref in chosen if ref not in last]
    if percent:
        assert all(set(refs) & set(chosen) for refs in lists if refs), "no list is known to go unchecked"


def test_of_one_list_it_is_the_usual_choice():
    refs = [f"c{n}" for n in range(80)]
    assert choose_by_list("s", "second", [refs]) == choose("s", "second", refs, 16)
