"""The pages of an audit as forms: what they ask, what they take, and that nothing is changed on the way."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from auditflow.adapters.tool_file import find_shipped
from auditflow.domain.audit_tool import (
    answer_problems,
    empty_answers,
    find_section,
    list_sections,
    read_tool,
    section_answers,
    tool_document,
    unanswered,
)
from auditflow.domain.errors import NotFound
from forms.fields import clean_text
from forms.grading import section_form
from tests.factories.audit_tool import small_document

GENERAL = find_shipped("general_case_audit")
SMALL = read_tool(small_document())
STATUSES = ("child_in_need", "child_protection", "child_in_care", "Care leaver", None)
SENT = {"version": "1", "key": "k" * 20}
VOICE = {
    "q_seen_alone": "yes",
    "q_changed_decision": "no",
    "grade": "2",
    "reason": "Brief.",
    "evidence": "Visit 3 Sept.",
    "difference": "",
}


def page(key, status="child_in_need"):
    return section_form(GENERAL, key, status)


def post(form_class, saved=None, **sent):
    return form_class(MultiDict({**SENT, **sent}), data=form_class.initial(saved or {}))


def test_a_page_is_built_once_for_each_version():
    stored = read_tool(tool_document(GENERAL))
    assert page("voice", "CIN") is page("voice", "Child in need") is section_form(stored, "voice", "child_in_need")
    assert page("voice") is not page("voice", "child_in_care")


def test_every_page_has_a_form():
    for status in STATUSES:
        for section in list_sections(GENERAL, status):
            assert section_form(GENERAL, section.key, status).section == section


@pytest.mark.parametrize(("key", "status"), [("home", "plan"), ("nothing", "plan"), ("x" * 5000, None)])
def test_a_page_that_is_not_asked_is_not_found(key, status):
    with pytest.raises(NotFound) as caught:
        section_form(SMALL, key, status)
    assert len(str(caught.value)) < 120


def test_audits_that_only_grade_have_no_page_for_who_took_part():
    with pytest.raises(NotFound):
        section_form(GENERAL, "participation", "child_in_need", grading_only=True)


def test_what_was_typed_becomes_the_section_of_the_answers():
    form = post(page("voice"), **VOICE)
    assert form.validate(), form.errors
    assert form.answers() == {
        "grade": 2,
        "reason": "Brief.",
        "evidence": "Visit 3 Sept.",
        "difference": "",
        "questions": {"seen_alone": "yes", "changed_decision": "no", "own_way": None},
    }


def test_who_took_part():
    texts = {
        f"{who}_{what}": "" for who in ("practitioner", "child", "family") for what in ("who", "how", "view", "why_not")
    }
    form = post(page("participation"), **texts | {"child_took_part": "no", "child_why_not": "She chose not to."})
    assert form.validate(), form.errors
    assert form.answers()["child"] == {
        "took_part": "no",
        "who": "",
        "how": "",
        "view": "",
        "why_not": "She chose not to.",
    }
    assert form.answers()["family"]["took_part"] is None


def test_the_overall_grade():
    form = post(page("overall"), grade="4", reason="All in all.")
    assert form.validate(), form.errors
    assert form.answers() == {"grade": 4, "reason": "All in all."}


def test_a_draft_may_have_gaps():
    form = post(page("voice"), reason="", evidence="", difference="")
    assert form.validate(), form.errors
    assert form.answers() == empty_answers(GENERAL, "child_in_need")["domains"]["voice"]


def grades_of(form_class):
    return [choice.value for choice in form_class().grade.iter_choices()]


def test_not_applicable_is_offered_last_and_only_where_it_may_be_chosen():
    assert grades_of(page("permanence")) == ["4", "3", "2", "1", "na"]
    assert grades_of(page("permanence", "child_in_care")) == ["4", "3", "2", "1"]
    assert grades_of(page("overall")) == ["4", "3", "2", "1"]
    form = post(page("permanence", "child_in_care"), **{**VOICE, "grade": "na"})
    assert not form.validate()
    assert form.answers()["grade"] is None


# What must not pass


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grade", "5"),
        ("grade", "na"),
        ("grade", "٣"),
        ("grade", "3.0"),
        ("q_seen_alone", "maybe"),
        ("q_seen_alone", "YES"),
    ],
)
def test_an_unknown_answer_gets_a_sentence_and_is_not_kept(field, value):
    form = post(page("voice"), **{**VOICE, field: value})
    assert not form.validate()
    assert form[field].errors[0].endswith("choose one of the answers shown.")
    said = form.answers()
    assert (said["grade"] if field == "grade" else said["questions"]["seen_alone"]) is None
    assert said["reason"] == "Brief."


def test_a_repeated_answer_gets_a_sentence():
    for name in ("grade", "reason", "q_seen_alone"):
        form = page("voice")(MultiDict([*SENT.items(), *VOICE.items(), (name, "3")]))
        assert not form.validate()
        assert "more than one answer was sent" in form[name].errors[0]


def test_a_text_may_have_20000_characters_and_no_more():
    assert post(page("voice"), **{**VOICE, "evidence": "x" * 20_000}).validate()
    form = post(page("voice"), **{**VOICE, "evidence": "x" * 20_001})
    assert not form.validate()
    assert form.error_list() == [
        {"text": "Evidence must be 20,000 characters or fewer. It has 20,001.", "href": "#evidence"}
    ]
    assert len(form.answers()["evidence"]) == 20_001, "what was typed stays on the page"


def test_a_text_that_did_not_arrive_is_refused_and_shown_as_it_was_saved():
    sent = {name: value for name, value in VOICE.items() if name != "reason"}
    form = post(page("voice"), saved={"reason": "Written yesterday."}, **sent)
    assert not form.validate()
    assert "did not arrive" in form.reason.errors[0]
    assert form.answers()["reason"] == "Written yesterday."


@pytest.mark.parametrize("name", ["q_other", "q_", "child_who", "q_" + "x" * 5000])
def test_an_answer_that_the_page_does_not_ask_gets_a_sentence(name):
    form = post(page("voice"), **VOICE, **{name: "yes"})
    assert not form.validate()
    assert form.error_list()[0]["text"].startswith(f"An answer was sent to “{name[:40]}”")


def test_buttons_and_tokens_are_no_answers():
    assert post(page("voice"), **VOICE, csrf_token="x", next="planning").validate()


def test_many_unknown_answers_are_not_all_listed():
    form = post(page("voice"), **VOICE, **{f"q_{number}": "yes" for number in range(100)})
    assert not form.validate()
    assert len(form.error_list()) == 3


def test_a_page_without_its_version_is_refused():
    form = page("voice")(MultiDict({**VOICE, "key": "k" * 20}))
    assert not form.validate()
    assert form.answers()["reason"] == "Brief."


@pytest.mark.parametrize(
    "saved", [{"grade": 9, "reason": 3, "questions": ["x"]}, {"questions": {"seen_alone": 5}}, {"grade": True}]
)
def test_a_saved_section_of_the_wrong_shape_is_shown_blank(saved):
    form_class = page("voice")
    assert form_class(data=form_class.initial(saved)).answers() == empty_answers(GENERAL, None)["domains"]["voice"]


@given(
    st.dictionaries(st.sampled_from([*VOICE, "q_x", "version", "key", "q_own_way"]), st.lists(st.text(), max_size=3))
)
def test_whatever_is_sent_the_answers_have_the_right_shape(sent):
    form_class = page("voice")
    form = form_class(MultiDict(sent), data=form_class.initial({}))
    assert answer_problems(GENERAL, {"domains": {"voice": form.answers()}}, "child_in_need") == []
    assert isinstance(form.validate(), bool)
    assert all(problem["text"].endswith(".") for problem in form.error_list())
    assert answer_problems(GENERAL, {"domains": {"voice": form.answers()}}, "child_in_need") == []


# To the page and back


TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(clean_text)


def saved_section(section):
    """Answers to one page as they may be saved."""
    if section.key == "participation":
        who = {
            "took_part": st.sampled_from(["yes", "no", None]),
            "who": TYPED,
            "how": TYPED,
            "view": TYPED,
            "why_not": TYPED,
        }
        return st.fixed_dictionaries(dict.fromkeys(("practitioner", "child", "family"), st.fixed_dictionaries(who)))
    grades = [1, 2, 3, 4, None] + ["na"] * section.may_be_not_applicable
    parts = {"grade": st.sampled_from(grades), "reason": TYPED}
    if section.domain:
        answered = st.sampled_from(["yes", "partly", "no", "na", None])
        questions = {question.key: answered for question in section.questions}
        parts |= {"evidence": TYPED, "difference": TYPED, "questions": st.fixed_dictionaries(questions)}
    return st.fixed_dictionaries(parts)


def as_sent(form):
    """What a browser sends for a page that nobody touched: every text, and radios only when one is chosen."""
    radios = {name for name, field in form._fields.items() if hasattr(field, "choices")}
    sent = {field.name: field._value() if field.name not in radios else field.data for field in form}
    return MultiDict({name: value for name, value in sent.items() if name not in radios or value} | SENT)


@given(st.data())
def test_answers_survive_the_page(data):
    status = data.draw(st.sampled_from(STATUSES))
    section = data.draw(st.sampled_from(list_sections(GENERAL, status)))
    saved = data.draw(saved_section(section))
    form_class = section_form(GENERAL, section.key, status)
    shown = form_class(data=form_class.initial(saved), version=1)
    assert shown.answers() == saved
    sent = form_class(as_sent(shown), data=form_class.initial({}))
    assert sent.validate(), sent.errors
    assert sent.answers() == saved


# On the page


PAGES = Environment(loader=PackageLoader("auditflow"), autoescape=True, undefined=StrictUndefined)
PARTIALS = {"domain": "_domain.html", "participation": "_participation.html", "overall": "_overall.html"}


def rendered(section, status, saved=None):
    form_class = section_form(GENERAL, section.key, status)
    form = form_class(data=form_class.initial(saved or {}), version=1)
    template = PAGES.get_template("case_audit/" + PARTIALS[section.kind])
    return template.render(form=form, section=section, tool=GENERAL)


def ids(html):
    return [
        element.get("id") for element in html5lib.parse(html, namespaceHTMLElements=False).iter() if element.get("id")
    ]


@pytest.mark.parametrize("status", STATUSES)
def test_every_missing_answer_leads_to_its_field(status):
    for section in list_sections(GENERAL, status):
        answers = empty_answers(GENERAL, status)
        for key in answers["participation"]:
            answers["participation"][key]["took_part"] = "yes"
        found = ids(rendered(section, status, section_answers(answers, section)))
        assert len(found) == len(set(found))
        anchors = {item.anchor for item in unanswered(GENERAL, answers, status) if item.section == section.key}
        assert anchors
        assert anchors <= set(found)


@pytest.mark.parametrize("key", ["voice", "permanence", "participation", "overall"])
def test_a_page_is_valid_html_with_a_label_for_every_input(key):
    section = find_section(GENERAL, key, "child_in_need")
    html = rendered(section, "child_in_need")
    html5lib.HTMLParser(strict=True).parseFragment(html)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    labelled = {label.get("for") for label in tree.iter("label")}
    inputs = {field.get("id") for tag in ("input", "textarea") for field in tree.iter(tag)}
    assert inputs == labelled
    described = {
        one
        for tag in ("input", "textarea", "fieldset")
        for field in tree.iter(tag)
        for one in (field.get("aria-describedby") or "").split()
    }
    assert described <= set(ids(html))


def test_each_grade_stands_beside_what_it_looks_like():
    html = rendered(find_section(GENERAL, "voice", "child_in_need"), "child_in_need", {"grade": 2})
    domain = GENERAL.domain("voice")
    places = [html.index(words) for words in ("Outstanding", domain.grades.outstanding, "Good", domain.grades.good)]
    assert places == sorted(places)
    assert html.count(" checked") == 1


def test_what_was_typed_is_escaped():
    html = rendered(find_section(GENERAL, "voice", None), None, {"reason": "</textarea><script>x</script>"})
    assert "<script>" not in html


def test_the_page_says_what_to_do_when_a_child_may_be_unsafe():
    html = PAGES.get_template("case_audit/_concern.html").render(tool=GENERAL, concern_href="/audits/7/concern")
    assert GENERAL.immediate_concern.question in html
    assert 'href="/audits/7/concern"' in html
