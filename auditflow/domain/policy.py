"""Which audits are looked at twice: moderated, by chance or by a trigger, and graded blind by a second auditor.

The share is the `max(10, ceil(20 %))` smallest under the checking seed over all randomly drawn cases; a
reserve takes the place of the case it replaces. Only that share tells how moderation moves grades, so it is
kept apart from the triggers in every figure. The cases graded twice are chosen likewise, from the same seed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade
from auditflow.domain.sampling_checking import choose_by_list

__all__ = [
    "TRIGGERS",
    "ModerationPolicy",
    "SecondGradingPolicy",
    "policy_document",
    "random_share",
    "read_policy",
    "read_second_policy",
    "second_share",
    "triggers",
]

TRIGGERS: dict[str, str] = {
    "inadequate": "Every audit graded Inadequate is moderated.",
    "outstanding": "Every audit graded Outstanding is moderated.",
    "concern": "Every audit with an immediate concern is moderated.",
    "new_auditor": "The first audits of a newly trained auditor are moderated.",
    "before": "It was with a moderator before.",
}
"""Why an audit is moderated beside the random share: key -> the sentence shown for it."""


@dataclass(frozen=True)
class ModerationPolicy:
    """A round's policy. Shares are whole per cents of the randomly drawn cases, and at least so many cases."""

    random_percent: int = 20
    random_least: int = 10
    inadequate: bool = True
    outstanding: bool = True
    concern: bool = True
    new_auditor_audits: int = 2


@dataclass(frozen=True)
class SecondGradingPolicy:
    """A round's blind second gradings: whether there are any, the share of the cases, and at least so many."""

    second_gradings: bool = True
    second_percent: int = 20
    second_least: int = 10


def read_policy(document: Mapping[str, Any]) -> ModerationPolicy:
    """The policy stored with a round; what it does not name has its default.

    Names that belong to other parts of the round's policy are passed over. Raises BadInput for a value of
    the wrong kind, a share outside 0 to 100 or a negative number.
    """
    return ModerationPolicy(**_named(document, asdict(ModerationPolicy())))


def read_second_policy(document: Mapping[str, Any]) -> SecondGradingPolicy:
    """The blind second gradings of a stored policy; one that says nothing about them has none.

    Raises BadInput as `read_policy` does.
    """
    defaults = asdict(SecondGradingPolicy())
    return SecondGradingPolicy(**{"second_gradings": False, **_named(document, defaults)})


def _named(document: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in document.items() if name in defaults}
    for name, value in given.items():
        wanted = type(defaults[name])
        if type(value) is not wanted or (wanted is int and not 0 <= value <= _most(name)):
            raise BadInput(f"The moderation policy’s “{name}” cannot be “{value}”.", code="bad_policy", field=name)
    return given


def _most(name: str) -> int:
    return 100 if name.endswith("percent") else 100_000


def policy_document(policy: ModerationPolicy, second: SecondGradingPolicy | None = None) -> dict[str, Any]:
    """The policy as it is stored with a round."""
    return asdict(policy) | (asdict(second) if second else {})


def random_share(
    policy: ModerationPolicy, seed: str | None, drawn: Sequence[str], later: Sequence[Sequence[str]] = ()
) -> frozenset[str]:
    """The references, among those `drawn` at random, whose audits are moderated whatever their grade.

    `later` are the cases of each list that a census took in after its first. A replacement is asked about under the
    reference of the case whose place it took. A round that was never launched has no checking seed, and so no share.
    Raises BadInput for a reference given twice.
    """
    if not seed:
        return frozenset()
    share = policy.random_percent, policy.random_least
    return frozenset(choose_by_list(seed, "moderation", [drawn, *later], *share))


def second_share(
    policy: SecondGradingPolicy, seed: str | None, drawn: Sequence[str], later: Sequence[Sequence[str]] = ()
) -> frozenset[str]:
    """The references, among those `drawn` at random, that another auditor grades too, blind.

    A replacement is asked about under the reference of the case whose place it took, as for the random share.
    Raises BadInput for a reference given twice.
    """
    if not seed or not policy.second_gradings:
        return frozenset()
    share = policy.second_percent, policy.second_least
    return frozenset(choose_by_list(seed, "second", [drawn, *later], *share))


def triggers(
    policy: ModerationPolicy,
    *,
    grades: Collection[int],
    concern: bool,
    earlier_audits: int,
    moderated_before: bool = False,
) -> tuple[str, ...]:
    """The keys of TRIGGERS that hold.

    `grades` are the overall grades of every submission of the audit, so that handing in a milder one does not
    undo a trigger; `earlier_audits` counts what the auditor had submitted before since they were last trained.
    """
    holds = {
        "inadequate": policy.inadequate and Grade.INADEQUATE in grades,
        "outstanding": policy.outstanding and Grade.OUTSTANDING in grades,
        "concern": policy.concern and concern,
        "new_auditor": earlier_audits < policy.new_auditor_audits,
        "before": moderated_before,
    }
    return tuple(key for key in TRIGGERS if holds[key])
