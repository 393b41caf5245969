"""Fields that take what a browser, or anybody, may send and answer with a sentence.

Every field that stands for one answer refuses a second one; text is cleaned before it is looked at;
a field that was left out of the request is empty, never what the row had before.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms import fields as wtf
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm as AnyForm
from wtforms.validators import StopValidation, ValidationError

from forms import widgets
from forms.validators import Email

__all__ = [
    "MAX_TEXT",
    "CheckboxField",
    "CheckboxesField",
    "CountedTextField",
    "EmailField",
    "HiddenField",
    "KeyField",
    "LongTextField",
    "PasswordField",
    "RadioField",
    "SelectField",
    "TextField",
    "UploadField",
    "VersionField",
    "WholeNumberField",
    "clean_text",
]

MAX_TEXT = 20_000
"""Characters that one answer may have, after cleaning."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str, *, single_line: bool = False) -> str:
    """What a person meant to write: NFC, one kind of line end, no control characters, no blank edges.

    With `single_line`, every run of white space is one space.
    """
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return " ".join(text.split()) if single_line else text.strip()


class OneAnswer(Field):
    """Mixin: a field that may be sent once. Subclasses say in `read` what one answer is."""

    empty: Any = ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the one value sent; none is `empty`; more than one, or a file, is refused with a sentence."""
        self.data = self.empty
        if not valuelist:
            return
        if not isinstance(valuelist[0], str):
            raise ValueError(f"{self.label.text}: a file was sent where an answer belongs.")
        self.data = self.read(valuelist[0])
        if len(valuelist) > 1:
            raise ValueError(f"{self.label.text}: more than one answer was sent. Give one.")

    def read(self, text: str) -> Any:
        """The answer that `text` stands for."""
        return text


class TextField(OneAnswer, wtf.StringField):
    """One line of text, cleaned; at most `max_length` characters."""

    widget: widgets.Widget = widgets.TextInput()
    single_line = True

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = 200, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.max_length = max_length

    def read(self, text: str) -> str:
        """The cleaned text."""
        return clean_text(text, single_line=self.single_line)

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse text that is too long, saying how long it is."""
        length = len(self.data or "")
        if length > self.max_length:
            raise StopValidation(
                f"{self.label.text} must be {self.max_length:,} characters or fewer. It has {length:,}."
            )


class LongTextField(TextField):
    """Several lines of text, up to 20,000 characters."""

    widget = widgets.TextArea()
    single_line = False

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = MAX_TEXT, **kwargs: Any):
        super().__init__(label, validators, max_length=max_length, **kwargs)


class CountedTextField(LongTextField):
    """Several lines with a limit that people can meet, so the page counts the characters left."""

    widget = widgets.CountedTextArea()


class EmailField(TextField):
    """One e-mail address, up to 254 characters."""

    widget = widgets.TextInput(input_type="email", autocomplete="email", spellcheck="false")

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        super().__init__(label, [*validators, Email()], max_length=kwargs.pop("max_length", 254), **kwargs)


class PasswordField(OneAnswer, wtf.StringField):
    """A secret: taken exactly as typed, never shown again."""

    widget = widgets.PasswordInput()


class WholeNumberField(OneAnswer, wtf.Field):
    """A whole number; `1,200` and ` 80 ` are understood. `None` when empty. Limits: `validators.Between`."""

    widget = widgets.TextInput(inputmode="numeric", spellcheck="false", width=5)
    empty = None

    def read(self, text: str) -> int | None:
        """The number, or None for nothing; a sentence when it is not one."""
        digits = clean_text(text)
        if not digits:
            return None
        if not re.fullmatch(r"-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})", digits):
            raise ValueError(f"{self.label.text} must be a whole number, like 80.")
        return int(digits.replace(",", ""))

    def _value(self) -> str:
        if self.raw_data and isinstance(self.raw_data[0], str):
            return self.raw_data[0]
        return "" if self.data is None else str(self.data)


