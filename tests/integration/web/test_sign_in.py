"""Signing in over HTTP: the password, the lock, the invitation, and the form that outlived its session."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password, login_user

from auditflow.domain.clock import FixedClock
from auditflow.models import Person
from auditflow.models.database import Database
from auditflow.services.sign_in_link import make_link
from auditflow.web.request import house, new_key
from auditflow.web.sealed_form import seal_form
from tests.factories.council import make_person
from tests.pages import check_page

PASSWORD = "three unrelated words"


@pytest.fixture
def person(app: Flask, database: Database) -> Person:
    with app.app_context(), database.writing() as session:
        return make_person(session, "Lena Marsh", ["auditor"], password=hash_password(PASSWORD))


def sign_in(client: FlaskClient, password: str = PASSWORD, **more: str) -> str:
    page = client.get("/sign-in").text
    check_page(page, "/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token.group(1), "email": "lena.marsh@example.invalid", "password": password, **more}
    response = client.post("/sign-in", data=data, follow_redirects=True)
    check_page(response.text, response.request.path)
    return response.text


def test_the_right_password_opens_my_work(client: FlaskClient, person: Person) -> None:
    page = sign_in(client)
    assert "Nothing to do" in page
    assert "Lena Marsh, auditor" in page


def test_nobody_stays_signed_in_beyond_the_session(client: FlaskClient, person: Person) -> None:
    assert "My work" in sign_in(client, remember="y")
    assert client.get_cookie("remember_token") is None


def test_a_wrong_password_says_the_same_as_an_unknown_address(client: FlaskClient, person: Person) -> None:
    wrong = sign_in(client, "something else altogether")
    unknown = sign_in(client, email="nobody@example.invalid")
    sentence = "The e-mail address or the password is not right."
    assert sentence in wrong
    assert sentence in unknown


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(
    client: FlaskClient, person: Person, clock: FixedClock
) -> None:
    for _ in range(5):
        sign_in(client, "something else altogether")
    refused = sign_in(client)
    assert "My work" not in refused
    assert "After 5 wrong tries, wait 15 minutes before you try again." in refused
    clock.advance(timedelta(minutes=16))
    assert "My work" in sign_in(client)


def test_a_locked_account_says_the_same_as_an_unknown_address(client: FlaskClient, person: Person) -> None:
    def said(email: str, password: str) -> str:
        page = re.sub(r'name="(csrf_token|key)"[^>]*value="[^"]+"', "", sign_in(client, password, email=email))
        return page.replace(email, "")

    for _ in range(5):
        sign_in(client, "something else altogether")
    locked = said("lena.marsh@example.invalid", PASSWORD)
    assert locked == said("lena.marsh@example.invalid", "something else altogether")
    assert locked == said("nobody@example.invalid", "something else altogether")


def test_pages_need_signing_in_and_lead_back_afterwards(client: FlaskClient, person: Person) -> None:
    response = client.get("/work")
    assert response.status_code == 302
    assert "next=%2Fwork" in response.location or "next=/work" in response.location


def test_an_invitation_link_sets_a_password_once(
    app: Flask, client: FlaskClient, database: Database, person: Person, clock: FixedClock
) -> None:
    secret = house(app).settings.secret_key
    link = make_link(person, secret_key=secret, base_url="", at=clock.now())
    form = client.get(link).text
    check_page(form, link)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    short = client.post(link, data={"csrf_token": token.group(1), "password": "short"})
    assert "at least 12 characters" in short.text
    done = client.post(
        link, data={"csrf_token": token.group(1), "password": "a new long password"}, follow_redirects=True
    )
    assert "My work" in done.text
    assert client.get(link).status_code == 400


def test_an_old_link_is_refused(app: Flask, client: FlaskClient, person: Person, clock: FixedClock) -> None:
    link = make_link(person, secret_key=house(app).settings.secret_key, base_url="", at=clock.now())
    clock.advance(timedelta(days=8))
    assert client.get(link).status_code == 400


def key_for(app: Flask, person: Person) -> str:
    with app.test_request_context():
        login_user(person)
        return new_key()


def test_text_sent_after_the_session_ended_is_given_back_to_the_same_person(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    typed = {"key": key_for(app, person), "reason": "A long text"}
    with app.test_request_context("/audits/1/domain", method="POST", data=typed):
        sealed = seal_form()
    assert "A long text" in sign_in(client, sealed=sealed)
    assert "A long text" not in sealed


def test_only_words_are_shown_again_and_everything_is_sent_again(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    typed = {"key": key_for(app, person), "reason": "A long text", "grade": "3", "go": "next_section"}
    with app.test_request_context("/audits/1/domain", method="POST", data=typed):
        sealed = seal_form()
    page = sign_in(client, sealed=sealed)
    assert 'name="go" value="next_section"' in page
    assert ">next_section<" not in page
    assert ">A long text<" in page


def test_text_of_somebody_else_is_not_given_back(
    app: Flask, client: FlaskClient, database: Database, person: Person
) -> None:
    with database.writing() as session:
        other = make_person(session, "Otto Grey", ["auditor"])
    typed = {"key": key_for(app, other), "reason": "Private"}
    with app.test_request_context("/audits/1/domain", method="POST", data=typed):
        sealed = seal_form()
    assert "Private" not in sign_in(client, sealed=sealed)
