"""The forms that all others inherit from.

`BaseForm` is a plain WTForms form: the web layer checks the CSRF token before a view runs and templates
print it (`layout/csrf.html`). Bind it to what was posted with
`SomeForm(CombinedMultiDict([request.files, request.form]))`, or to nothing (`SomeForm(obj=row)`) on GET;
`None` as first argument means "not posted".
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup
from wtforms import Field, FieldList, Form, FormField

from forms.fields import HiddenField, KeyField, VersionField

__all__ = ["BaseForm", "ChangeForm", "CreateForm"]


def _fields_with_errors(fields: Iterable[Field]) -> Iterator[Field]:
    """The innermost fields that have an error, in the order of the page."""
    for field in fields:
        if isinstance(field, FormField):
            yield from _fields_with_errors(field.form)
        elif isinstance(field, FieldList) and field.entries:
            yield from _fields_with_errors(field.entries)
        elif field.errors:
            yield field


class BaseForm(Form):
    """A form whose errors can be listed at the top of its page, each with a link to its field."""

    def error_list(self) -> list[dict[str, str]]:
        """The first error of each field as `{"text", "href"}`, then those of the whole form without `href`.

        The same sentence with the same link is given once.
        """
        errors = [
            (str(field.errors[0]), "#" + getattr(field, "error_target", field.id))
            for field in _fields_with_errors(self)
        ]
        errors += [(str(text), "") for text in self.form_errors]
        return [{"text": text, "href": href} for text, href in dict.fromkeys(errors)]

    def add_error(self, text: str, field: str | None = None) -> None:
        """Show a refusal of the service on this form: at `field` when the form has it, else at the top.

        Call it after `validate()`, with `refusal.sentence` and `refusal.field`.
        """
        if field is not None and field in self and not isinstance(self[field], HiddenField):
            self[field].errors = [*self[field].errors, text]
        else:
            self.form_errors.append(text)

    def hidden_fields(self) -> Markup:
        """All hidden inputs of this form (not the CSRF token, which is the web layer's)."""
        return Markup("").join(field() for field in self if isinstance(field, HiddenField))


class CreateForm(BaseForm):
    """A form that makes something new: carries an idempotency key, so that a double click makes one thing."""

    key = KeyField("Key", default=lambda: secrets.token_urlsafe(16))


class ChangeForm(CreateForm):
    """A form that changes a row: also carries the row's version as it was when the page was made.

    `version.data` is an int once `validate()` has passed. Give it on GET: `SomeForm(version=row.version)`.
    """

    version = VersionField("Version")

    def sent(self) -> dict[str, Any]:
        """What was typed, without key and version: for a page that shows two versions of a text."""
        return {name: value for name, value in self.data.items() if name not in {"key", "version"}}
