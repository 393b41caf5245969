"""`auditflow person`: people from the command line."""

from __future__ import annotations

import click

from auditflow.cli.place import command_act, open_place
from auditflow.services.person import NewPerson, add_person
from auditflow.services.sign_in_link import make_link
from workflows.roles import PERSON_ROLES


@click.group()
def person() -> None:
    """Add people."""


@person.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(PERSON_ROLES)))
@click.option("--team", default="", help="Name of an existing team.")
@click.option("--service", default="", help="Name of an existing service.")
def add(email: str, name: str, roles: tuple[str, ...], team: str, service: str) -> None:
    """Add somebody and print the link with which they set their password.

    Example: auditflow person add lena@example.org --name "Lena Marsh" --role auditor
    """
    settings, database = open_place()
    act = command_act()
    with database.writing() as session:
        added = add_person(session, NewPerson(email, name, tuple(roles), team=team, service=service), act)
        link = make_link(added, secret_key=settings.secret_key, base_url=settings.base_url, at=act.at)
    click.echo(f"{name} can set a password here, once, within 7 days:\n{link}")
