"""Django for the two peers that stand on it: settings, and tables that exist already."""

from urllib.parse import urlsplit

import django
from django.conf import settings
from peer_run import ADDRESS

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


class Journal(models.Model):
    """One entry."""

    item_id = models.IntegerField()
    action = models.TextField()
    from_state = models.TextField()
    to_state = models.TextField()
    actor = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "peer", "peer_journal", False


class Outbox(models.Model):
    """One message."""

    item_id = models.IntegerField()
    person = models.IntegerField()
    template = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "peer", "peer_outbox", False
