"""The form of a sampling design, and the design as data that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_words import column_words
from forms.base import ChangeForm
from forms.dates import DateField, TimeField
from forms.fields import CheckboxesField, LongTextField, RadioField, SelectField, TextField, WholeNumberField
from forms.sample_numbers import NumberOrShareField, Share, check_total, fixed_numbers, fixed_text
from forms.validators import Between, Needed, NeededIf

__all__ = ["DesignSampleForm", "EnterOutcomeForm", "answers_of", "design_of", "offer", "rules_of"]

CLOSED, RECENT, AUDITED, RESTRICTED = (
    "Closed",
    "Opened less than {} days ago",
    "Audited in the last {} days",
    "Restricted record",
)
NO_WORKER, OVERLOOKED = "No team or worker yet", "Worker without an audited case for 12 months"
GROUPS = [
    ("case_type", "Kind of case"),
    ("team", "Team"),
    ("", "No groups: one draw from the whole list"),
]
RULES = [
    ("closed", "Closed cases"),
    ("recent", "Cases opened a short time ago"),
    ("audited", "Cases audited a short time ago"),
    ("restricted", "Restricted records"),
]
NEEDS = {"closed": "status", "recent": "opened", "audited": "last_audited", "restricted": "restricted"}
"""The column that each rule looks at."""
LIMITS = {
    "stratify": "draw by groups of it",
    "per_worker": "limit the cases of one worker",
    "per_family": "limit the cases of one family",
    "unallocated": "tell which cases have no worker",
    "overlooked": "tell whose work was not audited",
}
"""What each answer wants to do with a column."""


class DesignSampleForm(ChangeForm):
    """Size, groups, limits, exclusions and reserves; and where the draw's number comes from."""

    kind = RadioField(
        "How are the cases chosen?",
        [Needed("Choose how the cases are chosen.")],
        choices=[
            ("sample", "A random sample"),
            (
                "census",
                "Every case of a kind (census)",
                {
                    "hint": "Nothing is drawn, so the questions below do not matter. You say which cases on the next "
                    "page, and add each later list while the round is live."
                },
            ),
        ],
    )
    how_many = RadioField(
        "How many cases?",
        [Needed("Choose how many cases.")],
        choices=[
            ("number", "A number of cases"),
            (
                "all",
                "Every case that can be drawn",
                {"hint": "The limits for one worker and one family do not apply then, and there are no reserves."},
            ),
        ],
    )
    size = NumberOrShareField(
        "Number of cases",
        [NeededIf("how_many", {"number"}, "Enter the number of cases.")],
        description="A number, like 80, or a share of the cases that can be drawn, like 5%.",
    )
    stratify = RadioField("Draw by groups of", choices=GROUPS, description="Each group gets its share of the sample.")
    minimum = WholeNumberField("At least this many from each group", [Between(0, 10_000)])
    fixed = LongTextField(
        "Your own number for each group",
        max_length=4000,
        description="Leave empty for proportionate shares. Otherwise one line a group, such as “Assessment East: 12”. "
        "They take the place of the shares and of the least number of each group.",
    )
    per_worker = WholeNumberField(
        "At most this many cases of one worker", [Between(1, 1000)], description="Empty: no limit."
    )
    per_family = WholeNumberField(
        "At most this many cases of one family", [Between(1, 1000)], description="Empty: no limit."
    )
    rules = CheckboxesField("Leave out", choices=RULES)
    recent_days = WholeNumberField("Opened less than this many days ago", [Between(1, 3650)])
    audited_days = WholeNumberField("Audited less than this many days ago", [Between(1, 3650)])
    unallocated = RadioField(
        "Cases with no worker yet",
        choices=[
            ("together", "Stay in the list with the others"),
            ("group", "Form a small group of their own"),
            ("out", "Are left out; the trial says how many"),
        ],
    )
    unallocated_size = WholeNumberField(
        "How many of them", [Between(1, 10_000)], description="Empty: 2, or as many as the least number of a group."
    )
    reserves = WholeNumberField(
        "Reserves for each group",
        [Between(0, 1000)],
        description="Empty: a quarter of the group, at least 3. Reserves are used strictly in order.",
    )
    overlooked = CheckboxesField(
        "Workers",
        choices=[("yes", "Draw some cases first from workers without an audited case for 12 months")],
    )
    overlooked_size = WholeNumberField(
        "How many cases of these workers", [Between(1, 10_000)], description="Empty: a quarter of the sample."
    )
    seed_source = RadioField(
        "Where the draw’s number comes from",
        [Needed("Choose where the draw’s number comes from.")],
        choices=[
            (
                "product",
                "Made by the system after the design is locked",
                {"hint": "Nobody types it, nobody can ask for another."},
            ),
            ("public", "The outcome of a public event that has not happened yet"),
        ],
    )
    public_event = TextField(
        "The public event",
        [NeededIf("seed_source", {"public"}, "Name the public event.")],
        max_length=500,
        description="For example, the main numbers of the national lottery of 9 December 2026, in order.",
    )
    public_day = DateField("Day of the event", [NeededIf("seed_source", {"public"}, "Enter the day of the event.")])
    public_time = TimeField("Time of the event", [NeededIf("seed_source", {"public"}, "Enter the time of the event.")])


