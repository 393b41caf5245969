"""Names and sizes of report files."""

from __future__ import annotations

import pytest

from auditflow.models import Report
from auditflow.models.report import REPORT_KINDS
from auditflow.web.report import KINDS
from auditflow.web.report_page import ENDINGS, WORDS, file_name, size_words


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 KB"), (36_420, "36 KB"), (999_400, "999 KB"), (999_999, "1.0 MB"), (1_240_000, "1.2 MB")],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_words(size).replace("\N{NO-BREAK SPACE}", " ") == words


def test_a_files_name_says_round_and_version() -> None:
    assert file_name(Report(kind="board_pdf", round_id=3, version=2)) == "board-report-3-version-2"
    assert file_name(Report(kind="workbook", round_id=3, version=None)) == "results-3-draft"


def test_every_kind_has_its_words_and_its_ending() -> None:
    assert list(WORDS) == list(ENDINGS) == list(REPORT_KINDS)
    assert {ENDINGS[kind]: kind for kind in KINDS.values()} == KINDS
