"""The form of a sampling design, and the design as data that it stands for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from auditflow.domain.errors import BadInput
from forms.base import ChangeForm
from forms.dates import DateField, TimeField
from forms.fields import CheckboxesField, LongTextField, RadioField, SelectField, TextField, WholeNumberField
from forms.validators import Between, Needed, NeededIf

__all__ = ["DesignSampleForm", "EnterOutcomeForm", "answers_of", "design_of", "rules_of"]

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
        choices=[("number", "A number of cases"), ("all", "Every case that can be drawn")],
    )
    size = WholeNumberField(
        "Number of cases", [NeededIf("how_many", {"number"}, "Enter the number of cases."), Between(1, 100_000)]
    )
    stratify = RadioField("Draw by groups of", choices=GROUPS, description="Each group gets its share of the sample.")
    minimum = WholeNumberField("At least this many from each group", [Between(0, 10_000)])
    fixed = LongTextField(
        "Your own number for each group",
        max_length=4000,
        description="Leave empty for proportionate shares. Otherwise one line a group, such as “Assessment East: 12”.",
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
            ("together", "Stay in the list, in their own group of cases"),
            ("group", "Form a small group of their own"),
            ("out", "Are left out, and counted"),
        ],
    )
    reserves = WholeNumberField(
        "Reserves for each group",
        [Between(0, 1000)],
        description="Empty: a quarter of the group, at least 3. Reserves are used strictly in order.",
    )
    overlooked = CheckboxesField(
        "Workers",
        choices=[("yes", "Draw first from workers without an audited case for 12 months")],
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


def design_of(form: DesignSampleForm, reference_date: date, columns: Collection[str]) -> dict[str, Any]:
    """The design as data (auditflow.domain.sampling reads it). Raises BadInput with the field at fault."""
    design: dict[str, Any] = {
        "ref": "case_ref",
        "size": "all" if form.how_many.data == "all" else form.size.data,
        "stratify": form.stratify.data or None,
        "minimum": form.minimum.data or 0,
        "allocation": "proportionate",
        "reserves": "quarter" if form.reserves.data is None else form.reserves.data,
        "reference_date": reference_date.isoformat(),
        "exclude": list(_rules(form, columns)),
        "priority_strata": list(_priority(form)),
    }
    if form.per_worker.data:
        design["per_worker"] = {"column": "worker", "most": form.per_worker.data}
    if form.per_family.data:
        design["more_caps"] = [{"column": "family", "most": form.per_family.data}]
    if form.fixed.data:
        design |= {"allocation": {"fixed": _fixed(form.fixed.data)}, "size": None}
        del design["size"]
    return design


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


def _priority(form: DesignSampleForm) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if form.unallocated.data == "group":
        found.append({"name": NO_WORKER, "column": "worker", "blank": True, "size": max(form.minimum.data or 0, 2)})
    if form.overlooked.data:
        found.append({"name": OVERLOOKED, "column": "worker_last_audited", "older_than_days": 365})
    return found


def _fixed(text: str) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, number = line.rpartition(":")
        if not name.strip() or not number.strip().isdigit():
            raise BadInput(
                f"Write “{line}” as a group, a colon and a number, such as “Assessment East: 12”.", field="fixed"
            )
        numbers[name.strip()] = int(number)
    return numbers


def answers_of(design: Mapping[str, Any], columns: Collection[str]) -> dict[str, Any]:
    """What the form shows for a design; for none yet, the defaults that this list allows."""
    if not design:
        rules = [key for key, _ in RULES if NEEDS[key] in columns]
        plain = {"how_many": "number", "size": 80, "stratify": "case_type", "minimum": 2, "per_worker": 2}
        family = {"per_family": 1} if "family" in columns else {}
        return plain | family | {"rules": rules, "recent_days": 28, "audited_days": 180, "unallocated": "together"}
    fixed = design["allocation"]["fixed"] if isinstance(design.get("allocation"), Mapping) else {}
    excluded = {rule["column"]: rule for rule in design.get("exclude", [])}
    priority = [entry["name"] for entry in design.get("priority_strata", [])]
    size = design.get("size")
    return {
        "how_many": "all" if size == "all" else "number",
        "size": size if isinstance(size, int) else sum(fixed.values()) or None,
        "stratify": design.get("stratify") or "",
        "minimum": design.get("minimum"),
        "fixed": "\n".join(f"{name}: {number}" for name, number in fixed.items()),
        "per_worker": (design.get("per_worker") or {}).get("most"),
        "per_family": next((cap["most"] for cap in design.get("more_caps", [])), None),
        "rules": [key for key, column in NEEDS.items() if column in excluded],
        "recent_days": excluded.get("opened", {}).get("within_days", 28),
        "audited_days": excluded.get("last_audited", {}).get("within_days", 180),
        "unallocated": "out" if "worker" in excluded else "group" if NO_WORKER in priority else "together",
        "overlooked": ["yes"] if OVERLOOKED in priority else [],
        "reserves": design["reserves"] if isinstance(design.get("reserves"), int) else None,
    }
