"""Numbers as anybody may send them."""

from __future__ import annotations

import pytest

from auditflow.domain.whole_number import LARGEST, read_whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("80", 80), ("007", 7), (str(LARGEST), LARGEST)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert read_whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 8", "-1", "+1", "8.0", "1,200", "²", "٣", "x", "9" * 5000, str(LARGEST + 1)])
def test_everything_else_is_none(text: str) -> None:
    assert read_whole_number(text) is None


def test_a_number_beyond_the_most_is_none() -> None:
    assert read_whole_number("100", 100) == 100
    assert read_whole_number("101", 100) is None
