"""What looks like a number to Python may be none: “²” is a digit, and five thousand nines are too many."""

from __future__ import annotations

import ast

from tests.architecture.sources import name_of, product_files, tree_of

ASKING = frozenset({"isdigit", "isdecimal", "isnumeric"})
NEVER_CONVERT = frozenset({"auditflow/domain/frame_values.py", "auditflow/domain/safe_cell.py"})
"""Modules that only ask whether a mark is a digit, and make no number of it."""
READER = "auditflow/domain/whole_number.py"


def test_typed_numbers_are_read_in_one_place() -> None:
    found = {
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        if name_of(path) not in NEVER_CONVERT | {READER}
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in ASKING
    }
    assert found == set(), f"use domain.whole_number.read_whole_number: {sorted(found)}"
