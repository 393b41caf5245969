"""`auditflow sample …`: draw, verify and size on plain files, without any database.

This is what an inspector runs: the case list, the design and the seed decide the sample, so anyone who has them
can repeat the draw. Exit 0 done, 1 refused with a sentence, 2 wrong use.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Any

    from auditflow.cli.sample_files import ListFile
    from auditflow.domain.sampling_draw import Draw

__all__ = ["sample"]

_FILE = click.Path(exists=True, dir_okay=False)
_NEW = click.Path(dir_okay=False, writable=True)
_as_json = click.option("--json", "as_json", is_flag=True, help="Everything, for a program to read.")
_UNPROVED = (
    "When list and design were locked, who made the seed and how many draws were discarded cannot be seen from "
    "the list: compare them with the journal's seals."
)
_UNPROVED_CENSUS = (
    "When the rules were locked and when lists came in, and whether one was left out, cannot be seen from the lists: "
    "compare them with the journal's seals."
)


@click.group()
def sample() -> None:
    """Draw a sample from a case list, repeat a draw, find a sample size."""


@sample.command()
@click.argument("frame", type=_FILE)
@click.option("--design", required=True, type=_FILE, help="The sampling design, with its seed (YAML).")
@click.option("--out", type=_NEW, help="Write the sample here (CSV).")
@click.option("--manifest", type=_NEW, help="Write what is needed to repeat the draw here (JSON).")
@_as_json
def draw(frame: str, design: str, out: str | None, manifest: str | None, as_json: bool) -> None:
    """Draw the sample that a case list (CSV) and a design decide.

    Example: auditflow sample draw list.csv --design design.yaml --out sample.csv --manifest manifest.json
    """
    from auditflow.cli.sample_files import read_design, read_list, sample_csv, write_text
    from auditflow.domain.sampling_draw import draw as draw_from
    from auditflow.domain.sampling_manifest import Provenance

    files = [os.path.realpath(name) for name in (frame, design, out, manifest) if name]
    if len(set(files)) < len(files):
        raise click.UsageError("The case list, the design and the files to write must be different files.")
    plan, listed = read_design(design), read_list(frame)
    listed.check_columns(plan.columns)
    drawn = draw_from(listed.rows, plan, listed.columns)
    digest = listed.frame_sha256(plan.ref)
    told = drawn.manifest(Provenance("given", listed.source_sha256, digest))
    text = _json(told)
    if out:
        write_text(out, sample_csv(drawn))
    if manifest:
        write_text(manifest, text + "\n")
    click.echo(text if as_json else "\n".join(_summary(drawn, shown=not out)))


def _json(data: object) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, indent=2)


def _summary(drawn: Draw, *, shown: bool) -> list[str]:
    reasons = "".join(f", {count:,} {reason}" for reason, count in drawn.excluded.items() if count)
    lines = [
        f"Cases drawn: {len(drawn.sample):,} of the {drawn.eligible:,} that can be (list: {drawn.rows:,}{reasons})."
    ]
    if drawn.census:
        lines.append("This is a census: every case that can be drawn is in it.")
    for name, number in drawn.allocation.items():
        reserves = len(drawn.reserves.get(name, ()))
        lines.append(f"  {name}: {number:,} of {drawn.population[name]:,}, {reserves} in reserve")
    if drawn.passed_over:
        lines.append(f"Passed over because of a limit: {', '.join(drawn.passed_over)}.")
        lines.append("The weights are approximate (worker cap).")
    if shown:
        lines += ["", *(f"{case.ref}\t{case.stratum}" for case in drawn.sample)]
    return lines


@sample.command()
@click.argument("manifest", type=_FILE, metavar="BUNDLE.zip|MANIFEST.json")
@click.argument("frame", type=_FILE, metavar="[FRAME.csv]", required=False)
@click.pass_context
def verify(context: click.Context, manifest: str, frame: str | None) -> None:
    """Repeat a draw from a round's bundle, or from its manifest and the case list, and say what differs.

    Of a bundle, as it was downloaded, the draw that stands is repeated from the case list in it, or from FRAME.csv.
    Exit 0 only if the draw is reproduced.

    Example: auditflow sample verify round-1-draw.zip

    Example: auditflow sample verify manifest.json list.csv
    """
    from auditflow.cli.sample_bundle import is_bundle, is_census, read_bundle
    from auditflow.cli.sample_files import read_list, read_manifest

    if is_bundle(manifest):
        told, lists = read_bundle(manifest, frame)
    elif frame is None:
        raise click.UsageError("Give the case list (CSV) after the manifest. A bundle (zip) has its own.")
    else:
        told, lists = read_manifest(manifest), [read_list(frame)]
    said, differences = _census_checked(told, lists) if is_census(told) else _draw_checked(told, lists[0])
    if differences:
        click.echo("\n".join(differences), err=True)
        context.exit(1)
    click.echo("\n".join(said))


def _draw_checked(told: dict[str, Any], listed: ListFile) -> tuple[list[str], list[str]]:
    """What to say if the draw is repeated, and what differs."""
    from auditflow.cli.sample_files import wanted_columns
    from auditflow.domain.sampling_verify import verify as differences_of

    listed.check_columns(wanted_columns(told))
    digest = listed.frame_sha256(next(iter(wanted_columns(told)), ""))
    differences = differences_of(told, listed.rows, columns=listed.columns, frame_sha256=digest)
    if differences:
        return [], ["The draw is not reproduced.", *differences]
    said = f"The draw is reproduced: this list, design and seed give the same {len(told['sample']):,} cases."
    return [said, _UNPROVED], []


def _census_checked(told: dict[str, Any], lists: list[ListFile]) -> tuple[list[str], list[str]]:
    """What to say if every eligible case is in, and what differs."""
    from auditflow.cli.sample_files import wanted_columns
    from auditflow.domain.sampling_census import CensusFile, verify_census

    ref = next(iter(wanted_columns(told)), "")
    for listed in lists:
        listed.check_columns(wanted_columns(told))
    differences = verify_census(told, [CensusFile(one.columns, one.rows, one.frame_sha256(ref)) for one in lists])
    if differences:
        return [], ["The census is not complete, or its manifest does not follow from its lists.", *differences]
    cases = sum(len(one["came_in"]) for one in told["lists"])
    months = "1 list" if len(lists) == 1 else f"{len(lists)} lists"
    said = [f"Every eligible case of {months} is in: {cases:,} cases, and no other."]
    if by_hand := len({ref for one in told["lists"] for ref in one["by_hand"]}):
        # They are in no figure, so whoever checks must see how many there are.
        said.append(f"Not among them, because somebody had added them by hand before: {by_hand:,}.")
    return [*said, _UNPROVED_CENSUS], []


@sample.command()
@click.option("--population", required=True, type=int, help="How many cases can be drawn.")
@click.option("--margin", type=float, default=0.1, show_default=True, help="0.1 is right to within 10 points.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="How often that must hold.")
@click.option("--proportion", type=float, default=0.5, show_default=True, help="The expected share, if known.")
@_as_json
def size(population: int, margin: float, confidence: float, proportion: float, as_json: bool) -> None:
    """How many cases make a percentage precise enough.

    Example: auditflow sample size --population 3679 --margin 0.1
    """
    from auditflow.domain.sampling_allocation import sample_size

    needed = sample_size(population, margin, confidence, proportion)
    sentence = (
        f"A sample of {needed:,} of the {population:,} cases gives percentages right to within "
        f"{margin * 100:g} percentage points, {_how_often(confidence)}."
    )
    figures = {
        "n": needed,
        "population": population,
        "margin": margin,
        "confidence": confidence,
        "proportion": proportion,
        "sentence": sentence,
    }
    click.echo(_json(figures) if as_json else sentence)


def _how_often(confidence: float) -> str:
    return {0.95: "19 times in 20", 0.9: "9 times in 10", 0.99: "99 times in 100"}.get(
        confidence, f"{confidence * 100:g}% of the time"
    )
