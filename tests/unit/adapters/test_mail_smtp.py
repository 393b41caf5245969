"""Mail by SMTP, against a real server in this process."""

from email.utils import parsedate_to_datetime

import pytest

from auditflow.adapters.mail import MailRefused, MailUnavailable, Message, open_mailer
from tests.factories.mail_servers import SmtpServer, closed_port, make_certificate, text_of

MESSAGE = Message("ann@example.org", "Your case audit is due", "Hello Ann,\n.\nDue on Friday.\n", "k1")


def mailer_for(server, options="tls=none", login=""):
    return open_mailer(f"smtp://{login}127.0.0.1:{server.port}?from=audit@council.example&{options}")


def test_a_message_arrives_as_it_was_written():
    with SmtpServer().running() as server:
        mailer_for(server).send(MESSAGE)
    (email,) = server.received
    assert (email["From"], email["To"]) == ("audit@council.example", "ann@example.org")
    assert email["Subject"] == "Your case audit is due"
    assert text_of(email) == MESSAGE.body
    assert parsedate_to_datetime(email["Date"]).tzinfo is not None
    assert server.envelopes == [("audit@council.example", ["ann@example.org"])]


def test_letters_outside_ascii_and_long_lines_arrive():
    body = "Zoë’s plan: £5\n" + "x" * 3_000 + "\n"
    with SmtpServer().running() as server:
        mailer_for(server).send(Message("ann@example.org", "Café – " + "naïve " * 30, body, "k"))
    (email,) = server.received
    assert text_of(email) == body
    assert email["Subject"].rstrip() == ("Café – " + "naïve " * 30).rstrip()


def test_a_repeat_has_the_same_message_id_and_another_message_another():
    with SmtpServer().running() as server:
        mailer = mailer_for(server)
        for key in ("k1", "k1", "k2"):
            mailer.send(Message("ann@example.org", "Due", "x", key))
    first, second, third = [email["Message-ID"] for email in server.received]
    assert first == second != third


def test_the_server_gone_is_for_later_and_it_is_found_when_it_is_back():
    server = SmtpServer()
    server.port = closed_port()
    with pytest.raises(MailUnavailable, match=f"The mail server 127.0.0.1:{server.port} does not answer"):
        mailer_for(server).send(MESSAGE)
    with pytest.raises(MailUnavailable, match="does not answer"):
        mailer_for(server).check()
    with server.running():
        mailer_for(server).check()
        mailer_for(server).send(MESSAGE)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 no such person", MailRefused),
        ("RCPT", "450 4.2.1 mailbox busy", MailUnavailable),
        ("DATA", "554 5.7.1 looks like spam", MailRefused),
        ("DATA", "451 4.3.0 try again", MailUnavailable),
        ("DATA", "421 4.3.2 going down", MailUnavailable),
        ("MAIL", "451 4.3.0 try again", MailUnavailable),
        ("MAIL", "553 5.1.8 sender not ours", MailUnavailable),
    ],
)
def test_what_the_server_says_is_for_later_or_final(command, answer, error):
    with SmtpServer(answers={command: answer}).running() as server, pytest.raises(error) as caught:
        mailer_for(server).send(MESSAGE)
    assert type(caught.value) is error
    assert answer.split(" ", 2)[2] in str(caught.value)
    assert server.received == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_signing_in():
    with SmtpServer(login=("audit", "pass word")).running() as server:
        mailer_for(server, login="audit:pass%20word@").send(MESSAGE)
        mailer_for(server, login="audit:pass%20word@").check()
        with pytest.raises(MailUnavailable, match="does not accept our settings"):
            mailer_for(server, login="audit:wrong@").send(MESSAGE)
        with pytest.raises(MailUnavailable):
            mailer_for(server, login="audit:wrong@").check()
        with pytest.raises(MailUnavailable):
            mailer_for(server).send(MESSAGE)
    assert len(server.received) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize(("options", "implicit"), [("tls=starttls", False), ("tls=ssl", True)])
def test_tls_to_a_server_that_is_trusted(certificate, monkeypatch, options, implicit):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with SmtpServer(certificate=certificate, implicit_tls=implicit).running() as server:
        mailer_for(server, options).send(MESSAGE)
    assert server.encrypted == [True]


@pytest.mark.parametrize(("options", "implicit"), [("tls=starttls", False), ("tls=ssl", True)])
def test_nothing_is_sent_to_a_server_that_cannot_prove_who_it_is(certificate, monkeypatch, options, implicit):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    server = SmtpServer(certificate=certificate, implicit_tls=implicit)
    with server.running(), pytest.raises(MailUnavailable):
        mailer_for(server, options).send(MESSAGE)
    assert server.received == []


def test_starttls_is_not_given_up_when_the_server_has_none():
    with SmtpServer().running() as server, pytest.raises(MailUnavailable, match="cannot do what our settings ask"):
        mailer_for(server, "tls=starttls").send(MESSAGE)
    assert server.received == []


def test_an_address_outside_ascii_is_sent_where_the_server_takes_it():
    with SmtpServer().running() as server:
        mailer_for(server).send(Message("zoë@example.org", "Due", "x", "k"))
    assert server.envelopes == [("audit@council.example", ["zoë@example.org"])]
