"""What the results say of the draw, of losses, and of the estimate beside its headline."""

from __future__ import annotations

from typing import Any

import pytest

from auditflow.web.results_completion import completion_figures, completion_words, loss_warning
from auditflow.web.results_draw import draw_codes, draw_words
from auditflow.web.results_estimate import estimate_notes
from auditflow.web.results_links import Links

CLOSED = Links(1, opens=False)
DRAW = {
    "same_as": None,
    "sampled": 80,
    "eligible": 3679,
    "passed_over": 2,
    "limits": [["worker", 2], ["family", 1]],
    "seed": "9f0c1a2b3c4d",
    "seed_source": "product",
    "frame_sha256": "a" * 64,
}


def results(draw: dict[str, Any] | None, discarded: int = 0) -> dict[str, Any]:
    return {"draw": draw, "round": {"kind": "sample", "discarded_draws": discarded, "locked_digest": "b" * 64}}


@pytest.mark.parametrize(
    ("changes", "discarded", "said"),
    [
        (
            {},
            0,
            "80 of 3,679 eligible cases, drawn at random on seed 9f0c1a2b…; no draw was discarded; 2 passed over by "
            "the limit of 2 cases a worker and 1 a family.",
        ),
        (
            {"passed_over": 0, "seed_source": "public"},
            2,
            "80 of 3,679 eligible cases, drawn at random on the outcome of a public event; 2 draws were discarded.",
        ),
        ({"eligible": 80, "passed_over": 0}, 1, "All 80 eligible cases; 1 draw was discarded."),
        ({"same_as": "Baseline, December 2026"}, 0, "The same 80 cases as Baseline, December 2026."),
    ],
)
def test_the_draw_in_one_sentence(changes: dict[str, Any], discarded: int, said: str) -> None:
    assert draw_words(results(DRAW | changes, discarded), CLOSED) == said


def test_results_frozen_without_their_draw_still_say_what_was_discarded() -> None:
    older = {"round": {"kind": "sample", "discarded_draws": 1, "locked_digest": None}}
    assert draw_words(older, CLOSED) == "1 draw was discarded before this sample was drawn."
    assert draw_words(results(None), CLOSED) == ""
    assert draw_codes(older) == []


def test_seed_and_fingerprints_are_whole_and_a_re_audit_has_none() -> None:
    assert [one["code"] for one in draw_codes(results(DRAW))] == ["9f0c1a2b3c4d", "a" * 64, "b" * 64]
    assert draw_codes(results(DRAW | {"seed": None})) == []


@pytest.mark.parametrize(("removed", "exempted", "warns"), [(8, 0, False), (8, 1, True), (0, 0, False)])
def test_more_than_one_in_ten_lost_is_said(removed: int, exempted: int, warns: bool) -> None:
    words = loss_warning({"removed": removed, "exempted": exempted, "planned": 80}, "sample")
    assert words == (
        "9 of the 80 cases drawn could not be audited, more than 1 in 10: the estimates are for cases that can be "
        "audited."
        if warns
        else ""
    )


@pytest.mark.parametrize(
    ("kind", "planned", "rest"),
    [
        ("sample", "drawn for this round", [" 1 reserve came in.", "1 case is missing: no reserve was left."]),
        ("census", "every case that the rules let in", [""]),
        ("re_audit", "cases of the first audit", [" 1 reserve came in.", "1 case is missing: no reserve was left."]),
    ],
)
def test_what_was_planned_and_lost_is_told_as_the_kind_of_round_has_it(
    kind: str, planned: str, rest: list[str]
) -> None:
    none = dict.fromkeys(("done", "late", "open", "exempted", "disputed"), 0)
    done = none | {"planned": 80, "removed": 2, "replacements": 1, "missing": 1, "removed_reasons": {"duplicate": 2}}
    assert completion_figures(done, CLOSED, kind)[0]["note"] == planned
    first, *others = completion_words(done, CLOSED, kind)
    assert first.startswith("2 cases removed: ")
    assert first.endswith(f".{rest[0]}")
    assert others == rest[1:]


def test_cases_lost_from_a_census_are_not_said_to_be_drawn() -> None:
    assert "9 of the 80 cases could not" in loss_warning({"removed": 9, "exempted": 0, "planned": 80}, "census")


def estimate(n: int = 80, p: float = 0.4, **more: Any) -> dict[str, Any]:
    finite = {"count_low": 129, "count_high": 184, "low": 0.3, "high": 0.5}
    none = {"p": None, "low": None, "high": None}
    return {"n": n, "p": p, "interval": {"value": p}, "finite_population": finite, "stratified": none} | more


def test_the_cases_themselves_are_counted_from_a_tenth_on() -> None:
    said = "Counting the cases themselves: between 129 and 184 of the 368 eligible cases are good or better."
    assert estimate_notes({"estimate": estimate(), "draw": DRAW | {"eligible": 368}}) == [said]
    assert estimate_notes({"estimate": estimate(), "draw": DRAW}) == []
    assert estimate_notes({"estimate": estimate(), "draw": DRAW | {"eligible": 80}}) == [], "all were audited"
    assert estimate_notes({"estimate": estimate()}) == [], "frozen before the draw was kept"


def test_the_weighted_figure_stands_beside_the_plain_one_where_they_differ() -> None:
    weighted = {"p": 0.433, "low": 0.33, "high": 0.54}
    said = "Each group weighted by its share of all eligible cases: 43% (33% to 54%)."
    assert estimate_notes({"estimate": estimate(stratified=weighted)}) == [said]
    assert estimate_notes({"estimate": estimate(stratified=weighted | {"p": 0.401})}) == []
    headline = estimate(stratified=weighted, interval={"value": 0.433})
    assert estimate_notes({"estimate": headline}) == [], "the headline says it already"