class EnterOutcomeForm(ChangeForm):
    """What came of the public event, before two witnesses."""

    outcome = TextField("Outcome of the event", [Needed("Enter the outcome of the public event.")])
    first_witness = SelectField("First witness", [Needed("Choose the first witness.")])
    second_witness = SelectField("Second witness", [Needed("Choose the second witness.")])


def design_of(
    form: DesignSampleForm,
    reference_date: date,
    columns: Collection[str],
    count_eligible: Callable[[Mapping[str, Any]], int],
) -> dict[str, Any]:
    """The design as data (auditflow.domain.sampling reads it). Raises BadInput with the field at fault.

    `count_eligible` says how many cases a design of every case has: it is asked where a share of them is wanted.
    """
    _refuse_missing(form, columns)
    design: dict[str, Any] = {
        "ref": "case_ref",
        "size": "all",
        "stratify": form.stratify.data or None,
        "minimum": form.minimum.data or 0,
        "allocation": "proportionate",
        "reserves": "quarter" if form.reserves.data is None else form.reserves.data,
        "reference_date": reference_date.isoformat(),
        "exclude": list(_rules(form, columns)),
    }
    if form.how_many.data == "all":
        return _census(form, design)
    typed = form.size.data
    design["size"] = typed.of(count_eligible(design)) if isinstance(typed, Share) else typed
    design["priority_strata"] = list(_priority(form, design["size"]))
    if form.per_worker.data:
        design["per_worker"] = {"column": "worker", "most": form.per_worker.data}
    if form.per_family.data:
        design["more_caps"] = [{"column": "family", "most": form.per_family.data}]
    return design | _own_numbers(form, design)


def _refuse_missing(form: DesignSampleForm, columns: Collection[str]) -> None:
    """A list without the column cannot do what is asked; the page does not offer it."""
    apart = form.unallocated.data in ("group", "out")
    asked = {
        "stratify": form.stratify.data,
        "per_worker": "worker" if form.per_worker.data else "",
        "per_family": "family" if form.per_family.data else "",
        "unallocated": "worker" if apart else "",
        "overlooked": "worker_last_audited" if form.overlooked.data else "",
    }
    for field, column in asked.items():
        if column and column not in columns:
            sentence = f"This list has no column “{column_words(column)}”, so it cannot {LIMITS[field]}."
            raise BadInput(sentence, field=field)


def _census(form: DesignSampleForm, design: dict[str, Any]) -> dict[str, Any]:
    """Every case: no limit may keep one out, and a group of its own has all of its cases."""
    if form.fixed.data:
        raise BadInput(
            "Every case is taken, so no group has a number of its own. Empty this box, or choose a number of cases.",
            field="fixed",
        )
    return design | {"priority_strata": [_without_size(entry) for entry in _priority(form, 0)]}


def _without_size(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "size"}


def _own_numbers(form: DesignSampleForm, design: Mapping[str, Any]) -> dict[str, Any]:
    if not form.fixed.data:
        return {}
    if not form.stratify.data:
        raise BadInput("Choose the groups before you give each a number of its own.", field="stratify")
    numbers = fixed_numbers(form.fixed.data, form.stratify.data)
    check_total(design["size"], numbers, {entry["name"]: entry["size"] for entry in design["priority_strata"]})
    return {"allocation": {"fixed": numbers}, "minimum": 0}


