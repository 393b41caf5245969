"""`python -m bench.simulation`: the product's figures in worlds whose truth is known; writes `bench/SIMULATION.md`.

python -m bench.simulation --jobs 2       # 4,000 of each, on two processors
python -m bench.simulation --worlds 200   # short, to see that it works; nothing is written
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from bench.simulated_agreement import COEFFICIENTS, DOUBLES, Doubles, agreement_coverage
from bench.simulated_demands import Outcome, demands
from bench.simulated_intervals import PLANS, Cell, coverage, questions
from bench.simulated_lists import Plan
from bench.simulated_rules import Tally, tally
from bench.simulated_worlds import OTHERWISE, WORLDS, World
from bench.simulation_report import SIMULATION, page

ENOUGH = 4000
FEWER = 4
"""The worlds that are shown only are this many times fewer."""
AT_ONCE = 250
"""Worlds or samples that follow from one seed; the same whatever the number of processes."""


What = World | Plan | Doubles


class Piece(NamedTuple):
    """A part of the work: what is simulated, how many times, and the seed that decides it."""

    what: What
    number: int
    seed: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print and write; the exit code is 1 when a demand is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulation", description=__doc__)
    parser.add_argument("--worlds", type=int, default=ENOUGH, help="worlds, and samples, of each kind")
    parser.add_argument("--seed", type=int, default=1, help="what all chance follows from")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    chosen = parser.parse_args(arguments)
    outcome = simulate(chosen.seed, chosen.worlds, chosen.jobs)
    text = page(outcome)
    if chosen.worlds >= ENOUGH:
        SIMULATION.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(demand.met for demand in demands(outcome)) else 1


def simulate(seed: int, number: int, jobs: int = 1) -> Outcome:
    """Everything, for that seed."""
    pieces = [*_pieces((*WORLDS, *PLANS, *DOUBLES), number, seed), *_pieces(OTHERWISE, -(-number // FEWER), seed)]
    tallies: dict[What, Tally] = {piece.what: Counter() for piece in pieces}
    cells: dict[What, list[Cell]] = {plan: [Cell() for _ in questions(plan)] for plan in PLANS}
    cells |= {doubles: [Cell() for _ in COEFFICIENTS] for doubles in DOUBLES}
    for piece, result in zip(pieces, _all_done(pieces, jobs), strict=True):
        if isinstance(result, Counter):
            tallies[piece.what].update(result)
        else:
            for whole, part in zip(cells[piece.what], result, strict=True):
                whole.add(part)
    return Outcome(
        seed,
        number,
        {world: tallies[world] for world in WORLDS},
        {world: tallies[world] for world in OTHERWISE},
        [asked for plan in PLANS for asked in zip(questions(plan), cells[plan], strict=True)],
        {doubles: cells[doubles] for doubles in DOUBLES},
    )


def _pieces(all_of: Iterable[What], number: int, seed: int) -> Iterator[Piece]:
    for what in all_of:
        for start in range(0, number, AT_ONCE):
            yield Piece(what, min(AT_ONCE, number - start), f"{seed}|{what}|{start}")


def _all_done(pieces: Sequence[Piece], jobs: int) -> Iterator[Tally | list[Cell]]:
    if jobs == 1:
        yield from map(done, pieces)
        return
    with ProcessPoolExecutor(jobs) as processes:
        yield from processes.map(done, pieces)


def done(piece: Piece) -> Tally | list[Cell]:
    """One piece of work, in whichever process."""
    if isinstance(piece.what, World):
        return tally(piece.what, piece.number, piece.seed)
    if isinstance(piece.what, Doubles):
        return agreement_coverage(piece.what, piece.number, piece.seed)
    return coverage(piece.what, piece.number, piece.seed)


if __name__ == "__main__":
    sys.exit(main())
