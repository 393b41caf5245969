"""Moderation tasks: opened with a submission, given at once to who has fewest, handed on when they cannot.

Deciding is in `moderation_decision`. Every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotPermitted
from auditflow.models import CaseAudit, Moderation, ModerationComment, Submission
from auditflow.queries.moderation import (
    chosen_facts,
    find_last_moderator,
    get_moderation,
    list_earlier_holders,
    list_eligible_moderators,
)
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin, record
from auditflow.services.moderation_decision import (
    AUDIT_QUESTIONS,
    Decision,
    comment_on,
    decide_moderation,
    require_moderator,
)
from auditflow.services.transitions import Outcome, Request, apply

__all__ = [
    "AUDIT_QUESTIONS",
    "Decision",
    "assign_moderation",
    "choose_moderator",
    "comment_on",
    "decide_moderation",
    "give_moderation",
    "hand_back",
    "hand_to_director",
    "hand_to_external",
    "mark_moderation_opened",
    "offer_to_next",
    "open_moderation",
    "reassign_moderation",
    "require_moderator",
    "take_moderation",
]

HANDING = {
    "eligible_moderator": "assign",
    "external_moderator": "hand_to_external",
    "director": "hand_to_director",
}
"""As what somebody may be given a task -> the move that gives it."""

NOBODY_HOLDS_IT = {"moderator_id": None, "opened_at": None, "offered_at": None}


def open_moderation(
    session: Session,
    case_audit: CaseAudit,
    submission: Submission,
    act: Act,
    *,
    random_share: bool,
    triggers: Iterable[str],
) -> Moderation:
    """Make the task for a submission and give it to somebody at once; after a return to the same moderator.

    Call it in the transaction that sends the case audit to moderation. With nobody to give it to it waits,
    and the check of stuck items lists it.
    """
    why = sorted(triggers)
    row = Moderation(
        case_audit_id=case_audit.id,
        auditor_id=submission.auditor_id,
        submission_id=submission.id,
        random_share=random_share,
        triggers=why,
        created_at=act.at,
        state="waiting",
    )
    details = {
        "case_audit": case_audit.id,
        "submission": submission.id,
        "random_share": random_share,
        "triggers": why,
    }
    begin(session, row, act.by_system("moderation"), Note("created", "system", details=details))
    earlier = find_last_moderator(session, case_audit.id)
    if earlier is None or not _still_may(session, row.id, earlier, act):
        give_moderation(session, row.id, act)
    else:
        _assign(session, row.id, earlier, act.by_system("give"))
    return row


def _still_may(session: Session, moderation_id: int, person_id: int, act: Act) -> bool:
    """Whether the moderator of an earlier submission could take this one too."""
    roles = ("eligible_moderator", "external_moderator", "director")
    may = (list_eligible_moderators(session, moderation_id, act.at, role=role) for role in roles)
    return any(person_id == candidate.person_id for group in may for candidate in group)


def give_moderation(
    session: Session, moderation_id: int, act: Act, *, without: Collection[int] = (), step: str = "give"
) -> int | None:
    """The system gives a waiting task to the eligible person with the fewest open, or returns None.

    Team managers first; if none of them may, the external moderator with the fewest open.
    """
    for role in ("eligible_moderator", "external_moderator"):
        candidates = list_eligible_moderators(session, moderation_id, act.at, role=role)
        chosen = next((c.person_id for c in candidates if c.person_id not in without), None)
        if chosen is not None:
            _assign(session, moderation_id, chosen, act.by_system(step))
            return chosen
    return None


def _assign(
    session: Session,
    moderation_id: int,
    person_id: int,
    act: Act,
    *,
    action: str = "assign",
    version: int | None = None,
) -> Outcome:
    return apply(
        session,
        Request(
            "moderation",
            moderation_id,
            action,
            act,
            expected_version=version,
            details={"moderator": person_id},
            changes={"moderator_id": person_id, "offered_at": act.at, "opened_at": None},
            facts=chosen_facts(session, "moderation", moderation_id, person_id, act.at),
            tell=(person_id,),
        ),
    )


def take_moderation(session: Session, moderation_id: int, act: Act, *, version: int | None = None) -> Outcome:
    """An eligible person takes a waiting task themselves."""
    assert act.actor_id is not None
    taken = {"moderator_id": act.actor_id, "offered_at": act.at, "opened_at": None}
    return apply(
        session,
        Request(
            "moderation",
            moderation_id,
            "take",
            act,
            expected_version=version,
            details={"moderator": act.actor_id},
            changes=taken,
        ),
    )


def assign_moderation(
    session: Session, moderation_id: int, person_id: int, act: Act, *, version: int | None = None
) -> Outcome:
    """The QA lead gives a waiting task to a team manager. GuardRefused when that person has a conflict."""
    return _hand(session, (moderation_id, person_id), act, version, "assign", "eligible_moderator")


def hand_to_external(
    session: Session, moderation_id: int, person_id: int, act: Act, *, version: int | None = None
) -> Outcome:
    """The QA lead hands a waiting task to an external moderator, whose time must not have run out."""
    return _hand(session, (moderation_id, person_id), act, version, "hand_to_external", "external_moderator")


def hand_to_director(
    session: Session, moderation_id: int, person_id: int, act: Act, *, version: int | None = None
) -> Outcome:
    """The QA lead hands a waiting task to the director."""
    return _hand(session, (moderation_id, person_id), act, version, "hand_to_director", "director")


def _hand(session: Session, what: tuple[int, int], act: Act, version: int | None, action: str, role: str) -> Outcome:
    """Give task `what[0]` to person `what[1]`, who must be somebody who may moderate in `role`."""
    moderation_id, person_id = what
    facts = chosen_facts(session, "moderation", moderation_id, person_id, act.at)
    may = {c.person_id for c in list_eligible_moderators(session, moderation_id, act.at, role=role)}
    if not any(facts.values()) and person_id not in may:
        raise NotPermitted("The person you chose does not moderate, or no longer does. Choose somebody else.")
    return _assign(session, moderation_id, person_id, act, action=action, version=version)


def mark_moderation_opened(session: Session, moderation_id: int, act: Act) -> None:
    """The moderator opens the audit: from now on the auditor cannot withdraw the submission. Twice is once."""
    row = get_moderation(session, moderation_id)
    if row.opened_at is not None:
        return
    require_moderator(session, row, act)
    record(session, row, act, Note("opened", "moderator", changes={"opened_at": act.at}))


def hand_back(session: Session, moderation_id: int, reason: str, act: Act, *, version: int | None = None) -> Outcome:
    """The moderator gives it back (conflict, leave); it goes at once to somebody who has not had it."""
    return _back(session, moderation_id, act, "hand_back", version=version, reason=reason)


def reassign_moderation(
    session: Session,
    moderation_id: int,
    reason: str,
    act: Act,
    *,
    to_id: int | None = None,
    version: int | None = None,
) -> Outcome:
    """The QA lead takes it back from its moderator and gives it to `to_id`, or to who has fewest.

    `to_id` may be a team manager, an external moderator or the director.
    """
    with session.begin_nested():
        if to_id is None:
            return _back(session, moderation_id, act, "reassign", version=version, reason=reason)
        outcome = _take_back(session, moderation_id, act, "reassign", version=version, reason=reason)
        if not outcome.repeated:
            choose_moderator(session, moderation_id, to_id, act.then("assign"))
        return outcome


def choose_moderator(
    session: Session, moderation_id: int, person_id: int, act: Act, *, version: int | None = None
) -> Outcome:
    """Give a waiting task to this person, as team manager, external moderator or director, whichever they are."""
    for role, action in HANDING.items():
        if person_id in {c.person_id for c in list_eligible_moderators(session, moderation_id, act.at, role=role)}:
            return _hand(session, (moderation_id, person_id), act, version, action, role)
    return assign_moderation(session, moderation_id, person_id, act, version=version)


def offer_to_next(session: Session, moderation_id: int, act: Act) -> Outcome:
    """The system, after 8 working days: away from its moderator, to the next who has not had it."""
    return _back(session, moderation_id, act, "offer_to_next")


def _take_back(
    session: Session, moderation_id: int, act: Act, action: str, *, version: int | None = None, reason: str = ""
) -> Outcome:
    """Away from its moderator. Comments not yet sent were theirs: they stay in their draft, and nowhere else."""
    outcome = apply(
        session,
        Request("moderation", moderation_id, action, act, version, reason=reason, changes=NOBODY_HOLDS_IT),
    )
    if not outcome.repeated:
        session.execute(sa.delete(ModerationComment).where(ModerationComment.moderation_id == moderation_id))
    return outcome


def _back(
    session: Session, moderation_id: int, act: Act, action: str, *, version: int | None = None, reason: str = ""
) -> Outcome:
    present = get_moderation(session, moderation_id).moderator_id
    outcome = _take_back(session, moderation_id, act, action, version=version, reason=reason)
    if outcome.repeated:
        return outcome
    earlier = list_earlier_holders(session, moderation_id) | ({present} if present is not None else set())
    if give_moderation(session, moderation_id, act, without=earlier) is None and present is not None:
        # Everybody has had it once: it goes round again, but not straight back to whom it comes from.
        give_moderation(session, moderation_id, act, without={present}, step="again")
    return outcome
