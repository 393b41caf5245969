"""Answers: the shape they must have, their canonical bytes and their digest."""

from copy import deepcopy

import pytest

from auditflow.domain import audit_tool as tools
from auditflow.domain.errors import BadInput
from tests.factories.audit_tool import good_answers, small_answers, small_document


@pytest.fixture
def tool():
    return tools.check_tool(tools.read_tool(small_document()))


# The shape of answers


def test_sound_answers_have_no_problems(tool):
    assert tools.answer_problems(tool, small_answers(), "plan") == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda a: a.update(extra=1), "The audit: “extra” is not asked here."),
        (lambda a: a["domains"].update(home=good_answers()), "“home” is not a domain that is asked about this case."),
        (lambda a: a["domains"].update(risk=[]), "Risk: the answers are not a group of fields."),
        (lambda a: a.update(domains=[]), "The domains are not a group of sections."),
        (lambda a: a["domains"]["risk"].update(grade=7), "Risk, grade: “7” is not a grade."),
        (lambda a: a["domains"]["risk"].update(reason=7), "Risk, reason: this must be text."),
        (lambda a: a["domains"]["risk"].update(notes="x"), "Risk: “notes” is not asked here."),
        (lambda a: a["domains"]["risk"]["questions"].update(seen="ja"), "Risk, seen: “ja” is not an answer"),
        (lambda a: a["domains"]["risk"].update(questions=3), "Risk: the questions are not a group of answers."),
        (lambda a: a["overall"].update(grade="na"), "Overall grade, grade: “na” is not a grade."),
        (lambda a: a["participation"].update(family={}), "Who took part: “family” is not asked here."),
        (lambda a: a["participation"]["child"].update(took_part="na"), "Child, took part: “na” is not an answer"),
        (lambda a: a["participation"].update(child="x"), "Child: the answers are not a group of fields."),
        (lambda a: a["overall"].update(reason="x" * 20_001), "this has 20,001 characters; the most is 20,000."),
        (lambda a: a["overall"].update(reason="a\x00b"), "a character that cannot be kept"),
        (lambda a: a["overall"].update(reason="\ud800"), "a character that cannot be kept"),
    ],
)
def test_each_wrong_shape_has_its_sentence(tool, spoil, sentence):
    answers = small_answers()
    spoil(answers)
    problems = tools.answer_problems(tool, answers, "plan")
    assert len(problems) == 1
    assert sentence in problems[0]


def test_answers_that_are_no_group_at_all(tool):
    assert tools.answer_problems(tool, [], "plan") == ["The answers are not a group of sections."]


# Digests


def test_canonical_answers_are_sorted_utf8_without_spaces():
    assert tools.canonical_json({"b": [1, None], "a": "Zoë “x”"}) == '{"a":"Zoë “x”","b":[1,null]}'.encode()


def test_the_digest_is_the_sha256_of_the_canonical_bytes():
    assert tools.answers_digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_digest_does_not_depend_on_order_and_does_depend_on_every_answer(tool):
    answers = small_answers()
    turned = dict(reversed(answers.items()))
    assert tools.answers_digest(turned) == tools.answers_digest(answers)
    changed = deepcopy(answers)
    changed["domains"]["risk"]["evidence"] += " "
    assert tools.answers_digest(changed) != tools.answers_digest(answers)


@pytest.mark.parametrize(
    "value", [{"a": 1.0}, {1: "a"}, {"a": {"b"}}, {"a": float("nan")}, {"a": "\ud800"}, {"a": b"x"}]
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(BadInput):
        tools.answers_digest(value)
