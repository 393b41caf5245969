"""`auditflow init`: bring the database up to date and make the first administrator."""

from __future__ import annotations

import click

from auditflow.adapters.schema import migrate
from auditflow.adapters.tool_file import load_shipped
from auditflow.cli.place import command_act
from auditflow.config import load_settings
from auditflow.models.database import open_database
from auditflow.queries.person import count_administrators
from auditflow.services.audit_tool import publish_tool_version
from auditflow.services.person import NewPerson, add_person
from auditflow.services.sign_in_link import make_link


@click.command()
@click.option("--email", help="Address of the first administrator; asked for when there is none yet.")
@click.option("--name", default="Administrator", show_default=True)
def init(email: str | None, name: str) -> None:
    """Create or update the tables, publish the audit tools, make the first administrator.

    Example: auditflow init --email ada@example.org --name "Ada Minton"
    """
    settings = load_settings()
    database = open_database(settings.database_url)
    migrate(database)
    act = command_act()
    with database.writing() as session:
        for tool in load_shipped():
            publish_tool_version(session, tool, at=act.at)
        if count_administrators(session):
            click.echo("The database is up to date.")
            return
        address = email or click.prompt("E-mail address of the first administrator")
        person = add_person(session, NewPerson(address, name, ("administrator",)), act)
        link = make_link(person, secret_key=settings.secret_key, base_url=settings.base_url, at=act.at)
    click.echo(f"The database is ready. {name} can set a password here, once, within 7 days:\n{link}")
