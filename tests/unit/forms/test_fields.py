"""Text, numbers, choices and files: whatever is sent ends in an answer or in a sentence."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from forms.base import BaseForm
from forms.fields import (
    CheckboxesField,
    CheckboxField,
    CountedTextField,
    EmailField,
    LongTextField,
    PasswordField,
    RadioField,
    SelectField,
    TextField,
    UploadField,
    WholeNumberField,
    clean_text,
)
from forms.validators import Between, Needed

CHOICES = [("yes", "Yes"), ("no", "No")]


class Questions(BaseForm):
    line = TextField("Name of the round")
    text = LongTextField("Reason")
    note = CountedTextField("Note", max_length=5)
    email = EmailField("Email address")
    password = PasswordField("Password")
    number = WholeNumberField("Sample size", [Between(1, 500)])
    radio = RadioField("Seen alone", choices=CHOICES)
    needed = RadioField("Grade", [Needed("Select a grade.")], choices=CHOICES)
    select = SelectField("Team", choices=[("", "Choose a team"), ("1", "East")])
    many = CheckboxesField("Who took part", choices=CHOICES)
    tick = CheckboxField("I am sure")
    upload = UploadField("Case list", extensions=(".csv", ".xlsx"))


def send(*pairs: tuple[str, object]) -> Questions:
    form = Questions(MultiDict([("needed", "yes"), *pairs]))
    form.validate()
    return form


def errors(*pairs: tuple[str, object]) -> dict[str, list[str]]:
    return send(*pairs).errors


def file(name: str, content: bytes = b"a") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def test_text_is_cleaned() -> None:
    form = send(("line", "  Baseline\n\tDecember \x00 "), ("text", " first\r\nsecond\rthird \x0b"))
    assert form.line.data == "Baseline December"
    assert form.text.data == "first\nsecond\nthird"
    assert not form.errors


def test_text_is_composed() -> None:
    assert clean_text("e\u0301") == "\u00e9"


@given(st.text())
def test_clean_text_is_stable_and_storable(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert "\r" not in cleaned
    cleaned.encode("utf-8")


def test_an_answer_may_have_20000_characters_and_not_one_more() -> None:
    assert not errors(("text", "x" * 20_000))
    assert errors(("text", "x" * 20_001)) == {"text": ["Reason must be 20,000 characters or fewer. It has 20,001."]}


def test_line_ends_count_once() -> None:
    assert not errors(("text", "\r\n".join("x" * 10_000)))


def test_a_text_that_is_too_long_is_shown_again_in_full() -> None:
    form = send(("note", "longer"))
    assert form.note.errors == ["Note must be 5 characters or fewer. It has 6."]
    assert "longer" in form.note()


def test_an_answer_left_out_is_empty_and_not_what_the_row_had() -> None:
    form = Questions(MultiDict(), data={"text": "as it was", "number": 3, "tick": True, "radio": "yes"})
    assert (form.text.data, form.number.data, form.tick.data, form.radio.data) == ("", None, False, "")


def test_without_a_post_the_row_is_shown() -> None:
    form = Questions(data={"text": "as it was", "number": 3, "radio": "yes"})
    assert "as it was" in form.text()
    assert 'value="3"' in form.number()
    assert 'value="yes" checked' in form.radio()


@pytest.mark.parametrize("name", ["line", "text", "note", "email", "password", "number", "radio", "select", "tick"])
def test_a_second_answer_is_refused(name: str) -> None:
    values = {"email": "a@b.uk", "number": "1", "radio": "yes", "select": "1"}
    value = values.get(name, "x")
    form = send((name, value), (name, value))
    label = form[name].label.text
    assert form.errors == {name: [f"{label}: more than one answer was sent. Give one."]}


@pytest.mark.parametrize("name", ["line", "text", "note", "email", "password", "number", "radio", "select", "tick"])
def test_a_file_in_place_of_an_answer_is_refused(name: str) -> None:
    form = send((name, file("x.csv")))
    assert form.errors == {name: [f"{form[name].label.text}: a file was sent where an answer belongs."]}
    assert form[name]()


@pytest.mark.parametrize(("name", "label"), [("radio", "Seen alone"), ("select", "Team")])
def test_an_answer_that_was_not_offered_is_refused(name: str, label: str) -> None:
    assert errors((name, "perhaps")) == {name: [f"{label}: choose one of the answers shown."]}


def test_choices_may_come_late_and_as_a_function() -> None:
    form = Questions(MultiDict({"needed": "yes", "select": "7"}))
    form.select.choices = [("", "Choose a team"), (7, "West")]
    assert form.validate()
    assert '<option value="7" selected>West</option>' in form.select()


def test_a_needed_answer_says_what_to_do_once() -> None:
    form = Questions(MultiDict())
    assert not form.validate()
    assert form.errors == {"needed": ["Select a grade."]}
    twice = Questions(MultiDict([("needed", "yes"), ("needed", "no")]))
    assert not twice.validate()
    assert twice.needed.errors == ["Grade: more than one answer was sent. Give one."]


def test_many_answers_are_kept_once_each_in_order() -> None:
    form = send(("many", "no"), ("many", "yes"), ("many", "no"))
    assert form.many.data == ["no", "yes"]
    assert not form.errors


def test_many_answers_must_all_have_been_offered() -> None:
    assert errors(("many", "yes"), ("many", "x")) == {"many": ["Who took part: choose only from the answers shown."]}


@pytest.mark.parametrize(
    ("typed", "number"), [("80", 80), (" 80 ", 80), ("3,679", 3679), ("", None), ("  ", None), ("007", 7)]
)
def test_whole_numbers(typed: str, number: int | None) -> None:
    form = send(("number", typed))
    assert form.number.data == number
    assert form.errors == ({"number": ["Sample size must be 500 or fewer."]} if typed == "3,679" else {})


@pytest.mark.parametrize("typed", ["eighty", "8.5", "1,2", "1 2", "1e3", "٣", "²", "9" * 16, "--1", "NaN"])
def test_what_is_no_whole_number_is_shown_again(typed: str) -> None:
    form = send(("number", typed))
    assert form.errors == {"number": ["Sample size must be a whole number, like 80."]}
    assert f'value="{typed}"' in form.number()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("0", "Sample size must be 1 or more."), ("501", "Sample size must be 500 or fewer.")]
)
def test_numbers_have_limits(typed: str, sentence: str) -> None:
    assert errors(("number", typed)) == {"number": [sentence]}


@pytest.mark.parametrize("typed", ["name@example.com", "o'brien+x@mail.example.gov.uk", "", " name@example.com "])
def test_email_addresses(typed: str) -> None:
    assert not errors(("email", typed))


@pytest.mark.parametrize("typed", ["name", "a@b", "a@@b.uk", "a b@c.uk", "a@b..uk", "a@b.uk, c@d.uk", "a@b.uk;x@y.uk"])
def test_what_is_no_email_address(typed: str) -> None:
    assert errors(("email", typed)) == {
        "email": ["Enter an e-mail address in the correct format, like name@example.com."]
    }


def test_a_password_is_taken_as_typed_and_never_shown() -> None:
    form = send(("password", "  e\u0301 secret  "))
    assert form.password.data == "  e\u0301 secret  "
    assert "secret" not in form.password()


def test_a_tick_is_true_whatever_its_value() -> None:
    assert send(("tick", "on")).tick.data is True
    assert send().tick.data is False
    assert send(("tick", "false")).tick.data is False


def test_one_file_of_a_kind_that_can_be_read() -> None:
    form = send(("upload", file("List.XLSX")))
    assert form.upload.data.filename == "List.XLSX"
    assert not form.errors


def test_no_file_and_text_in_its_place_are_no_file() -> None:
    assert send(("upload", file(""))).upload.data is None
    assert send(("upload", "text")).upload.data is None


def test_files_that_cannot_be_taken() -> None:
    assert errors(("upload", file("list.pdf"))) == {"upload": ["Choose a file whose name ends in .csv or .xlsx."]}
    two = errors(("upload", file("a.csv")), ("upload", file("b.csv")))
    assert two == {"upload": ["Case list: more than one file was sent. Choose one."]}


@given(st.lists(st.tuples(st.sampled_from(sorted(Questions()._fields)), st.text(max_size=30)), max_size=12))
def test_nothing_that_is_sent_breaks_the_form(pairs: list[tuple[str, str]]) -> None:
    form = Questions(MultiDict(pairs))
    form.validate()
    for field in form:
        assert field()
    assert all(len(found["text"]) > 5 for found in form.error_list())