def _offered(choices: Any) -> Any:
    """Choices as WTForms wants them from 3.4 on; tuples are shorter to write. A function stays one."""
    if choices is None or callable(choices):
        return choices
    return [SelectChoice(*choice) if isinstance(choice, tuple) else choice for choice in choices]


class RadioField(OneAnswer, wtf.RadioField):
    """One of the answers shown. `choices`: (value, label) or (value, label, {"hint": ..., "class": ...}).

    Nothing chosen is `""`: pair with `Needed` when an answer is needed.
    """

    widget: widgets.Widget = widgets.Radios()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, choices: Any = None, **kwargs: Any):
        super().__init__(label, validators, choices=_offered(choices), validate_choice=False, **kwargs)

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse an answer that was not offered."""
        if self.data and str(self.data) not in {str(choice.value) for choice in self.iter_choices()}:
            raise StopValidation(f"{self.label.text}: choose one of the answers shown.")


class SelectField(RadioField):
    """One of a list too long for radios; give an empty first choice such as `("", "Choose a team")`."""

    widget = widgets.Select()


class CheckboxesField(wtf.SelectMultipleField):
    """Any number of the answers shown, each at most once. `data` is a list of values, empty when none."""

    widget = widgets.Checkboxes()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, choices: Any = None, **kwargs: Any):
        super().__init__(label, validators, choices=_offered(choices), validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep each value once; what is not text cannot be an answer."""
        self.data = list(dict.fromkeys(value for value in valuelist if isinstance(value, str)))

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse answers that were not offered."""
        offered = {str(choice.value) for choice in self.iter_choices()}
        if not {str(value) for value in self.data or []} <= offered:
            raise StopValidation(f"{self.label.text}: choose only from the answers shown.")


class CheckboxField(OneAnswer, wtf.BooleanField):
    """One box to tick. `data` is True or False."""

    widget = widgets.Checkbox()
    empty = False

    def read(self, text: str) -> bool:
        """Ticked, whatever the value is that the browser sends for a tick."""
        return text not in self.false_values


class UploadField(wtf.FileField):
    """One file. `data` is the uploaded file (with `filename` and `stream`) or None.

    `extensions` like `(".csv", ".xlsx")` are checked by name only: the reader decides what the bytes are.
    """

    widget = widgets.FileInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, extensions: Sequence[str] = (), **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.extensions = tuple(extensions)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the one file sent; an empty file input, or text in its place, is no file."""
        files = [value for value in valuelist if getattr(value, "filename", "")]
        self.data = files[0] if files else None
        if len(files) > 1:
            raise ValueError(f"{self.label.text}: more than one file was sent. Choose one.")

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse a file of a kind that cannot be read."""
        if self.data and self.extensions and not self.data.filename.lower().endswith(self.extensions):
            kinds = " or ".join(filter(None, (", ".join(self.extensions[:-1]), self.extensions[-1])))
            raise StopValidation(f"Choose a file whose name ends in {kinds}.")


class HiddenField(OneAnswer, wtf.StringField):
    """A hidden value that a page carries; printed by `form.hidden_fields()`."""

    widget = widgets.HiddenInput()
    error_target = "main"


_OUT_OF_DATE = "This page was out of date or incomplete. What you typed is still here: check it and send it again."


class KeyField(HiddenField):
    """An idempotency key, made with the page: the same key twice does a thing once."""

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse a missing or odd key, and put a fresh one in the page."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,48}", self.data or ""):
            self.data = self.default() if callable(self.default) else ""
            raise ValidationError(_OUT_OF_DATE)


class VersionField(HiddenField):
    """The version of the row when the page was made. `data` is an int, or None when unusable."""

    empty = None

    def read(self, text: str) -> int | None:
        """The number, or None."""
        return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse a page without a version."""
        if self.data is None:
            raise ValidationError(_OUT_OF_DATE)
