"""django-fsm-2: a field of the model with decorated transitions."""

import peer_django
from peer_run import AFTER, BEFORE, run

from django.db import transaction  # isort: skip
from django_fsm import FSMField, transition  # isort: skip


class Item(peer_django.Item):
    state = FSMField(default=BEFORE)

    class Meta:
        app_label, db_table, managed = "peer", "case_audit", False

    @transition(field=state, source=BEFORE, target=AFTER, conditions=[lambda item: item.auditor_id == item.asked_by])
    def share(self):
        pass


def move(item_id, actor, key, at):
    with transaction.atomic():
        item = peer_django.loaded(Item, item_id)
        item.asked_by = actor
        item.share()
        peer_django.saved(item, actor, key, at)


run(move)
