"""viewflow.fsm: the machine beside the model, as its documentation shows it."""

from datetime import UTC, datetime
from enum import Enum

from peer_django import Journal, Outbox, models
from peer_run import TOLD, run

from django.db import transaction  # isort: skip
from viewflow import fsm  # isort: skip


class States(Enum):
    AGREED = "agreed"
    SHARED = "shared"


class Item(models.Model):
    state = models.TextField()
    body = models.TextField()

    class Meta:
        app_label, db_table, managed = "peer", "peer_item", False


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


def move(item_id):
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=item_id)
        Flow(item).share()
        item.save(update_fields=["state"])
        at = datetime.now(UTC)
        Journal.objects.create(
            item_id=item_id, action="share", from_state="agreed", to_state=item.state, actor=1, at=at
        )
        Outbox.objects.bulk_create(Outbox(item_id=item_id, person=p, template="shared", at=at) for p in TOLD)


run(move)
