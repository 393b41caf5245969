"""What the moves of the round, of second gradings and of corrections bring about in the model.

Written apart from `workflows/`, like `cycle_rules`; nothing here imports the product.
"""

from __future__ import annotations

from datetime import timedelta

from tests.factories.cycle_effects import Effect, agree, freeze, results_again
from tests.factories.cycle_rules_round import in_dispute
from tests.factories.cycle_world import (
    Ask,
    Case,
    Clock,
    Correction,
    Round,
    Second,
    World,
    after_working_days,
    end_of,
)

SECOND_GRADE = 3
OVER = {"closed", "removed", "not_audited", "filed"}


def begin_second(world: World, case: Case, auditor: int) -> Second:
    """A second grading that waits for its auditor."""
    second = Second(case=case, auditor=auditor)
    second.clocks["start"] = Clock(after_working_days(world.now, 5))
    world.add(second)
    return second


def start_second(world: World, second: Second, _who: int, _choice: object) -> None:
    """Nobody is invited to a second grading."""
    second.enter("in_progress", "started", submit=end_of(world.round.ends_on))


def submit_second(_world: World, second: Second, _who: int, _choice: object) -> None:
    """It is in, and that is the end of it."""
    second.grade = SECOND_GRADE
    second.enter("submitted", "submitted")
    second.enter("filed", "filed")


def withdraw_second(_world: World, second: Second, _who: int, _choice: object) -> None:
    """It will not be made."""
    second.enter("removed", "grading_withdrawn")


def withdraw_seconds(world: World, case: Case) -> None:
    """The case has left the sample, and with it what is open of its second grading."""
    for second in world.of("second", case):
        if second.state not in OVER:
            second.enter("removed", "grading_withdrawn")


def request_correction(world: World, case: Case, who: int, choice: int | str) -> None:
    """Whoever reads it asks; the audit stays as it is."""
    case.entries.append("correction_requested")
    world.add(Correction(case=case, requester=who, proposed=choice))


def decide_correction(world: World, asked: Correction, who: int, state: str) -> None:
    """Approved or refused, by this person, now."""
    asked.enter(state, state)
    asked.decider, asked.decided_at = who, world.now


def approve_correction(world: World, asked: Correction, who: int, _choice: object) -> None:
    """A version beside the one submitted; a corrected grade is the one that counts."""
    decide_correction(world, asked, who, "approved")
    asked.case.entries.append("corrected")
    if asked.proposed != "words":
        asked.case.published = int(asked.proposed)
    results_again(world)


def extend(world: World, row: Round, _who: int, choice: int) -> None:
    """The round and what is to be submitted by its end have more time."""
    row.ends_on += timedelta(days=choice)
    row.entries.append("extended")
    for kind, key in (("audit_round", "end"), ("case_audit", "submit"), ("second", "submit")):
        for item in world.of(kind):
            if key in item.clocks:
                item.clocks[key] = Clock(end_of(row.ends_on))


def begin_reporting(world: World, row: Round, _who: int, _choice: object) -> None:
    """What nobody decided in time is published with its first grade."""
    row.enter("reporting", "reporting_begun")
    publish_undecided(world)


def publish_undecided(world: World) -> None:
    """The auditor's first grade counts, marked as disputed."""
    for case in world.of("case_audit"):
        assert isinstance(case, Case)
        if case.state == "disputed" and not in_dispute(world, case):
            assert case.contest is not None
            case.contest.open, case.marked = False, True
            agree(world, case, "first_grade_published", case.submissions[0])


def reopen_round(_world: World, row: Round, _who: int, _choice: object) -> None:
    """Live once more, until the same day."""
    row.enter("live", "reopened", end=end_of(row.ends_on))


def close_round(world: World, row: Round, _who: int, _choice: object) -> None:
    """The results are frozen, after what nobody decided is published."""
    publish_undecided(world)
    row.enter("closed", "closed")
    freeze(world)


def cancel_round(world: World, row: Round, _who: int, _choice: object) -> None:
    """The audits are filed and what waits for a decision about them ends; concerns and actions go on."""
    row.enter("cancelled", "cancelled")
    for kind in ("case_audit", "second"):
        for item in world.of(kind):
            if item.state not in OVER:
                item.enter("filed", "filed")
    for task in world.of("moderation"):
        if task.state in ("waiting", "with_moderator"):
            task.enter("withdrawn", "withdrawn")
    for asked in world.of("approval"):
        if isinstance(asked, Ask) and asked.state == "requested" and asked.move != "cannot_do":
            asked.enter("withdrawn", "withdrawn")


ROUND_EFFECTS: dict[str, Effect] = {
    "start_second": start_second,
    "submit_second": submit_second,
    "withdraw_second": withdraw_second,
    "request_correction": request_correction,
    "approve_correction": approve_correction,
    "refuse_correction": lambda w, i, p, _c: decide_correction(w, i, p, "refused"),
    "extend": extend,
    "begin_reporting": begin_reporting,
    "reopen_round": reopen_round,
    "close_round": close_round,
    "cancel_round": cancel_round,
}
