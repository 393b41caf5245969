"""Reserves: what takes the place of a case that cannot be audited.

Strictly in order, within the stratum, under the caps; nothing left means missing, never picked by hand. So the
sample stays a random sample of the part of each stratum that can be audited.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_design import Cap, Design
from auditflow.domain.sampling_draw import Draw, DrawnCase, Loss
from auditflow.domain.sampling_draw import draw as draw_again
from auditflow.domain.sampling_list import Row
from auditflow.domain.sampling_walk import under_caps

__all__ = ["further_reserves", "next_reserve", "replace"]


def replace(draw: Draw, lost: Iterable[str]) -> Draw:
    """The draw after cases were lost, one by one in the order given.

    A lost case frees its worker's place and the next unused reserve of its stratum that keeps the caps comes in;
    a reserve that is lost before it is used is struck out. Raises BadInput for a reference that is neither in
    the sample nor in reserve. `replace(replace(d, a), b)` is `replace(d, a + b)`.
    """
    if isinstance(lost, str):
        raise BadInput("The lost cases must be a list of references.", code="bad_lost")
    for ref in lost:
        draw = _without(draw, ref)
    return draw


def next_reserve(
    reserves: Sequence[DrawnCase], sample: Iterable[DrawnCase], caps: Sequence[Cap]
) -> tuple[DrawnCase | None, tuple[str, ...]]:
    """The reserve that comes in, and the references passed over because a cap would be broken.

    `reserves` are the stratum's unused ones in order; `sample` is the whole sample without the lost case.
    """
    counts: list[Counter[str]] = [Counter() for _cap in caps]
    for case in sample:
        for count, value in zip(counts, case.held, strict=True):
            count[value] += 1
    skipped: list[str] = []
    for case in reserves:
        if under_caps(case.held, counts, caps):
            return case, tuple(skipped)
        skipped.append(case.ref)
    return None, tuple(skipped)


def further_reserves(
    rows: Iterable[Row], design: Design, kept: Mapping[str, int], more: int, columns: Sequence[str] | None = None
) -> dict[str, tuple[DrawnCase, ...]]:
    """The next `more` reserves of each stratum, in the order of the draw, after the `kept` ones it had.

    Fewer, or none, where a stratum has no more cases. `design` is the seeded design of the draw and `rows` its list:
    asking for more reserves changes neither the sample nor the reserves there are. Raises BadInput as `draw` does.
    """
    longest = max(kept.values(), default=0) + more
    longer = draw_again(rows, dataclasses.replace(design, reserves=longest), columns)
    return {name: longer.reserve_cases.get(name, ())[count : count + more] for name, count in kept.items()}


def _without(draw: Draw, ref: str) -> Draw:
    first = draw.first or draw
    case = next((case for case in draw.sample if case.ref == ref), None)
    if case is None:
        return dataclasses.replace(_without_reserve(draw, ref), first=first)
    kept = tuple(other for other in draw.sample if other.ref != ref)
    reserves = draw.reserve_cases.get(case.stratum, ())
    found, skipped = next_reserve(reserves, kept, draw.design.caps)
    sample = kept if found is None else tuple(sorted((*kept, found), key=lambda one: (one.key, one.ref)))
    left = tuple(other for other in reserves if other is not found)
    return dataclasses.replace(
        draw,
        sample=sample,
        reserve_cases={**draw.reserve_cases, case.stratum: left},
        losses=(*draw.losses, Loss(ref, found.ref if found else None, skipped)),
        first=first,
    )


def _without_reserve(draw: Draw, ref: str) -> Draw:
    for name, cases in draw.reserve_cases.items():
        left = tuple(case for case in cases if case.ref != ref)
        if len(left) < len(cases):
            reserves = {**draw.reserve_cases, name: left}
            return dataclasses.replace(draw, reserve_cases=reserves, unavailable=(*draw.unavailable, ref))
    if any(loss.ref == ref for loss in draw.losses) or ref in draw.unavailable:
        raise BadInput(f"“{ref}” is already out of the sample.", code="already_lost")
    raise BadInput(f"“{ref}” is neither in the sample nor in reserve.", code="not_drawn")
