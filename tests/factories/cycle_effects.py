"""What each move of a case audit brings about in the model: states, journal entries, clocks, what follows at once.

Written apart from `workflows/`, like `cycle_rules`; nothing here imports the product.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from tests.factories.cycle_rules import is_late, may_moderate
from tests.factories.cycle_world import Case, Contest, Task, World, after_working_days, end_of

COUNTED = ("agreed", "disputed", "feedback_shared", "closed")

Effect = Callable[[World, Any, int, Any], None]


def _days(world: World, days: int) -> datetime:
    return after_working_days(world.now, days)


def agree(world: World, case: Case, entry: str, grade: int) -> None:
    case.published, case.agreed_on = grade, world.now.date()
    case.enter("agreed", entry, share_feedback=_days(world, 5))


def allocate(world: World, case: Case, _who: int, choice: int) -> None:
    """The new auditor starts empty."""
    case.auditor = choice
    case.enter("allocated", "allocated" if case.state == "selected" else "reallocated", start=_days(world, 5))


def declare_conflict(_world: World, case: Case, who: int, _choice: object) -> None:
    """Nobody has the case, and this person never will."""
    case.auditor = None
    case.declared.add(who)
    case.enter("selected", "conflict_declared")


def start(world: World, case: Case, _who: int, _choice: object) -> None:
    """The practitioner is invited, once."""
    case.enter("in_progress", "started", submit=end_of(world.round.ends_on))
    if not case.invited:
        case.entries.append("invited")
        case.invited = True


def submit(world: World, case: Case, who: int, _choice: object) -> None:
    """Agreed, or moderated: Inadequate, Outstanding, a concern, or because it was moderated before."""
    case.submissions.append(case.typed[who])
    case.submitters.add(who)
    case.enter("submitted", "submitted")
    concern = any(alert.state != "raised_in_error" for alert in world.of("alert", case))
    if set(case.submissions) & {1, 4} or concern or world.of("moderation", case):
        moderate(world, case, "sent_to_moderation")
    else:
        agree(world, case, "agreed", case.submissions[-1])


def moderate(world: World, case: Case, entry: str) -> None:
    """A task for the submission: after a return to the same moderator, else to who has fewest."""
    case.enter("moderation", entry, moderate=_days(world, 5))
    decided = [task for task in world.of("moderation", case) if task.state == "decided" and isinstance(task, Task)]
    assert case.auditor is not None
    task = Task(case=case, auditor=case.auditor)
    world.add(task)
    earlier = decided[-1].moderator if decided else None
    if earlier is not None and may_moderate(world, task, earlier):
        _hand(world, task, earlier, "assigned")
    else:
        give(world, task, ())


def give(world: World, task: Task, without: Collection[int]) -> bool:
    """To the team manager with the fewest open, else to an external moderator; whether anybody was found."""
    tasks = [one for one in world.of("moderation") if isinstance(one, Task)]

    def load(who: int) -> tuple[int, int, str]:
        mine = [one for one in tasks if one.moderator == who]
        return sum(one.state == "with_moderator" for one in mine), len(mine), world.people[who].name

    for role in ("team_manager", "external_moderator"):
        free = [p for p in world.people if world.people[p].has(role) and may_moderate(world, task, p)]
        free = [p for p in free if p not in without]
        if free:
            _hand(world, task, min(free, key=load), "assigned")
            return True
    return False


def _hand(world: World, task: Task, to: int, entry: str) -> None:
    task.moderator, task.opened, task.commented = to, False, False
    task.holders.append(to)
    task.enter("with_moderator", entry, decide=_days(world, 5), offer_to_next=_days(world, 8))


def withdraw_submission(world: World, case: Case, _who: int, _choice: object) -> None:
    """The task goes with the submission, which is kept."""
    case.enter("in_progress", "submission_withdrawn", submit=end_of(world.round.ends_on))
    for task in world.of("moderation", case):
        if task.state == "with_moderator":
            task.enter("withdrawn", "withdrawn")


def open_task(_world: World, task: Task, _who: int, _choice: object) -> None:
    """From now on the auditor cannot take the submission back."""
    task.opened = True
    task.entries.append("opened")


def comment(_world: World, task: Task, _who: int, _choice: object) -> None:
    """A comment is nothing that the journal knows of until it is sent."""
    task.commented = True


def confirm(world: World, task: Task, _who: int, _choice: object) -> None:
    """The auditor's grades stand."""
    task.enter("decided", "decided")
    task.case.moderated = task.case.submissions[-1]
    agree(world, task.case, "confirmed", task.case.submissions[-1])


