"""Mail by SMTP: each message on a connection of its own, so that a server that went away is found at once."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from auditflow.adapters.mail import MailRefused, MailUnavailable, MailUrl, Message, is_one_address
from auditflow.adapters.mail_file import as_email
from auditflow.domain.errors import BadInput

__all__ = ["SmtpMailer"]

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_SECONDS = 20.0
_PERMANENT = range(500, 600)


@dataclass(frozen=True)
class SmtpMailer:
    """Hands messages to a mail server. `tls` is `starttls`, `ssl` or `none`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    seconds: float = _SECONDS

    @classmethod
    def from_url(cls, url: MailUrl) -> "SmtpMailer":
        """`smtp://user:password@host:port?from=ADDRESS&tls=starttls|ssl|none`; TLS is on unless it says none."""
        tls = url.options.get("tls", "starttls")
        sender = url.options.get("from", "")
        if not url.parts.hostname:
            raise BadInput("AUDITFLOW_MAIL_URL names no mail server after smtp://.", field="mail_url")
        if tls not in _PORTS:
            raise BadInput("AUDITFLOW_MAIL_URL: tls must be starttls, ssl or none.", field="mail_url")
        if not is_one_address(sender):
            raise BadInput("AUDITFLOW_MAIL_URL needs ?from= and the address that mail comes from.", field="mail_url")
        port = url.parts.port or _PORTS[tls]
        return cls(url.parts.hostname, port, sender, user=url.user, password=url.password, tls=tls)

    def send(self, message: Message) -> None:
        """Hand the message to the server.

        What the server says about our settings (sign-in, sender) is for an administrator to mend, so the message
        waits; a lasting refusal of the recipient or of the message itself is final.
        """
        with self._faults(), self._connection() as server:
            server.send_message(as_email(message, self.sender), self.sender, [message.to])

    def check(self) -> None:
        """Connect and sign in."""
        with self._faults(), self._connection() as server:
            server.noop()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        if self.tls == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            yield server
        finally:
            _leave(server)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Every fault as one of the two typed errors, with a sentence."""
        where = f"The mail server {self.host}:{self.port}"
        try:
            yield
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = next(iter(fault.recipients.values()))
            raise _refusal(where, code, words) from fault
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as fault:
            raise MailUnavailable(f"{where} does not accept our settings: {_text(fault.smtp_error)}") from fault
        except smtplib.SMTPDataError as fault:
            raise _refusal(where, fault.smtp_code, fault.smtp_error) from fault
        except UnicodeEncodeError as fault:
            raise MailRefused("The message contains characters that cannot be sent.") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise self._not_supported(where, fault) from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise MailUnavailable(f"{where} does not answer: {fault}") from fault

    @staticmethod
    def _not_supported(where: str, fault: Exception) -> MailRefused | MailUnavailable:
        """An address in a script that the server cannot take is final; a missing extension is a setting."""
        if "SMTPUTF8" in str(fault):
            return MailRefused(f"{where} does not take addresses with letters outside ASCII.")
        return MailUnavailable(f"{where} cannot do what our settings ask: {fault}")


def _leave(server: smtplib.SMTP) -> None:
    """Close the connection. A message that was accepted stays accepted even if the farewell fails."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _refusal(where: str, code: int, words: bytes | str) -> MailRefused | MailUnavailable:
    if code in _PERMANENT:
        return MailRefused(f"{where} refused the message: {code} {_text(words)}")
    return MailUnavailable(f"{where} cannot take the message now: {code} {_text(words)}")


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
