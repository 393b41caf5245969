"""How many cases from each stratum, how much each stands for, and how many make an estimate precise.

Allocation is integer arithmetic throughout, so the result never depends on rounding or on the machine.
Sources: largest remainder, Balinski & Young 1982; optimum allocation, Neyman 1934 and Cochran 1977 ch. 5;
sample size with the finite population correction, Cochran 1977 ch. 4.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from auditflow.domain.errors import BadInput

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["design_weights", "largest_remainder", "margin_of_error", "neyman", "sample_size"]

_FAR = 10.0  # standard deviations: further out than any confidence here
_NOTHING = 1e-9  # fractions nearer than this to 0 or 1 overflow and mean nothing here


def largest_remainder(sizes: Mapping[str, int], n: int, minimum: int = 0) -> dict[str, int]:
    """Share `n` cases over strata in proportion to `sizes`, each at least `min(minimum, its size)`.

    The whole parts of n * size / total first, then one more to the largest remainders; ties go to the larger
    stratum, then to the name that sorts first. Strata under their minimum are fixed at it and the rest shared
    again. More than there are gives every case (a census). Raises BadInput when n is not at least 1 or the
    minima need more than n. Never use it to enlarge a drawn sample: one more case in all can take a case
    away from a stratum (the Alabama paradox); go down the reserves instead.
    """
    _check_sizes(sizes)
    return _allocate(sizes, dict(sizes), _checked_count(n, "The sample size"), minimum)


def neyman(sizes: Mapping[str, int], sds: Mapping[str, float], n: int, minimum: int = 0) -> dict[str, int]:
    """Share `n` cases in proportion to size × standard deviation, never more than a stratum has.

    `sds` are the strata's standard deviations (for a proportion, the root of p(1 - p) in the last round). A
    stratum without any spread is given the smallest spread of the others, so that it is never left out. What a
    stratum cannot take is shared again by the same rule. Raises BadInput as `largest_remainder` does, and for
    a stratum without a usable standard deviation.
    """
    _check_sizes(sizes)
    spread = _spreads(sizes, sds)
    common = math.lcm(*(value.denominator for value in spread.values()))
    weights = {name: size * int(spread[name] * common) for name, size in sizes.items()}
    return _allocate(sizes, weights, _checked_count(n, "The sample size"), minimum)


def _spreads(sizes: Mapping[str, int], sds: Mapping[str, float]) -> "dict[str, Fraction]":
    from fractions import Fraction  # needed here only, and slow to load

    for name in sizes:
        sd = sds.get(name)
        if isinstance(sd, bool) or not isinstance(sd, int | float) or not (math.isfinite(sd) and sd >= 0):
            raise BadInput(
                f"“{name}” needs a standard deviation of zero or more to share the sample by spread.",
                code="no_spread",
                details={"stratum": name},
            )
    exact = {name: Fraction(sds[name]) for name in sizes}
    smallest = min((value for value in exact.values() if value), default=Fraction(1))
    return {name: value or smallest for name, value in exact.items()}


def _allocate(sizes: Mapping[str, int], weights: Mapping[str, int], n: int, minimum: int) -> dict[str, int]:
    """Share n by weight between each stratum's minimum and its size.

    Each pass fixes the side that is further out (those under their minimum, or those over their size), which
    keeps what is left between the remaining minima and sizes; so the loop ends with exactly n.
    """
    if n >= sum(sizes.values()):
        return dict(sizes)
    least = _minima(sizes, n, minimum)
    fixed: dict[str, int] = {}
    while True:
        free = {name: weights[name] for name in sizes if name not in fixed}
        shares = _share(free, n - sum(fixed.values()), sizes)
        low = {name: least[name] for name in shares if shares[name] < least[name]}
        high = {name: sizes[name] for name in shares if shares[name] > sizes[name]}
        if not low and not high:
            return {name: fixed[name] if name in fixed else shares[name] for name in sizes}
        wanting = sum(least[name] - shares[name] for name in low)
        spare = sum(shares[name] - sizes[name] for name in high)
        fixed |= low if wanting >= spare else high


def _share(weights: Mapping[str, int], n: int, sizes: Mapping[str, int]) -> dict[str, int]:
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    shares = {name: n * weight // total for name, weight in weights.items()}
    order = sorted(weights, key=lambda name: (-(n * weights[name] % total), -sizes[name], name))
    for name in order[: n - sum(shares.values())]:
        shares[name] += 1
    return shares


def _minima(sizes: Mapping[str, int], n: int, minimum: int) -> dict[str, int]:
    _checked_count(minimum, "The minimum for each group", least=0)
    least = {name: min(minimum, size) for name, size in sizes.items()}
    needed = sum(least.values())
    if needed > n:
        raise BadInput(
            f"{n} cases cannot give every group its minimum of {minimum}: "
            f"the smallest sample that can is {needed}. Ask for {needed} or more, or lower the minimum.",
            code="minima_do_not_fit",
            details={"smallest": needed},
        )
    return least


def _check_sizes(sizes: Mapping[str, int]) -> None:
    if not sizes:
        raise BadInput("There is no group to draw from.", code="no_strata")
    for name, size in sizes.items():
        _checked_count(size, f"The size of “{name}”", least=0)


def _checked_count(value: int, what: str, *, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInput(f"{what} must be a whole number, {least} or more, not {value!r}.", code="not_a_count")
    return value


def design_weights(population: Mapping[str, int], sampled: Mapping[str, int]) -> dict[str, float | None]:
    """How many eligible cases each sampled case stands for: N_h / n_h (use the cases that responded).

    The weights of the sampled cases add up to the eligible cases of the strata reached. A stratum with nothing
    sampled has no weight (None): no estimate speaks for it. Raises BadInput when more are sampled than there
    are, or a sampled stratum is not in the population.
    """
    for name, count in sampled.items():
        have = population.get(name, 0)
        if _checked_count(count, f"The sampled number of “{name}”", least=0) > have:
            raise BadInput(f"{count} cases of “{name}” are sampled but it has {have}.", code="more_than_there_are")
    return {name: size / sampled[name] if sampled.get(name) else None for name, size in population.items()}


def sample_size(population: int | None, margin: float, confidence: float = 0.95, proportion: float = 0.5) -> int:
    """Cases needed for a percentage right to within `margin` (0.1 is ten points), `confidence` of the time.

    n0 = z² p (1 - p) / margin², n = n0 / (1 + n0 / N), rounded up; `population` None means endless. Raises
    BadInput unless margin, confidence and proportion lie between 0 and 1 and the population is at least 1.
    """
    for name, value in (("margin", margin), ("confidence", confidence), ("proportion", proportion)):
        _checked_fraction(value, name)
    endless = _z(confidence) ** 2 * proportion * (1 - proportion) / margin**2
    if population is None:
        return math.ceil(endless)
    _checked_count(population, "The population")
    return math.ceil(endless / (1 + endless / population))


def margin_of_error(population: int | None, n: int, confidence: float = 0.95, proportion: float = 0.5) -> float:
    """Within how much a percentage from `n` of `population` cases is right: `sample_size` turned round.

    A fraction: 80 of 3,679 at 50 % give 0.108, "about 11 points". A census gives 0.
    """
    for name, value in (("confidence", confidence), ("proportion", proportion)):
        _checked_fraction(value, name)
    _checked_count(n, "The sample size")
    part = 0.0 if population is None else n / _checked_count(population, "The population")
    return _z(confidence) * math.sqrt(proportion * (1 - proportion) * max(0.0, 1 - part) / n)


def _z(confidence: float) -> float:
    """The two-sided normal quantile (1.959964 for 0.95), by halving: `statistics` takes longer to load than this."""
    low, high = 0.0, _FAR
    while low < (middle := (low + high) / 2) < high:
        if math.erfc(middle / math.sqrt(2)) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _checked_fraction(value: float, name: str) -> None:
    usable = isinstance(value, int | float) and _NOTHING < value < 1 - _NOTHING
    if not usable or isinstance(value, bool):
        raise BadInput(
            f"The {name} must be more than 0 and less than 1 (0.1 for ten per cent), not {value!r}.",
            code="not_a_fraction",
            field=name,
        )
