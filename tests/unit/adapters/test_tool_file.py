"""Tool files: the strict YAML reader, and what is promised of the tools that come with the product."""

import re

import pytest
import yaml

from auditflow.adapters.tool_file import find_shipped, load_folder, load_shipped, load_tool, parse_tool
from auditflow.domain.audit_tool import (
    Applicability,
    applicability,
    asked_questions,
    empty_answers,
    read_tool,
    tool_document,
    unanswered,
)
from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade
from tests.factories.audit_tool import small_document

STATUSES = ("child_in_need", "child_protection", "child_in_care")
TEXT = yaml.safe_dump(small_document(), sort_keys=False, allow_unicode=True)


def refusal(text):
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadInput) as caught:
        parse_tool(content, name="small.yaml")
    return str(caught.value)


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_file_is_read():
    assert parse_tool(TEXT.encode(), name="small.yaml") == read_tool(small_document())


def test_a_byte_order_mark_does_no_harm():
    assert parse_tool(b"\xef\xbb\xbf" + TEXT.encode(), name="small.yaml").key == "small"


def test_a_name_given_twice_is_refused_with_both_lines():
    text = TEXT + "title: Another\n"
    first, last = line_of(text, "title: Small audit"), len(text.splitlines())
    assert refusal(text) == f"small.yaml, line {last}: “title” was already given on line {first}."


def test_an_unknown_name_is_refused_with_its_line():
    text = TEXT.replace("  look_back_months: 12", "  look_bak_months: 12")
    with pytest.raises(BadInput) as caught:
        parse_tool(text.encode(), name="small.yaml")
    outer, inner = line_of(text, "window:"), line_of(text, "look_bak")
    assert caught.value.details["problems"] == [
        f"small.yaml, line {outer}: window: “look_back_months” is missing.",
        f"small.yaml, line {inner}: window, look_bak_months: “look_bak_months” is not a name that is known here.",
    ]