def _rules(form: DesignSampleForm, columns: Collection[str]) -> list[dict[str, Any]]:
    recent, audited = form.recent_days.data or 28, form.audited_days.data or 180
    found = rules_of(set(form.rules.data or ()), columns, recent=recent, audited=audited)
    if form.unallocated.data == "out":
        found.append({"reason": NO_WORKER, "column": "worker", "blank": True})
    return found


def rules_of(
    chosen: Collection[str], columns: Collection[str], *, recent: int = 28, audited: int = 180
) -> list[dict[str, Any]]:
    """The exclusions that some keys of RULES stand for, in order. Raises BadInput where the list lacks a column."""
    for rule in chosen:
        if NEEDS[rule] not in columns:
            raise BadInput(
                f"This list has no column for “{dict(RULES)[rule]}”, so they cannot be left out.", field="rules"
            )
    known: dict[str, dict[str, Any]] = {
        "closed": {"reason": CLOSED, "column": "status", "not_in": ["Open"]},
        "recent": {"reason": RECENT.format(recent), "column": "opened", "within_days": recent},
        "audited": {"reason": AUDITED.format(audited), "column": "last_audited", "within_days": audited},
        "restricted": {"reason": RESTRICTED, "column": "restricted", "in": ["Yes"]},
    }
    return [rule for key, rule in known.items() if key in chosen]


def _priority(form: DesignSampleForm, size: int) -> list[dict[str, Any]]:
    """The groups that are drawn before the others, of a sample of so many cases."""
    found: list[dict[str, Any]] = []
    if form.unallocated.data == "group":
        number = form.unallocated_size.data or max(form.minimum.data or 0, 2)
        found.append({"name": NO_WORKER, "column": "worker", "blank": True, "size": number})
    if form.overlooked.data:
        rule = {"column": "worker_last_audited", "older_than_days": 365, "filled": "worker"}
        found.append({"name": OVERLOOKED, **rule, "size": form.overlooked_size.data or max(1, -(-size // 4))})
    return found


def answers_of(design: Mapping[str, Any], columns: Collection[str]) -> dict[str, Any]:
    """What the form shows for a design; for none yet, the defaults that this list allows."""
    if not design:
        rules = [key for key, _ in RULES if NEEDS[key] in columns]
        groups = next((column for column, _ in GROUPS if column in columns), "")
        plain = {"how_many": "number", "size": 80, "stratify": groups, "minimum": 2 if groups else None}
        limits = {"per_worker": 2 if "worker" in columns else None, "per_family": 1 if "family" in columns else None}
        return plain | limits | {"rules": rules, "recent_days": 28, "audited_days": 180, "unallocated": "together"}
    fixed = design["allocation"]["fixed"] if isinstance(design.get("allocation"), Mapping) else {}
    excluded = {rule["column"]: rule for rule in design.get("exclude", [])}
    priority = {entry["name"]: entry.get("size") for entry in design.get("priority_strata", [])}
    size = design.get("size")
    return {
        "how_many": "all" if size == "all" else "number",
        "size": size if isinstance(size, int) else None,
        "stratify": design.get("stratify") or "",
        "minimum": design.get("minimum"),
        "fixed": fixed_text(fixed),
        "per_worker": (design.get("per_worker") or {}).get("most"),
        "per_family": next((cap["most"] for cap in design.get("more_caps", [])), None),
        "rules": [key for key, column in NEEDS.items() if column in excluded],
        "recent_days": excluded.get("opened", {}).get("within_days", 28),
        "audited_days": excluded.get("last_audited", {}).get("within_days", 180),
        "unallocated": "out" if "worker" in excluded else "group" if NO_WORKER in priority else "together",
        "unallocated_size": priority.get(NO_WORKER),
        "overlooked": ["yes"] if OVERLOOKED in priority else [],
        "overlooked_size": priority.get(OVERLOOKED),
        "reserves": design["reserves"] if isinstance(design.get("reserves"), int) else None,
    }


def offer(form: DesignSampleForm, columns: Collection[str]) -> None:
    """Show only what this list has the columns for."""
    form.stratify.choices = [choice for choice in form.stratify.choices if choice.value in (*columns, "")]
    form.rules.choices = [choice for choice in form.rules.choices if NEEDS[choice.value] in columns]
