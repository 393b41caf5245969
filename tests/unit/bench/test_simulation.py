"""The simulation: the same for one seed, true to the product's own path, and failing when a rule is broken."""

import random
from collections import Counter
from statistics import NormalDist

import pytest
from scipy.stats import hypergeom

from auditflow.statistics import drift
from auditflow.statistics.agreement_intervals import agreement_intervals
from auditflow.statistics.estimates import wilson
from auditflow.statistics.movement_summary import MovementInput, movement_summary
from bench import simulated_rules, simulation
from bench.exact_coverage import exact
from bench.simulated_agreement import DOUBLES, Doubles, agreement_coverage, chances
from bench.simulated_demands import Outcome, bounds, demands
from bench.simulated_intervals import CHANGES, PLAIN, PLANS, STRATA, Cell, coverage, questions
from bench.simulated_lists import listed, samples
from bench.simulated_rules import HELD, OTHER, WORLDS_SEEN, bridge, interval, says, sentences, tally
from bench.simulated_rules import drift as drift_of
from bench.simulated_worlds import (
    BRIDGES,
    CUTS,
    DOMAINS,
    GRADES,
    IMPROVED,
    SHARES,
    SPREAD,
    WORLDS,
    balanced,
    two_rounds,
)
from bench.simulation_report import page

SAME, KINDER, LOST, BETTER = WORLDS[0], WORLDS[2], WORLDS[3], WORLDS[4]
EXACT = [(question, Cell(4000, 3900, 1.0)) for question in questions(PLAIN[0])]


def missed(world, counted, cells=EXACT):
    outcome = Outcome(1, counted[simulated_rules.WORLDS_SEEN], {world: counted}, {}, cells)
    return {demand.words.partition(": ")[2] or demand.words for demand in demands(outcome) if not demand.met}


def test_the_cuts_give_the_shares_that_are_stated():
    latent = NormalDist(0, SPREAD)
    given = [b - a for a, b in zip([0, *map(latent.cdf, CUTS)], [*map(latent.cdf, CUTS), 1], strict=True)]
    assert given == pytest.approx(SHARES)
    good_from = CUTS[GRADES.index(3) - 1]
    assert 1 - latent.cdf(good_from) == pytest.approx(0.25)
    assert 1 - latent.cdf(good_from - IMPROVED) == pytest.approx(0.39)


def test_a_seed_decides_everything():
    assert tally(LOST, 5, "a") == tally(LOST, 5, "a") != tally(LOST, 5, "b")
    assert coverage(PLAIN[0], 5, "a") == coverage(PLAIN[0], 5, "a") != coverage(PLAIN[0], 5, "b")


def test_the_number_of_processes_changes_nothing(monkeypatch):
    monkeypatch.setattr(simulation, "PLANS", PLAIN[:1])
    monkeypatch.setattr(simulation, "AT_ONCE", 3)
    assert simulation.simulate(7, 8, jobs=2) == simulation.simulate(7, 8)


def test_the_worst_are_lost_and_only_pairs_are_graded_again():
    rounds = two_rounds(LOST, random.Random(3))
    score = {ref: sum(grading.domains.values()) for ref, grading in rounds.before.items()}
    lost = set(rounds.before) - set(rounds.after)
    assert len(lost) == 8
    assert max(score[ref] for ref in lost) <= min(score[ref] for ref in rounds.after)
    assert len(rounds.regraded) == 30
    assert set(rounds.regraded) <= set(rounds.after)


