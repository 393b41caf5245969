"""Every open state of every workflow waits for somebody, or it is written down for whom or what instead."""

from __future__ import annotations

import pytest

from workflows.registry import WORKFLOWS
from workflows.roles import PERSON_ROLES
from workflows.waiting import ELSEWHERE, WAITING


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_open_state_waits_for_somebody_or_says_why_not(name: str) -> None:
    elsewhere = {state for noun, state in ELSEWHERE if noun == name}
    assert set(WAITING[name]) | elsewhere == WORKFLOWS[name].open
    assert not set(WAITING[name]) & elsewhere


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_it_waits_for_are_moves_of_that_state_and_roles_people_hold(name: str) -> None:
    for state, waiting in WAITING[name].items():
        possible = {move.action for move in WORKFLOWS[name].by_state[state]}
        assert set(waiting.actions) & possible, state
        assert name == "audit_round" or set(waiting.actions) <= possible, state
        assert set(waiting.asked) <= set(PERSON_ROLES), state
        assert waiting.holder or waiting.asked, state
