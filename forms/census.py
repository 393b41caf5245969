"""The forms of a census: which cases come in, taking them, and a later month's list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from forms.base import ChangeForm
from forms.fields import CheckboxesField, WholeNumberField
from forms.sample import NEEDS, NO_WORKER, RULES, rules_of
from forms.validators import Between

__all__ = ["DesignCensusForm", "TakeEveryForm", "answers_of_census", "census_of"]

OTHER_KIND, NOT_NEW = "Another kind of case", "Opened more than {} days before the list"
NO_WORKER_YET = "no_worker"


class DesignCensusForm(ChangeForm):
    """The rules that let a case in: its kind, how new it is, and what is left out."""

    kinds = CheckboxesField("Which kinds of case?", description="Tick none to audit every kind in the list.")
    new_days = WholeNumberField(
        "Only new cases: opened at most this many days before each list",
        [Between(1, 3650)],
        description="For example 31, where a list of new plans comes each month. Empty: whenever they were opened.",
    )
    rules = CheckboxesField(
        "Leave out",
        choices=[
            *((key, words) for key, words in RULES if key != "recent"),
            (NO_WORKER_YET, "Cases with no worker yet"),
        ],
    )
    audited_days = WholeNumberField("Audited less than this many days ago", [Between(1, 3650)])


class TakeEveryForm(ChangeForm):
    """A page that takes cases in has nothing but its button."""


def census_of(form: DesignCensusForm, reference_date: date, columns: Collection[str]) -> dict[str, Any]:
    """The design as data (auditflow.domain.sampling reads it). Raises BadInput with the field at fault."""
    exclude: list[dict[str, Any]] = []
    if form.kinds.data:
        exclude.append({"reason": OTHER_KIND, "column": "case_type", "not_in": sorted(form.kinds.data)})
    chosen = {rule for rule in form.rules.data or () if rule != NO_WORKER_YET}
    exclude += rules_of(chosen, columns, audited=form.audited_days.data or 180)
    if form.new_days.data:
        days = form.new_days.data
        exclude.append({"reason": NOT_NEW.format(days), "column": "opened", "older_than_days": days})
    if NO_WORKER_YET in (form.rules.data or ()):
        exclude.append({"reason": NO_WORKER, "column": "worker", "blank": True})
    return {
        "ref": "case_ref",
        "size": "all",
        "reserves": 0,
        "reference_date": reference_date.isoformat(),
        "exclude": exclude,
    }


def answers_of_census(design: Mapping[str, Any], columns: Collection[str]) -> dict[str, Any]:
    """What the form shows for a design; for none of a census yet, the defaults that this list allows."""
    rules = {rule["column"]: rule for rule in design.get("exclude", ())} if design.get("size") == "all" else None
    if rules is None:
        usual = [key for key in ("closed", "restricted") if NEEDS[key] in columns]
        return {"kinds": [], "new_days": 31 if "opened" in columns else None, "rules": usual, "audited_days": 180}
    left_out = [key for key, _ in RULES if key != "recent" and NEEDS[key] in rules]
    return {
        "kinds": rules.get("case_type", {}).get("not_in", []),
        "new_days": rules.get("opened", {}).get("older_than_days"),
        "rules": left_out + [NO_WORKER_YET] * ("worker" in rules),
        "audited_days": rules.get("last_audited", {}).get("within_days", 180),
    }
