"""Ratios, bounds and verdicts: what a goal's row says."""

import pytest

from bench.measure import NOTHING, Conditions, Goal, Result
from bench.report import page

COST = Goal("X", "a cost", 2.0, 1.3, faster=False)


def result(goal: Goal, ours: float, floor: tuple[float, ...] = (1.0, 1.0, 1.0)) -> Result:
    return Result(goal, "ours", "floor", {"ours": [ours] * 3, "floor": floor}, 1)


@pytest.mark.parametrize(("ours", "verdict"), [(1.2, "aim met"), (1.9, "must met"), (2.1, "MISSED")])
def test_a_cost_is_a_multiple_of_the_floors(ours: float, verdict: str) -> None:
    found = result(COST, ours)
    assert found.ratio == pytest.approx(ours)
    assert found.verdict == verdict


def test_a_speed_is_a_share_of_the_floors() -> None:
    assert result(Goal("Y", "a speed", 0.5, 0.8), 2.0).verdict == "must met"


def test_an_unsteady_floor_says_nothing() -> None:
    assert result(COST, 1.0, (1.0, 1.0, 2.1)).verdict == "VOID"


def test_a_goal_that_nobody_must_reach_is_not_missed() -> None:
    aimed = result(Goal("Z", "far away", NOTHING, 2.0, faster=False), 3.0)
    assert aimed.verdict == "aim not met"
    text = page([aimed], Conditions([1.0], [0.0]), [], 5)
    assert "| Z | far away | 3 × | – | ≤ 2 × | aim not met |" in text
    assert "MISSED" not in text
