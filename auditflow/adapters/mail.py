"""Sending mail: one protocol, and the real ways of doing it, chosen by the setting `AUDITFLOW_MAIL_URL`.

* `file:PATH` writes each message into a folder, for trying things out;
* `smtp://user:password@host:port?from=audit@council.gov.uk&tls=starttls` hands them to a mail server;
* `notify://API_KEY@api.notifications.service.gov.uk?template=ID` hands them to GOV.UK Notify.

A message has a key of its own. The same message sent again (after a crash, nobody knows whether it went) keeps
its key, and with it its file name, its Message-ID or its reference, so that a repeat can be recognised.
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from auditflow.domain.errors import BadInput, Refused

__all__ = [
    "MailRefused",
    "MailUnavailable",
    "Mailer",
    "Message",
    "open_mailer",
]


class MailUnavailable(Refused):
    """It could not be handed over now: the server is gone, busy, or does not accept our settings. Try later."""

    default_code = "mail_unavailable"


class MailRefused(Refused):
    """It will never be accepted: the address or the message itself is at fault. Do not try again."""

    default_code = "mail_refused"


@dataclass(frozen=True, slots=True)
class Message:
    """One plain-text e-mail to one address. `key` is the same whenever this message is sent again."""

    to: str
    subject: str
    body: str
    key: str

    def __post_init__(self) -> None:
        for name in ("to", "subject", "key"):
            if any(character < " " or character == "\x7f" for character in getattr(self, name)):
                raise MailRefused(f"A message's {name} contains a line break or a control character.", field=name)
        if not is_one_address(self.to):
            raise MailRefused(f"“{self.to}” is not an e-mail address.", field="to")

    @property
    def digest(self) -> str:
        """A short name made from the key: 32 hexadecimal digits."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


def is_one_address(text: str) -> bool:
    """Whether this is the bare address of one mailbox, such as name@council.gov.uk."""
    name, at, host = text.rpartition("@")
    forbidden = set(' ,;<>()[]\\"') & set(text)
    return bool(at and name and "@" not in name and not forbidden and host and not host.startswith("."))


class Mailer(Protocol):
    """Something that takes messages."""

    def send(self, message: Message) -> None:
        """Hand the message over. Raises MailUnavailable (try later) or MailRefused (never)."""
        ...  # pragma: no cover

    def check(self) -> None:
        """See whether messages could be sent now. Raises MailUnavailable with what is wrong."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class MailUrl:
    """A mail URL taken apart; `options` holds what stands after the question mark."""

    parts: SplitResult
    options: dict[str, str]

    @property
    def user(self) -> str:
        """The user name, or blank."""
        return unquote(self.parts.username or "")

    @property
    def password(self) -> str:
        """The password, or blank."""
        return unquote(self.parts.password or "")


def open_mailer(url: str) -> Mailer:
    """The mailer for this URL; nothing is connected yet. Raises BadInput with a sentence if the URL is wrong."""
    makers = {"file": _file_mailer, "smtp": _smtp_mailer, "notify": _notify_mailer}
    scheme = url.partition(":")[0].lower()
    if scheme not in makers:
        raise BadInput("AUDITFLOW_MAIL_URL must begin with file:, smtp:// or notify://.", field="mail_url")
    return makers[scheme](_taken_apart(url))


def _taken_apart(url: str) -> MailUrl:
    try:
        parts = urlsplit(url)
        _port = parts.port
        given = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadInput("AUDITFLOW_MAIL_URL cannot be read as a URL.", field="mail_url") from None
    return MailUrl(parts, {name: values[-1] for name, values in given.items()})


# Each maker imports its own module, so that a process loads only the way of sending that it uses.


def _file_mailer(url: MailUrl) -> Mailer:
    from auditflow.adapters.mail_file import FileMailer

    return FileMailer.from_url(url)


def _smtp_mailer(url: MailUrl) -> Mailer:
    from auditflow.adapters.mail_smtp import SmtpMailer

    return SmtpMailer.from_url(url)


def _notify_mailer(url: MailUrl) -> Mailer:
    from auditflow.adapters.mail_notify import NotifyMailer

    return NotifyMailer.from_url(url)
