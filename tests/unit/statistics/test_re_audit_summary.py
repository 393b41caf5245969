"""A re-audit of 16 cases, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.statistics.board_summary import board_re_audit
from auditflow.statistics.re_audit_summary import month_names, re_audit_summary

BAD, RI, GOOD, TOP = Grade
BEFORE = [BAD, BAD, RI, RI, RI, RI, RI, RI, RI, GOOD, GOOD, GOOD, GOOD, TOP, RI, BAD]
AFTER = [RI, BAD, GOOD, GOOD, GOOD, RI, RI, RI, RI, GOOD, GOOD, RI, GOOD, TOP]


def audit(n: int, grade: Grade | None, **more: Any) -> GradedAudit:
    given: dict[str, Any] = {
        "id": n,
        "ref": f"CF-{n:03d}",
        "purpose": "main",
        "kind": "random",
        "state": "agreed" if grade else "allocated",
        "stratum": "",
        "team": "East",
        "auditor": 1,
        "first": grade,
        "published": grade,
        "domains_first": {"plan": grade},
    }
    return GradedAudit(**{**given, **more})


def round_of(audits: list[GradedAudit], record_date: date) -> RoundGrades:
    return RoundGrades(tuple(audits), {"plan": "Planning"}, record_date, record_date)


def first() -> RoundGrades:
    return round_of([audit(n, grade) for n, grade in enumerate(BEFORE)], date(2026, 12, 1))


def second(**more: Any) -> RoundGrades:
    """Fourteen audited again; one removed, one not done; a replacement, and a case added by hand."""
    audits = [audit(n, grade, auditor=2, baseline_auditor=1) for n, grade in enumerate(AFTER)]
    audits += [
        audit(14, None, state="removed", lost_reason="closed_early"),
        audit(15, None),
        audit(50, TOP, kind="replacement"),
        audit(60, TOP, kind="judgemental"),
    ]
    return round_of(audits, date(2027, 3, 1))


def test_pairs_movement_and_good_or_better() -> None:
    figures: Any = re_audit_summary(first(), second())
    assert (figures["pairs"], figures["improved"], figures["same"], figures["declined"]) == (14, 4, 9, 1)
    assert figures["matrix"] == [[1, 1, 0, 0], [0, 4, 3, 0], [0, 1, 3, 0], [0, 0, 0, 1]]
    assert (figures["good_before"], figures["good_after"]) == (5, 7)
    assert (figures["became_good"], figures["stopped_being_good"]) == (3, 1)
    assert figures["change"]["difference"] == pytest.approx(2 / 14)
    assert figures["distribution_before"] == {"Outstanding": 1, "Good": 4, "Requires improvement": 7, "Inadequate": 2}
    assert figures["distribution_after"] == {"Outstanding": 1, "Good": 6, "Requires improvement": 6, "Inadequate": 1}


def test_lost_cases_have_reasons_and_bounds() -> None:
    figures: Any = re_audit_summary(first(), second())
    assert (figures["cases"], figures["lost"], figures["lost_good_before"]) == (16, 2, 0)
    assert figures["lost_reasons"] == {"closed_early": 1, "open": 1}
    assert figures["bounds"]["after_low"] == pytest.approx(7 / 16)
    assert figures["bounds"]["after_high"] == pytest.approx(9 / 16)
    assert "Even if none of the 2 missing cases were good or better" in figures["sentence"]


def test_replacements_and_added_cases_make_no_pair() -> None:
    figures: Any = re_audit_summary(first(), second())
    assert (figures["replacements"], figures["unpaired"]) == (1, 1)
    graded_before = round_of([*first().audits, audit(50, BAD)], date(2026, 12, 1))
    assert re_audit_summary(graded_before, second())["pairs"] == 14


def test_without_a_second_grading_of_the_record_nothing_is_claimed() -> None:
    figures: Any = re_audit_summary(first(), second())
    told = "The grades rose. Whether practice did cannot be told, because no December record was graded again."
    assert (figures["finding"], figures["drift"], figures["reason"]) == (told, None, "no_regraded_file")
    assert figures["sentence"].endswith(told)


def test_records_graded_again_bring_the_drift_check_in() -> None:
    again = [audit(100 + n, BEFORE[n], purpose="bridge", ref=f"CF-{n:03d}") for n in range(12)]
    given = second()
    figures: Any = re_audit_summary(first(), replace(given, audits=(*given.audits, *again)))
    assert figures["drift"]["bridge"] == 12
    assert figures["drift"]["claim"] == "could_be_chance"
    assert figures["drift"]["adjusted"] == pytest.approx(3 / 14)


def test_pairs_of_one_auditor_are_counted_and_stay_out() -> None:
    given = second()
    same = replace(given.audits[0], auditor=1)
    figures: Any = re_audit_summary(first(), replace(given, audits=(same, *given.audits[1:])))
    assert (figures["pairs"], figures["improved"], figures["same_auditor"]) == (13, 3, 1)
    assert (figures["cases"], figures["lost"]) == (16, 2)


def test_poor_cases_get_counts_and_no_percentage() -> None:
    figures: Any = re_audit_summary(first(), second(), because_poor=True)
    assert figures["pairs"] == 9
    assert "good_before" not in figures
    assert "change" not in figures
    assert figures["reason"] == "selected_because_poor"
    assert "no percentage is given" in figures["finding"]
    assert "fresh random sample" in figures["finding"]
    assert figures["sentence"] == "Of the 9 cases audited both times, 4 moved up, 5 stayed and 0 moved down."


def test_domains_are_compared_as_first_submitted() -> None:
    figures: Any = re_audit_summary(first(), second())
    (plan,) = figures["domains"]
    assert (plan["key"], plan["title"], plan["pairs"], plan["became_good"]) == ("plan", "Planning", 14, 3)
    assert figures["domains_sentence"] == "0 of 1 domain improved more than chance would explain."


def test_no_pair_at_all() -> None:
    nothing = round_of([audit(n, None) for n in range(16)], date(2027, 3, 1))
    figures: Any = re_audit_summary(first(), nothing)
    assert (figures["pairs"], figures["lost_reasons"]) == (0, {"open": 16})
    assert figures["finding"] == "Whether practice improved cannot be told, because no case was audited both times."
    assert board_re_audit(figures)["bars"] == []


def test_a_board_sees_two_bars_in_words() -> None:
    before = round_of([audit(n, GOOD if n < 10 else RI) for n in range(30)], date(2026, 12, 1))
    after = round_of([audit(n, GOOD if n < 15 else RI, auditor=2) for n in range(30)], date(2027, 3, 1))
    board: Any = board_re_audit(re_audit_summary(before, after))
    assert board["sentence"] == (
        "In December about 1 in 3 of these cases were good or better; in March, of the same cases, about half. "
        "Whether practice improved cannot be told, because no December record was graded again."
    )
    assert [(bar["heading"], bar["good"], bar["of"]) for bar in board["bars"]] == [
        ("December: about 1 in 3", 10, 30),
        ("March: about half", 15, 30),
    ]


def test_a_board_is_told_why_poor_cases_have_no_percentage() -> None:
    board: Any = board_re_audit(re_audit_summary(first(), second(), because_poor=True))
    assert "chosen because they were not yet good" in board["sentence"]
    assert board["bars"] == []


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (date(2026, 12, 1), date(2027, 3, 1), ("December", "March")),
        (date(2026, 12, 1), date(2027, 12, 1), ("December 2026", "December 2027")),
        (date(2026, 12, 1), date(2026, 12, 20), ("first audit", "re-audit")),
    ],
)
def test_what_two_audits_are_called(before: date, after: date, names: tuple[str, str]) -> None:
    assert month_names(before, after) == names
