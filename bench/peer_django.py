"""Django for the two peers that stand on it: settings, and the product's own tables as models.

Of every table only the columns that the move needs; that is a little less than an application would load.
"""

from urllib.parse import urlsplit

import django
from django.conf import settings
from peer_run import ADDRESS, NO_DIGEST, clock, entry, message, told

PARTS = urlsplit(ADDRESS)

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": PARTS.path.lstrip("/"),
            "USER": PARTS.username,
            "PASSWORD": PARTS.password or "",
            "HOST": PARTS.hostname,
            "PORT": PARTS.port or 5432,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.db import models  # noqa: E402 - needs the settings


class Person(models.Model):
    """Who may be told."""

    active = models.BooleanField()

    class Meta:
        app_label, db_table, managed = "peer", "person", False


class Team(models.Model):
    """Whose manager is told."""

    manager_id = models.IntegerField(null=True)

    class Meta:
        app_label, db_table, managed = "peer", "team", False


class Item(models.Model):
    """A case audit; each peer adds its own field for the state."""

    version = models.IntegerField()
    chain_head = models.TextField()
    auditor_id = models.IntegerField()
    worker = models.ForeignKey(Person, models.DO_NOTHING)
    team = models.ForeignKey(Team, models.DO_NOTHING)

    class Meta:
        abstract = True


class Journal(models.Model):
    """One entry."""

    subject_type = models.TextField()
    subject_id = models.IntegerField()
    number = models.IntegerField()
    workflow_version = models.IntegerField()
    action = models.TextField()
    entry = models.TextField()
    from_state = models.TextField()
    to_state = models.TextField()
    actor_id = models.IntegerField()
    role = models.TextField()
    details = models.JSONField()
    at = models.DateTimeField()
    key = models.TextField()
    request_sha256 = models.TextField()
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        app_label, db_table, managed = "peer", "journal", False


class Outbox(models.Model):
    """One message."""

    key = models.TextField()
    template = models.TextField()
    person_id = models.IntegerField()
    subject_type = models.TextField()
    subject_id = models.IntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField()

    class Meta:
        app_label, db_table, managed = "peer", "outbox", False


class Deadline(models.Model):
    """One time limit that is running."""

    pk = models.CompositePrimaryKey("subject_type", "subject_id", "key")
    subject_type = models.TextField()
    subject_id = models.IntegerField()
    key = models.TextField()
    action = models.TextField()
    acts = models.BooleanField()
    due_at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "peer", "deadline", False


def loaded(model, item_id):
    """The audit, locked, with those whom the move concerns: one statement."""
    return model.objects.select_for_update(of=("self",)).select_related("worker", "team").get(pk=item_id)


def saved(item, actor, key, at):
    """Everything that goes with the move, which the peer has made on `item`."""
    item.version += 1
    item.chain_head = NO_DIGEST
    item.save(update_fields=["state", "version", "chain_head"])
    Journal.objects.create(**entry(item.id, item.version, actor, at, key))
    Deadline.objects.filter(subject_type="case_audit", subject_id=item.id).exclude(key="challenge").delete()
    Deadline.objects.create(**clock(item.id, at))
    Outbox.objects.bulk_create(Outbox(**message(item.id, person, at, key)) for person in told(item))
