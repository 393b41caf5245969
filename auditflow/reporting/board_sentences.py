"""What a board report says in sentences, part by part; the board's page uses some of them too.

Plain English: shares as fractions in words, no interval, no decimals, no team, and no count that `board_tables` keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from auditflow.reporting.about import day_words
from auditflow.statistics.board_tables import THRESHOLD, BoardTables, Share
from auditflow.statistics.sentences import when
from auditflow.statistics.summary import is_weighted
from auditflow.statistics.wording import FEW, fraction_words, plural

__all__ = [
    "FOOTNOTE",
    "HIDDEN",
    "NO_PICTURE",
    "OF_CHECKED",
    "chosen",
    "domains_about",
    "grades_about",
    "how_chosen",
    "moved_about",
    "share_cell",
    "work_about",
    "work_done",
]

Figures = Mapping[str, Any]
_SPACE = "\N{NO-BREAK SPACE}"
NO_PICTURE = (
    "There is no picture: so few cases are on one side that the counts could point at single children.",
    "There is no picture: the cases were chosen because they were not yet good.",
    "There is no picture: there are too few cases.",
    "There is no picture: some kinds of case were checked more often than others, so the counts would mislead.",
)
"""Why there is none: a small side; cases chosen for being poor; too few cases; a share that is weighted."""
OF_CHECKED = "Some kinds of case were checked more often than others: these are shares of the cases that were checked."
FOOTNOTE = (
    "c stands for a count of 1 to 4, and for one that is left out because a count of 1 to 4 could be worked out from "
    "it. For the same reason up to 4 cases are called “very few or none”, and all but up to 4 “all or nearly all”."
)

HIDDEN = "c: a count of 1 to 4, or one that is left out to protect such a count."


def how_chosen(results: Figures) -> list[str]:
    """How the cases were chosen and checked, in sentences without small numbers."""
    about, moved = results["round"], results["re_audit"]
    if moved is None and about["kind"] == "census":
        words = ["Nothing was drawn: every case of the kind that is audited was taken."]
    elif moved is None:
        words = ["The cases were drawn at random from every case that could be audited."]
    elif moved["because_poor"]:
        words = ["The cases were chosen because they were not yet good at the first audit."]
    else:
        start = _first_time(about, moved["before"])
        words = [
            f"{start} and audited again in {moved['after']}, as a rule by different people. Cases that could not be "
            "audited again are in neither count."
        ]
    words.append("A share of the audits, chosen at random, was checked by a second person.")
    if about["discarded_draws"]:
        words.append("An earlier draw was discarded; the reason is on record.")
    return words


def _first_time(about: Figures, before: str) -> str:
    """How the cases of a re-audit came into the first audit; older results do not say what that was, a sample then."""
    if about.get("baseline_kind") == "census":
        return f"Every case of the kind that is audited was taken in {before}"
    return f"The cases were drawn at random in {before}"


def chosen(results: Figures) -> list[str]:
    """The same with the numbers: how many could be drawn, were drawn, and were audited again."""
    first, *others = how_chosen(results)
    return [first, *(_drawn(results["completion"]) if results["re_audit"] is None else _paired(results)), *others]


def _drawn(done: Figures) -> list[str]:
    eligible, planned = done.get("eligible"), done["planned"]
    if not eligible or not planned:
        return []
    if planned >= eligible:
        return [f"There were {eligible:,} of them, and all were taken."]
    by = "A number that nobody could know before gave the order, so nobody picked a case, and anybody can repeat it."
    return [f"There were {eligible:,} of them, of which {planned:,} were drawn. {by}"]


def _paired(results: Figures) -> list[str]:
    moved = results["re_audit"]
    if not moved["pairs"]:
        return ["No case has been audited both times, so nothing can be compared."]
    those = f"{plural(moved['cases'], 'case')} {'so chosen' if _poor(moved) else 'of the first audit'}"
    words = [f"Of the {those}, {moved['pairs']:,} {'is' if moved['pairs'] == 1 else 'are'} compared here."]
    if moved["lost"]:
        words[0] = f"{words[0][:-1]}; {_were(moved['lost'])} not audited again."
    if moved["same_auditor"]:
        words.append(f"{_were(moved['same_auditor']).capitalize()} audited by the same person both times and left out.")
    if moved["replacements"]:
        words.append(f"{_were(moved['replacements']).capitalize()} audited in place of a lost one; left out too.")
    return [" ".join(words)]


def _were(count: int) -> str:
    return f"{count:,} {'was' if count == 1 else 'were'}"


def work_done(results: Figures) -> list[str]:
    """How far the work got, beside its table."""
    done, ends = results["completion"], date.fromisoformat(results["round"]["first_ends_on"])
    words = [
        f"These are counts of our own work, and none is hidden. Late means agreed after {day_words(ends)}, the first "
        "end date."
    ]
    if done["removed"] and results["round"]["kind"] != "census":
        words.append(_reserves(done["replacements"], done["missing"]))
    if done["disputed"]:
        some = f"{done['disputed']:,}" if done["disputed"] >= THRESHOLD else "A few"
        words.append(f"{some} grades are published in dispute: there the first grade stands.")
    return words


def _reserves(came: int, missing: int) -> str:
    if not came:
        return "No reserve came in for the removed cases."
    left = f"; for {plural(missing, 'case')} none was left" if missing > 0 else ""
    return f"For the removed cases {plural(came, 'reserve')} came in, in the order of the draw{left}."


def grades_about(results: Figures, tables: BoardTables) -> list[str]:
    """What the table of grades shows, or why there is none."""
    again = results["re_audit"]
    if tables.cases < FEW:
        return [str(results["board"]["sentence"]) if not _poor(again) else "Too few cases to report how they moved."]
    if _poor(again):
        return ["No share is given for before and after: some of these cases would have come out better anyway."]
    if not tables.picture and not results["board"]["hidden"]:
        return ["The grades are not counted here: some kinds of case were checked more often than others."]
    if not tables.picture:
        return ["So few cases are on one side that no grade is counted here: it could point at single children."]
    if again is None:
        return [_one_round(results, tables)]
    before, after = tables.grades
    return [
        f"Of the same {tables.cases:,} cases, {before.good:,} were good or better {when(before.name)} and "
        f"{after.good:,} {when(after.name)}."
    ]


def _one_round(results: Figures, tables: BoardTables) -> str:
    good, n, eligible = tables.grades[0].good, tables.cases, results["completion"].get("eligible")
    words = f"Of {n:,} cases, {good:,} were good or better: {fraction_words(good, n)}."
    ends = results["estimate"].get("interval") or results["estimate"]["wilson"]
    low, high = (fraction_words(round(1000 * ends[end]), 1000) for end in ("low", "high"))
    if not eligible or n >= eligible:
        return words
    between = f"between {low} and {high}" if low != high else low
    return f"{words} Had every case been audited that could be, it would probably have been {between}."


def moved_about(results: Figures, tables: BoardTables) -> list[str]:
    """Beside the movement: why some figures stand there without the others."""
    if tables.cases < FEW or results["re_audit"] is None:
        return []
    if tables.moved is None:
        return ["How many cases moved up or down is not counted here: it could point at single children."]
    if tables.grades and all(shown.grades is None for shown in tables.grades):
        return ["The four grades are not counted one by one: beside these counts they could point at single children."]
    return []


def _poor(again: Figures | None) -> bool:
    return bool(again and again["because_poor"])


def domains_about(results: Figures) -> list[str]:
    """What the table of domains compares."""
    if results["re_audit"] is None:
        told = "In the order of the audit tool. Cases to which a domain does not apply are in no share."
        return [f"{told} {OF_CHECKED}" if is_weighted(results["estimate"]) else told]
    return [
        "In the order of the audit tool: how many of the same cases were good or better, by the grades that the "
        "auditors gave first. Cases to which a domain did not apply both times are in no share. Single domains differ "
        "by chance more than the whole does."
    ]


def work_about() -> list[str]:
    """What the table of actions counts."""
    return [
        "Every action that was agreed about a finding of the first audit, by the domain of the finding. An action "
        "about two domains is counted in both. Whether it made a difference is judged by a second person."
    ]


def share_cell(share: Share, cases: int | None) -> str:
    """A share as a table's cell has it: "about 1 in 3 (24 of 71)", words alone, or the mark of what is hidden."""
    if share.words is None:
        return "c"
    if share.count is None or cases is None:
        return share.words
    return f"{share.words} ({_SPACE.join((f'{share.count:,}', 'of', f'{cases:,}'))})"
