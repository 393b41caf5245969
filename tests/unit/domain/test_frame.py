"""The canonical file: always the same bytes for the same cases."""

import csv
import hashlib
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.frame import COLUMN_LABELS, COLUMNS, Case, Note, canonical_csv, canonical_sha256

CASES = [
    Case("C2", "child_in_need", "Open", "Locality, North", "Ann"),
    Case("C10", "child_protection", "Closed", 'The "A" team', ""),
    Case("C1", "", "Open", "Équipe", "=cmd()"),
]

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), max_size=8)


def test_the_columns_and_their_order_are_fixed():
    assert COLUMNS == (
        "case_ref",
        "case_type",
        "status",
        "team",
        "worker",
        "family",
        "opened",
        "closed",
        "last_audited",
        "restricted",
        "age_band",
        "sex",
        "ethnicity",
        "disability",
        "worker_last_audited",
        "lists",
    )
    assert set(COLUMN_LABELS) == set(COLUMNS)


def test_the_canonical_file_byte_by_byte():
    assert (
        canonical_csv(CASES, ["worker", "team", "case_ref"])
        == (
            "case_ref,status,team,worker\n"
            "C1,Open,Équipe,=cmd()\n"
            'C10,Closed,"The ""A"" team",\n'
            'C2,Open,"Locality, North",Ann\n'
        ).encode()
    )


def test_all_columns_unless_fewer_are_asked_for():
    header = canonical_csv(CASES).split(b"\n")[0].decode()
    assert header == ",".join(COLUMNS)


def test_the_order_of_the_rows_does_not_matter():
    shuffled = random.Random(7).sample(CASES, len(CASES))
    assert canonical_csv(shuffled) == canonical_csv(CASES)


def test_the_hash_is_that_of_the_file():
    many = [Case(f"C{n:05}", worker=f"W{n % 7}") for n in range(25_000)]
    for columns in (COLUMNS, ("case_ref", "worker")):
        assert canonical_sha256(many, columns) == hashlib.sha256(canonical_csv(many, columns)).hexdigest()


def test_no_case_is_only_a_header():
    assert canonical_csv([], ["case_ref"]) == b"case_ref,status\n"


def test_a_reference_twice_is_refused():
    with pytest.raises(BadInput, match="The case reference C1 is in the list twice"):
        canonical_csv([*CASES, Case("C1")])


def test_an_unknown_column_is_refused():
    with pytest.raises(BadInput, match="no column called postcode"):
        canonical_csv(CASES, ["case_ref", "postcode"])


@settings(deadline=None)
@given(st.dictionaries(TEXTS.filter(bool), st.tuples(TEXTS, TEXTS), max_size=6))
def test_the_file_reads_back_as_the_cases(cells):
    cases = [Case(ref, team=team, worker=worker) for ref, (team, worker) in cells.items()]
    text = canonical_csv(cases).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == COLUMNS
    assert [Case(*row) for row in rows] == sorted(cases)


def test_a_note_counts_its_cells():
    assert Note("List 6", "worker", "read as not allocated", 1).sentence() == (
        "List 6, Worker: read as not allocated (1 cell)."
    )
    assert Note("List 6", "worker", "read as not allocated", 1200).sentence().endswith("(1,200 cells).")
