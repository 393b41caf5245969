"""Settings, read from the environment once, checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from auditflow.domain.errors import BadInput

PREFIX = "AUDITFLOW_"
KNOWN = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "MAIL_URL",
    "COUNCIL_NAME",
    "AUDIT_NOUN",
    "COUNCIL_COLOUR",
    "DATA",
    "BASE_URL",
    "SEAL_ADDRESSES",
    "ALERT_PHONES",
    "REPORT_TEMPLATE",
    "REPORT_MARKING",
}
LONGEST_MARKING = 60
"""Characters of a protective marking: it stands in one line at the head of each page."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. `redis_url` None means the embedded worker."""

    data: Path
    database_url: str
    redis_url: str | None
    secret_key: str
    mail_url: str
    base_url: str
    council_name: str
    audit_noun: str
    council_colour: str
    alert_phones: str
    seal_addresses: tuple[str, ...]
    report_template: Path | None
    """The council's own Word template: set on the server, never uploaded, since its braces are run as a program."""
    report_marking: str

    @property
    def embedded(self) -> bool:
        """Whether web, worker and beat share one process."""
        return self.redis_url is None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings. Raises BadInput with a sentence that names the setting at fault."""
    env = os.environ if environ is None else environ
    given = {k[len(PREFIX) :]: v.strip() for k, v in env.items() if k.startswith(PREFIX) and v.strip()}
    _refuse_unknown(given)
    data = _data(given.get("DATA", "var"))
    settings = Settings(
        data=data,
        database_url=_database_url(given.get("DATABASE_URL", f"sqlite:///{data / 'auditflow.db'}")),
        redis_url=_address(given.get("REDIS_URL"), "REDIS_URL", ("redis://", "rediss://")),
        secret_key=_secret_key(given.get("SECRET_KEY"), data),
        mail_url=_url(given.get("MAIL_URL"), "MAIL_URL", ("file:", "smtp://", "notify://")) or f"file:{data / 'mail'}",
        base_url=_address(given.get("BASE_URL"), "BASE_URL", ("http://", "https://")) or "http://127.0.0.1:8000",
        council_name=given.get("COUNCIL_NAME", "Your council"),
        audit_noun=given.get("AUDIT_NOUN", "case audit"),
        council_colour=_colour(given.get("COUNCIL_COLOUR", "#12436d")),
        alert_phones=given.get("ALERT_PHONES", ""),
        seal_addresses=_addresses(given.get("SEAL_ADDRESSES", "")),
        report_template=_template(given.get("REPORT_TEMPLATE")),
        report_marking=_marking(given.get("REPORT_MARKING", "OFFICIAL-SENSITIVE")),
    )
    _refuse_sqlite_shared(settings)
    return settings


def _data(value: str) -> Path:
    data = Path(value).absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInput(f"AUDITFLOW_DATA names {data}, which cannot be made: {fault.strerror}.") from None
    return data


def _refuse_sqlite_shared(settings: Settings) -> None:
    if not settings.embedded and settings.database_url.startswith("sqlite"):
        raise BadInput(
            "AUDITFLOW_REDIS_URL is for several processes, which need PostgreSQL: set AUDITFLOW_DATABASE_URL,"
            " or leave AUDITFLOW_REDIS_URL out."
        )


def _addresses(value: str) -> tuple[str, ...]:
    found = tuple(a.strip() for a in value.split(",") if a.strip())
    wrong = next((a for a in found if a.count("@") != 1 or " " in a or a.startswith("@") or a.endswith("@")), None)
    if wrong is not None:
        raise BadInput(f"AUDITFLOW_SEAL_ADDRESSES: “{wrong}” is not an e-mail address. Separate several with commas.")
    return found


def _template(value: str | None) -> Path | None:
    """The template's place; read once here, so that a mistake is found at the start and not by the next report."""
    if value is None:
        return None
    path = Path(value).absolute()
    try:
        with path.open("rb"):
            return path
    except OSError as fault:
        raise BadInput(f"AUDITFLOW_REPORT_TEMPLATE names {path}, which cannot be read: {fault.strerror}.") from None


def _marking(value: str) -> str:
    if len(value) > LONGEST_MARKING or not value.isprintable():
        raise BadInput(f"AUDITFLOW_REPORT_MARKING must be one line of at most {LONGEST_MARKING} characters.")
    return value


def _refuse_unknown(given: Mapping[str, str]) -> None:
    unknown = sorted(k for k in given if k not in KNOWN and not k.startswith(("TEST_", "OIDC_")))
    if unknown:
        raise BadInput(f"The setting {PREFIX}{unknown[0]} is not known. The known ones are in .env.example.")


def _database_url(value: str) -> str:
    try:
        url = sa.make_url(value)
    except (ArgumentError, ValueError):
        raise BadInput(
            "AUDITFLOW_DATABASE_URL is not a database address, such as postgresql+psycopg://name@host/database."
        ) from None
    if url.drivername not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise BadInput(f"AUDITFLOW_DATABASE_URL names {url.drivername}; it must be sqlite or postgresql+psycopg.")
    if not url.database or url.database == ":memory:":
        raise BadInput("AUDITFLOW_DATABASE_URL names no database at its end, such as …/auditflow.")
    return value


def _url(value: str | None, name: str, starts: tuple[str, ...]) -> str | None:
    if value is not None and not value.startswith(starts):
        raise BadInput(f"AUDITFLOW_{name} must start with {' or '.join(starts)}.")
    return value


def _address(value: str | None, name: str, starts: tuple[str, ...]) -> str | None:
    """An address with a host, and with a port that is a number if it has one."""
    _url(value, name, starts)
    try:
        whole = value is None or (bool(urlsplit(value).hostname) and urlsplit(value).port != 0)
    except ValueError:
        whole = False
    if not whole:
        raise BadInput(f"AUDITFLOW_{name} is not a whole address, such as {starts[0]}name:1234.")
    return value


def _colour(value: str) -> str:
    digits = value.removeprefix("#")
    if len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        raise BadInput("AUDITFLOW_COUNCIL_COLOUR must be a colour such as #12436d.")
    return f"#{digits.lower()}"


def _secret_key(value: str | None, data: Path) -> str:
    """The given key, or one made on the first start and kept where only this account can read it."""
    if value is not None:
        if len(value) < 32:
            raise BadInput("AUDITFLOW_SECRET_KEY is too short: use at least 32 characters.")
        return value
    path = data / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
