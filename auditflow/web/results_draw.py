"""What the results say of the draw: how many of how many, by what chance, and what was thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.reporting.result_words import plural
from auditflow.web.results_links import Links, linked

Figures = Mapping[str, Any]
SHOWN = 8
"""How much of a seed stands in the sentence; the whole of it is in the details."""
NOUNS = {"case_type": "kind of case"}


def draw_words(results: Figures, links: Links) -> str:
    """One sentence about the draw. Results frozen before they kept the draw say only what was discarded."""
    draw, discarded = results.get("draw"), results["round"]["discarded_draws"]
    if not draw:
        return f"{_discarded(discarded).capitalize()} before this sample was drawn." if discarded else ""
    planned = links.to(group="planned")
    if results["round"]["kind"] == "census":
        every = plural(results["completion"]["planned"], "eligible case")
        return linked(f"All {every}", planned, "; nothing was drawn.")
    sampled, eligible = draw["sampled"], draw["eligible"]
    if draw["same_as"]:
        return linked(f"The same {plural(sampled, 'case')}", planned, f" as {draw['same_as']}.")
    thrown = _discarded(discarded) + _passed_over(draw)
    if sampled == eligible:
        return linked(f"All {plural(sampled, 'eligible case')}", planned, f"; {thrown}.")
    chance = f" of {eligible:,} eligible cases, drawn at random on {_seed(draw)}; {thrown}."
    return linked(f"{sampled:,}", planned, chance)


def _passed_over(draw: Figures) -> str:
    over = draw["passed_over"]
    return f"; {over:,} passed over by the limit of {_limits(draw['limits'])}" if over else ""


def _seed(draw: Figures) -> str:
    seed = draw["seed"] or ""
    if draw["seed_source"] == "public":
        return "the outcome of a public event"
    return f"seed {seed[:SHOWN]}…" if len(seed) > SHOWN else f"seed {seed}"


def _discarded(discarded: int) -> str:
    return plural(discarded, "draw was discarded", "draws were discarded") if discarded else "no draw was discarded"


def _limits(limits: Sequence[Sequence[Any]]) -> str:
    """Such as “2 cases a worker and 1 a family”."""
    words = [f"{most} a {NOUNS.get(column, column)}" for column, most in limits]
    if not words:
        return "the design"
    many = limits[0][1] != 1
    return " and ".join([words[0].replace(" a ", f" {'cases' if many else 'case'} a ", 1), *words[1:]])


def draw_codes(results: Figures) -> list[dict[str, str]]:
    """The seed and the digests with which anybody can repeat the draw."""
    draw = results.get("draw") or {}
    named = (
        ("Seed", draw.get("seed")),
        ("Fingerprint of the case list", draw.get("frame_sha256")),
        ("Fingerprint of list and design, locked before there was a seed", results["round"]["locked_digest"]),
    )
    if not draw.get("seed"):
        return []
    return [{"name": name, "code": code} for name, code in named if code]
