"""The documented facts are exactly those that guards and time limits read."""

import pytest

from workflows.facts import FACTS, list_facts, when_asking
from workflows.registry import WORKFLOWS

NOUNS = pytest.mark.parametrize("noun", list(WORKFLOWS))


def test_every_workflow_has_its_list_of_facts():
    assert list(FACTS) == list(WORKFLOWS)


@NOUNS
def test_documented_facts_are_those_that_are_read(noun):
    workflow = WORKFLOWS[noun]
    read = {fact for guard in workflow.guards.values() for fact in guard.reads}
    read |= {deadline.from_fact for deadline in workflow.deadlines if deadline.from_fact}
    assert {fact.name for fact in list_facts(noun)} == read


@NOUNS
def test_every_fact_is_plain_and_says_what_it_means(noun):
    for fact in list_facts(noun):
        assert fact.type in {"bool", "int", "str", "date", "str | None", "int | None"}, fact.name
        assert fact.meaning.endswith("."), fact.name
        # The reader of facts sorts columns by these prefixes.
        assert not fact.name.startswith(("role_", "tell_", "again_"))


@NOUNS
def test_one_name_means_one_thing_in_every_workflow(noun):
    for fact in list_facts(noun):
        for other in WORKFLOWS:
            for same in list_facts(other):
                if same.name == fact.name:
                    assert (same.type, same.given) == (fact.type, fact.given)


def test_what_a_screen_assumes_while_nothing_is_chosen():
    asking = when_asking("case_audit")
    assert asking["chosen_trained"] is True
    assert asking["chosen_in_conflict"] is False
    assert asking["changed_grades"] is None
    assert asking["approved_ask"] is None
    assert "submissions" not in asking
    assert when_asking("alert") == {}


@NOUNS
def test_nothing_about_the_actor_or_the_record_is_ever_assumed(noun):
    for name in when_asking(noun):
        assert not name.startswith("actor_")
