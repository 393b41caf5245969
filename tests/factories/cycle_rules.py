"""What the rules of the cycle ask of people, audits, actions and concerns, written apart from `workflows/`.

Nothing here imports the product. `cycle_table` puts the conditions together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.factories.cycle_world import Ask, Case, Concern, Deed, Item, Task, World

Asked = Callable[[World, Any, int, Any], bool]
"""Of the world, an item, a person and what they chose."""

BEFORE = "selected allocated in_progress"


@dataclass(frozen=True)
class Rule:
    """A move of items of one kind. `choices` is what can be chosen with it."""

    kind: str
    states: str
    who: Asked
    when: Asked = lambda _w, _i, _p, _c: True
    choices: str = ""

    def nearly(self, world: World, item: Any, who: int, choice: object) -> bool:
        """Whether only a condition could forbid it: the state is right, and so is the kind of person."""
        return item.state in self.states.split() and self.who(world, item, who, choice)


def role(*roles: str) -> Asked:
    """Anybody who holds one of these roles."""
    return lambda world, _item, who, _choice: bool(world.people[who].roles & set(roles))


def either(*asked: Asked) -> Asked:
    """One of several."""
    return lambda *about: any(one(*about) for one in asked)


def both(*asked: Asked) -> Asked:
    """All of several."""
    return lambda *about: all(one(*about) for one in asked)


def auditor(_world: World, item: Item, who: int, _choice: object) -> bool:
    """The auditor of the case."""
    return item.case.auditor == who  # type: ignore[attr-defined]


def moderator(world: World, item: Item, who: int, _choice: object) -> bool:
    """Whoever moderates the case now, or did last."""
    return world.moderator(item.case) == who  # type: ignore[attr-defined]


def holder(_world: World, task: Task, who: int, _choice: object) -> bool:
    """Whoever has this task."""
    return task.moderator == who


def owner(_world: World, deed: Deed, who: int, _choice: object) -> bool:
    """Whoever owns the action."""
    return deed.owner == who


def own_head(world: World, item: Item, who: int, _choice: object) -> bool:
    """The head of the case's service."""
    return world.heads(who, item.case)  # type: ignore[attr-defined]


def team_manager(world: World, item: Item, who: int, _choice: object) -> bool:
    """The manager of the case's team."""
    return world.managers[item.case.team] == who  # type: ignore[attr-defined]


def may_audit(world: World, case: Case, _who: int, choice: int) -> bool:
    """The person chosen is a trained auditor without conflict."""
    person = world.people[choice]
    able = person.has("auditor") and person.trained and choice not in case.declared
    return world.runs() and able and not world.conflict(choice, case)


def starts(world: World, item: Item, who: int, _choice: object) -> bool:
    """The round is live, and the case is not theirs in another way."""
    return world.runs() and not world.conflict(who, item.case)  # type: ignore[attr-defined]


def own_audit(world: World, case: Case, who: int) -> bool:
    """Their own audit or one they submitted before it changed hands, or that of somebody who answers to them."""
    return any(person == who or world.reports_to(person, who) for person in {case.auditor, *case.submitters})


def judged(world: World, case: Case, who: int) -> bool:
    """Their own audit or moderation, or that of somebody who answers to them."""
    moderators = [task.moderator for task in world.of("moderation", case) if isinstance(task, Task)]
    theirs = any(person == who or world.reports_to(person, who) for person in moderators)
    return own_audit(world, case, who) or theirs


def may_moderate(world: World, task: Task, who: int) -> bool:
    """A person who could be given this task."""
    someone = world.people[who]
    own = who in task.case.submitters or world.reports_to(task.auditor, who)
    moderates = someone.roles & {"team_manager", "external_moderator", "director"}
    return bool(moderates) and not world.conflict(who, task.case) and not own


def complete(world: World, case: Case, who: int, _choice: object) -> bool:
    """Everything is answered, a grade below Good has its action, and the moderator's comments an answer."""
    grade = case.typed.get(who)
    if grade is None or not starts(world, case, who, None) or (case.state == "returned" and not case.answered):
        return False
    return grade >= 3 or any(deed.state != "withdrawn" for deed in world.of("action", case))


def unopened(world: World, case: Case, _who: int, _choice: object) -> bool:
    """The moderator has not opened the submission."""
    return not any(task.state == "with_moderator" and task.opened for task in _tasks(world, case))


def _tasks(world: World, case: Case) -> list[Task]:
    return [task for task in world.of("moderation", case) if isinstance(task, Task)]


def is_late(world: World, item: Item, key: str) -> bool:
    """Whether this time limit of the item has passed."""
    return key in item.clocks and item.clocks[key].due <= world.now


def silent(world: World, case: Case, _who: int, _choice: object) -> bool:
    """The auditor has let the time to answer pass."""
    return is_late(world, case, "answer_return")


def decides(world: World, case: Case, who: int, _choice: object) -> bool:
    """Outside the case's line, neither auditor nor moderator; once passed up, the director or whom they chose."""
    contest = case.contest
    if contest is None or world.conflict(who, case) or judged(world, case, who):
        return False
    up = contest.escalated and (world.people[who].has("director") or contest.handed_to == who)
    return world.people[who].has("qa_lead") or world.heads_another(who, case) or up


