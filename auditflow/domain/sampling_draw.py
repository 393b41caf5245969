"""The draw: a frozen list, a design and a seed give one sample, the same on any computer.

Nothing here is random, and nothing depends on the order of the rows. A draw that a limit makes impossible is
refused with the stratum that could not be filled and what would help.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_allocation import design_weights
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_list import Row
from auditflow.domain.sampling_manifest import Provenance, with_checksum
from auditflow.domain.sampling_walk import Entry, Outcome, attempt

__all__ = ["LOSS_TO_SAY", "Draw", "DrawnCase", "Loss", "draw", "loss_rate"]


LOSS_TO_SAY = 0.1
"""A share of lost cases above this is said wherever the round's progress is shown."""


def loss_rate(lost: int, drawn: int) -> float:
    """Cases that could not be audited and left the sample, as a share of those drawn; 0 where nothing was drawn."""
    return lost / drawn if drawn else 0.0


class DrawnCase(NamedTuple):
    """A case of the sample or of the reserves; `held` are its values in the capped columns."""

    ref: str
    stratum: str
    key: str
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loss:
    """A sampled case that could not be audited, the reserve in its place, and reserves passed over for a cap."""

    ref: str
    replacement: str | None
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draw:
    """A drawn sample, and after `replace` the sample as it now stands.

    `population` are the eligible cases and `allocation` the sampled cases of each stratum; `sample` is in key
    order; `reserve_cases` are in the order in which they must be used; `passed_over` were next in key order but
    over a cap, and are not reserves. `losses` and `unavailable` (reserves that could not be audited) say what
    `replace` did, and `first` is then the draw as it was made.
    """

    design: Design
    rows: int
    excluded: dict[str, int]
    population: dict[str, int]
    allocation: dict[str, int]
    sample: tuple[DrawnCase, ...]
    reserve_cases: dict[str, tuple[DrawnCase, ...]]
    passed_over: tuple[str, ...]
    losses: tuple[Loss, ...] = ()
    unavailable: tuple[str, ...] = ()
    first: "Draw | None" = field(default=None, repr=False)

    @property
    def eligible(self) -> int:
        """Cases that no rule excluded."""
        return sum(self.population.values())

    @property
    def refs(self) -> list[str]:
        """The sampled references in key order."""
        return [case.ref for case in self.sample]

    @property
    def reserves(self) -> dict[str, list[str]]:
        """The unused reserves of each stratum, in the order in which they must be used."""
        return {name: [case.ref for case in cases] for name, cases in self.reserve_cases.items()}

    @property
    def weights(self) -> dict[str, float | None]:
        """Eligible cases that each case now in the sample stands for; None where there is none."""
        sampled = Counter(case.stratum for case in self.sample)
        return design_weights(self.population, sampled)

    @property
    def census(self) -> bool:
        """Whether every eligible case was taken."""
        return sum(self.allocation.values()) == self.eligible

    @property
    def weights_approximate(self) -> bool:
        """Whether a limit passed cases over, so that those of a worker with many were a little less likely drawn."""
        return bool(self.passed_over)

    @property
    def loss_rate(self) -> float:
        """Lost cases as a share of the sample."""
        return loss_rate(len(self.losses), sum(self.allocation.values()))

    @property
    def missing(self) -> tuple[str, ...]:
        """Lost cases for which no reserve was left."""
        return tuple(loss.ref for loss in self.losses if loss.replacement is None)

    def manifest(self, provenance: Provenance | None = None) -> dict[str, object]:
        """The draw as it was made, whatever was replaced since, in values that JSON holds.

        With the case list it is all that anyone needs to repeat the draw. `provenance` is what the draw itself
        cannot know: digests of the list, when it was locked, who made the seed.
        """
        if self.first is not None:
            return self.first.manifest(provenance)
        facts = {
            "design": self.design.as_dict(),
            "seed": self.design.seed,
            "rows": self.rows,
            "eligible": self.eligible,
            "excluded": dict(self.excluded),
            "allocation": dict(self.allocation),
            "sample": [{"ref": case.ref, "stratum": case.stratum, "key": case.key} for case in self.sample],
            "reserves": self.reserves,
            "passed_over": list(self.passed_over),
            "weights": self.weights,
        }
        return with_checksum({**(provenance or Provenance()).as_dict(), **facts})


def draw(rows: Iterable[Row], design: Design | Mapping[str, object], columns: Sequence[str] | None = None) -> Draw:
    """Draw the sample that a list and a seeded design decide.

    `rows` are mappings, or sequences in the order of `columns`; they may be read more than once. Raises BadInput
    for a list or a design that cannot be used, and (code `cap_cannot_be_met`), naming the stratum, when the most
    cases allowed for each worker (or family) keep a stratum from being filled.
    """
    checked = design if isinstance(design, Design) else Design.from_dict(design)
    table = list(rows) if iter(rows) is rows else rows
    outcome = attempt(table, checked, columns)
    if outcome.short():
        raise _blocked(outcome, checked, [cap for cap in _relaxed(checked) if _fits(table, cap, columns)])
    return _drawn(outcome, checked)


def _drawn(outcome: Outcome, design: Design) -> Draw:
    sample = sorted(entry for entries in outcome.taken.values() for entry in entries)
    return Draw(
        design=design,
        rows=outcome.tally.rows,
        excluded=outcome.tally.excluded,
        population=outcome.population,
        allocation=dict(sorted(outcome.allocation.items())),
        sample=tuple(_case(entry) for entry in sample),
        reserve_cases={
            name: tuple(_case(entry) for entry in entries) for name, entries in sorted(outcome.reserves.items())
        },
        passed_over=tuple(entry.ref for entry in sorted(outcome.passed_over)),
    )


def _case(entry: Entry) -> DrawnCase:
    return DrawnCase(entry.ref, entry.stratum, entry.digest.hex(), entry.held)


def _relaxed(design: Design) -> list[Design]:
    """The design with one more case allowed by one of its caps, each cap in turn."""
    return [
        dataclasses.replace(
            design,
            caps=tuple(dataclasses.replace(cap, most=cap.most + (cap is chosen)) for cap in design.caps),
        )
        for chosen in design.caps
    ]


def _fits(table: Iterable[Row], design: Design, columns: Sequence[str] | None) -> bool:
    return not attempt(table, design, columns).short()


def _blocked(outcome: Outcome, design: Design, fitting: list[Design]) -> BadInput:
    name, wanting = next(iter(outcome.short().items()))
    asked = outcome.allocation[name]
    limits = " and ".join(f"{cap.most} for each “{cap.column}”" for cap in design.caps)
    return BadInput(
        f"The sample cannot be drawn. “{name}” should have {asked} cases, but with at most {limits} "
        f"only {asked - wanting} can be taken. {_advice(design, fitting)}",
        code="cap_cannot_be_met",
        field="per_worker",
        details={"stratum": name, "asked": asked, "found": asked - wanting, "short": outcome.short()},
    )


def _advice(design: Design, fitting: list[Design]) -> str:
    raised = [
        f"{new.most} for each “{new.column}”"
        for other in fitting
        for old, new in zip(design.caps, other.caps, strict=True)
        if new.most != old.most
    ]
    if raised:
        return f"It can be drawn with at most {', or '.join(raised)}."
    return "One more for each is not enough either: draw fewer cases, or set the group's number yourself."
