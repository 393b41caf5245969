"""Settings: each mistake stops the start with a sentence that names the setting."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from auditflow.config import KNOWN, load_settings
from auditflow.domain.errors import BadInput

ROOT = Path(__file__).parents[3]
POSTGRES = "postgresql+psycopg://audit@127.0.0.1/audit"

MISTAKES = {
    ("DATABASE_URL", "no address at all"): "is not a database address",
    ("DATABASE_URL", "postgresql://a@b:port/c"): "is not a database address",
    ("DATABASE_URL", "mysql://root@127.0.0.1/audit"): "names mysql",
    ("DATABASE_URL", "sqlite://"): "names no database",
    ("DATABASE_URL", "postgresql+psycopg://audit@127.0.0.1"): "names no database",
    ("REDIS_URL", "http://127.0.0.1"): "AUDITFLOW_REDIS_URL must start with redis://",
    ("REDIS_URL", "redis://"): "AUDITFLOW_REDIS_URL is not a whole address",
    ("REDIS_URL", "redis://127.0.0.1:many"): "AUDITFLOW_REDIS_URL is not a whole address",
    ("REDIS_URL", "redis://127.0.0.1:6379/0"): "need PostgreSQL",
    ("SECRET_KEY", "too short"): "too short",
    ("MAIL_URL", "pigeon://loft"): "AUDITFLOW_MAIL_URL must start with",
    ("BASE_URL", "audits.example.org"): "AUDITFLOW_BASE_URL must start with",
    ("BASE_URL", "https://"): "AUDITFLOW_BASE_URL is not a whole address",
    ("COUNCIL_COLOUR", "blue"): "must be a colour such as",
    ("SEAL_ADDRESSES", "records@example.org, nobody"): "“nobody” is not an e-mail address",
    ("REPORT_TEMPLATE", "/nowhere/board.docx"): "board.docx, which cannot be read: No such file",
    ("REPORT_TEMPLATE", "/"): "which cannot be read: Is a directory",
    ("REPORT_MARKING", "O" * 61): "at most 60 characters",
    ("REPORT_MARKING", "OFFICIAL\nSECRET"): "must be one line",
    ("MAIL_ADDRESS", "x"): "AUDITFLOW_MAIL_ADDRESS is not known",
}


@pytest.mark.parametrize(("setting", "sentence"), MISTAKES.items(), ids=[f"{n}={v}" for n, v in MISTAKES])
def test_a_mistake_is_said_in_a_sentence(setting: tuple[str, str], sentence: str, tmp_path: Path) -> None:
    name, value = setting
    with pytest.raises(BadInput) as refused:
        load_settings({"AUDITFLOW_DATA": str(tmp_path), f"AUDITFLOW_{name}": value})
    assert sentence in refused.value.sentence
    assert f"AUDITFLOW_{name}" in refused.value.sentence
    assert refused.value.sentence.endswith(".")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"AUDITFLOW_DATA names .* cannot be made"):
        load_settings({"AUDITFLOW_DATA": str(tmp_path / "file" / "var")})


def test_the_secret_key_is_made_once_and_kept_for_this_account_only(tmp_path: Path) -> None:
    first = load_settings({"AUDITFLOW_DATA": str(tmp_path)})
    assert load_settings({"AUDITFLOW_DATA": str(tmp_path)}).secret_key == first.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_reports_are_marked_and_use_the_usual_template_unless_told_otherwise(tmp_path: Path) -> None:
    usual = load_settings({"AUDITFLOW_DATA": str(tmp_path)})
    assert (usual.report_marking, usual.report_template) == ("OFFICIAL-SENSITIVE", None)
    own = tmp_path / "board.docx"
    own.write_bytes(b"PK")
    given = {"AUDITFLOW_REPORT_MARKING": "OFFICIAL", "AUDITFLOW_REPORT_TEMPLATE": str(own)}
    told = load_settings({"AUDITFLOW_DATA": str(tmp_path), **given})
    assert (told.report_marking, told.report_template) == ("OFFICIAL", own)


def test_every_setting_is_in_the_example_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?AUDITFLOW_([A-Z_]+)=", text, re.MULTILINE)) == KNOWN


def test_the_example_itself_can_be_used(tmp_path: Path) -> None:
    lines = re.findall(r"^#?(AUDITFLOW_[A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    settings = load_settings({**dict(lines), "AUDITFLOW_DATA": str(tmp_path)})
    assert not settings.embedded
    assert len(settings.seal_addresses) == 2


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("module", "code"), [("auditflow.wsgi", 3), ("celery_worker", 1)])
def test_an_entry_point_without_a_broker_says_what_to_do(module: str, code: int, tmp_path: Path) -> None:
    ended = run("-c", f"import {module}", AUDITFLOW_DATA=str(tmp_path))
    assert ended.returncode == code
    assert "auditflow serve" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_mail_address_without_a_sender_stops_the_web_at_its_start(tmp_path: Path) -> None:
    ended = run(
        "-c",
        "import auditflow.wsgi",
        AUDITFLOW_DATA=str(tmp_path),
        AUDITFLOW_DATABASE_URL=POSTGRES,
        AUDITFLOW_REDIS_URL="redis://127.0.0.1",
        AUDITFLOW_MAIL_URL="smtp://mail.example.org",
    )
    assert ended.returncode == 3
    assert "needs ?from=" in ended.stderr


def test_gunicorn_ends_on_a_wrong_setting_instead_of_trying_for_ever(tmp_path: Path) -> None:
    """The master's own end is what is waited for: with any other exit code of its workers it would never come."""
    settings = {"AUDITFLOW_DATA": str(tmp_path), "HOME": str(tmp_path)}
    ended = run("-m", "gunicorn", "auditflow.wsgi:app", "--bind", "127.0.0.1:0", "--no-control-socket", **settings)
    assert ended.returncode == 3
    assert "auditflow serve" in ended.stderr
    assert "Worker failed to boot" in ended.stderr
