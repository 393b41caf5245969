"""What was simulated, as a page that can be read and compared: `bench/SIMULATION.md`."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.exact_coverage import USUAL, every_exact
from bench.simulated_agreement import truth
from bench.simulated_demands import Demand, Outcome, bounds, demands
from bench.simulated_intervals import Cell, Question
from bench.simulated_lists import GROUPS
from bench.simulated_rules import HELD, PAIRED, SPREADSHEET, WORLDS_SEEN, Tally, bridge, interval, sentences
from bench.simulated_worlds import BRIDGES, World

SIMULATION = Path(__file__).with_name("SIMULATION.md")

INTERVALS = (
    ("One share, plain random samples", ("wilson", "clopper_pearson", "finite_population")),
    ("One share, samples by group (" + ", ".join(GROUPS) + ")", ("wilson", "stratified_proportion")),
    ("A change, the same cases or two samples", ("newcombe_paired", "newcombe_independent")),
)


def page(outcome: Outcome) -> str:
    """The whole page."""
    parts = (_head, _demands, _worlds, _intervals, _adjusted, _agreement)
    return "\n".join(line for part in parts for line in part(outcome)).rstrip() + "\n"


def _head(outcome: Outcome) -> list[str]:
    return [
        "# What was simulated",
        "",
        "Made by `make simulate`; what the worlds are is said in docs/statistics.md, “Simulated”. Shares of worlds and"
        " samples have a 99 % interval behind them, for what the number of worlds leaves open.",
        "",
        f"* {datetime.now(UTC):%d %B %Y, %H:%M} UTC; seed {outcome.seed}; {outcome.number:,} worlds or samples of each;"
        f" Python {platform.python_version()}",
    ]


def _demands(outcome: Outcome) -> list[str]:
    rows = [(d.words, d.must, d.figure, _verdict(d)) for d in demands(outcome)]
    return ["", "## Demands", "", *_table(("what", "must", "found", "verdict"), rows)]


def _verdict(demand: Demand) -> str:
    return "met" if demand.met else "**MISSED**"


def _worlds(outcome: Outcome) -> list[str]:
    again = [f"{number} bridge cases" for number in BRIDGES]
    rules = ("world", "good or better", "after % > before %", "paired mid-p < 0.05", *again)
    return [
        *("", "## Worlds in which a rule says “improved”", "", *_table(rules, map(_by_rule, *_two(outcome.worlds)))),
        *("", "## What the headline sentences claim: improved / declined", ""),
        *_table(("world", "none graded again", *again), map(_by_sentence, *_two(outcome.worlds))),
        *("", "## If more or less of a judgement is common to all grades of an audit: improved / declined", ""),
        *_table(("world", "common", *again), map(_if_common, *_two(outcome.otherwise))),
    ]


def _two(worlds: Mapping[World, Tally]) -> tuple[Iterable[World], Iterable[Tally]]:
    return worlds.keys(), worlds.values()


def _by_rule(world: World, tally: Tally) -> list[str]:
    said = (tally[rule, "improved"] for rule in (SPREADSHEET, PAIRED, *map(bridge, BRIDGES)))
    return [world.words, _good(tally), *(f"{count / tally[WORLDS_SEEN]:.1%}" for count in said)]


def _by_sentence(world: World, tally: Tally) -> list[str]:
    return [world.words, *(_claims(tally, sentences(number)) for number in (0, *BRIDGES))]


def _if_common(world: World, tally: Tally) -> list[str]:
    return [world.words, f"{world.common:.0%}", *(_claims(tally, bridge(number)) for number in BRIDGES)]


def _good(tally: Tally) -> str:
    before, after = (tally["good", when] / tally["graded", when] for when in ("before", "after"))
    return f"{before:.1%} → {after:.1%}"


def _claims(tally: Tally, name: str) -> str:
    return " / ".join(f"{tally[name, claim] / tally[WORLDS_SEEN]:.1%}" for claim in ("improved", "declined"))


def _intervals(outcome: Outcome) -> list[str]:
    lines = ["", "## Intervals: coverage (99 % interval), mean width", "", *_smallest(outcome.cells)]
    for title, names in INTERVALS:
        found = [(q, c) for q, c in outcome.cells if q.interval in names and _kind(q) == title]
        titles = ("cases", "drawn", "how", "good or better", *names)
        lines += ["", f"### {title}", "", *_table(titles, _rows(found, names))]
    return lines + _worked_out()


def _kind(question: Question) -> str:
    changes, groups = question.interval.startswith("newcombe"), question.plan.how != "plain"
    return INTERVALS[2 if changes else 1 if groups else 0][0]


def _rows(found: Sequence[tuple[Question, Cell]], names: Sequence[str]) -> list[list[str]]:
    """One row for each population, one column for each interval."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for question, cell in found:
        plan = question.plan
        where = (f"{plan.population:,}", f"{plan.size}", plan.how, question.population)
        rows.setdefault(where, {})[question.interval] = _coverage_and_width(cell)
    return [[*where, *(figures.get(name, "–") for name in names)] for where, figures in rows.items()]


