"""Every macro and every error page in one rendering: valid HTML, one h1, no style or script of its own."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.pages import check_page
from tests.preview.app import ERRORS, PAGES, create_preview

ADDRESSES = [f"/page/{name}" for name in PAGES] + ["/form", "/page/work?notices=1"]
ADDRESSES += [f"/error/{status}{query}" for status in ERRORS for query in ("", "?typed=1&sentence=Why")]
LEFT_OUT = re.compile(r"\b(frame|bridge|judgemental|eliminated|alerts?|severity)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_preview().test_client()


def main_of(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_valid_and_carries_no_style_or_script(client: FlaskClient, address: str) -> None:
    html = client.get(address).get_data(as_text=True)
    check_page(html, address)
    assert " style=" not in html
    assert "<style" not in html
    assert re.findall(r"<script[^>]*>", html) == ['<script type="module" src="/static/app.js">']
    assert not re.search(r"\son[a-z]+=", html)
    assert "None" not in main_of(html)


def test_a_form_with_errors_lists_them_first(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/form").get_data(as_text=True))
    assert token
    html = client.post("/form", data={"csrf_token": token[1], "version": "3", "key": "k" * 20}).get_data(as_text=True)
    check_page(html, "/form")
    assert "<title>Error: Every widget – Case audits – Exampleshire Council</title>" in html
    assert html.index("There is a problem") < html.index("<h1")
    assert '<a href="#ends">Enter the end date.</a>' in html


def test_a_post_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/form", data={"version": "3"}).status_code == 400


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_says_what_was_kept_and_what_to_do(client: FlaskClient, status: int) -> None:
    html = client.get(f"/error/{status}?typed=1&sentence=The+case+was+closed.").get_data(as_text=True)
    main = main_of(html)
    assert "The case was closed." in main
    assert "Visits happen on time.\nShe is seen alone." in main
    assert re.search(r"saved|nothing was lost|nothing was changed|safe", main, re.IGNORECASE)
    assert "Go to my work" in main
    assert not LEFT_OUT.search(re.sub(r"<[^>]+>", " ", html))


def test_an_error_page_needs_nothing_but_its_name(client: FlaskClient) -> None:
    app = create_preview()
    app.template_context_processors[None] = []
    with app.test_request_context():
        for status in ERRORS:
            html = app.jinja_env.get_template(f"errors/{status}.html").render(
                url_for=lambda *_a, **_k: "/static/x", get_flashed_messages=lambda **_k: []
            )
            check_page(html, str(status))


def test_the_header_names_council_person_and_roles(client: FlaskClient) -> None:
    html = client.get("/page/work").get_data(as_text=True)
    assert "Exampleshire Council</a>" in html
    assert "Zainab Frost, auditor and team manager</p>" in html
    assert 'aria-current="page"><strong class="govuk-service-navigation__active-fallback">My work (6)</strong>' in html
    assert ">Audits</a>" in html


def test_without_a_person_there_is_no_sign_out() -> None:
    app = create_preview()
    app.context_processor(lambda: {"person": None, "navigation": [], "role_names": []})
    html = app.test_client().get("/page/work").get_data(as_text=True)
    check_page(html, "/page/work")
    assert "Sign out" not in html
    assert 'aria-label="Menu"' not in html


def test_notices_are_announced(client: FlaskClient) -> None:
    html = client.get("/page/work?notices=1").get_data(as_text=True)
    assert html.count('role="alert"') == 1
    assert "Case CF-21144 is submitted." in html


def test_only_the_first_button_of_the_first_list_is_green(client: FlaskClient) -> None:
    main = main_of(client.get("/page/work").get_data(as_text=True))
    buttons = re.findall(r'class="(govuk-button[^"]*)"', main)
    assert buttons == ["govuk-button", "govuk-button govuk-button--secondary", "govuk-button govuk-button--secondary"]


def test_the_audit_noun_names_the_service() -> None:
    app = create_preview()
    app.context_processor(lambda: {"audit_noun": "practice learning review"})
    assert "– Practice learning reviews –" in app.test_client().get("/page/work").get_data(as_text=True)
