"""Audit tools as data: reading, checking, and what differs between two versions."""

from dataclasses import replace

import pytest

from auditflow.domain import audit_tool as tools
from auditflow.domain.audit_tool import BadTool
from tests.factories.audit_tool import small_document


@pytest.fixture
def tool():
    return tools.check_tool(tools.read_tool(small_document()))


# Versions


def test_a_tool_survives_being_written_and_read(tool):
    assert tools.read_tool(tools.tool_document(tool)) == tool


def test_equal_versions_do_not_differ_and_the_number_alone_is_no_difference(tool):
    assert tools.compare_tools(tool, replace(tool, version=2)) == []
    assert tools.tool_digest(tool) != tools.tool_digest(replace(tool, version=2))


def test_what_changed_is_said_with_titles(tool):
    changed = small_document()
    changed["version"] = 2
    changed["domains"][0]["questions"][0]["text"] = "Was she seen?"
    changed["domains"][1]["grades"]["good"] = "Settled."
    del changed["participation"]["parties"][1]
    changed["domains"][1]["questions"][0]["applies_to"] = ["care"]
    new = tools.read_tool(changed)
    said = {(change.where, change.kind) for change in tools.compare_tools(tool, new)}
    assert (("Domains", "Risk", "Questions", "Was she seen?", "Text"), "changed") in said
    assert (("Domains", "Home", "Grades", "Good"), "changed") in said
    assert (("Domains", "Home", "Questions", "Was first done?", "Applies to"), "changed") in said
    assert (("Participation", "Parties", "Child", "Who", "Label"), "removed") in said
    before_after = [(c.before, c.after) for c in tools.compare_tools(tool, new) if c.where[-1] == "Text"]
    assert before_after == [("Was seen done?", "Was she seen?")]


def test_domains_that_only_change_places_are_not_rewritten(tool):
    moved = replace(tool, domains=tool.domains[::-1])
    assert [(c.where, c.before, c.after) for c in tools.compare_tools(tool, moved)] == [
        (("Domains", "Order"), "risk, home", "home, risk")
    ]


def test_domains_shared_by_two_versions(tool):
    smaller = replace(tool, domains=tool.domains[1:])
    assert tools.shared_domains(tool, smaller) == ("home",)
    assert tools.shared_domains(smaller, tool) == ("home",)


# Reading and checking a tool


def read_and_check(changed):
    return tools.check_tool(tools.read_tool(changed))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(colour="red"), "colour: “colour” is not a name that is known here."),
        (lambda d: d.pop("summary"), "“summary” is missing."),
        (lambda d: d["domains"][1].pop("lead"), "domains, number 2: “lead” is missing."),
        (lambda d: d.update(version="1"), "version: this must be a whole number, not “1”."),
        (lambda d: d.update(version=True), "version: this must be a whole number, not “True”."),
        (lambda d: d.update(title=None), "title: this must be text (put it in quotation marks), not blank."),
        (lambda d: d.update(domains="risk"), "domains: this must be a list, not “risk”."),
        (lambda d: d["domains"].append(3), "domains, number 3: this must be a group of names and values, not “3”."),
        (lambda d: d.update(version=0), "version: the first version is 1."),
        (lambda d: d.update(unit="family"), "unit: “family” is not a unit: use child or assessment"),
        (lambda d: d.update(summary=" "), "summary: this must not be blank."),
        (lambda d: d.update(title="x" * 101), "title: this has 101 characters; the most is 100."),
        (lambda d: d.update(key="Small Tool"), "key: “Small Tool” is not a key"),
        (lambda d: d["domains"][1].update(key="risk"), "domains, number 2: “risk” is there twice."),
        (lambda d: d["domains"][1].update(key="overall"), "“overall” is kept for another section."),
        (lambda d: d["domains"][0]["questions"][1].update(key="seen"), "“seen” is there twice."),
        (lambda d: d["domains"][1].update(required_for=["adult"]), "“adult” is not one of the statuses: need or"),
        (lambda d: d["domains"][1].update(optional_for=["care"]), "“care” is there twice in required_for and"),
        (lambda d: d["domains"][1].update(not_applicable_when=""), "optional_for and not_applicable_when go together"),
        (lambda d: d["domains"][0].update(required_for=["need", "care"]), "no domain has to be graded for “plan”."),
        (lambda d: d["domains"][0].update(questions=[]), "1 to 10 questions are asked; for “need” there are 0."),
        (lambda d: d["domains"][1]["questions"][0].update(applies_to=["plan"]), "“plan” is not one of the statuses"),
        (
            lambda d: d["domains"][0]["grades"].update(good="risk is poor."),
            "two grades are described in the same words",
        ),
        (lambda d: d["window"].update(judge_months=13), "judge at least 1 month"),
        (lambda d: d["window"].update(re_audit_guidance="From {day}."), "say {judge_from} once"),
        (lambda d: d["participation"]["parties"][0].update(key="aunt"), "“aunt” cannot take part"),
        (lambda d: d["participation"]["parties"][0].update(key="child"), "“child” is there twice."),
        (lambda d: d["case_types"][1].update(also=["cin"]), "“cin” is also the name of another status."),
        (lambda d: d.update(case_types=[]), "name at least one status."),
    ],
)
def test_each_fault_of_a_tool_has_its_sentence(spoil, sentence):
    changed = small_document()
    spoil(changed)
    with pytest.raises(BadTool) as caught:
        read_and_check(changed)
    assert any(sentence in str(problem) for problem in caught.value.problems), caught.value.problems


def test_all_faults_are_said_at_once():
    changed = small_document()
    changed["version"], changed["unit"] = 0, "family"
    with pytest.raises(BadTool) as caught:
        read_and_check(changed)
    assert len(caught.value.problems) == 2
    assert caught.value.details["problems"] == [str(problem) for problem in caught.value.problems]
