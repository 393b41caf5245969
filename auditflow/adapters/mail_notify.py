"""Mail by GOV.UK Notify's API (version 2): a template with two fields, `subject` and `body`.

Each request carries a token signed with the key's secret (JWT, HS256: the service as issuer, and the time, which
the service accepts within 30 seconds). The message's key is the notification's reference.
"""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import quote

import jwt

from auditflow.adapters.mail import MailRefused, MailUnavailable, MailUrl, Message
from auditflow.domain.errors import BadInput

__all__ = ["NotifyMailer"]

_HOST = "api.notifications.service.gov.uk"
_SECONDS = 20.0
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_API_KEY = re.compile(rf"(?:.+-)?({_UUID})-({_UUID})")
_MAX_REFERENCE = 1_000


@dataclass(frozen=True)
class NotifyMailer:
    """Hands messages to GOV.UK Notify, or to a stand-in at another `base_url`."""

    base_url: str
    service: str
    secret: str = field(repr=False)
    template: str
    reply_to: str = ""
    now: Callable[[], float] = time.time
    seconds: float = _SECONDS

    @classmethod
    def from_url(cls, url: MailUrl) -> "NotifyMailer":
        """`notify://API_KEY@host:port?template=ID&reply_to=ID`; the API key as Notify shows it.

        Without a host it is the real service. `tls=none` speaks plain HTTP, to a stand-in on this machine.
        """
        key = _API_KEY.fullmatch(url.user)
        template = url.options.get("template", "")
        if key is None:
            raise BadInput(
                "AUDITFLOW_MAIL_URL: after notify:// comes the API key as Notify shows it.", field="mail_url"
            )
        if not re.fullmatch(_UUID, template):
            raise BadInput("AUDITFLOW_MAIL_URL needs ?template= and the template's ID.", field="mail_url")
        scheme = "http" if url.options.get("tls") == "none" else "https"
        host = url.parts.netloc.rpartition("@")[2] or _HOST
        return cls(f"{scheme}://{host}", key[1], key[2], template, reply_to=url.options.get("reply_to", ""))

    def send(self, message: Message) -> None:
        """Hand the message over, unless the service already has one with this reference."""
        if self._has(message):
            return
        body: dict[str, object] = {
            "email_address": message.to,
            "template_id": self.template,
            "personalisation": {"subject": message.subject, "body": message.body},
            "reference": _reference(message),
        }
        if self.reply_to:
            body["email_reply_to_id"] = self.reply_to
        self._ask("POST", "/v2/notifications/email", body)

    def check(self) -> None:
        """See whether the service accepts our key and knows the template."""
        self._ask("GET", f"/v2/template/{self.template}")

    def _has(self, message: Message) -> bool:
        """Whether this message was handed over before; the service itself does not refuse a repeat."""
        found = self._ask(
            "GET", f"/v2/notifications?template_type=email&reference={quote(_reference(message), safe='')}"
        )
        return bool(found.get("notifications"))

    def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """One request. Raises the typed error that its answer means."""
        request = urllib.request.Request(  # noqa: S310 - the scheme is http or https, set above
            self.base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as fault:
            raise _refusal(fault.code, fault.read()) from None
        except (OSError, HTTPException, ValueError) as fault:
            raise MailUnavailable(f"GOV.UK Notify does not answer: {fault}") from fault

    def _token(self) -> str:
        return jwt.encode({"iss": self.service, "iat": int(self.now())}, self.secret, algorithm="HS256")


def _reference(message: Message) -> str:
    return message.key if len(message.key) <= _MAX_REFERENCE else message.digest


def _refusal(status: int, answer: bytes) -> MailRefused | MailUnavailable:
    """What a refusal means. Only a fault in the message itself is final: a wrong key or template is mended."""
    words, kinds = _errors(answer)
    if status == 400 and "ValidationError" in kinds:
        return MailRefused(f"GOV.UK Notify refused the message: {words}")
    if status == 413:
        return MailRefused("GOV.UK Notify refused the message: it is too long.")
    return MailUnavailable(f"GOV.UK Notify cannot take the message now: {status} {words}")


def _errors(answer: bytes) -> tuple[str, set[str]]:
    """The sentences and kinds of error in an answer; the answer itself if it has another shape."""
    try:
        errors = json.loads(answer)["errors"]
        return "; ".join(str(error["message"]) for error in errors), {str(error["error"]) for error in errors}
    except (ValueError, KeyError, TypeError):
        return answer[:200].decode("utf-8", "replace"), set()
