"""The council's colour: the header's words can be read on any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.web.theme import contrast, stylesheet


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#ffffff", "#000000", 21.0),
        ("#ffffff", "#767676", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#12436d", "#12436d", 1.0),
    ],
)
def test_contrast_as_wcag_defines_it(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(st.integers(0, 0xFFFFFF))
def test_words_on_the_councils_colour_can_always_be_read(number: int) -> None:
    colour = f"#{number:06x}"
    css = stylesheet(colour)
    text = css.split("--app-council-text: ")[1][:7]
    assert contrast(colour, text) >= 4.5
    assert f"--app-council: {colour};" in css


def test_dark_colours_have_white_words_and_light_ones_black() -> None:
    assert "--app-council-text: #ffffff" in stylesheet("#12436d")
    assert "--app-council-text: #000000" in stylesheet("#ffdd00")
