"""Forms of the case list pages: upload, which column is what, who a name is, freezing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from auditflow.domain.frame import CASE_TYPES, COLUMN_LABELS
from auditflow.domain.frame_headers import may_map
from auditflow.domain.frame_mapping import MAPPABLE, no_reference_found
from auditflow.domain.whole_number import read_whole_number
from forms.base import ChangeForm, CreateForm
from forms.dates import DateField
from forms.fields import CheckboxField, HiddenField, SelectField, TextField, UploadField
from forms.validators import DateBetween, Needed

__all__ = [
    "FreezeFrameForm",
    "MapColumnsForm",
    "MatchNameForm",
    "MatchNamesForm",
    "SheetColumns",
    "UploadFrameForm",
    "map_columns_form",
    "match_name_form",
]

KINDS = (".csv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")
NOT_THERE = "Not in this list"
CONSTANTS = tuple((f"={key}", f"Every row is: {label}") for key, label in CASE_TYPES.items())


class UploadFrameForm(CreateForm):
    """A file as the beginning of a case list; give `today` when it is bound."""

    today: date | None = None

    name = TextField("Name of the case list", [Needed("Enter a name for the case list.")])
    as_at = DateField(
        "Date of the list",
        [Needed("Enter the date of the list.")],
        description="The day on which the list was true, for example 27 3 2026.",
    )
    file = UploadField(
        "File",
        [Needed("Choose the file with the case list.")],
        extensions=KINDS,
        description="CSV or Excel, up to 64 MB. Annex A workbooks can be taken as they are.",
    )

    def validate_as_at(self, field: Any) -> None:
        """The list cannot be from a day that has not come yet."""
        if self.today is not None:
            DateBetween(None, self.today, "The date of the list cannot be in the future.")(self, field)


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One sheet as the mapping form needs it: `suggested` is {column of the list: heading}."""

    name: str
    headers: Sequence[str]
    suggested: Mapping[str, str] = field(default_factory=dict)


class MapColumnsForm(ChangeForm):
    """Which column of each sheet is what. Made by `map_columns_form`; fields are `s<number>-<column>`."""

    sheets: Sequence[SheetColumns] = ()

    def sheet_fields(self, number: int) -> list[Any]:
        """The selects of one sheet, in the order of the list's columns."""
        return [self[f"s{number}-{column}"] for column in MAPPABLE]

    def taken(self, number: int) -> Any:
        """The box that says whether cases are taken from the sheet."""
        return self[f"s{number}-use"]

    def lacking(self) -> str:
        """That nothing in the file looks like a case reference, with its headings; blank where something does."""
        if any(sheet.suggested for sheet in self.sheets):
            return ""
        return no_reference_found({sheet.name: sheet.headers for sheet in self.sheets}).sentence

    def mapping(self) -> dict[str, dict[str, str]]:
        """What was chosen, as `domain.frame_mapping` has it."""
        chosen: dict[str, dict[str, str]] = {}
        for number, sheet in enumerate(self.sheets):
            if self.taken(number).data:
                columns = {column: self[f"s{number}-{column}"].data for column in MAPPABLE}
                chosen[sheet.name] = {column: heading for column, heading in columns.items() if heading}
        return chosen

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Each sheet that is taken needs its reference, and at least one sheet is taken."""
        good = bool(super().validate(*args, **kwargs))
        mapping = self.mapping()
        if not mapping:
            self.form_errors.append(self.lacking() or "Choose at least one sheet to take cases from.")
            return False
        for number, sheet in enumerate(self.sheets):
            if sheet.name in mapping and "case_ref" not in mapping[sheet.name]:
                sentence = f"Choose the column of “{sheet.name}” that holds the case reference."
                self.add_error(sentence, f"s{number}-case_ref")
                good = False
        return good


def map_columns_form(sheets: Sequence[SheetColumns]) -> type[MapColumnsForm]:
    """The form for a file with these sheets, filled with what is suggested."""
    fields: dict[str, Any] = {"sheets": tuple(sheets)}
    for number, sheet in enumerate(sheets):
        taken = bool(sheet.suggested) or len(sheets) == 1
        fields[f"s{number}-use"] = CheckboxField(f"Take cases from “{sheet.name}”", default=taken)
        for column in MAPPABLE:
            fields[f"s{number}-{column}"] = SelectField(
                COLUMN_LABELS[column],
                choices=_choices(column, sheet.headers),
                default=sheet.suggested.get(column, ""),
            )
    return type("MapTheseColumnsForm", (MapColumnsForm,), fields)


def _choices(column: str, headers: Sequence[str]) -> list[tuple[str, str]]:
    """What may be chosen for a column: only headings that may become it, and for the kind of case fixed words."""
    fixed = list(CONSTANTS) if column == "case_type" else []
    return [("", NOT_THERE), *fixed, *((header, header) for header in headers if may_map(header, column))]


class MatchNameForm(CreateForm):
    """Who one name is: somebody of a list, or nobody here. Made by `match_name_form`."""

    kind = HiddenField("Kind")
    name = HiddenField("Name")
    target = SelectField("This is", choices=[])
    mark = SelectField("Or it is nobody who signs in here", choices=[])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Exactly one of the two is chosen."""
        good = bool(super().validate(*args, **kwargs))
        if good and bool(self.target.data) == bool(self.mark.data):
            both = "Choose one of the two, not both." if self.target.data else "Choose who this is, or what they are."
            self.add_error(both, "target")
            return False
        return good


def match_name_form(targets: Sequence[tuple[str, str]], marks: Mapping[str, str]) -> type[MatchNameForm]:
    """The form with these people or teams, and these marks, to choose from."""
    fields = {
        "target": SelectField("This is", choices=[("", "Choose"), *targets]),
        "mark": SelectField("Or it is nobody who signs in here", choices=[("", "Choose"), *marks.items()]),
    }
    return type("MatchThisNameForm", (MatchNameForm,), fields)


class MatchNamesForm(CreateForm):
    """The names of one page, answered together: `kind-0`, `name-0`, `answer-0` and so on; `rest` for all others."""

    marks: Mapping[str, str] = {}
    rest = HiddenField("All others on this page")

    def answers(self, posted: Mapping[str, str], most: int) -> list[tuple[str, str, str]]:
        """(kind, name, answer) of the names that have an answer: the number of a person or team, or a mark."""
        rest = self.rest.data if self.rest.data in self.marks else ""
        found = []
        for number in range(most):
            kind, name = posted.get(f"kind-{number}", ""), posted.get(f"name-{number}", "")
            answer = posted.get(f"answer-{number}", "") or rest
            if kind and name and (answer in self.marks or read_whole_number(answer) is not None):
                found.append((kind, name, answer))
        return found


class FreezeFrameForm(ChangeForm):
    """Freezing cannot be undone, so it is ticked."""

    checked = CheckboxField(
        "I have looked at the first cases and at the rows that were not taken",
        [Needed("Tick the box when you have looked at the first cases and at the rows that were not taken.")],
    )
