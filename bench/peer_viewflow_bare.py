"""viewflow.fsm with the least that a durable move can be: bare tables, a state, one entry, two messages.

Measured beside the others for honesty, not as the floor: it reads nothing about people, keeps no version and no
time limit, and its tables have no indexes, checks or digests.
"""

from enum import Enum

import psycopg
from peer_django import models
from peer_run import ADDRESS, AFTER, BEFORE, run

from django.db import transaction  # isort: skip
from viewflow import fsm  # isort: skip

TABLES = (
    "CREATE TABLE IF NOT EXISTS bare_item (id int PRIMARY KEY, state text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bare_entry (id serial PRIMARY KEY, item_id int NOT NULL REFERENCES bare_item,"
    " action text NOT NULL, from_state text NOT NULL, to_state text NOT NULL, actor int NOT NULL,"
    " at timestamptz NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bare_message (id serial PRIMARY KEY, item_id int NOT NULL REFERENCES bare_item,"
    " person int NOT NULL, template text NOT NULL, at timestamptz NOT NULL)",
    "INSERT INTO bare_item (id, state) SELECT id, state FROM case_audit ON CONFLICT DO NOTHING",
)


class States(Enum):
    AGREED = BEFORE
    SHARED = AFTER


class Item(models.Model):
    state = models.TextField()

    class Meta:
        app_label, db_table, managed = "peer", "bare_item", False


class Entry(models.Model):
    item_id = models.IntegerField()
    action = models.TextField()
    from_state = models.TextField()
    to_state = models.TextField()
    actor = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "peer", "bare_entry", False


class Message(models.Model):
    item_id = models.IntegerField()
    person = models.IntegerField()
    template = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "peer", "bare_message", False


class Flow:
    state = fsm.State(States, default=States.AGREED)

    def __init__(self, item):
        self.item = item

    @state.setter()
    def _set_state(self, value):
        self.item.state = value.value

    @state.getter()
    def _get_state(self):
        return States(self.item.state)

    @state.transition(source=States.AGREED, target=States.SHARED, conditions=[lambda flow: flow.item.pk > 0])
    def share(self):
        pass


def move(item_id, actor, _key, at):
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=item_id)
        Flow(item).share()
        item.save(update_fields=["state"])
        Entry.objects.create(
            item_id=item_id, action="share", from_state=BEFORE, to_state=item.state, actor=actor, at=at
        )
        Message.objects.bulk_create(Message(item_id=item_id, person=p, template="shared", at=at) for p in (1, 2))


with psycopg.connect(ADDRESS) as connection:
    for statement in TABLES:
        connection.execute(statement)
run(move)
