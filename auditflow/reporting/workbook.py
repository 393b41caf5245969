"""The tables of a round's results as files hold them: every figure, the p-values too, and the raw gradings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditflow.adapters.spreadsheet import Sheet, xlsx_bytes
from auditflow.domain.graded import GradedAudit
from auditflow.domain.grades import Grade
from auditflow.reporting.about import About, day_words
from auditflow.reporting.result_words import GRADES, KIND_WORDS, PURPOSES
from auditflow.statistics.summary import is_weighted

Figures = Mapping[str, Any]
GRADING_HEADINGS = ("Case", "Purpose", "How it came in", "Group", "Team", "State", "First grade", "Moderated grade")


_DEFINED = (
    ("Good or better", "Graded Good or Outstanding. The others are graded Requires improvement or Inadequate."),
    (
        "Not applicable",
        "Never a grade and never a nought: such a case leaves the denominator and stands beside it.",
    ),
    (
        "Which cases",
        "Only cases drawn at random, and reserves that came in for them; of a census every case that its rules let in. "
        "Those added by hand stand apart.",
    ),
    (
        "Which grade",
        "The published one: what was decided in a dispute, else the moderator's, else the first.",
    ),
    ("Intervals", "Two-sided, at 95%. A share and its interval are left empty below 10 cases of a domain."),
    ("p-values", "McNemar's, mid-p unless it says otherwise; Holm's are adjusted for the number of domains."),
)


def results_workbook(
    results: Figures,
    gradings: Iterable[GradedAudit] | None,
    states: Mapping[str, str],
    about: About,
    *,
    teams: bool = True,
) -> bytes:
    """The results as one Excel file: what they are, a sheet a table, then every grading as it stands.

    `gradings` None leaves the last sheet out, for those who may not see single cases; `states` are the words for an
    audit's states.
    """
    sheets = [about_sheet(about), *result_sheets(results, teams=teams)]
    if gradings is not None:
        domains = {domain["key"]: domain["title"] for domain in results["domains"]}
        sheets.append(Sheet("Gradings", grading_headings(domains), grading_rows(gradings, domains, states)))
    return xlsx_bytes(sheets)


def about_sheet(about: About) -> Sheet:
    """The first sheet: whose results these are, which version, how to check them, how figures are defined."""
    seal = f"{about.seal[0]}, {about.seal[1]}" if about.seal else "none yet"
    rows: list[tuple[str, Any]] = [
        ("Marking", about.marking),
        ("Council", about.council_name),
        ("Round", about.round_name),
        ("Audit tool", about.tool_title),
        ("Results", about.status),
        ("Made on", day_words(about.made_on)),
        ("SHA-256 of the results", about.results_sha256),
        ("Latest seal of the journal", seal),
        *_DEFINED,
    ]
    return Sheet("About", ("What", "This workbook"), rows)


def result_sheets(results: Figures, *, teams: bool) -> list[Sheet]:
    """One sheet a table; teams only for those who answer for the council."""
    sheets = [
        Sheet("Round", ("Figure", "Value"), _about(results)),
        Sheet("Grades", ("Grade", "Published", "As first submitted", "Added (not random)"), _grades(results)),
        Sheet("Domains", _DOMAIN_HEADINGS, _domains(results)),
    ]
    if teams:
        sheets.append(Sheet("Teams", ("Team", "Cases", "Good or better", *GRADES), _teams(results["teams"])))
    moved = results["re_audit"]
    if moved:
        sheets.append(Sheet("Movement", ("Before", *(grade.short_name for grade in Grade)), _matrix(moved)))
        sheets.append(Sheet("Change", ("Figure", "Value"), _change(moved)))
        if moved.get("domains"):
            sheets.append(Sheet("Change by domain", _MOVED_HEADINGS, _moved_domains(moved["domains"])))
    return sheets


_DOMAIN_HEADINGS = ("Domain", "Graded", "Good or better", "Share", "From", "To", "Not applicable", *GRADES)
_MOVED_HEADINGS = (
    "Domain",
    "Pairs",
    "Good before",
    "Good after",
    "Became good",
    "Stopped being good",
    "p (McNemar, mid-p)",
    "p (Holm)",
)


def _about(results: Figures) -> list[tuple[str, Any]]:
    about, done, estimate = results["round"], results["completion"], results["estimate"]
    rows: list[tuple[str, Any]] = [
        ("Round", about["name"]),
        ("First day", about["starts_on"]),
        ("Last day", about["ends_on"]),
        ("Records read as at", about["record_date"]),
        ("Discarded draws", about["discarded_draws"]),
    ]
    rows += [
        (name.replace("_", " ").capitalize(), value) for name, value in done.items() if not isinstance(value, Mapping)
    ]
    rows += [
        ("In the figures", estimate["n"]),
        ("Good or better", estimate["good"]),
        ("Share good or better", estimate["p"]),
    ]
    for name, words in (("wilson", "Wilson"), ("finite_population", "Finite population"), ("stratified", "Stratified")):
        rows += [(f"{words}, {end}", estimate[name][end]) for end in ("low", "high")]
    moved = results["moderation"]
    rows += [(f"Moderated at random, {name}", moved[name]) for name in ("n", "raised", "unchanged", "lowered", "mean")]
    return [*rows, ("In words", estimate["sentence"])]


def _grades(results: Figures) -> list[list[Any]]:
    parts = [results[name]["distribution"] for name in ("estimate", "as_submitted", "added")]
    return [[grade, *(part[grade] for part in parts)] for grade in GRADES]


def _domains(results: Figures) -> list[list[Any]]:
    """Without shares where kinds of case were checked more often than others: these would not be of all cases."""
    counted = is_weighted(results["estimate"])
    return [
        [
            domain["title"],
            domain["n"],
            domain["good"],
            None if counted else domain["p"],
            *_ends(domain, counted),
            domain["not_applicable"],
            *(domain["distribution"][grade] for grade in GRADES),
        ]
        for domain in results["domains"]
    ]


def _ends(domain: Figures, counted: bool) -> tuple[Any, Any]:
    if counted or domain["p"] is None:
        return None, None
    return domain["wilson"]["low"], domain["wilson"]["high"]


def _teams(teams: Iterable[Figures]) -> list[list[Any]]:
    return [
        [team["team"], team["n"], team["good"], *(team["distribution"][grade] for grade in GRADES)] for team in teams
    ]


def _matrix(moved: Figures) -> list[list[Any]]:
    return [[grade.short_name, *moved["matrix"][grade - 1]] for grade in Grade]


def _change(moved: Figures) -> list[tuple[str, Any]]:
    counted = ("pairs", "improved", "same", "declined", "lost", "replacements", "same_auditor")
    rows: list[tuple[str, Any]] = [(name.replace("_", " ").capitalize(), moved[name]) for name in counted]
    rows += [(f"Not re-audited: {reason.replace('_', ' ')}", n) for reason, n in moved["lost_reasons"].items()]
    if not moved["because_poor"]:
        rows += [(name.replace("_", " ").capitalize(), moved[name]) for name in ("good_before", "good_after")]
        rows += [(f"Change in the share, {name}", moved["change"][name]) for name in ("difference", "low", "high")]
        rows += [("p (McNemar, exact)", moved["mcnemar"]["exact"]), ("p (McNemar, mid-p)", moved["mcnemar"]["mid_p"])]
        rows += [("p (sign test)", moved["sign_test"]), ("p (Wilcoxon)", moved["wilcoxon"]["p"])]
        rows += [(f"Bounds, {name.replace('_', ' ')}", value) for name, value in moved["bounds"].items()]
    return [*rows, ("In words", moved["sentence"])]


def _moved_domains(domains: Iterable[Figures]) -> list[list[Any]]:
    names = ("title", "pairs", "good_before", "good_after", "became_good", "stopped_being_good")
    return [[*(domain[name] for name in names), domain["mcnemar"]["mid_p"], domain["holm"]] for domain in domains]


def grading_headings(domains: Mapping[str, str]) -> list[str]:
    """The headings of the raw gradings."""
    return [*GRADING_HEADINGS, "Used in figures", "In dispute", "Agreed", *domains.values()]


def grading_rows(
    audits: Iterable[GradedAudit], domains: Mapping[str, str], states: Mapping[str, str]
) -> list[list[Any]]:
    """Every grading as it stands, a row each; no name of a person is among it."""
    return [
        [
            audit.ref,
            PURPOSES[audit.purpose],
            KIND_WORDS[audit.kind],
            audit.stratum,
            audit.team,
            states[audit.state],
            *map(_grade, (audit.first, audit.moderated, audit.published)),
            audit.disputed,
            audit.agreed_on,
            *(_grade(audit.domains_published.get(key)) for key in domains),
        ]
        for audit in audits
    ]


def _grade(grade: Grade | None) -> int | None:
    return int(grade) if grade is not None else None
