"""Groups and columns as people read and type them."""

from __future__ import annotations

import pytest

from auditflow.domain.sampling_words import column_words, group_key, group_words, in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [("child_in_need", "Child in need"), ("", "None given"), ("(blank)", "None given"), ("East", "East")],
)
def test_a_group_has_its_words_and_the_words_are_the_group(name: str, words: str) -> None:
    assert group_words(name) == words
    assert group_key(words, "case_type") == (name or "(blank)")


def test_words_are_kinds_of_case_only_among_the_kinds_of_case() -> None:
    assert group_key("CHILD IN NEED", "case_type") == "child_in_need"
    assert group_key("child_in_need", "case_type") == "child_in_need"
    assert group_key("Child in need", "team") == "Child in need"
    assert group_key("none given", "team") == "(blank)"


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("“child_in_need” needs 2 for each “worker”.", "“Child in need” needs 2 for each worker."),
        ("No column “last_audited”. It has “age_band”.", "No column “Date last audited”. It has “Age”."),
        ("“” and “(blank)” of “all”", "“None given” and “None given” of “All cases”"),
        ("2 for each “shift” of “East”", "2 for each “shift” of “East”"),
    ],
)
def test_a_refusal_is_read_in_the_words_of_the_pages(sentence: str, words: str) -> None:
    assert in_words(sentence) == words


def test_a_column_that_is_none_of_ours_stands_for_itself() -> None:
    assert (column_words("worker"), column_words("shift")) == ("Worker", "shift")
