"""What is being typed, kept as rows: one draft a person and section, and every version that crossed it.

A page carries the number of the draft it was made from. When the stored draft has moved on meanwhile (a
second tab, a second computer), neither text is dropped: the newcomer is kept beside the draft until the
person chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound, WrongState
from auditflow.models import CaseAudit, Draft, DraftVersion
from auditflow.services.act import Act

WRITABLE = ("in_progress", "returned")


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it is stored now; the next save of the same page names this number."""

    number: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """The stored draft had moved on: what was sent stands beside it as this version."""

    draft_id: int
    version_id: int


def save_draft(
    session: Session,
    case_audit_id: int,
    act: Act,
    *,
    section: str,
    content: Mapping[str, Any],
    base_number: int,
) -> Saved | Conflict:
    """Keep one section of an audit as its auditor typed it. `base_number` 0: the page knew of no draft.

    Raises NotFound if it is not this person's audit and WrongState once it is submitted.
    """
    state = session.execute(
        sa.select(CaseAudit.state)
        .where(CaseAudit.id == case_audit_id, CaseAudit.auditor_id == act.actor_id)
        .with_for_update(read=True)
    ).scalar_one_or_none()
    if state is None:
        raise NotFound("There is no such audit among yours.")
    if state not in WRITABLE:
        raise WrongState("This audit is not open for writing any more, so this was not saved.")
    return keep_draft(session, case_audit_id, act, section=section, content=content, base_number=base_number)


def keep_draft(
    session: Session,
    case_audit_id: int,
    act: Act,
    *,
    section: str,
    content: Mapping[str, Any],
    base_number: int,
) -> Saved | Conflict:
    """Keep one person's draft of anything about an audit; whoever calls it has seen to it that they may."""
    draft = _locked(session, case_audit_id, act.actor_id, section)
    if draft is None:
        if _insert(session, case_audit_id, act, section, content):
            return Saved(1, act.at)
        draft = _locked(session, case_audit_id, act.actor_id, section)
        assert draft is not None, "another save of the same section has just made it"
    if draft.content == content:
        return Saved(draft.number, draft.saved_at)
    if draft.number != base_number:
        return Conflict(draft.id, _beside(session, draft, content, act.at))
    _replace(draft, content, act.at)
    session.flush()
    return Saved(draft.number, draft.saved_at)


def choose_version(session: Session, version_id: int, act: Act, *, keep: str, base_number: int) -> Saved:
    """Settle two versions: `keep` is "stored" or "sent". The one not kept stays on record.

    Raises NotFound if the version is not this person's, BadInput for another choice, and WrongState if the
    stored draft has moved on again: then both are shown once more.
    """
    version = session.get(DraftVersion, version_id)
    draft = session.get(Draft, version.draft_id, with_for_update=True) if version else None
    if version is None or draft is None or draft.person_id != act.actor_id:
        raise NotFound("There is no such version.")
    if keep not in ("stored", "sent"):
        raise BadInput("Choose one of the two versions.", field="keep")
    if version.settled_at is not None:
        return Saved(draft.number, draft.saved_at)
    if draft.number != base_number:
        raise WrongState("This was changed again in the meantime. Look at both versions as they are now.")
    if keep == "sent":
        session.add(DraftVersion(draft_id=draft.id, content=draft.content, sent_at=draft.saved_at, settled_at=act.at))
        _replace(draft, version.content, act.at)
    version.settled_at = act.at
    session.flush()
    return Saved(draft.number, draft.saved_at)


def _locked(session: Session, case_audit_id: int, person_id: int | None, section: str) -> Draft | None:
    mine = sa.select(Draft).where(
        Draft.case_audit_id == case_audit_id, Draft.person_id == person_id, Draft.section == section
    )
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _insert(session: Session, case_audit_id: int, act: Act, section: str, content: Mapping[str, Any]) -> bool:
    """Make the draft; False if another request has made it at the same moment."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.execute(
        insert(Draft)
        .values(
            case_audit_id=case_audit_id,
            person_id=act.actor_id,
            section=section,
            content=dict(content),
            number=1,
            saved_at=act.at,
        )
        .on_conflict_do_nothing()
        .returning(Draft.id)
    )
    return made.first() is not None


def _replace(draft: Draft, content: Mapping[str, Any], at: datetime) -> None:
    draft.content = dict(content)
    draft.number += 1
    draft.saved_at = at


def _beside(session: Session, draft: Draft, content: Mapping[str, Any], at: datetime) -> int:
    """Keep `content` beside the draft; the same text twice (a repeated request) is kept once."""
    waiting = session.scalars(
        sa.select(DraftVersion)
        .where(DraftVersion.draft_id == draft.id, DraftVersion.settled_at.is_(None))
        .order_by(DraftVersion.id)
    ).all()
    for version in waiting:
        if version.content == content:
            return version.id
    version = DraftVersion(draft_id=draft.id, content=dict(content), sent_at=at)
    session.add(version)
    session.flush()
    return version.id
