"""The four grades, their names, and how they are read from a file or a form.

"Not applicable" is never a grade: it is None, leaves the denominator, and is counted beside it.
"""

import re
from enum import IntEnum

from auditflow.domain.errors import BadInput

__all__ = ["Grade", "good_or_better", "parse_grade"]

_LONG = {1: "Inadequate", 2: "Requires improvement to be good", 3: "Good", 4: "Outstanding"}
_SHORT = {1: "Inadequate", 2: "Requires improvement", 3: "Good", 4: "Outstanding"}
_CODES = {1: "I", 2: "RI", 3: "G", 4: "O"}
_JOINED = re.compile(r"(?<=[A-Za-z])[-_](?=[A-Za-z])")
_NOT_A_GRADE = frozenset({"", "na", "n/a", "n.a.", "#n/a", "not applicable"})


class Grade(IntEnum):
    """A grade of practice, ordered from Inadequate (1) to Outstanding (4)."""

    INADEQUATE = 1
    REQUIRES_IMPROVEMENT = 2
    GOOD = 3
    OUTSTANDING = 4

    @property
    def long_name(self) -> str:
        """The full name: "Requires improvement to be good"."""
        return _LONG[self.value]

    @property
    def short_name(self) -> str:
        """The name for tables and charts: "Requires improvement"."""
        return _SHORT[self.value]

    @property
    def code(self) -> str:
        """One or two letters for narrow columns: I, RI, G, O."""
        return _CODES[self.value]

    @property
    def good_or_better(self) -> bool:
        """Whether the grade is Good or Outstanding."""
        return self >= Grade.GOOD

    @classmethod
    def parse(cls, value: object) -> "Grade | None":
        """Read a grade: see `parse_grade`."""
        return parse_grade(value)


_READ = {
    **{str(grade.value): grade for grade in Grade},
    **{f"{grade.value}.0": grade for grade in Grade},
    **{name.lower(): Grade(value) for names in (_LONG, _SHORT, _CODES) for value, name in names.items()},
}


def parse_grade(value: object) -> Grade | None:
    """Read 1–4, a long or short name, or a code, in any case; blank and "NA" give None (not applicable).

    Spreadsheets' whole floats ("3.0") and words joined by "_" or "-" are accepted too. Raises BadInput,
    naming the value and what is allowed, for anything else.
    """
    if value is None:
        return None
    text = " ".join(_JOINED.sub(" ", _plain(value)).split()).lower()
    if text in _NOT_A_GRADE:
        return None
    grade = _READ.get(text)
    if grade is None:
        raise BadInput(
            f"“{value}” is not a grade. Use 1 to 4, or Inadequate, Requires improvement (RI), Good or "
            "Outstanding; leave it blank, or write NA, when it does not apply.",
            code="unknown_grade",
        )
    return grade


def _plain(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))  # an IntEnum too, whose own text is its name
    return str(value)


def good_or_better(grade: Grade | int | None) -> bool | None:
    """Whether a grade is Good or Outstanding; None (not applicable) stays None."""
    return None if grade is None else grade >= Grade.GOOD
