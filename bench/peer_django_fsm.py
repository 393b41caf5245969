"""django-fsm-2: a field of the model with decorated transitions."""

from datetime import UTC, datetime

from peer_django import Journal, Outbox, models
from peer_run import TOLD, run

from django.db import transaction  # isort: skip
from django_fsm import FSMField, transition  # isort: skip


class Item(models.Model):
    state = FSMField(default="agreed")
    body = models.TextField()

    class Meta:
        app_label, db_table, managed = "peer", "peer_item", False

    @transition(field=state, source="agreed", target="shared", conditions=[lambda item: item.pk > 0])
    def share(self):
        pass


def move(item_id):
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=item_id)
        item.share()
        item.save(update_fields=["state"])
        at = datetime.now(UTC)
        Journal.objects.create(
            item_id=item_id, action="share", from_state="agreed", to_state=item.state, actor=1, at=at
        )
        Outbox.objects.bulk_create(Outbox(item_id=item_id, person=p, template="shared", at=at) for p in TOLD)


run(move)
