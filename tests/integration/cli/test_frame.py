"""`auditflow frame import`: a case list from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditflow.adapters.schema import migrate
from auditflow.cli import main
from auditflow.cli.frame import frame
from auditflow.domain.errors import BadInput
from auditflow.models import Frame
from auditflow.models.database import Database, open_database

ROWS = "Case reference,Team,Worker\nCF-2,East,Ann Lee\nCF-1,West,#N/A\n,East,Ben Moss\n"
SINCE = ["--name", "October", "--as-at", "2026-10-30"]


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty council on this machine, and a case list beside it."""
    url = f"sqlite:///{tmp_path / 'place.db'}"
    monkeypatch.setenv("AUDITFLOW_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("AUDITFLOW_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text(ROWS)
    database = open_database(url)
    migrate(database)
    return database


def run(*arguments: str) -> str:
    result = CliRunner().invoke(frame, ["import", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_list_is_read_and_what_was_not_taken_is_said(place: Database) -> None:
    text = run("list.csv", *SINCE)
    assert "October: 2 cases from 3 rows; not frozen yet." in text
    assert "row 4: the case reference is blank" in text
    assert "a spreadsheet error was read as blank (1 cell)" in text
    with place.reading() as session:
        assert session.get_one(Frame, 1).stage == "imported"


def test_a_program_reads_everything(place: Database) -> None:
    Path("map.yaml").write_text('List: {case_ref: Case reference, case_type: "=child_in_need"}\n')
    told = json.loads(run("list.csv", *SINCE, "--mapping", "map.yaml", "--json"))
    assert (told["rows"], told["cases"], told["joined"]) == (3, 2, 0)
    assert told["columns"] == ["case_ref", "case_type", "status"]
    assert [reject["row"] for reject in told["rejected"]] == [4]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("List: [1, 2]", "is not a mapping"),
        ("just words", "is not a mapping"),
        ("List: {case_ref: a: b", "is not a mapping"),
        ("Other: {case_ref: Case reference}", "no sheet called “Other”"),
        ("List: {case_ref: Ref}", "no column with the heading “Ref”"),
    ],
)
def test_a_wrong_mapping_is_refused_and_nothing_is_kept(place: Database, mapping: str, sentence: str) -> None:
    Path("map.yaml").write_text(mapping)
    with pytest.raises(BadInput, match=sentence):
        CliRunner().invoke(frame, ["import", "list.csv", *SINCE, "--mapping", "map.yaml"], catch_exceptions=False)
    with place.reading() as session:
        assert session.get(Frame, 1) is None


def test_a_refusal_is_one_sentence_and_exit_1(place: Database, capsys: pytest.CaptureFixture[str]) -> None:
    Path("list.csv").write_bytes(b"%PDF-1.7")
    with pytest.raises(SystemExit) as stopped:
        main(["frame", "import", "list.csv", *SINCE])
    assert stopped.value.code == 1
    assert "It is a PDF." in capsys.readouterr().err


def test_a_file_without_a_reference_is_told_its_columns_and_the_option(place: Database) -> None:
    Path("list.csv").write_text("Surname,Team\nLee,East\n")
    with pytest.raises(BadInput, match=r"“Surname”, “Team”.* Say which one holds it with --mapping"):
        CliRunner().invoke(frame, ["import", "list.csv", *SINCE], catch_exceptions=False)


def test_a_name_that_is_too_long_is_a_sentence(place: Database) -> None:
    with pytest.raises(BadInput, match="200 characters or fewer"):
        CliRunner().invoke(frame, ["import", "list.csv", "--name", "x" * 500, *SINCE[2:]], catch_exceptions=False)
