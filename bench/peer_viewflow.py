"""viewflow.fsm: the machine beside the model, as its documentation shows it."""

from enum import Enum

import peer_django
from peer_run import AFTER, BEFORE, run

from django.db import models, transaction  # isort: skip
from viewflow import fsm  # isort: skip


class States(Enum):
    AGREED = BEFORE
    SHARED = AFTER


class Item(peer_django.Item):
    state = models.TextField()

    class Meta:
        app_label, db_table, managed = "peer", "case_audit", False


class Flow:
    state = fsm.State(States, default=States.AGREED)

    def __init__(self, item, actor):
        self.item, self.actor = item, actor

    @state.setter()
    def _set_state(self, value):
        self.item.state = value.value

    @state.getter()
    def _get_state(self):
        return States(self.item.state)

    @state.transition(
        source=States.AGREED,
        target=States.SHARED,
        conditions=[lambda flow: flow.item.auditor_id == flow.actor],
    )
    def share(self):
        pass


def move(item_id, actor, key, at):
    with transaction.atomic():
        item = peer_django.loaded(Item, item_id)
        Flow(item, actor).share()
        peer_django.saved(item, actor, key, at)


run(move)
