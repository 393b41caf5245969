"""GOV.UK widgets: a field of `forms.fields` as the design system's HTML.

The HTML stands in `templates/macros/fields.html` and is rendered by an environment of its own, so a form
needs no Flask. A test holds it against govuk-frontend-jinja's macros; ours render many times faster,
because they do only what auditflow's forms ask for (docs/adr/0010).

Options that every widget takes when a template calls the field, `{{ form.reason(rows=4) }}`:
`label`, `label_size` (s, m, l, hidden or empty), `hint`, `classes`, `group_classes`; anything else becomes
an HTML attribute (`data_x` as `data-x`).
"""

from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from wtforms import Field

__all__ = [
    "Checkbox",
    "Checkboxes",
    "CountedTextArea",
    "DateInput",
    "FileInput",
    "HiddenInput",
    "PasswordInput",
    "Radios",
    "Select",
    "TextArea",
    "TextInput",
]


@cache
def _macros() -> Any:
    environment = Environment(loader=PackageLoader("auditflow"), autoescape=True)
    return environment.get_template("macros/fields.html").module


class Widget:
    """What all widgets share: label, hint, error, and the ids that tie them together."""

    macro = "text_input"
    defaults: dict[str, Any] = {"label_size": "s"}
    own_options: tuple[str, ...] = ()

    def __init__(self, **defaults: Any):
        self.defaults = {**type(self).defaults, **defaults}

    def __call__(self, field: Field, **options: Any) -> Markup:
        """The field's HTML; options override the widget's own."""
        options = {**self.defaults, **options}
        plain = {name: options.pop(name, "") for name in ("classes", "group_classes", "label_size")}
        given = {name: options.pop(name, None) for name in self.own_options}
        shown = {
            "id": field.id,
            "name": field.name,
            "label": options.pop("label", None) or field.label.text,
            "hint": options.pop("hint", None) or field.description,
            "error": field.errors[0] if field.errors else "",
            **plain,
            **given,
        }
        shown["described_by"] = self.described_by(shown)
        shown["attributes"] = {name.replace("_", "-"): value for name, value in options.items()}
        return self.render(shown, self.contents(field, shown))

    def render(self, shown: dict[str, Any], contents: dict[str, Any]) -> Markup:
        """The macro's HTML."""
        html: Markup = getattr(_macros(), self.macro)(shown, **contents)
        return html

    def described_by(self, shown: dict[str, Any]) -> str:
        """The ids of what is read out with the input: hint, then error."""
        return " ".join(f"{shown['id']}-{part}" for part in ("hint", "error") if shown[part])

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """What the macro needs besides the shared part."""
        return {"value": field._value()}


class TextInput(Widget):
    """One line. Options: `width` (2, 3, 4, 5, 10, 20), `suffix` such as "%"."""

    defaults = {"label_size": "s", "input_type": "text"}
    own_options = ("width", "suffix", "input_type")


class PasswordInput(Widget):
    """A secret, with a button that shows it; the value is never sent back."""

    macro = "password_input"
    defaults = {"label_size": "s", "autocomplete": "current-password"}

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """Nothing: a secret is not put into a page."""
        return {}


class TextArea(Widget):
    """Several lines. Options: `rows`."""

    macro = "text_area"
    own_options = ("rows",)

    def render(self, shown: dict[str, Any], contents: dict[str, Any]) -> Markup:
        """What stands before the typed text is the same for every audit, so it is kept."""
        opening = _macros().text_area_opening(shown) if shown["error"] else _kept_opening(_pairs(shown))
        html: Markup = _macros().text_area(opening, **contents)
        return html


class CountedTextArea(TextArea):
    """Several lines with the number of characters left."""

    macro = "counted_text_area"

    def described_by(self, shown: dict[str, Any]) -> str:
        """The count comes first, as in the design system."""
        return f"{shown['id']}-info {super().described_by(shown)}".strip()

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The text and its limit."""
        return {"value": field._value(), "max_length": field.max_length}

    def render(self, shown: dict[str, Any], contents: dict[str, Any]) -> Markup:
        """The macro's HTML: there are few of them, so nothing is kept."""
        return Widget.render(self, shown, contents)


def _items(field: Field, reveal: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The choices of a field as the macros want them; the first has the field's own id."""
    return [
        {
            "id": field.id if index == 0 else f"{field.id}-{index + 1}",
            "value": choice.value,
            "text": choice.label,
            "checked": choice.selected,
            "hint": choice.render_kw.get("hint", ""),
            "class": choice.render_kw.get("class", ""),
            "reveal": (reveal or {}).get(choice.value, ""),
        }
        for index, choice in enumerate(field.iter_choices())
    ]


class Radios(Widget):
    """One answer of several. Options: `inline`, `small`, `grades` (description beside each answer),
    `reveal`: {value: HTML shown under the answer when it is chosen, and always without JavaScript}.
    """

    macro = "radios"
    own_options = ("inline", "small", "grades", "reveal")

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The answers."""
        return {"items": _items(field, shown["reveal"])}

    def render(self, shown: dict[str, Any], contents: dict[str, Any]) -> Markup:
        """Nothing typed stands in it, so it is kept: a page of an audit is mostly radios, and few differ."""
        if shown["error"] or shown["reveal"]:
            return super().render(shown, contents)
        return _kept_radios(_pairs(shown), tuple(tuple(i.items()) for i in contents["items"]))


Pairs = tuple[tuple[str, Any], ...]


def _pairs(shown: dict[str, Any]) -> Pairs:
    """What a widget shows, as a key to keep its HTML under."""
    return tuple({**shown, "attributes": tuple(shown["attributes"].items())}.items())


def _shown(pairs: Pairs) -> dict[str, Any]:
    known = dict(pairs)
    known["attributes"] = dict(known["attributes"])
    return known


@lru_cache(maxsize=4096)
def _kept_radios(shown: Pairs, items: tuple[Pairs, ...]) -> Markup:
    html: Markup = _macros().radios(_shown(shown), items=[dict(item) for item in items])
    return html


@lru_cache(maxsize=1024)
def _kept_opening(shown: Pairs) -> Markup:
    html: Markup = _macros().text_area_opening(_shown(shown))
    return html


class Checkboxes(Widget):
    """Several answers. Options: `small`, `reveal`."""

    macro = "checkboxes"
    own_options = ("small", "reveal")

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The answers."""
        return {"items": _items(field, shown["reveal"])}


class Checkbox(Widget):
    """A single box: its label stands beside it, without a legend."""

    macro = "checkbox"

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """Whether it is ticked."""
        return {"checked": bool(field.data)}


class Select(Widget):
    """A list to choose from."""

    macro = "select"

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The options."""
        return {"items": _items(field, None)}


class DateInput(Widget):
    """Three boxes: day, month, year. The error marks only the boxes at fault; the link goes to the first."""

    macro = "date_input"

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The boxes."""
        marked = (field.bad_parts or ("day", "month", "year")) if field.errors else ()
        return {
            "boxes": [
                {
                    "id": field.part_id(part),
                    "label": part.capitalize(),
                    "value": value,
                    "error": part in marked,
                    "width": 4 if part == "year" else 2,
                }
                for part, value in field.parts().items()
            ]
        }


class FileInput(Widget):
    """One file. Accepts what the field's `extensions` say."""

    macro = "file_input"

    def contents(self, field: Field, shown: dict[str, Any]) -> dict[str, Any]:
        """The kinds of file to offer."""
        return {"accept": ",".join(field.extensions)}


class HiddenInput(Widget):
    """A value that only the page carries."""

    macro = "hidden_input"
