"""A round of 14 cases, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditflow.domain.graded import DISCARDED, GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.statistics.board_summary import board_round
from auditflow.statistics.round_summary import published_estimate, round_summary

BAD, RI, GOOD, TOP = Grade
ENDS = date(2026, 11, 20)


def audit(n: int, grade: Grade | None, **more: Any) -> GradedAudit:
    given: dict[str, Any] = {
        "id": n,
        "ref": f"CF-{n:03d}",
        "purpose": "main",
        "kind": "random",
        "state": "agreed" if grade else "allocated",
        "stratum": "cin",
        "team": "East",
        "first": grade,
        "published": grade,
        "agreed_on": ENDS if grade else None,
    }
    return GradedAudit(**{**given, **more})


def sample() -> RoundGrades:
    """Eleven audited (4 of them good or better), one exempted, one removed for which a reserve came in."""
    grades = [BAD, RI, RI, RI, RI, RI, RI, GOOD, GOOD, TOP]
    audits = [audit(n, grade) for n, grade in enumerate(grades, 1)]
    audits[0] = replace(audits[0], first=RI, moderated=BAD, in_share=True)
    audits[1] = replace(audits[1], first=RI, moderated=RI, in_share=True)
    audits[9] = replace(audits[9], first=TOP, moderated=TOP, team="West", agreed_on=date(2026, 11, 21))
    audits += [
        audit(11, None, state="not_audited", lost_reason="proceedings"),
        audit(12, None, state="removed", lost_reason="transferred"),
        audit(13, GOOD, kind="replacement"),
        audit(14, BAD, kind="judgemental"),
        audit(15, None, state="removed", lost_reason=DISCARDED),
        audit(16, RI, purpose="second", ref="CF-008"),
        audit(17, BAD, purpose="second", ref="CF-001"),
    ]
    return RoundGrades(tuple(audits), {"plan": "Planning"}, ENDS, date(2026, 12, 1), {"cin": 200}, 200)


def test_completion_counts_every_drawn_case() -> None:
    done = round_summary(sample())["completion"]
    assert done == {
        "eligible": 200,
        "planned": 12,
        "done": 11,
        "late": 1,
        "open": 0,
        "exempted": 1,
        "removed": 1,
        "replacements": 1,
        "missing": 0,
        "disputed": 0,
        "removed_reasons": {"transferred": 1},
        "exempted_reasons": {"proceedings": 1},
    }


def test_the_estimate_leaves_added_cases_out() -> None:
    estimate: Any = round_summary(sample())["estimate"]
    assert (estimate["good"], estimate["n"]) == (4, 11)
    assert estimate["distribution"] == {"Outstanding": 1, "Good": 3, "Requires improvement": 6, "Inadequate": 1}
    # Wilson (1927) for 4 of 11: centre (4/11 + z²/22) / (1 + z²/11), z = 1.959964
    assert estimate["wilson"]["low"] == pytest.approx(0.1517, abs=5e-4)
    assert estimate["wilson"]["high"] == pytest.approx(0.6462, abs=5e-4)
    assert estimate["sentence"].startswith("4 of 11 (36%) good or better")


def test_grades_as_first_submitted_stand_beside() -> None:
    first: Any = round_summary(sample())["as_submitted"]
    assert first["distribution"] == {"Outstanding": 1, "Good": 3, "Requires improvement": 7, "Inadequate": 0}


def test_moderation_is_told_from_the_random_share_only() -> None:
    shift: Any = round_summary(sample())["moderation"]
    assert (shift["n"], shift["raised"], shift["unchanged"], shift["lowered"]) == (2, 0, 1, 1)
    assert (shift["moderated"], shift["others"], shift["others_changed"]) == (3, 1, 0)


def test_added_cases_are_counted_apart() -> None:
    added: Any = round_summary(sample())["added"]
    assert (added["planned"], added["done"], added["good"]) == (1, 1, 0)
    assert added["distribution"]["Inadequate"] == 1


def test_small_teams_get_counts_and_no_percentage() -> None:
    teams: Any = round_summary(sample())["teams"]
    assert [(team["team"], team["n"], team["good"]) for team in teams] == [("East", 10, 3), ("West", 1, 1)]
    assert (teams[0]["p"], teams[1]["p"]) == (pytest.approx(0.3), None)
    assert teams[1]["reason"] == "too_few_cases"


def test_blind_second_gradings_are_compared_with_first_submitted_grades() -> None:
    agreed: Any = round_summary(sample())["agreement"]
    assert (agreed["n"], agreed["exact"], agreed["adjacent"]) == (2, 0, 2)


def test_two_gradings_by_the_same_person_are_no_agreement() -> None:
    given = sample()
    audits = tuple(replace(one, auditor=7) if one.ref == "CF-008" else one for one in given.audits)
    assert round_summary(replace(given, audits=audits))["agreement"]["n"] == 1


def test_domains_leave_not_applicable_out_and_count_it() -> None:
    given = sample()
    domains = [GOOD] * 6 + [RI] * 4 + [None]
    graded = iter(domains)
    audits = tuple(
        replace(one, domains_published={"plan": next(graded)}) if one.counts else one for one in given.audits
    )
    (plan,) = round_summary(replace(given, audits=audits))["domains"]  # type: ignore[misc]
    assert (plan["n"], plan["good"], plan["not_applicable"]) == (10, 6, 1)
    assert plan["p"] == pytest.approx(0.6)


def test_an_empty_round_says_that_it_has_no_figure() -> None:
    summary: Any = round_summary(RoundGrades((), {"plan": "Planning"}, ENDS, ENDS))
    assert (summary["estimate"]["p"], summary["estimate"]["reason"]) == (None, "no_cases")
    assert summary["moderation"]["reason"] == "no_cases"
    assert summary["domains"][0]["reason"] == "no_cases"
    assert summary["teams"] == []


def test_strata_not_in_the_list_leave_the_plain_estimate() -> None:
    given = sample()
    odd = replace(given, sizes={"other": 10})
    estimate: Any = round_summary(odd)["estimate"]
    assert estimate["stratified"]["reason"] == "no_strata"


def told(given: RoundGrades) -> Any:
    return board_round(published_estimate(given), given.record_date)


def test_a_board_is_told_a_fraction_and_shown_no_count_below_five() -> None:
    board: Any = told(sample())
    assert board["sentence"] == "In December very few or none of the cases we checked were good or better."
    assert board["bars"] == []
    assert board["hidden"] is True
    more = RoundGrades(tuple(audit(n, GOOD if n < 6 else RI) for n in range(20)), {}, ENDS, date(2026, 12, 1))
    shown: Any = told(more)
    assert shown["sentence"] == "In December about 1 in 3 of the cases we checked were good or better."
    assert shown["bars"] == [{"label": "December", "heading": "December: about 1 in 3", "good": 6, "of": 20}]
    assert "20 cases are enough" in shown["caveat"]


def test_a_board_is_told_when_there_are_too_few_cases() -> None:
    few = RoundGrades(tuple(audit(n, GOOD) for n in range(9)), {}, ENDS, ENDS)
    board: Any = told(few)
    assert (board["sentence"], board["cases"]) == ("Fewer than 10 cases were audited: too few to report.", None)


@pytest.mark.parametrize("good", [0, 1, 4, 5, 15, 16, 19, 20])
def test_a_board_is_shown_neither_none_nor_all_nor_near_them(good: int) -> None:
    grades = RoundGrades(tuple(audit(n, GOOD if n < good else RI) for n in range(20)), {}, ENDS, ENDS)
    board: Any = told(grades)
    shown = 5 <= good <= 15
    assert (bool(board["bars"]), board["hidden"]) == (shown, not shown)
    alike = {0: "very few or none", 20: "all or nearly all"}
    near = 0 if good < 5 else 20
    assert shown or alike[near] in board["sentence"]


def weighted(protection: int, need: int) -> RoundGrades:
    """Ten of 20 cases of child protection and ten of 180 in need, so many of each good or better."""
    counts = [("cp", protection), ("cin", need)]
    audits = [audit(n, GOOD if n % 10 < counts[n // 10][1] else RI, stratum=counts[n // 10][0]) for n in range(20)]
    return RoundGrades(tuple(audits), {}, ENDS, date(2026, 12, 1), {"cp": 20, "cin": 180}, 200)


def test_a_boards_fraction_is_the_headlines_where_that_is_weighted() -> None:
    given = weighted(9, 3)
    estimate: Any = round_summary(given)["estimate"]
    assert (estimate["good"], estimate["n"]) == (12, 20)
    assert estimate["interval"]["value"] == pytest.approx(0.1 * 0.9 + 0.9 * 0.3)
    board: Any = told(given)
    assert board["sentence"] == (
        "In December about 1 in 3 of cases were good or better. Some kinds of case were checked more often than "
        "others, and this allows for it."
    )
    assert (board["bars"], board["hidden"], board["cases"]) == ([], False, 20)
    more: Any = told(replace(given, sizes={"cp": 20, "cin": 180, "care": 100}, population=300))
    assert "about 1 in 3 of cases in the groups we checked were good or better." in more["sentence"]


def test_a_weighted_fraction_does_not_point_at_single_children_either() -> None:
    board: Any = told(weighted(3, 1))
    assert board["sentence"] == (
        "In December too few of the cases we checked were on one side to say how many of all were good or better."
    )
    assert (board["bars"], board["hidden"]) == ([], True)
    assert told(weighted(9, 8))["hidden"] is True