def change(world: World, task: Task, _who: int, choice: int) -> None:
    """The auditor has five days to accept it."""
    task.enter("decided", "decided")
    task.case.moderated = choice
    task.case.enter("changed", "changed", accept=_days(world, 5))


def send_back(world: World, task: Task, _who: int, _choice: object) -> None:
    """Back to the auditor with comments to answer."""
    task.enter("decided", "decided")
    task.case.returns += 1
    task.case.answered = False
    task.case.enter("returned", "returned_to_auditor", answer_return=_days(world, 10))


def back(world: World, task: Task, entry: str) -> None:
    """Away from its moderator, to somebody who has not had it; round again when everybody has."""
    present, task.moderator = task.moderator, None
    task.enter("waiting", entry)
    assert present is not None
    if not give(world, task, set(task.holders)):
        give(world, task, {present})


def reassign_moderation(world: World, task: Task, _who: int, choice: int) -> None:
    """To the person chosen."""
    roles = world.people[choice].roles
    handed = "handed_to_external" if "external_moderator" in roles else "handed_to_director"
    task.enter("waiting", "reassigned")
    _hand(world, task, choice, "assigned" if "team_manager" in roles else handed)


def accept(world: World, case: Case, _who: int, _choice: object) -> None:
    """The moderator's grade is used."""
    assert case.moderated is not None
    agree(world, case, "accepted", case.moderated)


def contest(entry: str) -> Effect:
    """A dispute begins: ten days to decide it."""

    def effect(world: World, case: Case, _who: int, _choice: object) -> None:
        case.contests.append(Contest())
        case.challenged = case.challenged or entry == "challenged"
        case.enter("disputed", entry, determine=_days(world, 10))

    return effect


def determine(world: World, case: Case, _who: int, choice: int) -> None:
    """What is decided is the grade."""
    assert case.contest is not None
    case.contest.open, case.marked = False, False
    agree(world, case, "determined", choice)
    results_again(world)


def hand_to_external(_world: World, case: Case, _who: int, choice: int) -> None:
    """The director hands the dispute on."""
    assert case.contest is not None
    case.contest.handed_to = choice
    case.entries.append("handed_to_external")


def share_feedback(world: World, case: Case, _who: int, _choice: object) -> None:
    """Ten days to challenge it."""
    case.shared = True
    case.enter("feedback_shared", "feedback_shared", challenge=_days(world, 10))


def close_if_settled(world: World, case: Case) -> bool:
    """Closed when the time to challenge is over and every action is settled."""
    if case.state != "feedback_shared" or not is_late(world, case, "challenge") or not world.settled(case):
        return False
    case.enter("closed", "closed")
    return True


def figures(world: World) -> list[tuple[int, int, bool, bool]]:
    """Of each case that counts: its grade, whether it is marked as disputed, and whether it came late."""
    cases = [case for case in world.of("case_audit") if isinstance(case, Case) and case.state in COUNTED]
    last = world.round.first_ends_on
    return [(c.id, c.published, c.marked, c.is_late(last)) for c in cases if c.published is not None]


def results_again(world: World) -> None:
    """After the round has closed, other grades make a further version of its results."""
    if world.round.state == "closed":
        world.round.entries.append("results_changed")
        if figures(world) != world.round.figures:
            world.round.entries.append("results_remade")
            freeze(world)


def freeze(world: World) -> None:
    """One version more of the results, of what is so now."""
    world.round.versions += 1
    world.round.figures = figures(world)


AUDIT_EFFECTS: dict[str, Effect] = {
    "allocate": allocate,
    "declare_conflict": declare_conflict,
    "start": start,
    "submit": submit,
    "withdraw_submission": withdraw_submission,
    "decide_without_auditor": lambda w, i, _p, _c: moderate(w, i, "sent_on_without_auditor"),
    "accept": accept,
    "dispute": contest("disputed"),
    "share_feedback": share_feedback,
    "challenge": contest("challenged"),
    "determine": determine,
    "hand_to_external": hand_to_external,
    "open": open_task,
    "comment": comment,
    "confirm": confirm,
    "change": change,
    "return": send_back,
    "hand_back": lambda w, i, _p, _c: back(w, i, "handed_back"),
    "reassign_moderation": reassign_moderation,
}
