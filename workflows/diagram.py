"""Tables made readable: a state diagram (Mermaid) and the page “who may do what” for every workflow.

`python -m workflows.diagram` writes `docs/workflows/`; with `--check` it writes nothing and ends with 1
when a page is not what the tables say, so that the pages can never go stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workflows.facts import Fact, list_facts
from workflows.registry import WORKFLOWS
from workflows.roles import ROLES
from workflows.table import Deadline, Move, Workflow

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "workflows"
"""Where the pages are kept."""

TITLES = {
    "audit_round": "Round",
    "case_audit": "Case audit",
    "moderation": "Moderation task",
    "action": "Action",
    "alert": "Immediate concern",
    "correction": "Correction",
    "approval": "Request for approval",
}
"""Workflow name -> its title on screen and in the pages."""

GENERATED = "<!-- Made by `python -m workflows.diagram` from the tables in workflows/. Do not edit. -->"


def render_diagram(workflow: Workflow) -> str:
    """The workflow as a Mermaid state diagram; the moves between the same two states share one arrow."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.key}' for state in workflow.states]
    lines.append(f"    [*] --> {workflow.initial}")
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for move in workflow.moves:
        for source in move.sources:
            arrows.setdefault((source, move.target_from(source)), {})[move.label] = None
    lines += [f"    {source} --> {target}: {' · '.join(words)}" for (source, target), words in arrows.items()]
    lines += [f"    {state.key} --> [*]" for state in workflow.states if state.final]
    return "\n".join(lines) + "\n"


def render_page(workflow: Workflow) -> str:
    """The whole page of one workflow: diagram, moves, who may do what, time limits, conditions, facts."""
    parts = [
        GENERATED,
        f"# {TITLES[workflow.name]}: how it moves",
        workflow.note,
        f"Table `workflows/{workflow.name}.py`, version {workflow.version}.",
        f"```mermaid\n{render_diagram(workflow)}```",
        "## Moves",
        _table(("Move", "From", "To", "Who", "Conditions", "Reason", "Told"), _moves(workflow)),
        "## Who may do what",
        _table(("Who", "While it is", "May"), _who(workflow)),
    ]
    if workflow.deadlines:
        head = ("Limit", "While it is", "How long", "Then", "Told")
        parts += ["## Time limits", _table(head, (_limit(workflow, d) for d in workflow.deadlines))]
    if workflow.guards:
        rows = ((f"`{guard.name}`", guard.sentence) for guard in workflow.guards.values())
        parts += ["## Conditions, and what is said when one does not hold", _table(("Condition", "Said"), rows)]
    facts = list_facts(workflow.name)
    parts += ["## Facts that the conditions and limits read", _table(("Fact", "Type", "Meaning"), map(_fact, facts))]
    return "\n\n".join(parts) + "\n"


def render_index() -> str:
    """The page that lists the others, with the words for each role."""
    rows = (
        (f"[{TITLES[name]}]({name}.md)", str(len(w.states)), str(len(w.by_action)), str(len(w.guards)))
        for name, w in WORKFLOWS.items()
    )
    parts = [
        GENERATED,
        "# How things move",
        "Nothing here is written by hand: the pages are made from the tables in `workflows/`, which are the rules "
        "that the program follows. Every move is recorded with who made it, when and why.",
        _table(("What moves", "States", "Moves", "Conditions"), rows),
        "## Who",
        "Roles are held towards one thing: the auditor of a case audit is the person it is allocated to.",
        _table(("Role", "Meaning"), ((f"`{key}`", words) for key, words in ROLES.items())),
    ]
    return "\n\n".join(parts) + "\n"


def render_pages() -> dict[str, str]:
    """File name -> text, for every page in the folder."""
    pages = {f"{name}.md": render_page(workflow) for name, workflow in WORKFLOWS.items()}
    return {"README.md": render_index(), **pages}


def find_stale(folder: Path = FOLDER) -> list[str]:
    """The pages that are missing from `folder`, differ from the tables, or have no table any more."""
    pages = render_pages()
    kept = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    return [name for name in sorted({*pages, *kept}) if pages.get(name) != kept.get(name)]


def write_pages(folder: Path = FOLDER) -> list[str]:
    """Bring `folder` in step with the tables; returns the names of the pages that changed."""
    stale = find_stale(folder)
    pages = render_pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in pages:
            (folder / name).write_text(pages[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return stale


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write the pages, or check them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workflows.diagram", description="Pages of docs/workflows.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page is stale")
    if not parser.parse_args(arguments).check:
        changed = write_pages(folder)
        sys.stdout.write(f"{len(changed)} pages written: {', '.join(changed) or 'all were fresh'}\n")
        return 0
    stale = find_stale(folder)
    if stale:
        sys.stderr.write(f"Not what the tables say: {', '.join(stale)}. Run `python -m workflows.diagram`.\n")
    return 1 if stale else 0


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _moves(workflow: Workflow) -> Iterator[Sequence[str]]:
    for move in workflow.moves:
        target = "stays" if move.target is None else workflow.labels[move.target]
        yield (
            f"{move.label} (`{move.action}`)",
            _states(workflow, move.sources),
            target,
            _people(move.roles),
            ", ".join(f"`{guard.name}`" for guard in move.guards),
            "yes" if move.reason else "",
            _people(move.tell),
        )


def _states(workflow: Workflow, keys: Iterable[str]) -> str:
    return "; ".join(workflow.labels[key] for key in keys)


def _people(roles: Iterable[str]) -> str:
    return "; ".join(ROLES[role] for role in roles)


def _who(workflow: Workflow) -> Iterator[Sequence[str]]:
    for role, words in ROLES.items():
        for state in workflow.states:
            labels = dict.fromkeys(_may(move) for move in workflow.by_state[state.key] if role in move.roles)
            if labels:
                yield words, state.label, "; ".join(labels)


def _may(move: Move) -> str:
    return f"{move.label} (if the conditions hold)" if move.guards else move.label


def _limit(workflow: Workflow, deadline: Deadline) -> Sequence[str]:
    move = workflow.by_action[deadline.action][0]
    then = f"the system makes the move “{move.label}”" if deadline.acts else f"“{move.label}” is late"
    states = _states(workflow, deadline.states)
    return f"`{deadline.key}`", states, _how_long(deadline), then, _people(deadline.tell)


def _how_long(deadline: Deadline) -> str:
    if deadline.from_fact is not None:
        return f"until the date in `{deadline.from_fact}`"
    figure = f"{deadline.working_days} working days" if deadline.hours is None else f"{deadline.hours} hours"
    return f"{figure} (setting `{deadline.setting}`)"


def _fact(fact: Fact) -> Sequence[str]:
    given = "" if fact.given is None else " Comes with the request."
    return f"`{fact.name}`", f"`{fact.type}`", fact.meaning + given


if __name__ == "__main__":
    sys.exit(main())
