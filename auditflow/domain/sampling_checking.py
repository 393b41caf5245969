"""Which audits are looked at twice: chosen by a checking seed that nobody knows while the audits are done.

The seed is made at launch, only its SHA-256 is journalled then, and it is shown when reporting begins.
"""

import hashlib
from collections.abc import Iterable, Sequence

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_values import hash_key

__all__ = ["PURPOSES", "checking_count", "choose", "choose_by_list", "commitment"]

PURPOSES = ("moderation", "second", "bridge")


def choose(seed: str, purpose: str, refs: Iterable[str], count: int) -> list[str]:
    """The `count` references with the smallest SHA-256 of `<seed>-<purpose>|ref`, smallest first.

    All of them when there are no more than `count`. Raises BadInput for another purpose than moderation, second
    or bridge, an empty seed, a negative count or a reference given twice.
    """
    if purpose not in PURPOSES:
        raise BadInput(f"“{purpose}” is not one of {', '.join(PURPOSES)}.", code="no_such_purpose")
    if not seed:
        raise BadInput("Choosing cases needs the checking seed.", code="no_seed", field="seed")
    if isinstance(count, bool) or count < 0:
        raise BadInput(f"The number to choose must be 0 or more, not {count}.", code="not_a_count")
    listed = list(refs)
    if len(set(listed)) != len(listed):
        raise BadInput("A case reference is given twice.", code="duplicate_reference")
    return sorted(listed, key=lambda ref: (hash_key(f"{seed}-{purpose}", ref), ref))[:count]


def choose_by_list(
    seed: str, purpose: str, lists: Iterable[Sequence[str]], percent: int = 20, least: int = 10
) -> list[str]:
    """The references to check where cases came in list after list, as in a census: what was chosen once stays.

    Of each list the percentage of its own cases, rounded up, and of the first ones as many more as `least` needs. So
    the share is never under that of one list, and no split into lists makes a case known to go unchecked. Of one list
    it is `choose` of `checking_count`. Raises BadInput as `choose` does.
    """
    chosen: list[str] = []
    for refs in lists:
        share = checking_count(len(refs), percent, max(0, least - len(chosen)))
        chosen += choose(seed, purpose, refs, share)
    return chosen


def checking_count(cases: int, percent: int = 20, least: int = 10) -> int:
    """How many of `cases` to check: the percentage rounded up, at least `least`, never more than there are."""
    return min(cases, max(least, -(-cases * percent // 100)))


def commitment(seed: str) -> str:
    """What is published of a checking seed before it is shown: the hex SHA-256 of its UTF-8."""
    return hashlib.sha256(seed.encode()).hexdigest()
