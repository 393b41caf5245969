"""What happened to one item (an action, a concern), day by day, for the macro `timeline`."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from auditflow.domain.clock import LONDON, local_date
from auditflow.queries.journal import JournalEntry, list_entries
from auditflow.web.journal_words import entry_actor, entry_title
from auditflow.web.request import db

OWN_WORDS = ("reason", "concern", "text", "done", "how_known")


def history_days(subject_type: str, subject_id: int) -> list[dict[str, Any]]:
    """Every entry of the item's journal, oldest first: two statements."""
    found = []
    entries = list_entries(db(), [(subject_type, subject_id)])
    for date, group in groupby(entries, key=lambda entry: local_date(entry.at)):
        rows = [_row(entry) for entry in group]
        found.append({"heading": f"{date:%A} {date.day} {date:%B %Y}", "entries": rows})
    return found


def _row(entry: JournalEntry) -> dict[str, Any]:
    local = entry.at.astimezone(LONDON)
    return {
        "title": entry_title(entry),
        "meta": f"{local:%H:%M}, {entry_actor(entry)}",
        "quote": next((entry.texts[field] for field in OWN_WORDS if entry.texts.get(field)), ""),
        "late": entry.subject_type == "alert" and entry.to_state == "raised" and entry.from_state != "raised",
    }
