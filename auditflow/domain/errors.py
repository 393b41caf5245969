"""Refusals: everything the product says no to, each with a sentence for the person who asked.

Every class here is an exception whose text is plain English, safe to show as it is: it says what is
wrong and, where there is one, what to do. `code` is a stable word for programs and tests; `field` names
the input at fault; `details` carries plain values (rows, counts) that a screen may want to show.
"""

from collections.abc import Mapping

__all__ = [
    "BadInput",
    "GuardRefused",
    "Misuse",
    "NotFound",
    "NotPermitted",
    "Refused",
    "Stale",
    "WrongState",
]


class Refused(Exception):
    """The product will not do this; the text is a sentence for a person.

    `code` distinguishes refusals of one class (a guard's name, for instance); it defaults to the class's
    own word. `field` is the name of the input at fault, if one is.
    """

    default_code = "refused"

    def __init__(
        self,
        sentence: str,
        *,
        code: str | None = None,
        field: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.default_code
        self.field = field
        self.details: dict[str, object] = dict(details or {})

    def __str__(self) -> str:
        return self.sentence


class WrongState(Refused):
    """The thing is no longer, or not yet, in a state where this may be done."""

    default_code = "wrong_state"


class NotPermitted(Refused):
    """The person does not hold a role, or a scope, that may do this."""

    default_code = "not_permitted"


class GuardRefused(Refused):
    """State and role allow it, but a named condition does not hold; `code` is the condition's name."""

    default_code = "guard_refused"


class Stale(Refused):
    """Somebody else changed the row after it was read: nothing was written, what was typed is kept."""

    default_code = "stale"


class Misuse(Refused):
    """The request contradicts an earlier one, such as one idempotency key used for two requests."""

    default_code = "misuse"


class NotFound(Refused):
    """There is no such thing, or none that this person may know of."""

    default_code = "not_found"


class BadInput(Refused):
    """A file, a design or an answer is not what it must be; `field` or `details` says where."""

    default_code = "bad_input"
