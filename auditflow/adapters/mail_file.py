"""Mail as files: one `.eml` a message in a folder, named by its key, so that a repeat replaces it."""

import os
import re
import tempfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote

from auditflow.adapters.mail import MailUnavailable, MailUrl, Message
from auditflow.domain.errors import BadInput

__all__ = ["FileMailer", "as_email"]

_KEPT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")


class FileMailer:
    """Writes messages into a folder, which is made when it is first needed."""

    def __init__(self, folder: Path, sender: str = "auditflow@localhost") -> None:
        self.folder = folder
        self.sender = sender

    @classmethod
    def from_url(cls, url: MailUrl) -> "FileMailer":
        """`file:PATH`, absolute or from the current folder."""
        path = unquote(url.parts.path)
        if not path:
            raise BadInput("AUDITFLOW_MAIL_URL names no folder: write file: and a path.", field="mail_url")
        return cls(Path(path))

    def send(self, message: Message) -> None:
        """Write the message in one step: a reader never sees half of it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                file.write(as_email(message, self.sender).as_bytes())
            os.replace(file.name, self.folder / self._name(message))
        except OSError as fault:
            raise MailUnavailable(f"Mail cannot be written to {self.folder}: {fault.strerror}.") from fault

    def check(self) -> None:
        """See whether the folder can be written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix="."):
                pass
        except OSError as fault:
            raise MailUnavailable(f"Mail cannot be written to {self.folder}: {fault.strerror}.") from fault

    @staticmethod
    def _name(message: Message) -> str:
        """The key in a form that is safe as a file name; two keys never share a name."""
        plain = _KEPT_IN_NAMES.sub("-", message.key).strip(".-")[:80]
        return f"{plain}.eml" if plain == message.key else f"{plain}-{message.digest[:12]}.eml"


def as_email(message: Message, sender: str) -> EmailMessage:
    """The message as it goes out; its Message-ID is made from its key alone."""
    email = EmailMessage(policy=SMTP)
    email["From"] = sender
    email["To"] = message.to
    email["Subject"] = message.subject
    email["Date"] = format_datetime(datetime.now(UTC))
    email["Message-ID"] = f"<{message.digest}@{sender.rpartition('@')[2].rstrip('>')}>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(message.body)
    return email
