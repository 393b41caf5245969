"""What three rules, and the product's sentences, say of a simulated re-audit: counted over many worlds.

The rules are a spreadsheet's (more good or better than before), a paired test's (mid-p below 0.05) and the product's
claim. Everything but the spreadsheet's comparison is the product's own function.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

from auditflow.statistics.claims import board_sentence, claim_sentence, finding_sentence
from auditflow.statistics.crossing import Crossing, crossing, mcnemar
from auditflow.statistics.drift import DriftAdjusted, drift_adjusted
from auditflow.statistics.scores import occasion_scores
from auditflow.statistics.tables import grade_table
from bench.simulated_worlds import BRIDGES, DOMAINS, Gradings, TwoRounds, World, two_rounds

SPREADSHEET, PAIRED = "spreadsheet", "paired"
NAMES = ("December", "March")
LEVEL = 0.05
WORLDS_SEEN = ("worlds", "all")
OTHER = "other than was found"
HELD = "held"
_CANNOT = re.compile(r"Whether practice [^.]*\.")
_SAYS = {
    "improved": re.compile(r"practice (probably )?(has )?improved"),
    "declined": re.compile(r"practice (declined|(has )?(probably )?got worse)"),
}

Tally = Counter[tuple[str, str]]
"""How many worlds gave each figure and word: ("bridge 20", "improved")."""


def tally(world: World, number: int, seed: str) -> Tally:
    """What is said of `number` re-audits of a world."""
    chance = random.Random(seed)
    counted: Tally = Counter({WORLDS_SEEN: number})
    for _ in range(number):
        counted.update(_said(two_rounds(world, chance), world.true_change))
    return counted


def bridge(number: int) -> str:
    """The name of the product's claim with so many records graded again."""
    return f"bridge {number}"


def sentences(number: int) -> str:
    """The name of what its sentences claim."""
    return f"sentences {number}"


def interval(number: int) -> str:
    """The name of the adjusted change's interval, held or not."""
    return f"interval {number}"


def _said(rounds: TwoRounds, change: float) -> Iterator[tuple[str, str]]:
    crossed = _crossed(rounds)
    yield from _spreadsheet(rounds)
    if mcnemar(crossed.b, crossed.c).mid_p < LEVEL:
        yield PAIRED, "improved" if crossed.c > crossed.b else "declined"
    for number in (0, *BRIDGES):
        result = drift(rounds, number)
        claimed = headline_claim(crossed, result)
        yield bridge(number), result.claim
        if result.low is not None and result.high is not None and result.low <= change <= result.high:
            yield interval(number), HELD
        yield sentences(number), claimed
        if claimed != (result.claim if result.claim in _SAYS else "nothing"):
            yield sentences(number), OTHER


def _crossed(rounds: TwoRounds) -> Crossing:
    pairs = [(rounds.before[ref].overall, grading.overall) for ref, grading in rounds.after.items()]
    return crossing(grade_table(pairs))


def _spreadsheet(rounds: TwoRounds) -> Iterator[tuple[str, str]]:
    """Good or better as a share of whatever was graded, before and after; the shares are counted in cases too."""
    before, after = _good(rounds.before), _good(rounds.after)
    yield from [("good", "before")] * before + [("good", "after")] * after
    yield from [("graded", "before")] * len(rounds.before) + [("graded", "after")] * len(rounds.after)
    change = after * len(rounds.before) - before * len(rounds.after)
    if change:
        yield SPREADSHEET, "improved" if change > 0 else "declined"


def _good(gradings: Gradings) -> int:
    return sum(grading.overall.good_or_better for grading in gradings.values())


def drift(rounds: TwoRounds, number: int) -> DriftAdjusted:
    """The product's claim, with the first `number` of the records graded again."""
    again = dict(list(rounds.regraded.items())[:number])
    occasions = [{ref: g.domains for ref, g in graded.items()} for graded in (rounds.before, rounds.after, again)]
    scores = occasion_scores(*occasions, DOMAINS)
    return drift_adjusted(scores.before, scores.after, scores.regraded)


def headline_claim(crossed: Crossing, result: DriftAdjusted) -> str:
    """What the headline sentences claim of practice: improved, declined or nothing; unlike when they differ."""
    texts = (claim_sentence(result, *NAMES), finding_sentence(result, *NAMES), board_sentence(crossed, result, *NAMES))
    claims = {says(text) for text in texts}
    return claims.pop() if len(claims) == 1 else "unlike"


def says(text: str) -> str:
    """What one sentence claims of practice; that it cannot be told is no claim."""
    claimed = [claim for claim, words in _SAYS.items() if words.search(_CANNOT.sub("", text))]
    return claimed[0] if len(claimed) == 1 else "nothing" if not claimed else "unlike"
