"""Mail: the message itself, the choice of a mailer by its URL, and mail as files."""

import os
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from auditflow.adapters.mail import MailRefused, MailUnavailable, Message, open_mailer
from auditflow.adapters.mail_file import FileMailer
from auditflow.adapters.mail_notify import NotifyMailer
from auditflow.adapters.mail_smtp import SmtpMailer
from auditflow.domain.errors import BadInput
from tests.factories.mail_servers import KEY_NAME, SECRET, SERVICE, TEMPLATE, text_of

MESSAGE = Message(
    "ann@example.org", "Your case audit is due", "Hello Ann,\n\nIt is due on Friday.\n", "case_audit-7-due"
)
API_KEY = f"{KEY_NAME}-{SERVICE}-{SECRET}"


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def parsed(path):
    return message_from_bytes(path.read_bytes(), policy=default)


def test_a_message_becomes_a_file_named_by_its_key(tmp_path):
    open_mailer(f"file:{tmp_path}/mail").send(MESSAGE)
    assert files(tmp_path / "mail") == ["case_audit-7-due.eml"]
    email = parsed(tmp_path / "mail" / "case_audit-7-due.eml")
    assert (email["To"], email["Subject"]) == ("ann@example.org", "Your case audit is due")
    assert text_of(email) == MESSAGE.body
    assert email["Auto-Submitted"] == "auto-generated"


def test_a_repeat_takes_the_place_of_the_first(tmp_path):
    mailer = open_mailer(f"file:{tmp_path}")
    for body in ("first", "second"):
        mailer.send(Message(MESSAGE.to, MESSAGE.subject, body, MESSAGE.key))
    assert files(tmp_path) == ["case_audit-7-due.eml"]
    assert parsed(tmp_path / "case_audit-7-due.eml").get_content().strip() == "second"


def test_keys_that_are_no_file_names_make_safe_and_different_ones(tmp_path):
    mailer = FileMailer(tmp_path)
    keys = ["../../etc/passwd", "a/b", "a:b", "a b", ".hidden", "x" * 300, "é", "a-b"]
    for key in keys:
        mailer.send(Message(MESSAGE.to, MESSAGE.subject, MESSAGE.body, key))
    assert len(files(tmp_path)) == len(keys)
    assert all(name.endswith(".eml") and not name.startswith(".") for name in files(tmp_path))
    assert list(tmp_path.parent.glob("*.eml")) == []


def test_the_message_id_depends_on_the_key_alone(tmp_path):
    mailer = FileMailer(tmp_path, "audit@council.example")
    for key, body in (("k1", "one"), ("k2", "one")):
        mailer.send(Message(MESSAGE.to, MESSAGE.subject, body, key))
    first = {key: parsed(tmp_path / f"{key}.eml")["Message-ID"] for key in ("k1", "k2")}
    mailer.send(Message("bo@example.org", "Other", "two", "k1"))
    assert parsed(tmp_path / "k1.eml")["Message-ID"] == first["k1"] != first["k2"]
    assert first["k1"].endswith("@council.example>")


def test_letters_outside_ascii_arrive(tmp_path):
    FileMailer(tmp_path).send(Message("zoë@example.org", "Café – naïve", "Zoë’s plan: £5\n", "k"))
    email = parsed(tmp_path / "k.eml")
    assert email["Subject"] == "Café – naïve"
    assert text_of(email) == "Zoë’s plan: £5\n"


@pytest.mark.parametrize("name", ["to", "subject", "key"])
@pytest.mark.parametrize("character", ["\n", "\r", "\r\nBcc: eve@example.org", "\x00", "\x7f"])
def test_a_line_break_in_a_header_is_refused(name, character):
    fields = {"to": "ann@example.org", "subject": "Due", "body": "x", "key": "k"}
    with pytest.raises(MailRefused, match="line break or a control character"):
        Message(**{**fields, name: fields[name] + character})


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "a@b@c",
        "ann@example.org, eve@example.org",
        "Ann <a@b>",
        "a b@c",
        "a@.b",
        "a;b@c",
    ],
)
def test_what_is_not_one_address_is_refused(to):
    with pytest.raises(MailRefused, match="is not an e-mail address"):
        Message(to, "Due", "x", "k")


def test_a_folder_that_cannot_be_written_is_for_later(tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    mailer = open_mailer(f"file:{tmp_path}/mail")
    for attempt in (lambda: mailer.send(MESSAGE), mailer.check):
        with pytest.raises(MailUnavailable, match="Mail cannot be written to"):
            attempt()


def test_checking_a_folder_leaves_nothing_in_it(tmp_path):
    open_mailer(f"file:{tmp_path}/new/mail").check()
    assert files(tmp_path / "new" / "mail") == []


def test_a_relative_folder_is_of_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_mailer("file:var/my%20mail").send(MESSAGE)
    assert os.listdir(tmp_path / "var" / "my mail") == ["case_audit-7-due.eml"]


def test_the_url_chooses_the_mailer():
    assert isinstance(open_mailer("file:/var/mail"), FileMailer)
    assert open_mailer("file:///var/mail").folder == Path("/var/mail")
    smtp = open_mailer("smtp://us%40er:p%3Aw@mail.example.org?from=audit@example.org")
    assert smtp == SmtpMailer(
        "mail.example.org", 587, "audit@example.org", user="us@er", password="p:w", tls="starttls"
    )
    assert open_mailer("smtp://h?from=a@b.c&tls=ssl").port == 465
    assert open_mailer("smtp://h:2525?from=a@b.c&tls=none").port == 2525
    notify = open_mailer(f"notify://{API_KEY}@?template={TEMPLATE}")
    assert isinstance(notify, NotifyMailer)
    assert notify.base_url == "https://api.notifications.service.gov.uk"
    assert (notify.service, notify.secret) == (SERVICE, SECRET)


def test_secrets_do_not_show_when_a_mailer_is_printed():
    shown = repr(open_mailer("smtp://user:topsecret@h?from=a@b.c")) + repr(
        open_mailer(f"notify://{API_KEY}@?template={TEMPLATE}")
    )
    assert "topsecret" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "must begin with file:, smtp:// or notify://"),
        ("imap://h", "must begin with file:, smtp:// or notify://"),
        ("file:", "names no folder"),
        ("smtp://?from=a@b.c", "names no mail server"),
        ("smtp://h", "needs ?from= and the address"),
        ("smtp://h?from=nobody", "needs ?from= and the address"),
        ("smtp://h?from=a@b.c&tls=maybe", "tls must be starttls, ssl or none"),
        ("smtp://h:port?from=a@b.c", "cannot be read as a URL"),
        ("smtp://[h?from=a@b.c", "cannot be read as a URL"),
        ("notify://", "the API key"),
        (f"notify://short@?template={TEMPLATE}", "the API key"),
        (f"notify://{API_KEY}@", "needs ?template="),
        (f"notify://{API_KEY}@?template=x", "needs ?template="),
    ],
)
def test_a_wrong_url_is_a_sentence_at_the_start(url, words):
    with pytest.raises(BadInput) as caught:
        open_mailer(url)
    assert words in str(caught.value)
    assert "AUDITFLOW_MAIL_URL" in str(caught.value)
