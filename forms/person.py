"""Forms of the administrator's pages: people, teams, services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms.validators import ValidationError

from forms.base import ChangeForm, CreateForm
from forms.dates import DateField
from forms.fields import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    LongTextField,
    SelectField,
    TextField,
    WholeNumberField,
)
from forms.validators import Between, Needed
from workflows.roles import PERSON_ROLES

__all__ = [
    "DeactivatePersonForm",
    "HandOverForm",
    "NameServiceForm",
    "PersonForm",
    "SaveTeamForm",
    "person_form",
    "team_form",
]

Choices = Sequence[tuple[str, str]]
MOST_AUDITS = 500

ROLE_HINTS = {
    "auditor": "grades the cases allocated to them",
    "team_manager": "moderates other teams’ cases; owns their team’s actions",
    "practitioner": "is invited to reflect when one of their cases is audited",
    "qa_lead": "runs case lists, rounds, samples and disputes; sees every case",
    "head_of_service": "hears immediate concerns of their service; decides disputes of other services",
    "director": "approves removals and exemptions; decides what was passed up",
    "external_moderator": "moderates what is handed to them, until a date",
    "board_member": "sees published results, no case and no worker",
    "administrator": "looks after people, teams and time limits; no case content",
}


class PersonForm(ChangeForm):
    """Somebody who signs in. Made by `person_form`, which knows teams, services and managers."""

    name = TextField("Name", [Needed("Enter the person’s name.")])
    email = EmailField(
        "E-mail address",
        [Needed("Enter their e-mail address.")],
        description="They sign in with it, and messages go there.",
    )
    roles = CheckboxesField(
        "Roles",
        choices=[(key, label, {"hint": ROLE_HINTS[key]}) for key, label in PERSON_ROLES.items()],
    )
    team_id = SelectField("Team", choices=[])
    service_id = SelectField("Service", choices=[])
    manager_id = SelectField("Manager", choices=[])
    capacity = WholeNumberField(
        "Audits they can take in a round", [Between(0, MOST_AUDITS)], default=8, description="For auditors."
    )
    trained_on = DateField("Trained as an auditor on", description="Without training nothing is allocated to them.")
    training_until = DateField("Training runs out on", description="New work stops then; work already given goes on.")
    external_until = DateField("External moderator until")

    def validate_roles(self, field: Any) -> None:
        """At least one role."""
        if not field.data:
            Needed("Choose at least one role.")(self, field)

    def validate_training_until(self, field: Any) -> None:
        """Training cannot run out before it was done."""
        first = self.trained_on.data
        if field.data and first and field.data < first:
            raise ValidationError("Training cannot run out before it was done.")

    def number(self, name: str) -> int | None:
        """The chosen team, service or manager; None for none."""
        return int(self[name].data) if self[name].data else None


def person_form(*, teams: Choices, services: Choices, managers: Choices) -> type[PersonForm]:
    """The form with these teams, services and managers to choose from."""
    none = ("", "None")
    return type(
        "ThisPersonForm",
        (PersonForm,),
        {
            "team_id": SelectField("Team", choices=[none, *teams]),
            "service_id": SelectField(
                "Service",
                choices=[none, *services],
                description="For a head of service. Others belong to their team’s.",
            ),
            "manager_id": SelectField(
                "Manager",
                choices=[none, *managers],
                description="Who they report to. It keeps conflicts of interest out.",
            ),
        },
    )


class DeactivatePersonForm(ChangeForm):
    """Closing an account is ticked."""

    sure = CheckboxField("They must not sign in any more", [Needed("Tick the box if they must not sign in any more.")])


class SaveTeamForm(ChangeForm):
    """A team. Made by `team_form`."""

    name = TextField("Name of the team", [Needed("Enter a name for the team.")])
    service_id = SelectField("Service", choices=[])
    manager_id = SelectField("Manager", choices=[])
    deputy_id = SelectField("Deputy", choices=[])

    def number(self, name: str) -> int | None:
        """The chosen service, manager or deputy; None for none."""
        return int(self[name].data) if self[name].data else None


def team_form(*, services: Choices, people: Choices) -> type[SaveTeamForm]:
    """The form with these services and people to choose from."""
    none = ("", "None")
    return type(
        "ThisTeamForm",
        (SaveTeamForm,),
        {
            "service_id": SelectField("Service", choices=[none, *services]),
            "manager_id": SelectField(
                "Manager", choices=[none, *people], description="Hears of immediate concerns about the team’s cases."
            ),
            "deputy_id": SelectField("Deputy", choices=[none, *people], description="Hears of them too."),
        },
    )


class NameServiceForm(ChangeForm):
    """A service of the council."""

    name = TextField("Name of the service", [Needed("Enter a name for the service.")])


class HandOverForm(CreateForm):
    """Why what somebody holds goes to others; whom each goes to stands in `to-<kind>-<id>`."""

    reason = LongTextField(
        "Why they change hands",
        [Needed("Say why these change hands.")],
        max_length=500,
        description="Goes into the journal.",
    )