def may_be_handed(world: World, case: Case, _who: int, choice: int) -> bool:
    """The dispute went up, and the person chosen is an external moderator outside both."""
    if case.contest is None or not case.contest.escalated or not world.people[choice].has("external_moderator"):
        return False
    return not world.conflict(choice, case) and not judged(world, case, choice)


def may_challenge(world: World, case: Case, _who: int, _choice: object) -> bool:
    """Once, and while there is time."""
    return not case.challenged and not is_late(world, case, "challenge")


def not_asked(world: World, item: Item, _who: int, _choice: object) -> bool:
    """No request about it waits for its answer."""
    return not any(ask.about is item and ask.state == "requested" for ask in _asks(world))


def _asks(world: World) -> list[Ask]:
    return [ask for ask in world.of("approval") if isinstance(ask, Ask)]


def removable(world: World, case: Case, who: int, choice: object) -> bool:
    """No grade was ever submitted."""
    return not case.submissions and not_asked(world, case, who, choice)


def approves(world: World, ask: Ask, who: int, _choice: object) -> bool:
    """Another than the requester, outside the case's line; who it is depends on what is asked."""
    if ask.requester == who or world.conflict(who, ask.case):
        return False
    head = {"remove": world.heads_another, "cannot_do": world.heads}.get(ask.move)
    return world.people[who].has("director") or (head is not None and head(who, ask.case))


def still_possible(world: World, ask: Ask, who: int, _choice: object) -> bool:
    """What was asked for can still be done."""
    if isinstance(ask.about, Deed):
        return ask.about.state == "open" and not_theirs(world, ask.about, who, None)
    return ask.about.state in BEFORE.split() and not (ask.move == "remove" and ask.case.submissions)


def proposes(world: World, case: Case, who: int, _choice: object) -> bool:
    """The auditor, the moderator or a quality assurance lead."""
    return auditor(world, case, who, None) or moderator(world, case, who, None) or world.people[who].has("qa_lead")


def not_theirs(world: World, deed: Deed, who: int, _choice: object) -> bool:
    """Neither the owner's nor of anybody who answers to the owner."""
    return deed.owner != who and not world.reports_to(who, deed.owner)


def verifies(world: World, deed: Deed, who: int, _choice: object) -> bool:
    """Auditor, a moderator of the case, a quality assurance lead or a head of service, outside the case's line."""
    role_of = world.people[who].roles & {"qa_lead", "head_of_service"}
    judge = bool(role_of) or auditor(world, deed, who, None) or who in [t.moderator for t in _tasks(world, deed.case)]
    return judge and not_theirs(world, deed, who, None) and not world.conflict(who, deed.case)


def followed_up(world: World, deed: Deed, who: int, choice: str) -> bool:
    """No difference made needs a follow-up, or the reason of the head of the case's service.

    A difference is nothing that the owner's manager vouches for.
    """
    return world.heads(who, deed.case) if choice == "no" else not world.reports_to(deed.owner, who)


def sees(world: World, case: Case, who: int, _choice: object) -> bool:
    """Whoever may see the record may raise a concern."""
    someone, alerts = world.people[who], [a for a in world.of("alert", case) if isinstance(a, Concern)]
    asks = [ask for ask in _asks(world) if ask.about is case]
    handed = any(contest.handed_to == who for contest in case.contests)
    if someone.has("qa_lead") or who in (case.auditor, case.worker) or handed:
        return True
    if who in [task.moderator for task in _tasks(world, case)]:
        return True
    if world.managers[case.team] == who:
        return case.shared or any(not alert.about_manager for alert in alerts)
    if world.heads(who, case):
        return case.published == 1 or bool(alerts)
    if someone.has("head_of_service"):
        return case.state == "disputed" or any(a.state == "requested" and a.move == "remove" for a in asks)
    told = any(alert.level == "director" for alert in alerts)
    up = any(contest.escalated for contest in case.contests)
    return someone.has("director") and (told or bool(asks) or up)


def passed_up(world: World, alert: Concern, who: int) -> bool:
    """The director, once it went up to them: before, it does not exist for them."""
    return world.people[who].has("director") and alert.level == "director"


def answers(world: World, alert: Concern, who: int, _choice: object) -> bool:
    """Manager, head of service, or the director it went up to; not the manager about whom it is."""
    manages = team_manager(world, alert, who, None)
    return (manages or own_head(world, alert, who, None) or passed_up(world, alert, who)) and not (
        alert.about_manager and manages
    )


def raises_again(world: World, alert: Concern, who: int, _choice: object) -> bool:
    """Whoever raised it, or answers for the case, or audits it; not the manager about whom it is."""
    if alert.about_manager and team_manager(world, alert, who, None):
        return False
    leads = passed_up(world, alert, who) or world.people[who].has("qa_lead")
    near = team_manager(world, alert, who, None) or own_head(world, alert, who, None)
    return alert.raiser == who or leads or near or auditor(world, alert, who, None)


def differs(_world: World, task: Task, _who: int, choice: int) -> bool:
    """The moderator's grade is another than the auditor's."""
    return choice != task.case.submissions[-1]


def returnable(_world: World, task: Task, _who: int, _choice: object) -> bool:
    """There is a comment, and it went back less than twice."""
    return task.commented and task.case.returns < 2
