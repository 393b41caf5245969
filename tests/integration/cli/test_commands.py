"""The commands: exit 0 done, 1 refused with a sentence on standard error, 2 wrong use."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditflow.cli import main
from auditflow.models import Person
from auditflow.models.database import open_database
from tests.factories.mail_servers import closed_port

Run = Callable[..., tuple[int, str, str]]
ADA = ("init", "--email", "ada@example.org", "--name", "Ada Minton")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("AUDITFLOW_DATA", str(tmp_path / "var"))

    def command(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(ended.value.code or 0), out, err

    return command


def test_init_makes_the_first_administrator_once(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*ADA)
    assert code == 0
    assert "/set-password/" in out
    assert run("init")[:2] == (0, "The database is up to date.\n")
    with open_database(f"sqlite:///{tmp_path}/var/auditflow.db").reading() as session:
        assert session.scalars(sa.select(Person.email)).all() == ["ada@example.org"]


def test_an_empty_database_is_refused_with_what_to_do(run: Run) -> None:
    code, _, err = run("journal", "verify")
    assert (code, err) == (1, "The database is empty. Run “auditflow init” first.\n")


def test_people_are_added_and_refused(run: Run) -> None:
    run(*ADA)
    lena = ("person", "add", "lena@example.org", "--name", "Lena Marsh")
    assert run(*lena, "--role", "auditor")[0] == 0
    code, _, err = run(*lena, "--role", "auditor")
    assert (code, "already a person" in err) == (1, True)
    assert run("person", "add", "m@example.org", "--name", "M", "--role", "auditor", "--team", "None")[0] == 1
    assert run(*lena, "--role", "king")[0] == 2


def test_the_journal_is_sealed_and_verified_against_the_seal(run: Run, tmp_path: Path) -> None:
    run(*ADA)
    code, seal, _ = run("journal", "seal")
    assert (code, json.loads(seal)["number"]) == (0, 1)
    assert "Nothing changed" in run("journal", "seal")[2]
    path = tmp_path / "seal.json"
    path.write_text(seal)
    assert run("journal", "verify", "--seal", str(path))[0] == 0
    path.write_text(json.dumps({**json.loads(seal), "hash": "0" * 64}))
    code, out, _ = run("journal", "verify", "--seal", str(path), "--json")
    assert (code, len(json.loads(out)["findings"])) == (1, 1)
    path.write_text("not a seal")
    assert run("journal", "verify", "--seal", str(path))[0] == 1
    assert run("journal", "verify", "--seal", "no-such-file")[0] == 2


def test_a_backup_is_restored_into_an_empty_database_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*ADA)
    file = str(tmp_path / "backup.zip")
    seal = json.loads(run("journal", "seal")[1])
    assert run("backup", file)[0] == 0
    code, _, err = run("restore", file)
    assert (code, "has data" in err, "init" in err) == (1, True, False)
    monkeypatch.setenv("AUDITFLOW_DATA", str(tmp_path / "new"))
    code, out, _ = run("restore", file)
    assert (code, "The journal verifies." in out) == (0, True)
    assert f"Newest seal in it: 1, {seal['hash']}." in out


def test_a_backup_that_cannot_be_written_is_a_sentence(run: Run, tmp_path: Path) -> None:
    run(*ADA)
    code, _, err = run("backup", str(tmp_path / "nowhere" / "x.zip"))
    assert (code, err.startswith("The backup cannot be written to ")) == (1, True)
    assert "No such file or directory" in err


def test_doctor_is_content_and_then_is_not(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(*ADA)
    code, out, _ = run("doctor", "--json")
    assert (code, json.loads(out)["well"]) == (0, True)
    with open_database(f"sqlite:///{tmp_path}/var/auditflow.db").engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER journal_delete"))
    monkeypatch.setenv("AUDITFLOW_MAIL_URL", f"smtp://127.0.0.1:{closed_port()}?from=a@example.org&tls=none")
    code, out, _ = run("doctor", "--json")
    wrong = {f["name"]: f for f in json.loads(out)["findings"] if not f["well"]}
    assert (code, set(wrong)) == (1, {"mail", "journal triggers"})
    assert "journal_delete" in wrong["journal triggers"]["says"]
    assert all(f["mend"] for f in wrong.values())


@pytest.mark.parametrize(
    ("fault", "says"), [(ImportError, "WeasyPrint is not installed"), (OSError, "pango is missing")]
)
def test_doctor_says_that_no_pdf_can_be_made_and_how_to_mend_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], says: str
) -> None:
    class Missing:
        @staticmethod
        def find_spec(name: str, *_rest: object) -> None:
            if name == "weasyprint":
                raise fault

    run(*ADA)
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])
    code, out, err = run("doctor")
    assert (code, f"Word and Excel can be made here, PDF cannot: {says}." in out) == (0, True)
    assert "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0" in err


def test_doctor_says_what_is_wrong_with_a_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITFLOW_SECRET_KEY", "short")
    code, _, err = run("doctor")
    assert (code, "AUDITFLOW_SECRET_KEY is too short" in err) == (1, True)


def test_a_database_or_broker_that_is_gone_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = closed_port()
    monkeypatch.setenv("AUDITFLOW_DATABASE_URL", f"postgresql+psycopg://audit:geheim@127.0.0.1:{gone}/audit")
    monkeypatch.setenv("AUDITFLOW_REDIS_URL", f"redis://127.0.0.1:{gone}")
    code, _, err = run("doctor")
    assert code == 1
    assert "WRONG  broker" in err
    assert "WRONG  database" in err
    assert "geheim" not in err
    assert "does not answer" in run("serve")[2]


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("dance")[0] == 2
