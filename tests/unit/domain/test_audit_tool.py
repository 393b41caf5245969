"""Audit tools: what is asked about a case of some status, what is missing, and how far an audit has come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain import audit_tool as tools
from auditflow.domain.audit_tool import Applicability, Missing, Status
from auditflow.domain.grades import Grade
from tests.factories.audit_tool import good_answers, small_answers, small_document


@pytest.fixture
def tool():
    return tools.check_tool(tools.read_tool(small_document()))


def fields(missing):
    return [(item.section, item.field) for item in missing]


# Who is asked what


def test_applicability_follows_the_status(tool):
    assert tools.applicability(tool, "plan") == {"risk": Applicability.REQUIRED, "home": Applicability.NOT_ASKED}
    assert tools.applicability(tool, "need")["home"] is Applicability.OPTIONAL
    assert tools.applicability(tool, "care")["home"] is Applicability.REQUIRED


@pytest.mark.parametrize("written", ["need", "Child in need", " child-IN_need ", "cin"])
def test_a_status_is_known_by_any_of_its_names(tool, written):
    assert tools.applicability(tool, written) == tools.applicability(tool, "need")


@pytest.mark.parametrize("unknown", [None, "", "Care leaver"])
def test_an_unknown_status_is_asked_everything(tool, unknown):
    assert tools.applicability(tool, unknown) == {"risk": Applicability.REQUIRED, "home": Applicability.OPTIONAL}


def test_a_question_for_one_status_is_asked_of_that_status_and_of_unknown_ones():
    changed = small_document()
    changed["domains"][0]["questions"][1]["applies_to"] = ["care"]
    tool = tools.read_tool(changed)
    asked = {
        kind: [q.key for q in tools.asked_questions(tool, tool.domains[0], kind)] for kind in ("need", "care", "?")
    }
    assert asked == {"need": ["seen"], "care": ["seen", "plan"], "?": ["seen", "plan"]}


def test_pages_come_in_order_and_are_numbered_among_those_asked(tool):
    pages = tools.list_sections(tool, "care")
    assert [page.key for page in pages] == ["risk", "home", "participation", "overall"]
    assert [(page.number, page.count) for page in pages] == [(1, 2), (2, 2), (0, 0), (0, 0)]
    assert tools.find_section(tool, "home", "plan") is None


def test_audits_that_only_grade_ask_nobody_to_take_part(tool):
    assert [page.key for page in tools.list_sections(tool, "plan", grading_only=True)] == ["risk", "overall"]


# What is missing


def test_nothing_is_missing_from_a_full_audit(tool):
    assert tools.unanswered(tool, small_answers(), "plan") == []


def test_everything_is_missing_from_an_empty_one(tool):
    assert fields(tools.unanswered(tool, {}, "plan")) == [
        ("risk", "q_seen"),
        ("risk", "q_plan"),
        ("risk", "grade"),
        ("risk", "reason"),
        ("risk", "evidence"),
        ("risk", "difference"),
        ("participation", "practitioner_took_part"),
        ("participation", "child_took_part"),
        ("overall", "grade"),
        ("overall", "reason"),
    ]


def test_a_missing_answer_says_where_it_is_and_what_it_is_called(tool):
    answers = small_answers()
    answers["domains"]["risk"]["difference"] = ""
    assert tools.unanswered(tool, answers, "plan") == [Missing("risk", "difference", "Difference", "difference")]


@pytest.mark.parametrize("field", ["reason", "evidence", "difference"])
@pytest.mark.parametrize("nothing", ["", "  \n", "-", "…", None, 7])
def test_a_text_that_says_nothing_is_missing(tool, field, nothing):
    answers = small_answers()
    answers["domains"]["risk"][field] = nothing
    assert fields(tools.unanswered(tool, answers, "plan")) == [("risk", field)]


@pytest.mark.parametrize("grade", [None, 0, 5, "3", True, 3.5, [3]])
def test_a_grade_that_is_not_one_is_missing(tool, grade):
    answers = small_answers()
    answers["domains"]["risk"]["grade"] = grade
    answers["overall"]["grade"] = grade
    assert fields(tools.unanswered(tool, answers, "plan")) == [("risk", "grade"), ("overall", "grade")]


@pytest.mark.parametrize("answer", [None, "", "maybe", True, ["yes"]])
def test_a_question_needs_one_of_the_answers(tool, answer):
    answers = small_answers()
    answers["domains"]["risk"]["questions"]["seen"] = answer
    assert fields(tools.unanswered(tool, answers, "plan")) == [("risk", "q_seen")]


def test_not_applicable_needs_only_a_reason_where_it_is_allowed(tool):
    assert tools.unanswered(tool, small_answers(home={"grade": "na", "reason": "Lives at home."}), "need") == []
    assert fields(tools.unanswered(tool, small_answers(home={"grade": "na", "reason": ""}), "need")) == [
        ("home", "reason")
    ]


def test_not_applicable_is_no_grade_where_the_domain_must_be_graded(tool):
    answers = small_answers(home=good_answers("na", first="yes"))
    assert fields(tools.unanswered(tool, answers, "care")) == [("home", "grade")]
    assert "applies" in tools.unanswered(tool, answers, "care")[0].label


def test_the_overall_grade_is_never_not_applicable(tool):
    answers = small_answers()
    answers["overall"]["grade"] = "na"
    assert fields(tools.unanswered(tool, answers, "plan")) == [("overall", "grade")]


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"took_part": "yes", "who": "", "how": ""}, ["child_who", "child_how"]),
        ({"took_part": "yes", "who": "Her advocate", "how": "On 2 December"}, []),
        ({"took_part": "no", "who": "Her advocate", "why_not": " "}, ["child_why_not"]),
        ({"took_part": None, "why_not": "Too young"}, ["child_took_part"]),
        ({"took_part": ["yes"]}, ["child_took_part"]),
        ("nobody", ["child_took_part"]),
    ],
)
def test_each_takes_part_or_the_audit_says_why_not(tool, said, missing):
    answers = small_answers()
    answers["participation"]["child"] = said
    assert fields(tools.unanswered(tool, answers, "plan")) == [("participation", field) for field in missing]


def test_a_grade_below_good_and_each_no_needs_an_action(tool):
    answers = small_answers(risk=good_answers(2, seen="no", plan="partly"))
    assert fields(tools.unanswered(tool, answers, "plan")) == [("risk", "action.q_seen"), ("risk", "action.grade")]
    assert [item.key for item in tools.findings(tool, answers, "plan")] == ["risk.seen", "risk"]
    left = tools.unanswered(tool, answers, "plan", answered_findings={"risk"})
    assert left == [Missing("risk", "action.q_seen", "An action: Was seen done?", "action")]
    assert tools.unanswered(tool, answers, "plan", answered_findings={"risk", "risk.seen"}) == []


def test_an_overall_grade_below_good_needs_its_own_action_only_when_no_domain_explains_it(tool):
    answers = small_answers()
    answers["overall"]["grade"] = 2
    assert [item.key for item in tools.findings(tool, answers, "plan")] == ["overall"]
    answers["domains"]["risk"]["grade"] = 1
    assert [item.key for item in tools.findings(tool, answers, "plan")] == ["risk"]


def test_what_is_not_applicable_finds_nothing(tool):
    answers = small_answers(home={**good_answers("na"), "questions": {"first": "no"}})
    assert tools.findings(tool, answers, "need") == []


def test_an_audit_that_only_grades_needs_no_action_and_no_participation(tool):
    answers = {"domains": {"risk": good_answers(1, seen="no", plan="no")}, "overall": {"grade": 1, "reason": "Poor."}}
    assert tools.unanswered(tool, answers, "plan", grading_only=True) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["yes", "no", "na", 3]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["domains", "risk", "home", "questions", "seen", "grade", "overall", "child", "reason"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    ).filter(lambda value: isinstance(value, dict)),
    st.sampled_from(["need", "plan", "care", "", None]),
)
def test_answers_of_any_shape_are_read_without_an_error(answers, status):
    tool = tools.read_tool(small_document())
    missing = tools.unanswered(tool, answers, status)
    progress = tools.completeness(tool, answers, status)
    assert sum(page.left for page in progress.progress) == len(missing)
    assert isinstance(tools.answer_problems(tool, answers, status), list)


# How far it has come


def test_progress_page_by_page(tool):
    answers = small_answers(home={"grade": 4})
    answers["overall"] = {}
    state = tools.completeness(tool, answers, "care")
    said = {page.section.key: (page.status, page.left, page.grade) for page in state.progress}
    assert said == {
        "risk": (Status.COMPLETE, 0, Grade.GOOD),
        "home": (Status.IN_PROGRESS, 4, Grade.OUTSTANDING),
        "participation": (Status.COMPLETE, 0, None),
        "overall": (Status.CANNOT_START, 2, None),
    }
    assert (state.domains_finished, state.domains, state.complete) == (1, 2, False)
    assert state.next_section is not None
    assert state.next_section.key == "home"


def test_the_overall_grade_can_be_started_once_the_domains_are_finished(tool):
    answers = small_answers()
    answers["overall"] = {"grade": None, "reason": ""}
    state = tools.completeness(tool, answers, "plan")
    assert state.progress[-1].status is Status.NOT_STARTED


def test_empty_answers_are_sound_and_nothing_in_them_is_started(tool):
    for status in ("need", "plan", "care", None):
        empty = tools.empty_answers(tool, status)
        assert tools.answer_problems(tool, empty, status) == []
        begun = {page.status for page in tools.completeness(tool, empty, status).progress}
        assert begun == {Status.NOT_STARTED, Status.CANNOT_START}
