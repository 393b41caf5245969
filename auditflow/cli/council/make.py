"""Making the whole sample council: staff, list, baseline, re-audit. The same date gives the same council."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from unittest.mock import patch

from sqlalchemy.orm import Session

from auditflow.adapters.tool_file import load_shipped
from auditflow.cli.council import baseline, live
from auditflow.cli.council.audits import Story
from auditflow.cli.council.calendar import Calendar, calendar_for
from auditflow.cli.council.diary import Diary
from auditflow.cli.council.people import Staff, make_staff
from auditflow.cli.council.post import ask_now, post_the_past
from auditflow.domain.clock import local_date
from auditflow.models import AuditRound
from auditflow.services.act import Act
from auditflow.services.seal import seal_journal
from auditflow.services.stuck import check_stuck

Say = Callable[[str], object]
BETTER = 0.32
"""How much better practice on the same cases is in the re-audit, on the scale of the practice index."""


@dataclass(frozen=True, slots=True)
class Made:
    """The sample council: its people and its two rounds."""

    staff: Staff
    baseline: AuditRound
    live: AuditRound


def make_council(session: Session, now: datetime, *, say: Say = lambda _line: None) -> Made:
    """Fill an empty, migrated database in the caller's transaction, as if `now` were the end of its story."""
    today = local_date(now)
    calendar = calendar_for(today)
    with repeatable_chance(today):
        say("People: 14 teams, 180 workers, 10 auditors")
        staff = make_staff(session, _chance(today, "people"), Act(None, calendar.at(baseline.LAUNCH - 30), "sample"))
        say("Case list: 5,000 cases")
        frame = baseline.make_frame(session, staff, calendar, _chance(today, "cases"))
        first = baseline.plan_baseline(session, staff, calendar, frame, _chance(today, "plan"))
        practised = baseline.practice(session, first, _chance(today, "practice"))
        story = Story(Diary(), calendar, load_shipped()[0], _chance(today, "baseline"), practised)
        say("Baseline: 80 cases and 5 added by hand, audited, moderated, closed")
        baseline.live_baseline(session, staff, calendar, first, story)
        story.diary.live(session, calendar.at(live.LAUNCH - 4), keep=True)
        say("Re-audit: the same cases, other auditors, under way")
        second = live.plan_live(session, staff, calendar, first)
        live.live_round(session, staff, second, _continued(story, calendar, today), now)
        story.diary.live(session, now)
        check_stuck(session, Act(None, now, "sample:stuck-now"))
        post_the_past(session, now)
        ask_now(session, now)
        seal_journal(session, now)
    return Made(staff, first, second)


def _continued(story: Story, calendar: Calendar, today: date) -> Story:
    """The re-audit's story in the same diary; practice on each case moved a little, mostly for the better."""
    chance = _chance(today, "re-audit")
    moved = {ref: index + chance.gauss(BETTER, 0.45) for ref, index in story.index.items()}
    # Replacements were never audited before: usual practice for whatever case comes in.
    usual: defaultdict[str, float] = defaultdict(lambda: baseline.USUAL_PRACTICE + BETTER, moved)
    return Story(story.diary, calendar, story.tool, chance, usual, {"dispute": 1})


def _chance(today: date, what: str) -> Random:
    return Random(f"{today.isoformat()} {what}")


@contextmanager
def repeatable_chance(today: date) -> Iterator[None]:
    """Seeds, salts and tokens that repeat themselves for the same date, inside this block only."""
    source = Random(f"{today.isoformat()} seeds")

    def token_hex(length: int = 32) -> str:
        return hashlib.sha256(source.randbytes(32)).hexdigest()[: 2 * length].ljust(2 * length, "0")

    with patch("secrets.token_hex", token_hex):
        yield
