"""Mail services to test against, in this process: a real SMTP server, and a stand-in for GOV.UK Notify's API."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = [
    "KEY_NAME",
    "SECRET",
    "SERVICE",
    "TEMPLATE",
    "NotifyStandIn",
    "SmtpServer",
    "closed_port",
    "make_certificate",
]

KEY_NAME = "audit-live"
SERVICE = "11111111-2222-4333-8444-555555555555"
SECRET = "66666666-7777-4888-9999-aaaaaaaaaaaa"
TEMPLATE = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"


def text_of(email: EmailMessage) -> str:
    """The body of a message with the line ends of this machine."""
    return str(email.get_content()).replace("\r\n", "\n")


def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file; trusted by whoever is told to trust the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(pem) + private)
    return path


@dataclass
class SmtpServer:
    """A real SMTP server. `answers` replaces the answer to a command: {"RCPT": "550 no such person"}."""

    answers: dict[str, str] = field(default_factory=dict)
    certificate: Path | None = None
    implicit_tls: bool = False
    login: tuple[str, str] | None = None
    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def running(self) -> Iterator["SmtpServer"]:
        """Listen until the block ends."""
        self.port = closed_port()
        controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options())
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"enable_SMTPUTF8": True}
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            options |= {"ssl_context": context} if self.implicit_tls else {"tls_context": context}
        if self.login is not None:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        return options

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = LoginPassword(*(text.encode() for text in self.login or ("", "")))
        return AuthResult(success=given == right, handled=False)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.received.append(message_from_bytes(envelope.content, policy=default))
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


@dataclass
class NotifyStandIn:
    """Answers as GOV.UK Notify does, and believes only a good token. `answer` replaces the answer to a POST."""

    answer: tuple[int, bytes] | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    clock: Callable[[], float] = time.time
    port: int = 0

    @property
    def url(self) -> str:
        """The setting that sends mail here."""
        return f"notify://{KEY_NAME}-{SERVICE}-{SECRET}@127.0.0.1:{self.port}?template={TEMPLATE}&tls=none"

    @contextmanager
    def running(self) -> Iterator["NotifyStandIn"]:
        """Listen until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def respond(self, method: str, path: str, token: str, body: bytes) -> tuple[int, bytes]:
        """The status and answer to a request."""
        self.requests.append(f"{method} {path}")
        if fault := self._fault_of(token):
            return 403, _errors(403, "AuthError", fault)
        url = urlsplit(path)
        if method == "GET":
            return self._look_up(url.path, parse_qs(url.query))
        if self.answer is not None:
            return self.answer
        return self._accept(url.path, json.loads(body))

    def _fault_of(self, token: str) -> str:
        """What is wrong with a token, or blank."""
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return "Invalid token: API key not found"
        if jwt.get_unverified_header(token) != {"typ": "JWT", "alg": "HS256"} or set(claims) != {"iss", "iat"}:
            return "Invalid token: header or claims"
        if claims["iss"] != SERVICE:
            return "Invalid token: service not found"
        late = abs(claims["iat"] - self.clock()) > 30
        return "Error: Your system clock must be accurate to within 30 seconds" if late else ""

    def _look_up(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:
        if path == "/v2/notifications":
            found = [one for one in self.sent if one["reference"] == query["reference"][0]]
            return 200, json.dumps({"notifications": found, "links": {}}).encode()
        if path == f"/v2/template/{TEMPLATE}":
            return 200, json.dumps({"id": TEMPLATE, "type": "email"}).encode()
        return 404, _errors(404, "NoResultFound", "No result found")

    def _accept(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if path != "/v2/notifications/email":
            return 404, _errors(404, "NoResultFound", "No result found")
        if body["template_id"] != TEMPLATE:
            return 400, _errors(400, "BadRequestError", "Template not found")
        if "@" not in body["email_address"] or body["email_address"].endswith(".invalid"):
            return 400, _errors(400, "ValidationError", "email_address Not a valid email address")
        self.sent.append(body)
        return 201, json.dumps({"id": "1", "reference": body["reference"]}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                status, answer = stand_in.respond(self.command, self.path, token, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = _serve

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler


def _errors(status: int, kind: str, words: str) -> bytes:
    return json.dumps({"status_code": status, "errors": [{"error": kind, "message": words}]}).encode()
