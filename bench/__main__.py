"""`python -m bench`: measure everything, or the goals that are named, and write `bench/RESULTS.md`.

python -m bench                     # everything
python -m bench t1 h1               # some
python -m bench --scale 0.1         # short, to see that it works; nothing is written
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Mapping

from bench import case_list, launch, peers, section, start, transition
from bench.measure import Conditions, Result
from bench.places import FOLDER
from bench.report import RESULTS, page

MEASURES: Mapping[str, Callable[[int, float], list[Result]]] = {
    "t1": transition.measure_postgres,
    "t1s": transition.measure_sqlite,
    "t2": peers.measure,
    "l1": launch.measure,
    "i1": case_list.measure,
    "h1": section.measure,
    "start": start.measure,
}


def main() -> int:
    """Measure, print and write; the exit code is 1 when a *must* is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("goals", nargs="*", help="which to measure; all without")
    parser.add_argument("--repeats", type=int, default=5, help="repetitions of each contender (at least 5 to count)")
    parser.add_argument("--scale", type=float, default=1.0, help="a share of the usual amount of work")
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    FOLDER.mkdir(parents=True, exist_ok=True)
    conditions, results, missing = Conditions(), [], []
    for name in chosen.goals or MEASURES:
        conditions.look(FOLDER)
        gc.collect()
        try:
            found = MEASURES[name](chosen.repeats, chosen.scale)
        except peers.NoPeers as reason:
            missing.append(f"{name.upper()}: {reason}")
            continue
        results += found
        for result in found:
            sys.stderr.write(f"{result.goal.code}: {result.ratio:.3g} × ({result.verdict})\n")
    conditions.look(FOLDER)
    text = page(results, conditions, missing, chosen.repeats)
    whole = not chosen.goals and chosen.scale >= 1 and chosen.repeats >= 5
    if whole:
        RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 1 if missing or any(result.verdict in {"MISSED", "VOID"} for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
