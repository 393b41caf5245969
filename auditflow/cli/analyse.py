"""`auditflow analyse …`: the statistics on plain CSV files, without any database.

Each command prints the plain-English sentence and a table, or with `--json` every figure. Exit 0 done, 1 refused
with a sentence, 2 wrong use. The statistics are imported when a command runs, so that `--help` starts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from auditflow.domain.errors import BadInput

__all__ = ["analyse"]

_FILE = click.Path(exists=True, dir_okay=False)
_as_json = click.option("--json", "as_json", is_flag=True, help="Every figure, for a program to read.")
_reference = click.option("--ref", required=True, metavar="COL", help="Column of the case reference.")
_grade = click.option("--grade", required=True, metavar="COL", help="Column of the overall grade.")
_kind = click.option(
    "--kind", metavar="COL", help="Column that says random, replacement or judgemental; “kind” unless named."
)


@click.group()
def analyse() -> None:
    """Statistics on CSV files: estimate, movement, agreement, chart.

    Grades are 1 to 4 or their names, long or short ("RI"); blank and NA are not applicable. Cases that a column called
    "kind" says are judgemental are in no figure.
    """


def _show(figures: Mapping[str, Any], as_json: bool, text: Callable[[], str]) -> None:
    if as_json:
        import json

        click.echo(json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        click.echo(text())


@analyse.command()
@click.argument("file", type=_FILE)
@_grade
@_kind
@click.option("--stratum", metavar="COL", help="Column of the stratum (with --sizes).")
@click.option("--sizes", type=_FILE, help="CSV of strata and their numbers of eligible cases.")
@click.option("--population", type=click.IntRange(min=0), help="How many eligible cases the sample is from.")
@_as_json
def estimate(file: str, grade: str, kind: str | None, stratum: str | None, sizes: str | None, **options: Any) -> None:
    """How many cases are good or better, and the range for all eligible cases.

    Example: auditflow analyse estimate round.csv --grade overall --population 2940
    """
    from auditflow.adapters.csv_rows import read_rows
    from auditflow.cli.analyse_files import random_rows, read_sizes
    from auditflow.cli.analyse_text import estimate_text
    from auditflow.domain.grades import parse_grade
    from auditflow.statistics.summary import EstimateInput, estimate_summary

    if (stratum is None) != (sizes is None):
        raise click.UsageError("--stratum and --sizes go together.")
    table = read_rows(file)
    table.need(grade, *(column for column in (kind, stratum) if column))
    rows = random_rows(table, kind)
    grades = [value for _, value in table._replace(rows=rows).read(grade, parse_grade)]
    given = EstimateInput(grades, population=options["population"])
    if stratum is not None and sizes is not None:
        known = read_sizes(read_rows(sizes), stratum)
        _check_strata(table.name, [(row.number, row.cells[stratum]) for row in rows], known)
        given = EstimateInput(grades, [row.cells[stratum] for row in rows], known, options["population"])
    figures = estimate_summary(given)
    _show(figures, options["as_json"], lambda: estimate_text(figures))


def _check_strata(name: str, strata: list[tuple[int, str]], sizes: Mapping[str, int]) -> None:
    for number, stratum in strata:
        if stratum not in sizes:
            raise BadInput(f"{name}, row {number}: stratum “{stratum}” is not in the file of sizes.")


@analyse.command()
@click.argument("baseline", type=_FILE)
@click.argument("reaudit", type=_FILE)
@_reference
@_grade
@click.option("--domains", metavar="D1,D2,…", help="Columns of the domain grades, separated by commas.")
@click.option("--regraded", type=_FILE, help="CSV of baseline records graded again by the re-audit's auditors.")
@_kind
@_as_json
def movement(baseline: str, reaudit: str, ref: str, grade: str, kind: str | None, **options: Any) -> None:
    """How the grades of the same cases moved, and whether practice can be said to have improved.

    Example: auditflow analyse movement december.csv march.csv --ref case_ref --grade overall
    """
    from auditflow.adapters.csv_rows import read_rows
    from auditflow.cli.analyse_files import need_kind, read_cases
    from auditflow.cli.analyse_text import movement_text
    from auditflow.statistics.movement_summary import MovementInput, movement_summary

    files = read_rows(baseline), read_rows(reaudit)
    domains = [name.strip() for name in (options["domains"] or "").split(",") if name.strip()]
    need_kind(kind, *files)
    first = read_cases(files[0], ref, kind)
    # Who was added to the baseline by hand is in no figure, whatever the other files say of the case.
    second = read_cases(files[1], ref, kind).without(first.added)
    regraded = None
    if options["regraded"]:
        again = read_cases(read_rows(options["regraded"]), ref, kind).without(first.added | second.added)
        overall = again.grades(grade) if not domains else {}
        regraded = again.domain_grades(domains) if domains else {name: {"": value} for name, value in overall.items()}
    figures = movement_summary(
        MovementInput(
            first.grades(grade),
            second.grades(grade),
            unpaired=first.replaced | second.replaced,
            domains=domains,
            domains_before=first.domain_grades(domains),
            domains_after=second.domain_grades(domains),
            domains_regraded=regraded,
        )
    )
    _show(figures, options["as_json"], lambda: movement_text(figures))


@analyse.command()
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@_reference
@_grade
@_kind
@_as_json
def agreement(first: str, second: str, ref: str, grade: str, kind: str | None, as_json: bool) -> None:
    """How far two auditors who graded the same cases blind agree.

    Example: auditflow analyse agreement first.csv second.csv --ref case_ref --grade overall
    """
    from auditflow.adapters.csv_rows import read_rows
    from auditflow.cli.analyse_files import need_kind, read_cases
    from auditflow.cli.analyse_text import agreement_text
    from auditflow.statistics.agreement_summary import agreement_summary

    files = read_rows(first), read_rows(second)
    need_kind(kind, *files)
    mine, theirs = (read_cases(file, ref, kind) for file in files)
    one, two = mine.grades(grade), theirs.grades(grade)
    never = mine.replaced | theirs.replaced
    pairs = [(one[name], two[name]) for name in one if name in two and name not in never]
    figures = agreement_summary([(a, b) for a, b in pairs if a is not None and b is not None])
    _show(figures, as_json, lambda: agreement_text(figures))


@analyse.command()
@click.argument("series", type=_FILE)
@click.option("--period", required=True, metavar="COL", help="Column of the month or other period.")
@click.option("--value", metavar="COL", help="Column of the measure.")
@click.option("--numerator", metavar="COL", help="Column of the count (with --denominator, for shares).")
@click.option("--denominator", metavar="COL", help="Column of the number of cases.")
@click.option("--target", metavar="T", help="Target: a number, or a percentage such as 85% for shares.")
@click.option("--better", type=click.Choice(["up", "down"]), help="Which way is better.")
@_as_json
def chart(series: str, period: str, value: str | None, as_json: bool, **options: Any) -> None:
    """An XmR chart of a monthly measure with the NHS rules.

    Example: auditflow analyse chart visits.csv --period month --value percent --target 85 --better up
    """
    from auditflow.adapters.control_chart import read_series
    from auditflow.adapters.csv_rows import read_rows
    from auditflow.cli.analyse_text import chart_text
    from auditflow.statistics.chart_summary import ChartInput, chart_summary

    columns = [value] if value else [options["numerator"], options["denominator"]]
    if None in columns or (value and (options["numerator"] or options["denominator"])):
        raise click.UsageError("Give --value, or --numerator and --denominator.")
    table = read_rows(series)
    table.need(period, *columns)
    values = _values(table, columns)
    shares = len(columns) > 1
    ordered = read_series(table, period, values)
    target = _target(options["target"], shares)
    figures = chart_summary(ChartInput(ordered.values, target, options["better"], shares))
    for name in ("lower", "upper", "labels"):
        points: Any = figures[name]
        figures[name] = [points[place] for place in ordered.places]
    _show(figures, as_json, lambda: chart_text(figures, [row.cells[period] for row in table.rows], values))


def _values(table: Any, columns: list[Any]) -> list[float | None]:
    """The measure of each row, or its share; a gap where a figure is missing or nothing was counted."""
    from auditflow.adapters.control_chart import read_number

    if len(columns) == 1:
        return [number for _, number in table.read(columns[0], read_number)]
    values: list[float | None] = []
    counts = [[number for _, number in table.read(column, read_number)] for column in columns]
    for row, x, n in zip(table.rows, *counts, strict=True):
        if x is not None and n is not None and not 0 <= x <= n:
            raise BadInput(f"{table.name}, row {row.number}: {x:g} of {n:g} cannot be.")
        values.append(None if x is None or not n else x / n)
    return values


def _target(text: str | None, shares: bool) -> float | None:
    from auditflow.adapters.control_chart import read_number

    if text is None:
        return None
    target = read_number(text)
    if target is None:
        raise BadInput("The target is blank. Give a number, or leave --target out.", field="target")
    if shares:
        target = target / 100 if "%" in text else target
        if not 0 <= target <= 1:
            raise BadInput(
                "The target of a share lies between 0 and 1, or is a percentage such as 85%.", field="target"
            )
    return target
