"""Mail by GOV.UK Notify, against a stand-in that checks the token and answers as the service does."""

import json
import time

import pytest

from auditflow.adapters.mail import MailRefused, MailUnavailable, Message, open_mailer
from tests.factories.mail_servers import KEY_NAME, SECRET, SERVICE, TEMPLATE, NotifyStandIn, closed_port

MESSAGE = Message("ann@example.org", "Your case audit is due", "Hello Ann,\n\nDue on Friday.\n", "case_audit-7-due")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def errors(status, kind, words="words of the service"):
    return status, json.dumps({"status_code": status, "errors": [{"error": kind, "message": words}]}).encode()


def test_a_message_is_handed_over_with_its_template_fields_and_reference():
    with NotifyStandIn().running() as service:
        open_mailer(service.url).send(MESSAGE)
    assert service.sent == [
        {
            "email_address": "ann@example.org",
            "template_id": TEMPLATE,
            "personalisation": {"subject": MESSAGE.subject, "body": MESSAGE.body},
            "reference": "case_audit-7-due",
        }
    ]


def test_a_reply_address_is_passed_on():
    with NotifyStandIn().running() as service:
        open_mailer(f"{service.url}&reply_to=some-id").send(MESSAGE)
    assert service.sent[0]["email_reply_to_id"] == "some-id"


def test_a_repeat_is_recognised_by_its_reference_and_not_sent():
    with NotifyStandIn().running() as service:
        mailer = open_mailer(service.url)
        mailer.send(MESSAGE)
        mailer.send(MESSAGE)
        mailer.send(Message("ann@example.org", "Due", "x", "other key & more"))
        mailer.send(Message("ann@example.org", "Due", "x", "other key & more"))
    assert [one["reference"] for one in service.sent] == ["case_audit-7-due", "other key & more"]


def test_a_key_with_its_name_and_one_without_are_both_read():
    with NotifyStandIn().running() as service:
        for name in ("", f"{KEY_NAME}-", "a-name-with-dashes-"):
            key = f"{name}{SERVICE}-{SECRET}"
            open_mailer(f"notify://{key}@127.0.0.1:{service.port}?template={TEMPLATE}&tls=none").check()


def test_a_wrong_secret_or_service_is_for_an_administrator_to_mend():
    other = "99999999-9999-4999-9999-999999999999"
    with NotifyStandIn().running() as service:
        for key in (f"x-{SERVICE}-{other}", f"x-{other}-{SECRET}"):
            mailer = open_mailer(f"notify://{key}@127.0.0.1:{service.port}?template={TEMPLATE}&tls=none")
            for attempt in (lambda mailer=mailer: mailer.send(MESSAGE), mailer.check):
                with pytest.raises(MailUnavailable, match="403 Invalid token"):
                    attempt()
    assert service.sent == []


def test_a_clock_that_is_wrong_is_told():
    service = NotifyStandIn(clock=lambda: time.time() + 60)
    with service.running(), pytest.raises(MailUnavailable, match="clock must be accurate to within 30 seconds"):
        open_mailer(service.url).send(MESSAGE)


def test_a_template_that_does_not_exist_is_for_an_administrator_to_mend():
    with NotifyStandIn().running() as service:
        mailer = open_mailer(service.url.replace(TEMPLATE, TEMPLATE.replace("b", "c")))
        with pytest.raises(MailUnavailable, match="Template not found"):
            mailer.send(MESSAGE)
        with pytest.raises(MailUnavailable, match="404 No result found"):
            mailer.check()


def test_an_address_that_the_service_refuses_is_final():
    with NotifyStandIn().running() as service, pytest.raises(MailRefused, match="Not a valid email address"):
        open_mailer(service.url).send(Message("ann@example.invalid", "Due", "x", "k"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (errors(429, "RateLimitError"), MailUnavailable),
        (errors(429, "TooManyRequestsError"), MailUnavailable),
        (errors(500, "Exception"), MailUnavailable),
        (errors(400, "BadRequestError"), MailUnavailable),
        (errors(413, "TooLarge"), MailRefused),
        (errors(400, "ValidationError"), MailRefused),
        ((503, b"<html>down</html>"), MailUnavailable),
        ((500, b'{"errors": 7}'), MailUnavailable),
        ((201, b"not json"), MailUnavailable),
    ],
)
def test_what_the_service_answers_is_for_later_or_final(answer, error):
    with NotifyStandIn(answer=answer).running() as service, pytest.raises(error) as caught:
        open_mailer(service.url).send(MESSAGE)
    assert type(caught.value) is error


def test_the_service_gone_is_for_later():
    service = NotifyStandIn()
    service.port = closed_port()
    for attempt in (lambda: open_mailer(service.url).send(MESSAGE), open_mailer(service.url).check):
        with pytest.raises(MailUnavailable, match=r"GOV\.UK Notify does not answer"):
            attempt()


def test_a_check_sends_nothing():
    with NotifyStandIn().running() as service:
        open_mailer(service.url).check()
    assert service.sent == []
    assert service.requests == [f"GET /v2/template/{TEMPLATE}"]
