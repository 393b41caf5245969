"""How much waits for a person: the counts beside the navigation, on every page of every role.

Counting asks the workflows about everything that could be the person's, which costs more than a page. All
that it depends on is journalled, or becomes true with time; so the counts of a person are kept until the
journal has a new entry or a minute has passed, and a page costs one look at the journal's last number.
(On PostgreSQL two entries may become visible in another order than that of their numbers; then the counts
are a minute late at most. The lists themselves are always read anew.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from flask import current_app, g

from auditflow.queries.scope import Viewer
from auditflow.queries.work import WorkItem, find_newest_entry, list_work
from auditflow.web.request import db, now, viewer

WAITING = "auditflow_waiting"
KEPT = 2_000
"""For how many people counts are kept in a process."""

Stamp = tuple[Viewer, int, str]
Kept = dict[int, tuple[Stamp, Mapping[str, int]]]


def my_work() -> list[WorkItem]:
    """What waits for the signed-in person; read once a request, for the page and for the navigation."""
    if "work" not in g:
        g.work = list_work(db(), viewer(), now())
    found: list[WorkItem] = g.work
    return found


def waiting_counts() -> Mapping[str, int]:
    """How many things of each kind wait for the signed-in person; `""` is all of them."""
    kept: Kept = current_app.extensions.setdefault(WAITING, {})
    me = viewer()
    stamp: Stamp = (me, find_newest_entry(db()), f"{now():%Y-%m-%d %H:%M}")
    stored = kept.get(me.person_id)
    if "work" in g or stored is None or stored[0] != stamp:
        if len(kept) >= KEPT:
            kept.clear()
        kinds = Counter(item.todo.subject_type for item in my_work())
        stored = kept[me.person_id] = (stamp, {**kinds, "": kinds.total()})
    return stored[1]
