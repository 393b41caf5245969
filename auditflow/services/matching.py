"""Who a case list's workers and teams are here: suggested, confirmed, remembered for every later list.

A conflict of interest can be seen only where the worker and the team of a case are known people and teams.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound, NotPermitted
from auditflow.models import CaseAudit, Frame, FrameCase, NameMatch, Person, SampleCase, Team
from auditflow.models.base import core
from auditflow.queries.matching import list_open_names
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.permission import done_before

MARKS = {"left": "Has left", "agency": "Agency worker, not on the register", "not_on_register": "Not on the register"}
"""What a name can be marked as when it is nobody who signs in here."""


PERSON = core(Person)


@dataclass(frozen=True, slots=True)
class Guess:
    """A name of the list and who it probably is: `exact` when the names are the same but for case and order."""

    kind: str
    name: str
    cases: int
    target_id: int | None
    target: str
    exact: bool


def suggest_matches(session: Session, frame: Frame) -> list[Guess]:
    """For every name of the list that nobody has spoken about yet, the likeliest person or team, if there is one."""
    known = {"worker": _people(session), "team": _teams(session)}
    return [_guess(kind, name, cases, known[kind]) for kind, name, cases in list_open_names(session, frame.id)]


Known = dict[str, list[tuple[int, str]]]


def _people(session: Session) -> Known:
    rows = session.execute(sa.select(PERSON.c.id, PERSON.c.name).where(PERSON.c.active).order_by(PERSON.c.id))
    return _by_key([(i, name) for i, name in rows])


def _teams(session: Session) -> Known:
    return _by_key([(i, name) for i, name in session.execute(sa.select(Team.id, Team.name).order_by(Team.id))])


def _by_key(rows: list[tuple[int, str]]) -> Known:
    found: Known = {}
    for row in rows:
        for key in {name_key(row[1]), initial_key(row[1])}:
            found.setdefault(key, []).append(row)
    return found


def name_key(name: str) -> str:
    """A name without accents, capitals, commas and the order of its words: “O’Neil, Ann” is “Ann O'Neil”."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in plain.replace("’", "").replace("'", "")).casefold().split()
    return " ".join(sorted(words))


def initial_key(name: str) -> str:
    """Family name and first letter, as lists often shorten a name; “Tull, Mary” and “M Tull” meet here."""
    words = name.replace(",", " ").split()
    if len(words) < 2:
        return name_key(name)
    family, first = (words[0], words[1]) if "," in name else (words[-1], words[0])
    return name_key(f"{family} {first[0]}")


def _guess(kind: str, name: str, cases: int, known: Known) -> Guess:
    exact = known.get(name_key(name), [])
    near = known.get(initial_key(name), []) if kind == "worker" else []
    found = exact if len(exact) == 1 else near if len(near) == 1 and not exact else []
    target_id, target = found[0] if found else (None, "")
    return Guess(kind, name, cases, target_id, target, bool(found) and found == exact)


def confirm_match(session: Session, frame_id: int, kind: str, name: str, target_id: int, act: Act) -> NameMatch:
    """This name is that person (kind `worker`) or that team (kind `team`). Remembered; said anew, it changes.

    Raises NotPermitted, NotFound or BadInput.
    """
    target = session.get(Person if kind == "worker" else Team, target_id)
    if target is None:
        raise BadInput("Choose who this is.", field="target")
    column = "person_id" if kind == "worker" else "team_id"
    return _remember(session, (frame_id, kind, name), "matched", {column: target_id}, act)


def mark_name(session: Session, frame_id: int, kind: str, name: str, mark: str, act: Act) -> NameMatch:
    """This name is nobody who signs in here: `left`, `agency` or `not_on_register`."""
    if mark not in MARKS:
        raise BadInput("Choose who this is, or what they are.", field="mark")
    return _remember(session, (frame_id, kind, name), mark, {}, act)


def _remember(session: Session, which: tuple[int, str, str], match: str, target: dict[str, int], act: Act) -> NameMatch:
    frame_id, kind, name = which
    frame = session.get(Frame, frame_id)
    if frame is None or kind not in ("worker", "team") or not name.strip():
        raise NotFound("There is no such name in this list.")
    person = session.get(Person, act.actor_id) if act.actor_id is not None else None
    if person is None or "qa_lead" not in person.role_keys:
        raise NotPermitted("Only a quality assurance lead matches names.")
    row = session.scalars(sa.select(NameMatch).where(NameMatch.kind == kind, NameMatch.name == name)).one_or_none()
    if row is None:
        row = NameMatch(kind=kind, name=name)
        session.add(row)
    row.match = match
    row.person_id, row.team_id = target.get("person_id"), target.get("team_id")
    row.confirmed_by_id, row.confirmed_at = act.actor_id, act.at
    session.flush()
    step = act.then(f"match-{row.id}")
    if not done_before(session, ("frame", frame.id), step):
        details = {"match_id": row.id, "kind": kind, "match": match, **target}
        record(session, frame, step, Note("name_matched", "qa_lead", details=details))
    _tell_audits(session, row)
    return row


def _tell_audits(session: Session, row: NameMatch) -> None:
    """The open audits of this name's cases know from now on who holds the case."""
    audit, case, sample = core(CaseAudit), core(FrameCase), core(SampleCase)
    name, column, value = (
        (case.c.worker, audit.c.worker_id, row.person_id)
        if row.kind == "worker"
        else (case.c.team, audit.c.team_id, row.team_id)
    )
    theirs = sa.select(sample.c.id).join(case, case.c.id == sample.c.frame_case_id).where(name == row.name)
    where = (audit.c.sample_case_id.in_(theirs), audit.c.state.in_(["selected", "allocated", "in_progress"]))
    session.execute(sa.update(audit).where(*where).values({column.name: value}))
    session.expire_all()
