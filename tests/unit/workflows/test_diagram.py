"""Diagrams and pages are made from the tables, and a stale page is noticed."""

import pytest

from workflows import diagram
from workflows.registry import WORKFLOWS
from workflows.table import Move, State, Workflow

SMALL = Workflow(
    name="alert",
    version=1,
    initial="new",
    states=(State("new", "Not begun"), State("over", "Over", final=True)),
    moves=(
        Move("note", "noted", ("new",), None, ("qa_lead",), "Write a note"),
        Move("finish", "finished", ("new",), "over", ("qa_lead",), "Finish"),
        Move("drop", "dropped", ("new",), "over", ("director",), "Drop | leave"),
    ),
    known_roles=frozenset({"qa_lead", "director"}),
)


@pytest.fixture
def folder(tmp_path):
    diagram.write_pages(tmp_path)
    return tmp_path


def test_a_diagram_has_every_state_and_one_arrow_for_each_pair():
    assert diagram.render_diagram(SMALL) == (
        "stateDiagram-v2\n"
        '    state "Not begun" as new\n'
        '    state "Over" as over\n'
        "    [*] --> new\n"
        "    new --> new: Write a note\n"
        "    new --> over: Finish · Drop | leave\n"
        "    over --> [*]\n"
    )


def test_a_page_says_who_may_do_what():
    page = diagram.render_page(SMALL)
    assert "| the QA lead | Not begun | Write a note; Finish |" in page
    assert "| the director | Not begun | Drop \\| leave |" in page
    assert "## Time limits" not in page


@pytest.mark.parametrize("noun", list(WORKFLOWS))
def test_a_page_has_every_move_condition_limit_and_fact(noun):
    workflow = WORKFLOWS[noun]
    page = diagram.render_page(workflow)
    for action in workflow.by_action:
        assert f"(`{action}`)" in page
    for guard in workflow.guards.values():
        assert f"| `{guard.name}` | {guard.sentence} |" in page
    for deadline in workflow.deadlines:
        assert f"| `{deadline.key}` |" in page
    assert page.count("\n# ") + page.startswith("# ") == 1


def test_limits_say_how_long_and_what_happens():
    page = diagram.render_page(WORKFLOWS["case_audit"])
    assert (
        "| 5 working days (setting `days_to_accept_change`) | the system makes the move “Accept the change” |" in page
    )
    assert "| until the date in `round_ends_on` | “Submit the audit” is late |" in page
    concern = diagram.render_page(WORKFLOWS["alert"])
    assert "| 4 hours (setting `hours_to_acknowledge`) |" in concern


def test_the_index_links_every_page():
    index = diagram.render_index()
    for noun in WORKFLOWS:
        assert f"]({noun}.md)" in index


def test_fresh_pages_pass_the_check(folder):
    assert diagram.main(["--check"], folder) == 0


@pytest.mark.parametrize("name", ["README.md", "case_audit.md"])
def test_a_changed_page_fails_the_check(folder, name, capsys):
    (folder / name).write_text("other", encoding="utf-8")
    assert diagram.main(["--check"], folder) == 1
    assert capsys.readouterr().err == f"Not what the tables say: {name}. Run `python -m workflows.diagram`.\n"


def test_a_missing_page_and_one_without_a_table_fail_the_check(folder):
    (folder / "alert.md").unlink()
    (folder / "old.md").write_text("left over", encoding="utf-8")
    assert diagram.find_stale(folder) == ["alert.md", "old.md"]


def test_writing_brings_everything_in_step(folder, capsys):
    (folder / "alert.md").unlink()
    (folder / "old.md").write_text("left over", encoding="utf-8")
    assert diagram.main([], folder) == 0
    assert capsys.readouterr().out == "2 pages written: alert.md, old.md\n"
    assert diagram.find_stale(folder) == []
    diagram.main([], folder)
    assert capsys.readouterr().out == "0 pages written: all were fresh\n"
