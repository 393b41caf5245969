"""The people and things of a round as plain values, for a model of the rules that owes nothing to the product.

Working days here are Mondays to Fridays: the story ends before the first bank holiday of its winter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta


def after_working_days(start: datetime, days: int) -> datetime:
    """The end of the day that is so many weekdays after `start` (London keeps UTC in winter)."""
    day = start.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return end_of(day)


def end_of(day: date) -> datetime:
    """The last instant of a winter's day."""
    return datetime.combine(day, time.max, UTC)


@dataclass(frozen=True)
class Someone:
    """A person: what they may be, and whom they answer to. `trained` counts for auditors only."""

    id: int
    name: str
    roles: frozenset[str]
    team: int | None = None
    service: int | None = None
    manager: int | None = None
    trained: bool = True

    def has(self, role: str) -> bool:
        """Whether they hold this role."""
        return role in self.roles


@dataclass
class Clock:
    """A time limit that runs; `noticed` is when the system dealt with it last."""

    due: datetime
    noticed: datetime | None = None


@dataclass(kw_only=True, eq=False)
class Item:
    """Anything that has a state: `entries` is what its journal must say, one word an entry."""

    kind: str
    state: str
    id: int = 0
    entries: list[str] = field(default_factory=lambda: ["created"])
    clocks: dict[str, Clock] = field(default_factory=dict)

    def enter(self, state: str, entry: str, **clocks: datetime) -> None:
        """Move: the journal says `entry`, and only the clocks of the new state run."""
        self.state = state
        self.entries.append(entry)
        self.clocks = {key: Clock(due) for key, due in clocks.items()}

    @property
    def version(self) -> int:
        """How many entries there are."""
        return len(self.entries)


@dataclass(kw_only=True, eq=False)
class Task(Item):
    """A moderation task."""

    kind: str = "moderation"
    state: str = "waiting"
    case: Case
    auditor: int
    moderator: int | None = None
    holders: list[int] = field(default_factory=list)
    opened: bool = False
    commented: bool = False


@dataclass(kw_only=True, eq=False)
class Deed(Item):
    """An action; `first_due` is the date from which it is overdue."""

    kind: str = "action"
    state: str = "proposed"
    case: Case
    owner: int
    first_due: date
    difference: str = ""
    excused: bool = False
    follow_up: Deed | None = None


@dataclass(kw_only=True, eq=False)
class Concern(Item):
    """An immediate concern for a child."""

    kind: str = "alert"
    state: str = "raised"
    case: Case
    raiser: int
    about_manager: bool
    level: str


@dataclass(kw_only=True, eq=False)
class Ask(Item):
    """A request for somebody else's approval, about a case or an action."""

    kind: str = "approval"
    state: str = "requested"
    entries: list[str] = field(default_factory=lambda: ["requested"])
    case: Case
    about: Item
    move: str
    requester: int


@dataclass(kw_only=True, eq=False)
class Correction(Item):
    """A request to correct what was submitted: another overall grade, or other `words`."""

    kind: str = "correction"
    state: str = "requested"
    entries: list[str] = field(default_factory=lambda: ["requested"])
    case: Case
    requester: int
    proposed: int | str
    decider: int | None = None
    decided_at: datetime | None = None


@dataclass(kw_only=True, eq=False)
class Second(Item):
    """A blind second grading of a case; whoever makes it keeps it."""

    kind: str = "second"
    state: str = "allocated"
    case: Case
    auditor: int
    grade: int | None = None


@dataclass(kw_only=True, eq=False)
class Round(Item):
    """The round. `figures` is what its frozen results rest on, `versions` how often they were frozen."""

    kind: str = "audit_round"
    state: str = "live"
    ends_on: date
    first_ends_on: date
    versions: int = 0
    figures: object = None


@dataclass
class Contest:
    """A dispute about a grade."""

    open: bool = True
    escalated: bool = False
    handed_to: int | None = None


@dataclass(kw_only=True, eq=False)
class Case(Item):
    """A case audit. `typed` is the overall grade that each auditor has typed, everything else being complete.

    `marked`: the published grade is that of a dispute which nobody decided.
    """

    kind: str = "case_audit"
    ref: str
    worker: int
    team: int
    auditor: int | None
    typed: dict[int, int] = field(default_factory=dict)
    answered: bool = True
    submissions: list[int] = field(default_factory=list)
    submitters: set[int] = field(default_factory=set)
    moderated: int | None = None
    published: int | None = None
    marked: bool = False
    agreed_on: date | None = None
    returns: int = 0
    invited: bool = False
    shared: bool = False
    challenged: bool = False
    contests: list[Contest] = field(default_factory=list)
    declared: set[int] = field(default_factory=set)

    @property
    def case(self) -> Case:
        """Itself: every item knows its case."""
        return self

    def is_late(self, ends_on: date) -> bool:
        """Whether it was agreed after this day."""
        return self.agreed_on is not None and self.agreed_on > ends_on

    @property
    def contest(self) -> Contest | None:
        """The dispute that waits for its decision."""
        return next((contest for contest in self.contests if contest.open), None)


@dataclass
class World:
    """Everything there is, in the order in which it came about. `held` are people and cases they once held."""

    people: dict[int, Someone]
    services: dict[int, int]
    managers: dict[int, int]
    held: frozenset[tuple[int, str]]
    round: Round
    now: datetime
    items: dict[str, list[Item]] = field(default_factory=dict)

    def runs(self) -> bool:
        """Whether the round is live."""
        return self.round.state == "live"

    def add(self, item: Item) -> None:
        """One more item of its kind."""
        self.items.setdefault(item.kind, []).append(item)

    def of(self, kind: str, case: Case | None = None) -> list[Item]:
        """The items of a kind, of one case if it is given."""
        return [item for item in self.items.get(kind, []) if case is None or item.case is case]  # type: ignore[attr-defined]

    def reports_to(self, person: int | None, manager: int) -> bool:
        """Whether a person answers to that manager, directly or as a member of the team."""
        if person is None:
            return False
        someone = self.people[person]
        return manager in (someone.manager, self.managers.get(someone.team or 0))

    def conflict(self, who: int, case: Case) -> bool:
        """Holds or held the case, manages its worker, or belongs to (or manages) its team."""
        return (
            who == case.worker
            or self.people[who].team == case.team
            or self.managers[case.team] == who
            or self.reports_to(case.worker, who)
            or (who, case.ref) in self.held
        )

    def heads(self, who: int, case: Case) -> bool:
        """Whether they are head of the service that the case belongs to."""
        someone = self.people[who]
        return someone.has("head_of_service") and someone.service == self.services[case.team]

    def heads_another(self, who: int, case: Case) -> bool:
        """Whether they are head of another service than the case's."""
        return self.people[who].has("head_of_service") and not self.heads(who, case)

    def moderator(self, case: Case) -> int | None:
        """Who has, or had last, the moderation of this case."""
        tasks = [task.moderator for task in self.of("moderation", case) if isinstance(task, Task)]
        return next((person for person in reversed(tasks) if person is not None), None)

    def settled(self, case: Case) -> bool:
        """Whether no action keeps the audit open."""
        return all(self._deed_settled(deed) for deed in self.of("action", case) if isinstance(deed, Deed))

    def _deed_settled(self, deed: Deed) -> bool:
        if deed.state in ("not_done", "withdrawn"):
            return True
        if deed.state != "verified":
            return False
        over = ("verified", "not_done", "withdrawn")
        follow_up = deed.follow_up is not None and deed.follow_up.state in over
        return deed.difference != "no" or deed.excused or follow_up
