"""What the moves of actions, concerns and requests for approval bring about in the model.

Written apart from `workflows/`, like `cycle_rules`; nothing here imports the product.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.cycle_effects import AUDIT_EFFECTS, Effect, close_if_settled
from tests.factories.cycle_effects_round import ROUND_EFFECTS, withdraw_seconds
from tests.factories.cycle_world import Ask, Case, Concern, Deed, Item, World, after_working_days, end_of

ACTION_DAYS = 14
"""How many days an action is given when it is proposed."""


def ask(entry: str, move: str) -> Effect:
    """Somebody else is asked to approve a move."""

    def effect(world: World, item: Any, who: int, _choice: object) -> None:
        item.entries.append(entry)
        world.add(Ask(case=item.case, about=item, move=move, requester=who))

    return effect


def approve(world: World, asked: Ask, _who: int, _choice: object) -> None:
    """The move is made at once."""
    asked.enter("approved", "approved")
    target, entry = {
        "remove": ("removed", "removed"),
        "mark_not_audited": ("not_audited", "marked_not_audited"),
        "cannot_do": ("not_done", "approved_as_not_done"),
    }[asked.move]
    asked.about.enter(target, entry)
    if asked.move != "cannot_do":
        withdraw_seconds(world, asked.case)
    close_if_settled(world, asked.case)


def propose(world: World, case: Case, _who: int, choice: int) -> None:
    """Its owner has five days to accept it."""
    _new_action(world, case, choice)


def _new_action(world: World, case: Case, owner: int) -> Deed:
    due = (world.now + timedelta(days=ACTION_DAYS)).date()
    deed = Deed(case=case, owner=owner, first_due=due)
    deed.enter("proposed", "created", accept=after_working_days(world.now, 5))
    deed.entries = ["created"]
    world.add(deed)
    return deed


def to_be_done(entry: str) -> Effect:
    """Open: overdue counts from its first date."""

    def effect(_world: World, deed: Deed, _who: int, _choice: object) -> None:
        deed.enter("open", entry, complete=end_of(deed.first_due))

    return effect


def withdraw_action(world: World, deed: Deed, _who: int, _choice: object) -> None:
    """It need not be done; the audit may be closed then."""
    deed.enter("withdrawn", "withdrawn")
    close_if_settled(world, deed.case)


def _moved_on(world: World, deed: Deed) -> None:
    for asked in world.of("approval"):
        if isinstance(asked, Ask) and asked.about is deed and asked.state == "requested":
            asked.enter("withdrawn", "withdrawn")


def reassign_action(world: World, deed: Deed, _who: int, choice: int) -> None:
    """Another owner; what the first one asked for ends with it."""
    deed.owner = choice
    deed.entries.append("reassigned")
    _moved_on(world, deed)


def complete_action(world: World, deed: Deed, _who: int, _choice: object) -> None:
    """Done: ten days to verify it."""
    deed.enter("done", "completed", verify=after_working_days(world.now, 10))
    _moved_on(world, deed)


def verify_action(world: World, deed: Deed, _who: int, choice: str) -> None:
    """Verified; without a difference the head of service has given the reason."""
    deed.difference, deed.excused = choice, choice == "no"
    deed.enter("verified", "verified")
    close_if_settled(world, deed.case)


def verify_with_follow_up(world: World, deed: Deed, _who: int, _choice: object) -> None:
    """No difference made: a further action for the same owner keeps the audit open."""
    deed.follow_up = _new_action(world, deed.case, deed.owner)
    deed.difference = "no"
    deed.enter("verified", "verified")


def raise_concern(world: World, case: Case, who: int, choice: bool) -> None:
    """The team's manager is told at once, the head of service if it is about them or they raised it."""
    level = "head" if choice or world.managers[case.team] == who else "team"
    if level == "head" and world.heads(who, case):
        level = "director"
    alert = Concern(case=case, raiser=who, about_manager=choice, level=level)
    _run(world, alert, "raised", "created", acknowledge=4, acknowledge_director=24)
    alert.entries = ["created"]
    world.add(alert)


def _run(world: World, alert: Item, state: str, entry: str, **hours: int) -> None:
    alert.enter(state, entry, **{key: world.now + timedelta(hours=count) for key, count in hours.items()})


def acknowledge(world: World, alert: Concern, _who: int, _choice: object) -> None:
    """The second clock starts."""
    _run(world, alert, "acknowledged", "acknowledged", resolve=24, resolve_director=48)


def re_raise(world: World, alert: Concern, _who: int, _choice: object) -> None:
    """Everybody up to the director hears of it, and the clocks start again."""
    alert.level = "director"
    _run(world, alert, "raised", "raised_again", acknowledge=4, acknowledge_director=24)


def into(state: str, entry: str) -> Effect:
    """A state in which no clock runs."""
    return lambda _world, item, _who, _choice: item.enter(state, entry)


def noted(entry: str) -> Effect:
    """An entry that changes no state."""
    return lambda _world, item, _who, _choice: item.entries.append(entry)


EFFECTS: dict[str, Effect] = (
    AUDIT_EFFECTS
    | ROUND_EFFECTS
    | {
        "ask_to_remove": ask("removal_asked", "remove"),
        "ask_not_audited": ask("exemption_asked", "mark_not_audited"),
        "propose": propose,
        "raise": raise_concern,
        "approve": approve,
        "refuse": into("refused", "refused"),
        "take_request_back": into("withdrawn", "withdrawn"),
        "accept_action": to_be_done("accepted"),
        "decline_action": into("declined", "declined"),
        "uphold_action": to_be_done("upheld"),
        "withdraw_action": withdraw_action,
        "reassign_action": reassign_action,
        "change_date": noted("date_changed"),
        "complete_action": complete_action,
        "ask_cannot_do": ask("cannot_do_asked", "cannot_do"),
        "verify_action": verify_action,
        "verify_with_follow_up": verify_with_follow_up,
        "reopen_action": to_be_done("reopened"),
        "acknowledge": acknowledge,
        "resolve": into("resolved", "resolved"),
        "re_raise": re_raise,
        "mark_raised_in_error": into("raised_in_error", "marked_raised_in_error"),
    }
)
