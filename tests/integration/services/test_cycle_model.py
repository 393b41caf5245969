"""Random people make random moves over a small round, and the database does what a model of the rules says.

The model (`tests/factories/cycle_*`) is plain Python and knows nothing of the workflow tables. After every step
states, people, grades, time limits and the journal's words are compared; a move that the model forbids must be
refused with a sentence and leave no trace. What a closed round published stays as it was: a later correction or
decision makes a further version beside it, and only if a figure is another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from auditflow.domain.errors import Refused, Stale
from auditflow.models import Journal
from auditflow.models.database import Database
from auditflow.queries.results_stamp import read_stamp
from auditflow.services.act import Act
from auditflow.services.results import check_frozen, results_digest, results_of
from auditflow.services.verify import verify_journal
from tests.factories.actions import run_deadlines
from tests.factories.cycle_acts import MOVES, perform
from tests.factories.cycle_asked import Asked, type_answers
from tests.factories.cycle_chances import CHOICES, FIRST, LATE, SELDOM, STATES, VERSIONLESS
from tests.factories.cycle_database import KINDS, check_published, read_database, read_model
from tests.factories.cycle_effects_items import EFFECTS
from tests.factories.cycle_stage import Stage, begin_round
from tests.factories.cycle_table import RULES, allowed
from tests.factories.cycle_time import pass_time
from tests.factories.cycle_world import Case, Item

LAST_DAY = date(2026, 12, 10)
EXAMPLES, STEPS, TYPING, FAR = 12, 80, 0.1, 0.4


class Cycle:
    """One example: a live round of three cases in a transaction that is rolled back, and dice."""

    def __init__(self, stage: Stage, session: Session, dice: Random) -> None:
        self.stage, self.session, self.dice = stage, session, dice
        self.first_entry = session.scalar(sa.select(sa.func.max(Journal.id))) or 0
        self.world = begin_round(session, stage)
        self.number, self.steps, self.made = 0, 0, Counter[str]()
        self.tried = Counter[tuple[str, ...]]()
        self.last: Asked | None = None
        self.digests: dict[Any, str] = {}
        self.frozen: list[tuple[int, str, str]] = []
        for case in self.world.of("case_audit"):
            assert isinstance(case, Case)
            self._type(case, case.auditor or 0)
        self._compare()

    def come_to_reporting(self) -> None:
        """What lies behind a round that is nearly over: every grade is Good, and the second grading is in."""
        first, second, third = self.world.of("case_audit")
        self._make(self._ask("allocate", third, self._lead(), first.auditor))  # type: ignore[attr-defined]
        for case in (first, second, third):
            assert isinstance(case, Case) and case.auditor is not None
            self._make(self._ask("start", case, case.auditor, None))
            self._type(case, case.auditor, 3)
            self._make(self._ask("submit", case, case.auditor, None))
        (other,) = self.world.of("second")
        for move in ("start_second", "submit_second"):
            self._make(self._ask(move, other, other.auditor, None))  # type: ignore[attr-defined]

    def leave_a_dispute_undecided(self) -> None:
        """While the round reports a grade is challenged, and nobody decides in time."""
        case = self.world.of("case_audit")[0]
        assert isinstance(case, Case)
        self._make(self._ask("begin_reporting", self.world.round, self._lead(), None))
        self._make(self._ask("share_feedback", case, self._lead(), None))
        self._make(self._ask("challenge", case, self.world.managers[case.team], None))
        self._pass(case.clocks["determine"].due - self.world.now)

    def _lead(self) -> int:
        return next(p for p, person in self.world.people.items() if person.roles == {"qa_lead"})

    def step(self) -> None:
        """Mostly somebody does what they may; else somebody tries what they may not, or time passes."""
        (chosen,) = self.dice.choices(
            [
                self.somebody_does_what_they_may,
                self.anybody_tries_anything,
                self.somebody_acts_on_an_old_page,
                self.the_same_form_is_sent_again,
                self.time_passes,
            ],
            weights=[28, 18, 3, 3, 4],
        )
        self.steps += 1
        chosen()

    def somebody_does_what_they_may(self) -> None:
        """And an auditor who may write has typed something, now and then something else."""
        for case in self.world.of("case_audit"):
            assert isinstance(case, Case)
            if case.state in ("in_progress", "returned") and case.auditor is not None and self.dice.random() < TYPING:
                self._type(case, case.auditor)
        asked = self._possible()
        if asked is not None:
            self._make(asked)

    def anybody_tries_anything(self) -> None:
        """Any move of any item by anybody, or one that only a condition forbids, of a kind seldom tried so far."""
        misses = [] if self.dice.random() < FAR else list(self._near_misses())
        there = [move for move in RULES if self.world.of(RULES[move].kind)]
        least = min(there, key=lambda move: (self.tried[move,], self.dice.random()))
        kinds = sorted({self._kind(*miss) for miss in misses})
        kind = min(kinds, key=lambda kind: (self.tried[kind[:1]], self.tried[kind], self.dice.random()), default=None)
        chosen = [miss for miss in misses if self._kind(*miss) == kind] or [self._anything(least)]
        move, item, who, choice = self.dice.choice(chosen)
        if not (move == "open" and item.opened):  # type: ignore[attr-defined] # twice is once, whoever asks
            self.tried.update([(move,), self._kind(move, item, who, choice)])
            self._make(self._ask(move, item, who, choice))

    def _kind(self, move: str, item: Item, who: int, choice: Any) -> tuple[str, ...]:
        """What makes one attempt like another: the move, the state, the person's roles, yes or no."""
        return (move, item.state, *sorted(self.world.people[who].roles), str(choice in (True, "yes")))

    def _near_misses(self) -> Iterator[tuple[str, Item, int, Any]]:
        for move, rule in RULES.items():
            for item, who, choice in self._nearly(move):
                if not rule.when(self.world, item, who, choice):
                    yield move, item, who, choice

    def _nearly(self, move: str) -> Iterator[tuple[Item, int, Any]]:
        """The right state and the right kind of person, with every choice there is."""
        for item in self.world.of(RULES[move].kind):
            for who in self.world.people:
                if RULES[move].nearly(self.world, item, who, None):
                    yield from ((item, who, choice) for choice in self._choices(move))

    def _anything(self, move: str) -> tuple[str, Item, int, Any]:
        items, people = self.world.of(RULES[move].kind), list(self.world.people)
        return move, self.dice.choice(items), self.dice.choice(people), self.dice.choice(self._choices(move))

    def somebody_acts_on_an_old_page(self) -> None:
        """What they may do, but seen before the last change."""
        asked = self._possible()
        if asked is not None and asked.name not in VERSIONLESS:
            self._expect_refusal(replace(asked, version=asked.version - 1), Stale)

    def the_same_form_is_sent_again(self) -> None:
        """As it was, or with other words under the same key: the same outcome or a refusal, and nothing new."""
        if self.last is not None:
            words = self.last.why if self.last.name == "comment" else self.dice.choice([self.last.why, "Other words."])
            self._harmless(replace(self.last, why=words))

    def time_passes(self) -> None:
        """Some hours, or until something is due, before the first bank holiday; the system does what is due."""
        now, items = self.world.now, [item for kind in KINDS for item in self.world.of(kind)]
        due = [clock.due - now for item in items for clock in item.clocks.values() if clock.due > now]
        span = self.dice.choice([timedelta(hours=5), timedelta(hours=30), *due])
        if (now + span).date() <= LAST_DAY:
            self._pass(span)

    def _pass(self, span: timedelta) -> None:
        pass_time(self.world, span)
        run_deadlines(self.session, self.world.now)
        self.last = None
        self._compare()

    def live(self) -> None:
        """Mostly from the beginning; each third round is nearly over already, each sixth with an undecided dispute."""
        self.stage.examples += 1
        if self.stage.examples % 3 == 0:
            self.come_to_reporting()
            self.steps = STEPS // 2
        if self.stage.examples % 6 == 0:
            self.leave_a_dispute_undecided()
        while self.steps < STEPS:
            self.step()

    def end(self) -> None:
        """The journal verifies, whatever happened, and says under which digest results were frozen."""
        assert verify_journal(self.session).findings == ()
        round_id = self.world.round.id
        assert all(check_frozen(self.session, round_id, number) for number, *_ in self.frozen)

    # How a move is chosen, made and refused

    def _possible(self) -> Asked | None:
        """A move that the model allows: any kind of move that somebody may make now, then any such move."""
        for move in sorted(RULES, key=self._turn):
            if move in LATE and self.steps < LATE[move] * STEPS:
                continue
            found = [about for about in self._nearly(move) if RULES[move].when(self.world, *about)]
            if found:
                return self._ask(move, *self.dice.choice(found))
        return None

    def _turn(self, move: str) -> float:
        """What was made least often in this example comes first, by and large."""
        return self.dice.random() * (1 + self.made[move]) ** 2 * (8 if move in SELDOM else 0.2 if move in FIRST else 1)

    def _choices(self, move: str) -> list[Any]:
        people = list(self.world.people)
        return CHOICES.get(RULES[move].choices, people)

    def _ask(self, move: str, item: Item, who: int, choice: Any) -> Asked:
        self.number += 1
        act = Act(who, self.world.now, f"move-{self.number:04}-0123456789")
        return Asked(move, item, choice, act, item.version, self.world.round.ends_on)

    def _make(self, asked: Asked) -> None:
        if not allowed(self.world, asked.name, asked.item, asked.act.actor_id or 0, asked.choice):
            self._expect_refusal(asked, Refused)
            self.stage.refused[asked.name] += 1
            return
        self._tell(asked, "does")
        self._perform(asked)
        EFFECTS[asked.name](self.world, asked.item, asked.act.actor_id or 0, asked.choice)
        self.last = asked
        self._compare()
        self._results_follow_their_stamp()
        self.made[asked.name] += 1
        self.stage.made[asked.name] += 1

    def _perform(self, asked: Asked) -> None:
        """As in a request of its own: the session remembers nothing of the one before."""
        self.session.expunge_all()
        perform(self.session, asked)

    def _tell(self, asked: Asked, verb: str) -> None:
        """For whoever reads of a failure."""
        who, item = self.world.people[asked.act.actor_id or 0].name, asked.item
        note(f"{who} {verb} {asked.name} with {asked.choice}: {item.kind} {item.id}, {item.state}")

    def _expect_refusal(self, asked: Asked, kind: type[Refused]) -> None:
        self._tell(asked, "must not")
        point = self.session.begin_nested()
        with pytest.raises(kind) as refusal:
            self._perform(asked)
        point.rollback()
        assert refusal.value.sentence.endswith((".", "?")), refusal.value.sentence
        assert read_database(self.session, self.first_entry) == self.seen, f"{asked.name} was refused and left a trace"

    def _harmless(self, asked: Asked) -> None:
        point = self.session.begin_nested()
        try:
            self._perform(asked)
        except Refused:
            point.rollback()
        else:
            point.commit()
        assert read_database(self.session, self.first_entry) == self.seen, f"{asked.name} was done twice"

    def _type(self, case: Case, who: int, grade: int | None = None) -> None:
        grade = grade or self.dice.choice([1, 2, 3, 4, 4, 4])
        type_answers(self.session, case, who, grade, Act(who, self.world.now, "typing-0123456789"))
        case.typed[who], case.answered = grade, True

    def _results_follow_their_stamp(self) -> None:
        """Whoever keeps results until the stamp changes never shows an old figure."""
        round_id = self.world.round.id
        stamp, digest = read_stamp(self.session, round_id), results_digest(results_of(self.session, round_id))
        assert self.digests.setdefault(stamp, digest) == digest, "a figure changed and the stamp did not"

    def _compare(self) -> None:
        self.seen = seen = read_database(self.session, self.first_entry)
        for kind, items in self.world.items.items():
            for item, row in zip(items, seen["rows"][kind], strict=True):
                item.id = row[0]
                self.stage.reached[kind].add(item.state)
        for part, expected in read_model(self.world).items():
            assert seen[part] == expected
        check_published(self.session, self.world, self.frozen, seen["results"])
        self.frozen = seen["results"]


def test_random_moves_do_what_the_rules_say_and_nothing_else(database: Database) -> None:
    stage = Stage(database)

    # A failure is told move by move; to shrink it over a database takes minutes and tells little more.
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(dice=st.randoms(use_true_random=True))
    def play(dice: Random) -> None:
        with stage.database.writer() as session:
            cycle = Cycle(stage, session, dice)
            cycle.live()
            cycle.end()
            session.rollback()

    play()
    # The order of Python's sets differs between processes, and the story with it: nearly everything happens in each.
    few = len(MOVES) // 10
    assert len(set(MOVES) - set(stage.made)) <= few, sorted(set(MOVES) - set(stage.made))
    assert len(set(MOVES) - set(stage.refused)) <= few, "hardly anything was refused"
    missed = {(kind, state) for kind, states in STATES.items() for state in states - stage.reached[kind]}
    assert len(missed) <= few, sorted(missed)
