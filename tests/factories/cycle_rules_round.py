"""What the rules ask of the round, of a second grading and of a correction, written apart from `workflows/`.

Nothing here imports the product. `cycle_table` puts the conditions together.
"""

from __future__ import annotations

from tests.factories.cycle_rules import is_late, judged
from tests.factories.cycle_world import Case, Correction, Item, Round, Second, World

SETTLED = {"agreed", "feedback_shared", "closed", "removed", "not_audited"}


def in_dispute(world: World, case: Item) -> bool:
    """Nobody decided the grade yet, and there is time to."""
    return case.state == "disputed" and not is_late(world, case, "determine")


def everything_in(world: World, _item: Round, _who: int, _choice: object) -> bool:
    """Every case is agreed, out of the sample or in dispute for too long; every second grading in or withdrawn."""
    cases = all(
        case.state in SETTLED or (case.state == "disputed" and not in_dispute(world, case))
        for case in world.of("case_audit")
    )
    return cases and all(second.state in ("filed", "removed") for second in world.of("second"))


def no_dispute_in_time(world: World, _item: Round, _who: int, _choice: object) -> bool:
    """Nobody is still deciding a grade."""
    return not any(in_dispute(world, case) for case in world.of("case_audit"))


def later(_world: World, _item: Round, _who: int, choice: int) -> bool:
    """An extension ends later than the round would."""
    return choice > 0


def cancels(world: World, _item: Round, who: int, _choice: object) -> bool:
    """A quality assurance lead while no grade is in, then the director."""
    graded = any(case.submissions for case in world.of("case_audit") if isinstance(case, Case))
    graded = graded or any(second.state == "filed" for second in world.of("second"))
    return world.people[who].has("director" if graded else "qa_lead")


def grader(_world: World, second: Second, who: int, _choice: object) -> bool:
    """Who grades the case a second time."""
    return second.auditor == who


def worker(_world: World, case: Case, who: int, _choice: object) -> bool:
    """The practitioner whose work it is."""
    return case.worker == who


def corrects(world: World, case: Case, _who: int, choice: object) -> bool:
    """Something else than what the submission says by now; other words are always something else."""
    return choice == "words" or choice != says(world, case)


def says(world: World, case: Case) -> int:
    """The overall grade that was submitted last, as corrected since."""
    approved = [c for c in world.of("correction", case) if isinstance(c, Correction) and c.decided_at is not None]
    grades = [c for c in approved if c.state == "approved" and c.proposed != "words"]
    last = max(grades, key=lambda c: (c.decided_at, c.id), default=None)
    return case.submissions[-1] if last is None else int(last.proposed)


def judges_correction(world: World, asked: Correction, who: int, _choice: object) -> bool:
    """A quality assurance lead who neither asked, nor graded or moderated it, outside the case's line.

    The director may where nobody else can; in this council somebody always can.
    """
    own = asked.requester == who or judged(world, asked.case, who)
    return world.people[who].has("qa_lead") and not own and not world.conflict(who, asked.case)
