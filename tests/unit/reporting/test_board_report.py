"""What a board report says, for a round, a re-audit, and every case in which there is little or nothing to say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditflow.reporting.board_report import BoardReport, Section, board_report
from auditflow.reporting.board_sentences import NO_PICTURE
from auditflow.statistics.board_summary import board_re_audit
from tests.factories.board import ABOUT, DIGEST, MANY, MARCH, grades_of, results_of_re_audit, results_of_round

AFTER = [3] * 9 + [2] * 8 + [4] * 5 + [3] * 15 + [2] * 24 + [1] * 10
DRIFT = {"pairs": 71, "bridge": 20, "change": 0.3, "change_low": 0.1, "change_high": 0.5, "drift": 0.2}
DRIFT |= {"drift_low": 0.1, "drift_high": 0.3, "adjusted": 0.1, "low": 0.05, "high": 0.2, "claim": "improved"}
DRIFT |= {"reason": None, "left_out": 0}


def words_of(report: BoardReport) -> list[str]:
    """Everything that it says, the fingerprints left out."""
    words = [report.sentence, report.no_picture, report.caveat, report.ask, report.footnote, report.picture_words]
    for part in report.sections:
        words += [part.heading, *part.sentences, *part.notes]
        for table in part.tables:
            cells = [cell for row in table.rows for cell in (row.label, *row.cells) if len(cell) != len(DIGEST)]
            words += [table.caption, *table.headings, *cells]
    return words


def part(report: BoardReport, key: str) -> Section:
    return next(section for section in report.sections if section.key == key)


def rows(report: BoardReport, key: str, table: int = 0) -> list[tuple[str, ...]]:
    return [(row.label, *row.cells) for row in part(report, key).tables[table].rows]


def a_round(**about: Any) -> BoardReport:
    domains = {"Planning": [3] * 26 + [2] * 54, "Voice": [3] * 2 + [2] * 71 + [None] * 7}
    return board_report(results_of_round(grades_of(MANY, domains), **about), ABOUT)


def a_re_audit(lost: int = 9, drift: Any = None, **more: Any) -> BoardReport:
    kept = len(MANY) - lost
    after = [*AFTER, *MANY[71:]][:kept] + [None] * lost
    before = grades_of(MANY, {"Planning": MANY})
    results = results_of_re_audit(before, grades_of(after, {"Planning": after}, day=MARCH), **more)
    if drift:
        results["re_audit"]["drift"] = drift
        results["board"] = board_re_audit(results["re_audit"])
    return board_report(results, ABOUT)


def test_a_re_audit_of_a_census_does_not_say_that_its_cases_were_drawn() -> None:
    results = results_of_re_audit(grades_of(MANY), grades_of(AFTER + MANY[71:], day=MARCH))
    results["round"]["baseline_kind"] = "census"
    words = " ".join(words_of(board_report(results, ABOUT)))
    assert "Every case of the kind that is audited was taken in December and audited again in March" in words
    assert "drawn" not in words


def test_a_census_has_no_reserve_to_speak_of() -> None:
    results = results_of_round(grades_of(MANY))
    results["completion"] |= {"removed": 8, "missing": 8, "removed_reasons": {"transferred": 8}}
    assert "reserve" in " ".join(words_of(board_report(results, ABOUT)))
    results["round"]["kind"] = "census"
    assert "reserve" not in " ".join(words_of(board_report(results, ABOUT)))


def test_a_round_says_it_on_one_page() -> None:
    report = a_round()
    assert report.title == "How good is practice?"
    assert report.month == "December 2026"
    assert report.status == "Version 1 of the results, closed 22 April 2027"
    assert report.sentence == "In December about 1 in 3 of the cases we checked were good or better."
    assert [(bar.heading, bar.good, bar.rest) for bar in report.bars] == [("December: about 1 in 3", 26, 54)]
    assert "too few for a team" in report.caveat
    assert report.ask == "The quality assurance lead of Exampleshire Council, who led this round."


def test_the_evidence_of_a_round() -> None:
    report = a_round(discarded_draws=1)
    said = " ".join(part(report, "chosen").sentences)
    assert "There were 3,700 of them, of which 80 were drawn." in said
    assert "An earlier draw was discarded" in said
    assert rows(report, "completion")[:2] == [("Planned", "80"), ("Done", "80")]
    assert rows(report, "grades") == [
        ("Good or better", "26"),
        ("Outstanding", "6"),
        ("Good", "20"),
        ("Not yet good", "54"),
        ("Requires improvement", "39"),
        ("Inadequate", "15"),
        ("All", "80"),
    ]
    between = "between about a quarter and about 2 in 5"
    assert part(report, "grades").sentences[0].endswith(f"it would probably have been {between}.")
    assert rows(report, "domains") == [
        ("Planning", "about 1 in 3 (26\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}80)", "0"),
        ("Voice", "very few or none", "7"),
    ]
    assert "work" not in [section.key for section in report.sections]


def test_the_evidence_of_a_re_audit_compares_the_same_cases() -> None:
    actions = {"d0": {"made": 30, "done": 20, "yes": 12, "partly": 3, "no": 2}}
    report = a_re_audit(actions=actions)
    assert [(bar.label, bar.good, bar.of) for bar in report.bars] == [("December", 26, 71), ("March", 29, 71)]
    assert "Of the 80 cases of the first audit, 71 are compared here; 9 were not audited again." in " ".join(
        part(report, "chosen").sentences
    )
    assert rows(report, "grades") == [("Good or better", "26", "29"), ("Not yet good", "45", "42"), ("All", "71", "71")]
    moved = dict(rows(report, "grades", 1))
    assert sum(int(count) for count in moved.values()) == 71
    assert list(moved) == ["Moved up a grade or more", "Stayed", "Moved down"]
    assert rows(report, "work")[0][:2] == ("Planning", "30")
    assert "with none of them good or better it would be about 1 in 3 of 80" in " ".join(
        part(report, "limits").sentences
    )


def test_with_drift_the_sentence_claims_what_the_drift_check_claims() -> None:
    assert a_re_audit().sentence.endswith("because no December record was graded again.")
    kinder = a_re_audit(drift=DRIFT).sentence
    assert "grading had become kinder; allowing for that, practice probably has improved." in kinder
    same = a_re_audit(drift={**DRIFT, "drift": 0.0, "drift_low": -0.1, "claim": "could_be_chance"}).sentence
    assert same.endswith("the auditors’ standard had not moved, but the change could be chance.")


def test_cases_chosen_because_they_were_poor_have_no_share_and_no_bars() -> None:
    before = grades_of([2] * 26 + [1] * 15, {"Planning": [2] * 41})
    after = grades_of([3] * 12 + [2] * 22 + [1] * 7, {"Planning": [3] * 41}, day=MARCH)
    report = board_report(results_of_re_audit(before, after, poor=True), ABOUT)
    assert report.bars == ()
    assert report.no_picture == NO_PICTURE[1]
    assert "whatever was done" in report.sentence
    assert "domains" not in [section.key for section in report.sections]
    assert [table.caption for table in part(report, "grades").tables] == ["How the same cases moved"]
    assert not [words for words in words_of(report) if re.search(r"about (half|\d|a quarter|three)", words)]


@pytest.mark.parametrize("grades", [[], [3], [3] * 9])
def test_few_cases_or_none_are_reported_as_too_few(grades: list[int | None]) -> None:
    report = board_report(results_of_round(grades_of(grades, {"Planning": grades})), ABOUT)
    assert report.sentence == "Fewer than 10 cases were audited: too few to report."
    assert report.no_picture == NO_PICTURE[2]
    assert part(report, "grades").tables == ()
    assert "domains" not in [section.key for section in report.sections]
    assert rows(report, "completion")[1] == ("Done", str(len(grades)))


def test_the_range_is_the_headlines_where_most_of_the_cases_were_checked() -> None:
    few = replace(grades_of(MANY), sizes={"cin": 82}, population=82)
    wide, narrow = (
        part(board_report(results_of_round(given), ABOUT), "grades").sentences[0] for given in (grades_of(MANY), few)
    )
    assert wide.endswith("it would probably have been between about a quarter and about 2 in 5.")
    assert narrow.endswith("it would probably have been about 1 in 3.")


def test_nothing_audited_again() -> None:
    results = results_of_re_audit(grades_of(MANY), grades_of([None] * 80, day=MARCH))
    report = board_report(results, ABOUT)
    assert "No case has been audited both times, so nothing can be compared." in part(report, "chosen").sentences
    assert report.no_picture == NO_PICTURE[2]
    assert part(report, "grades").tables == ()


def test_all_of_one_grade() -> None:
    report = board_report(results_of_round(grades_of([2] * 40)), ABOUT)
    assert report.sentence == "In December very few or none of the cases we checked were good or better."
    assert report.no_picture == NO_PICTURE[0]
    assert part(report, "grades").tables == ()
    assert part(report, "completion").notes[-1].startswith("These are counts of our own work")


def test_a_weighted_share_has_no_counts_beside_it() -> None:
    results = results_of_round(grades_of([3] * 30 + [2] * 50))
    results["board"] |= {"bars": [], "hidden": False}
    report = board_report(results, ABOUT)
    assert report.no_picture == NO_PICTURE[3]
    assert part(report, "grades").tables == ()
    assert part(report, "grades").sentences[0].startswith("The grades are not counted here: some kinds of case")


def test_a_small_side_hides_the_picture_with_its_reason() -> None:
    report = board_report(results_of_round(grades_of([3] * 3 + [2] * 50)), ABOUT)
    assert report.bars == ()
    assert report.no_picture == NO_PICTURE[0]
    assert part(report, "grades").tables == ()
    assert not re.search(r"\b3\b", " ".join(part(report, "grades").sentences))


def test_a_draft_says_so_and_a_seal_is_printed_where_there_is_one() -> None:
    draft = replace(ABOUT, version=None, closed_on=None, seal=None)
    report = board_report(results_of_round(grades_of(MANY)), draft)
    assert report.status == "Draft: these results are not published"
    assert rows(report, "check")[0] == ("Results", "Draft: these results are not published")
    assert "The journal of all decisions has not been sealed yet." in part(report, "check").sentences
    check = dict(rows(a_round(), "check"))
    assert check == {
        "Results": "Version 1 of the results, closed 22 April 2027",
        "Fingerprint (SHA-256)": DIGEST,
        "Report made on": "23 April 2027",
        "Seal 41": "ab12" * 16,
    }


def test_moderation_and_second_grading_are_told_in_words_where_counts_would_tell_too_much() -> None:
    results = results_of_round(grades_of(MANY))
    results["moderation"] |= {"n": 30, "unchanged": 19, "raised": 5, "lowered": 6, "others": 3, "others_changed": 1}
    results["agreement"] |= {"n": 16, "exact": 10, "adjacent": 15}
    said = " ".join(part(board_report(results, ABOUT), "checked").sentences)
    assert "the first grade stood in 19 of them, about 3 in 5; 5 were raised and 6 lowered." in said
    assert "A few more were looked at for a reason" in said
    assert (
        "They gave the same grade in 10 of them, about 3 in 5, and grades no more than one step apart in all or" in said
    )
    results["moderation"] |= {"n": 1, "unchanged": 1, "raised": 0, "lowered": 0, "others": 0}
    said = " ".join(part(board_report(results, ABOUT), "checked").sentences)
    assert said.startswith("1 audit, chosen at random, was looked at by a moderator, too few to say")


def test_removed_and_disputed_are_counted_without_their_reasons() -> None:
    report = board_report(results_of_round(grades_of([*MANY, None, None])), ABOUT)
    assert rows(report, "completion")[4] == ("Removed", "2")
    assert "closed" not in " ".join(part(report, "completion").notes)
    assert date(2026, 12, 1).strftime("%Y") in part(report, "completion").notes[0]


@pytest.mark.parametrize("report", [a_round(), a_re_audit(), a_re_audit(0), a_re_audit(drift=DRIFT)])
def test_no_report_has_jargon_decimals_percentages_or_teams(report: BoardReport) -> None:
    said = "\n".join(words_of(report))
    assert not re.search(r"%|\d\.\d|kappa|p-value|interval|confiden|rank|\bp =|statistic", said, re.IGNORECASE)
    assert "East" not in said
    assert not re.search(r"None|nan|\{|\}", said)