def _coverage(cell: Cell) -> str:
    low, high = bounds(cell.held, cell.samples)
    return f"{cell.held / cell.samples:.1%} ({low:.1%} to {high:.1%})"


def _smallest(cells: Sequence[tuple[Question, Cell]]) -> list[str]:
    rows = []
    for name in dict.fromkeys(name for _title, names in INTERVALS for name in names):
        own = [(cell.held / cell.samples, q, cell) for q, cell in cells if q.interval == name]
        _least, question, cell = min(own, key=lambda each: each[0])
        where = f"{question.plan.size} of {question.plan.population:,}, {question.plan.how}: {question.population}"
        rows.append([name, f"{sum(share for share, *_ in own) / len(own):.1%}", _coverage(cell), where])
    return _table(("interval", "mean coverage", "smallest", "where"), rows)


def _worked_out() -> list[str]:
    """The coverage of one share's intervals over every population, not only those simulated."""
    rows = []
    for each in every_exact():
        (usual, _), (least, where) = each.smallest(*USUAL), each.smallest()
        plan = f"{each.plan.size} of {each.plan.population:,}"
        rows.append([each.interval, plan, f"{each.mean:.1%}", f"{usual:.1%}", f"{least:.1%} at {where:.1%} good"])
    titles = ("interval", "drawn", "mean", "smallest, 5% to 95% good", "smallest")
    lead = "From the hypergeometric distribution, for every number of good cases that the list can have."
    return ["", "### One share, worked out without chance", "", lead, "", *_table(titles, rows)]


def _adjusted(outcome: Outcome) -> list[str]:
    """The adjusted change of a re-audit, whose interval decides what is claimed."""
    titles = ("world", "true change, grades", *(f"{number} bridge cases" for number in BRIDGES))
    rows = [
        [world.words, f"{world.true_change:+.2f}", *(_held(tally, number) for number in BRIDGES)]
        for world, tally in outcome.worlds.items()
    ]
    return ["", "### The adjusted change of a re-audit", "", *_table(titles, rows)]


def _held(tally: Tally, number: int) -> str:
    held, seen = tally[interval(number), HELD], tally[WORLDS_SEEN]
    return _coverage(Cell(seen, held))


def _agreement(outcome: Outcome) -> list[str]:
    """Two auditors who grade blind; samples without a disagreement have no interval and are counted beside."""
    titles = ("gradings", "cases", "true AC2", "true kappa", "no interval", "AC2", "kappa")
    rows = []
    for doubles, (ac, kappa) in outcome.agreement.items():
        none = 1 - ac.samples / outcome.number
        true = (f"{value:.2f}" for value in truth(doubles))
        rows.append([doubles.words, f"{doubles.cases}", *true, f"{none:.1%}", *map(_coverage_and_width, (ac, kappa))])
    return ["", "### Agreement of two auditors, quadratic weights", "", *_table(titles, rows)] if rows else []


def _coverage_and_width(cell: Cell) -> str:
    return f"{_coverage(cell)}, {cell.width / cell.samples:.3f}" if cell.samples else "–"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (titles, ["---"] * len(titles), *rows)]
