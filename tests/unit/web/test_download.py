"""Files to keep: their name, their type, and that neither kind lets a formula run."""

from __future__ import annotations

import pytest

from auditflow.adapters.spreadsheet import Sheet
from auditflow.web.download import TYPES, as_file, table_file

SHEET = Sheet("Cases", ("Case",), [["=1+1"]])


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbfCase\r\n'=1+1"), ("xlsx", b"PK")])
def test_a_table_is_a_file_of_its_kind(kind, start):
    response = table_file(SHEET, "cases-7", kind)
    assert response.data.startswith(start)
    assert response.mimetype == TYPES[kind]
    assert response.headers["Content-Disposition"] == f"attachment; filename=cases-7.{kind}"


def test_a_kind_that_is_not_offered_is_a_fault():
    with pytest.raises(KeyError):
        as_file(b"", "cases", "exe")