def test_everything_wrong_is_listed_in_the_order_of_the_file():
    text = TEXT.replace("version: 1", "version: 0").replace("unit: child", "unit: aunt")
    with pytest.raises(BadInput, match=r"\(1 more\)$") as caught:
        parse_tool(text.encode(), name="small.yaml")
    assert [problem.split(": ")[0] for problem in caught.value.details["problems"]] == [
        "small.yaml, line 2",
        "small.yaml, line 4",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("title: Small audit", "title: no", "“no” is not text: put it in quotation marks."),
        ("title: Small audit", "title: 2026-12-01", "“2026-12-01” is not text: put it in quotation marks."),
        ("title: Small audit", "title: 1.5", "“1.5” is not text"),
        ("title: Small audit", "title:", "“” is not text"),
        ("title: Small audit", "title: 3", "title: this must be text (put it in quotation marks), not “3”."),
        ("title: Small audit", "title: [a]", "title: this must be text (put it in quotation marks), not a list."),
        ("title: Small audit", "title: !!python/object:os.system x", "is not text"),
        ("title: Small audit", "title: &a Small audit", "anchors (&) and aliases (*) are not used here"),
        ("version: 1", "version: 0x1F", "write “0x1F” as a plain whole number."),
        ("version: 1", "version: 010", "write “010” as a plain whole number."),
        ("version: 1", "version: 9999999999", "as a plain whole number."),
        ("version: 1", "true: 1", "a name must be plain text."),
        ("version: 1", "? [a, b]\n: 1", "a name must be plain text."),
    ],
)
def test_what_yaml_would_let_pass_is_refused_with_its_line(old, new, sentence):
    text = TEXT.replace(old, new)
    assert text != TEXT
    said = refusal(text)
    assert sentence in said
    assert re.match(r"small\.yaml, line \d+: ", said)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "small.yaml is empty."),
        ("# nothing\n", "small.yaml is empty."),
        (b"\xff\xfe", "small.yaml is not UTF-8 text (byte 1)."),
        ("a: [", "small.yaml, line 1"),
        ("a: b: c", "small.yaml, line 1"),
        ("a: 'x", "small.yaml, line 1"),
        (TEXT + "---\nkey: second\n", "small.yaml, line"),
        ("- a\n- b\n", "small.yaml, line 1: this must be a group of names and values, not a list."),
        ("a: \x00", "small.yaml is not YAML text that can be read."),
        ("[" * 3000 + "]" * 3000, "small.yaml, line 1: this is nested too deeply."),
        ("x" * 1_000_001, "small.yaml is larger than 1,000,000 bytes"),
        ("a: &a [x]\nb: [*a, *a]\n", "anchors (&) and aliases (*) are not used here"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_tool_file_at_all(text, sentence):
    assert sentence in refusal(text)


def test_a_file_on_disk(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(TEXT)
    assert load_tool(path).title == "Small audit"
    with pytest.raises(BadInput, match=r"none\.yaml could not be read"):
        load_tool(tmp_path / "none.yaml")


def test_a_folder_of_versions_is_read_in_order_and_none_is_there_twice(tmp_path):
    for number in (10, 2, 1):
        (tmp_path / f"small_{number}.yaml").write_text(TEXT.replace("version: 1", f"version: {number}"))
    (tmp_path / "notes.txt").write_text("not a tool")
    assert [tool.version for tool in load_folder(tmp_path)] == [1, 2, 10]
    (tmp_path / "copy.yaml").write_text(TEXT)
    with pytest.raises(BadInput, match="Two files hold version 1 of the audit tool “small”"):
        load_folder(tmp_path)


# What comes with the product


@pytest.fixture(scope="module")
def general():
    return find_shipped("general_case_audit")


def test_every_shipped_tool_is_sound_and_survives_storage():
    for tool in load_shipped():
        assert read_tool(tool_document(tool)) == tool
    assert find_shipped("nothing") is None


def test_the_general_case_audit_has_its_twelve_domains(general):
    assert [domain.title for domain in general.domains] == [
        "Recording and chronology",
        "Assessment and analysis of need",
        "Identifying and managing risk",
        "Child’s voice and daily life",
        "Planning and outcomes",
        "Visits and direct work",
        "Family and network",
        "Partner agencies working together",
        "Identity, culture and diversity",
        "Management oversight and supervision",
        "Permanence and stability",
        "Reviewing and challenge",
    ]
    assert (general.window.look_back_months, general.window.judge_months) == (12, 6)
    assert [party.key for party in general.participation.parties] == ["practitioner", "child", "family"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Child looked after", "child_in_care"),
        ("CLA", "child_in_care"),
        ("CP", "child_protection"),
        ("Child in need", "child_in_need"),
    ],
)
def test_it_knows_the_statuses_as_case_lists_write_them(general, written, key):
    assert general.case_type(written).key == key


def test_all_domains_are_asked_and_a_few_may_be_not_applicable(general):
    optional = {
        status: [key for key, applies in applicability(general, status).items() if applies is Applicability.OPTIONAL]
        for status in STATUSES
    }
    assert optional == {
        "child_in_need": ["permanence", "reviewing"],
        "child_protection": ["permanence"],
        "child_in_care": ["family"],
    }
    for status in STATUSES:
        assert Applicability.NOT_ASKED not in applicability(general, status).values()


@pytest.mark.parametrize("status", STATUSES)
def test_each_domain_asks_two_to_four_questions(general, status):
    asked = {domain.key: len(asked_questions(general, domain, status)) for domain in general.domains}
    assert {key: count for key, count in asked.items() if not 2 <= count <= 4} == {}


@pytest.mark.parametrize("status", STATUSES)
def test_an_empty_audit_has_everything_left(general, status):
    left = unanswered(general, empty_answers(general, status), status)
    questions = sum(len(asked_questions(general, domain, status)) for domain in general.domains)
    assert len(left) == questions + 12 * 4 + 3 + 2


def test_the_four_grades_are_described_in_whole_sentences_of_their_own(general):
    described = [domain.grades.of(grade) for domain in general.domains for grade in Grade]
    described += [general.overall.grades.of(grade) for grade in Grade]
    assert len(set(described)) == 4 * 13
    for text in described:
        assert text.endswith(".")
        assert 90 <= len(text) <= 420, text


def test_what_the_field_asks_of_this_tool_is_in_it(general):
    found = {
        f"{domain.key}.{question.key}": question.text for domain in general.domains for question in domain.questions
    }
    assert "victim in their own right" in found["risk.domestic_abuse"]
    assert "reasons" in found["oversight.decisions"]
    assert "reducing the risk" in found["planning.reduces_risk"]
    assert "does not replace a referral" in " ".join(general.immediate_concern.prompt.split())


def test_its_words_are_those_of_the_screen(general):
    kept_for_code = r"\b(purpose|frame|judgemental|eliminated|lost|bridge|alert|severity|determine|calibration)\w*\b"
    said = yaml.safe_dump(tool_document(general), allow_unicode=True, width=10_000)
    assert re.findall(kept_for_code, said, re.IGNORECASE) == []
    assert not re.search(r"\w'\w|\"", said.replace("''", "’")), "use curly quotation marks"