def test_bridge_cases_are_balanced_and_never_with_their_own_auditor():
    auditors = {f"C{i}": i * 7 % 8 for i in range(30)}
    dealt = balanced(list(auditors), auditors)
    assert all(dealt[ref] != auditors[ref] for ref in auditors)
    for number in (10, 20, 30):
        load = Counter(list(dealt.values())[:number])
        assert max(load.values()) - min(load.values()) <= 1
        assert len(load) == 8


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.key)
def test_the_short_way_gives_what_a_re_audit_gives(world):
    rounds = two_rounds(world, random.Random(world.key))
    grades = [{ref: g.overall for ref, g in graded.items()} for graded in (rounds.before, rounds.after)]
    named = [{ref: g.domains for ref, g in graded.items()} for graded in (rounds.before, rounds.after)]
    again = {ref: g.domains for ref, g in list(rounds.regraded.items())[:20]}
    figures = movement_summary(MovementInput(*grades, frozenset(), DOMAINS, *named, again))
    result = simulated_rules.drift(rounds, 20)
    found = figures["drift"]
    assert (found["claim"], found["low"], found["high"]) == (result.claim, result.low, result.high)
    assert says(figures["sentence"]) == (result.claim if result.claim in ("improved", "declined") else "nothing")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Allowing for that, practice improved by 0.3 of a grade.", "improved"),
        ("…had not moved, so practice probably has improved.", "improved"),
        ("Allowing for that, practice declined by a third of a grade.", "declined"),
        ("…allowing for that, practice has probably got worse.", "declined"),
        ("Whether practice improved cannot be told, because no December record was graded again.", "nothing"),
        ("The grades rose. Whether practice did cannot be told.", "nothing"),
        ("Whether practice improved cannot be told. Still, practice improved.", "improved"),
    ],
)
def test_what_a_sentence_claims(text, claim):
    assert says(text) == claim


def test_a_rule_that_ignores_the_auditors_fails(monkeypatch):
    heeding = tally(KINDER, 200, "1")
    assert all(heeding[bridge(number), "improved"] <= 0.06 * 200 for number in BRIDGES)
    whole = drift.drift_adjusted
    blind = lambda before, after, regraded: whole(before, after, {ref: before[ref] for ref in regraded})  # noqa: E731
    monkeypatch.setattr(simulated_rules, "drift_adjusted", blind)
    assert missed(KINDER, tally(KINDER, 30, "1")) == {"false “improved”", "any claim", "smallest coverage"}


def test_an_interval_that_is_too_narrow_fails(monkeypatch):
    monkeypatch.setattr(drift, "_Z", 1.0)
    assert "any claim" in missed(SAME, tally(SAME, 60, "1"))


def test_a_rule_that_hardly_claims_fails(monkeypatch):
    monkeypatch.setattr(drift, "_Z", 4.0)
    assert missed(BETTER, tally(BETTER, 30, "1")) == {"found, 20 bridge cases", "found, 30 bridge cases"}


def test_a_sentence_that_claims_too_much_fails(monkeypatch):
    monkeypatch.setattr(simulated_rules, "board_sentence", lambda *_: "Practice did well: practice improved.")
    counted = tally(SAME, 10, "1")
    assert counted[sentences(0), OTHER] == 10
    assert "headline sentences that say other than the claim" in missed(SAME, counted)


def test_an_exact_interval_that_misses_the_truth_fails():
    short = [(question, Cell(4000, 3700, 1.0)) for question in questions(PLAIN[0])]
    held = {(interval(again), HELD): 3800 for again in BRIDGES}
    assert missed(SAME, Counter({WORLDS_SEEN: 4000, **held}), short) == {"smallest coverage simulated"}


def test_coverage_worked_out_is_the_one_of_the_hypergeometric_distribution():
    plan = PLAIN[0]
    worked_out = exact(plan, "wilson")
    held = [x for x in range(21) if wilson(x, 20).low <= 0.05 <= wilson(x, 20).high]
    assert worked_out.by_good[5] == pytest.approx(hypergeom(100, 5, 20).pmf(held).sum())
    assert worked_out.smallest() == (min(worked_out.by_good), pytest.approx(0.05))
    assert len(worked_out.by_good) == 101


def test_samples_drawn_give_the_coverage_worked_out():
    """A draw that favoured some cases would not."""
    for question, cell in zip(questions(PLAIN[0]), coverage(PLAIN[0], 500, "1"), strict=True):
        low, high = bounds(cell.held, cell.samples)
        assert low <= exact(PLAIN[0], question.interval).by_good[round(question.truth * 100)] <= high, question


