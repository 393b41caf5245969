"""A design read without PyYAML is what PyYAML reads, or is left to it."""

import datetime

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditflow.cli.plain_yaml import Other, read_plain
from auditflow.cli.strict_yaml import StrictLoader
from bench.start import DESIGN

WORDS = [
    "size",
    "a b",
    "river-10",
    "Yes",
    "0123",
    "1:30",
    "true",
    "null",
    "-3",
    "0.50",
    "2026-12-01",
    "2026-13-01",
    "~",
]
PIECES = st.sampled_from(
    [
        *WORDS,
        *"-:,{}[]#\"'\n&*!|>%@`?\t=",
        " ",
        "  ",
        ": ",
        "- ",
        "\n  ",
        "\n- ",
        "\n    ",
        " #",
        "é",
        "''",
        "\\",
        "",
        "_",
        "---",
    ]
)
LINES = st.sampled_from(
    [
        *("ref: case_ref", "size: 80", 'seed: "river # 10"', "ref:", "stratify: null", "date: 2026-12-01", "# words"),
        *("minimum: 2 # at least", "exclude:", "  - {reason: closed, column: status, not_in: [Open, 'To close']}"),
        *("  - x", "- x", "  column: worker", "  most: 2", "   most: 3", 'fixed: {child in need: 4, "(blank)": 2}', ""),
        *(
            "odd: a: b",
            "odd: [a",
            "]",
            "odd: {a: {b: [c, {d: 1.5}]}}",
            "odd: {a:b}",
            "odd: [a,]",
            "odd: [ a , b ] ",
            "true: 1",
        ),
        *(
            "odd: a  b",
            "odd: (a)",
            "odd: a#b",
            "odd: 'a''b'",
            'odd: "a\\n"',
            "odd: -",
            "  - a: 1",
            "    b: 2",
            "odd: - a",
        ),
    ]
)


def whole(text):
    """What PyYAML makes of a text, or that it refuses it."""
    try:
        return yaml.load(text, Loader=StrictLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return "refused"


def alike(text):
    try:
        found = read_plain(text)
    except Other:
        return
    other = whole(text)
    assert repr(found) == repr(other)


@settings(max_examples=600, deadline=None)
@given(st.lists(LINES, max_size=7).map("\n".join))
@example(DESIGN)
@example(DESIGN.replace("\n", "\r\n"))
def test_lines_of_designs_are_read_alike(text):
    alike(text)


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_whatever_is_typed_is_read_alike_or_left_alone(text):
    alike(text)
    alike(f"key: {text}")
    alike(f"key:\n  - {{a: {text}}}")


def test_an_ordinary_design_needs_nothing_else():
    found = read_plain(DESIGN)
    assert found == whole(DESIGN)
    assert found["reference_date"] == datetime.date(2026, 12, 1)
    assert found["exclude"] == [{"reason": "closed", "column": "status", "not_in": ["Open"]}]


@pytest.mark.parametrize(
    "text", ["a: *b", "a: 1\na: 2", "a: {b: 1, b: 2}", "a: 2026-02-30", "a: |\n  b", "a: 1\n  b: 2", "- a"]
)
def test_what_is_unusual_is_left_to_pyyaml(text):
    with pytest.raises(Other):
        read_plain(text)
