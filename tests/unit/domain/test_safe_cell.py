"""Text for spreadsheets: nothing typed runs as a formula, and nothing harmless is changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.safe_cell import is_formula_like, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 7700 900123",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "＝1",
        "-",
        "=HYPERLINK(1)",
        "|x",
        "-1.2.3",
    ],
)
def test_formula_like_text_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Locality 1", "", "-3.5", "+12", "-7", "a=b", "O'Neil", -3.5, None, True, 12])
def test_anything_else_is_left_alone(value):
    assert safe_cell(value) is value


@settings(deadline=None)
@given(st.text())
def test_what_comes_out_is_never_formula_like(text):
    assert not is_formula_like(str(safe_cell(text)))