def test_the_samples_are_the_designs_and_the_truths_are_known():
    assert {q.truth for q in questions(PLAIN[1])} == {0.05, 0.1, 0.25, 0.39, 0.5, 0.9} | {117 / 300, 27 / 30}
    assert [q.truth for q in questions(CHANGES)[::2]] == pytest.approx([0, 0.14, 0, 0.05])
    for plan in STRATA:
        groups = [row[1] for row in listed(plan).rows]
        ((sample,),) = samples(plan, "s", 1)
        assert sorted(Counter(groups[i] for i in sample).values()) == (
            [16, 20, 20, 24] if plan.how == "disproportionate" else [4, 16, 20, 40]
        )
    first, second = next(iter(samples(CHANGES, "s", 1)))
    assert set(first) != set(second)


def test_the_command_says_what_was_missed_and_writes_only_when_there_was_enough(monkeypatch, tmp_path, capsys):
    place = tmp_path / "page.md"
    monkeypatch.setattr(simulation, "SIMULATION", place)
    monkeypatch.setattr(simulation, "PLANS", (PLAIN[0], STRATA[0], CHANGES))
    assert simulation.main(["--worlds", "3"]) == 1
    shown = capsys.readouterr().out
    assert "**MISSED**" in shown
    assert "seed 1; 3 worlds" in shown
    assert not place.exists()
    monkeypatch.setattr(simulation, "ENOUGH", 3)
    monkeypatch.setattr(simulation, "demands", lambda _outcome: [])
    assert simulation.main(["--worlds", "3"]) == 0
    assert place.read_text(encoding="utf-8").startswith("# What was simulated\n")


def test_every_interval_is_on_the_page():
    cells = [(q, Cell(10, 9, 1.0)) for plan in PLANS for q in questions(plan)]
    counted = Counter({simulated_rules.WORLDS_SEEN: 10, ("graded", "before"): 80, ("graded", "after"): 80})
    text = page(Outcome(1, 10, dict.fromkeys(WORLDS, counted), {}, cells))
    assert text.count("90.0% (") == len(cells) + len({q.interval for q, _ in cells})


# Agreement and the adjusted change

DOUBLE = DOUBLES[0]


def test_the_table_of_chances_has_the_grades_it_was_made_from():
    table = chances(DOUBLE.shares, DOUBLE.alike, DOUBLE.kinder)
    rows = [sum(table[4 * i : 4 * i + 4]) for i in range(4)]
    assert rows == pytest.approx(DOUBLE.shares, abs=2e-3)
    assert list(table) == pytest.approx([table[4 * j + i] for i in range(4) for j in range(4)])
    kinder = chances(DOUBLE.shares, DOUBLE.alike, 0.5)
    assert sum(kinder[4 * i + j] for i in range(4) for j in range(i + 1, 4)) > sum(kinder) / 4


def test_intervals_of_agreement_are_counted_where_there_are_any():
    few = Doubles("alike", 10, (0.02, 0.02, 0.94, 0.02), 0.7)
    ac, kappa = agreement_coverage(few, 60, "1")
    assert agreement_coverage(few, 60, "1") == [ac, kappa]
    assert 0 < kappa.samples <= ac.samples < 60
    ac, _ = agreement_coverage(DOUBLES[1], 200, "1")
    assert ac.held >= 0.9 * ac.samples


def test_an_interval_of_agreement_that_is_too_narrow_misses_its_demand(monkeypatch):
    module = "bench.simulated_agreement.agreement_intervals"
    narrow = agreement_intervals

    def half(table):
        return narrow(table, confidence=0.5)

    monkeypatch.setattr(module, half)
    cells = agreement_coverage(DOUBLES[2], 200, "1")
    outcome = Outcome(1, 200, {SAME: Counter({WORLDS_SEEN: 200})}, {}, EXACT, {DOUBLES[2]: cells})
    met = {demand.words: demand.met for demand in demands(outcome)}
    assert met["Gwet’s AC2: smallest coverage"] is False
    assert met["adjusted change: smallest coverage"] is False


def test_the_true_change_is_what_the_adjusted_change_comes_to():
    assert SAME.true_change == KINDER.true_change == 0
    chance = random.Random(3)
    harsher = WORLDS[5]
    changes = [drift_of(two_rounds(harsher, chance), 30).adjusted for _ in range(60)]
    assert sum(changes) / 60 == pytest.approx(harsher.true_change, abs=0.05)
