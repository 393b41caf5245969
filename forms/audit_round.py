"""Forms for planning and leading a round."""

from __future__ import annotations

from forms.base import ChangeForm, CreateForm
from forms.dates import DateField
from forms.fields import CheckboxField, LongTextField, RadioField, SelectField, TextField, WholeNumberField
from forms.validators import LAST_BEFORE_FIRST, Between, Needed, NotBefore

__all__ = [
    "ChooseListForm",
    "ExtendReservesForm",
    "ExtendRoundForm",
    "GiveReasonForm",
    "PlanRoundForm",
    "PressForm",
    "SetPolicyForm",
]


class PlanRoundForm(CreateForm):
    """Name, tool and dates of a new round."""

    name = TextField(
        "Name of the round",
        [Needed("Enter a name for the round.")],
        description="For example, Baseline, December 2026.",
    )
    tool_version_id = RadioField("Audit tool", [Needed("Choose an audit tool.")])
    starts_on = DateField(
        "First day", [Needed("Enter the first day of the round.")], description="For example, 30 11 2026."
    )
    ends_on = DateField(
        "Last day",
        [Needed("Enter the last day of the round."), NotBefore("starts_on", LAST_BEFORE_FIRST)],
        description="By this day every audit should be agreed.",
    )
    record_date = DateField(
        "Records are read as they were on",
        [Needed("Enter the day up to which records are read.")],
        description="Auditors judge the work up to this day; nothing recorded later counts.",
    )


class ChangePlanForm(PlanRoundForm, ChangeForm):
    """The same, of a round that is planned already."""


class ChooseListForm(ChangeForm):
    """The case list that the sample is drawn from."""

    frame_id = RadioField("Case list", [Needed("Choose a case list.")])


class SetPolicyForm(ChangeForm):
    """Which audits are moderated, and which cases are graded by a second auditor, blind."""

    random_percent = WholeNumberField(
        "Share of all cases that is moderated, chosen at random",
        [Needed("Enter the share, in per cent."), Between(0, 100)],
        description="Nobody can know beforehand which. How moderation moves grades is estimated from these only.",
    )
    random_least = WholeNumberField("At least this many cases", [Needed("Enter a number."), Between(0, 10_000)])
    inadequate = CheckboxField("Every audit graded Inadequate")
    outstanding = CheckboxField("Every audit graded Outstanding")
    concern = CheckboxField("Every audit with an immediate concern about a child")
    new_auditor_audits = WholeNumberField(
        "First audits of a newly trained auditor", [Needed("Enter a number, or 0."), Between(0, 1000)]
    )
    second_gradings = CheckboxField("A second auditor grades some cases, blind")
    second_percent = WholeNumberField(
        "Share of all cases that is graded twice, chosen at random",
        [Needed("Enter the share, in per cent."), Between(0, 100)],
        description="The second auditor sees nothing of the first grade. This measures how far auditors agree.",
    )
    second_least = WholeNumberField(
        "At least this many cases graded twice", [Needed("Enter a number."), Between(0, 10_000)]
    )


class PressForm(ChangeForm):
    """A page whose only answer is its button."""


class ExtendRoundForm(ChangeForm):
    """A later end, and why."""

    ends_on = DateField("New last day", [Needed("Enter the new last day.")], description="For example, 18 12 2026.")
    reason = LongTextField("Reason", [Needed("Give a reason.")], max_length=2000)


class ExtendReservesForm(ChangeForm):
    """More reserves, for one group of cases or for all."""

    stratum = RadioField("Which group of cases?", [Needed("Choose a group.")])
    more = WholeNumberField("How many more", [Needed("Enter how many more."), Between(1, 1000)])


class GiveReasonForm(ChangeForm):
    """A step that needs a reason and nothing else."""

    reason = LongTextField("Reason", [Needed("Give a reason.")], max_length=2000)


class AddCaseForm(ChangeForm):
    """A case added by hand."""

    ref = TextField(
        "Case reference",
        [Needed("Enter the case reference.")],
        description="As your case system has it, for example CF-20872.",
    )
    reason = LongTextField("Why this case is added", [Needed("Say why this case is added.")], max_length=2000)


class LeaveOutForm(ChangeForm):
    """A request that a case leaves the sample: a listed reason, and what happened."""

    reason_code = RadioField("Reason", [Needed("Choose one of the listed reasons.")])
    reason = LongTextField("What happened", [Needed("Say what happened, in a sentence.")], max_length=2000)


class MoveCaseForm(ChangeForm):
    """One case for another auditor."""

    person_id = SelectField("Auditor", [Needed("Choose an auditor.")])
    reason = LongTextField("Reason", max_length=2000)


class DecideRequestForm(ChangeForm):
    """Approve or refuse what somebody asked for."""

    decision = RadioField(
        "What do you decide?",
        [Needed("Choose approve or refuse.")],
        choices=[("approve", "Approve"), ("refuse", "Refuse")],
    )
    reason = LongTextField("Reason", max_length=2000, description="Needed if you refuse. Whoever asked reads it.")
