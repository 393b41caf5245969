"""What a re-audit may say about practice: the sentences (docs/statistics.md, "The claim"), and the board's.

The claim comes from `drift_adjusted` alone. Every sentence gives the raw change and, where there is one, the
adjusted change; when the drift's own interval leaves out 0 it is said first; without second gradings of the
baseline's records nothing is claimed.
"""

from auditflow.statistics.crossing import Crossing
from auditflow.statistics.drift import LEAST_BRIDGE, LEAST_PAIRS, DriftAdjusted
from auditflow.statistics.sentences import when
from auditflow.statistics.wording import FEW, fraction_words, grade_change, grade_change_words, plural

__all__ = ["board_sentence", "claim_sentence", "finding_sentence", "unclaimed_sentence"]

_SAME = 1e-9


def unclaimed_sentence(change: float | None, before: str = "baseline", *, why: str | None = None) -> str:
    """What is said without a drift check: whether the grades rose, and why practice cannot be judged.

    `change` is the mean change of the pairs in grades, None when there are no pairs.
    """
    if change is None:
        return "Whether practice improved cannot be told, because no case was audited both times."
    reason = why or f"no {before} record was graded again"
    if abs(change) < _SAME:
        same = "The grades came out the same on average."
        return f"{same} Whether practice changed cannot be told, because {reason}."
    return f"The grades {_rose(change)}. Whether practice did cannot be told, because {reason}."


def claim_sentence(result: DriftAdjusted, before: str = "baseline", after: str = "re-audit") -> str:
    """The claim in figures, for those who work with them: drift, raw change, adjusted change, in grades."""
    if result.claim == "cannot_tell" or result.change is None or result.drift is None:
        return unclaimed_sentence(result.change, before, why=_why_not(result, before))
    moved = grade_change(abs(result.change), *_towards(result.change, result.change_low, result.change_high))
    raw = f"The grades of the same {result.pairs:,} cases {_rose(result.change)} by {moved}."
    if abs(result.change) < _SAME:
        raw = f"The grades of the same {result.pairs:,} cases came out the same on average."
    drift = (
        f"{plural(result.bridge, before + ' record')} were graded again by {_whose(after)} auditors: they were "
        f"{_kinder(result)}."
    )
    parts = [drift, raw] if _drifted(result) else [raw, drift]
    return " ".join([*parts, f"Allowing for that, {_verdict(result)}.", *_only_adjusted(result)])


def finding_sentence(result: DriftAdjusted, before: str = "baseline", after: str = "re-audit") -> str:
    """The same claim in everyday words, for the head of a page."""
    if result.claim == "cannot_tell" or result.change is None or result.adjusted is None:
        return unclaimed_sentence(result.change, before, why=_why_not(result, before))
    parts = [f"The grades {_rose(result.change)} {grade_change_words(result.change)}."]
    if abs(result.change) < _SAME:
        parts = ["The grades came out the same on average."]
    allowing = f"Allowing for how {_whose(after)} auditors graded {before} records"
    if _drifted(result) and result.drift is not None:
        manner = "more kindly" if result.drift > 0 else "more strictly"
        size = grade_change_words(result.drift).removeprefix("by ")
        parts.insert(0, f"Auditors {when(after)} graded the same {before} records {size} {manner}.")
        allowing = "Allowing for that"
    parts.append(f"{allowing}, {_verdict_words(result)}.")
    return " ".join(parts + _only_adjusted(result))


def board_sentence(
    crossed: Crossing, result: DriftAdjusted | None, before: str = "baseline", after: str = "re-audit"
) -> str:
    """One sentence or two for a board: fractions in words, no decimals, small numbers never shown.

    `result` None means that no record was graded again.
    """
    if crossed.n < FEW:
        return "Fewer than 10 cases were audited both times: too few to report."
    first = fraction_words(crossed.good_before, crossed.n)
    second = fraction_words(crossed.good_after, crossed.n)
    start = (
        f"{_capital(when(before))} {first} of these cases were good or better; {when(after)}, of the same "
        f"cases, {second}."
    )
    return f"{start} {_board_claim(result, before, after)}"


def _board_claim(result: DriftAdjusted | None, before: str, after: str) -> str:
    if result is None or result.claim == "cannot_tell":
        why = f"no {before} record was graded again" if result is None else _why_not(result, before)
        return f"Whether practice improved cannot be told, because {why}."
    again = f"{_capital(before)} records graded again {when(after)} show that"
    verdict = {
        "improved": "practice probably has improved",
        "declined": "practice has probably got worse",
        "could_be_chance": "what is left of the change could be chance",
    }[result.claim]
    if not _drifted(result):
        end = {
            "improved": "so practice probably has improved",
            "declined": "so practice has probably got worse",
            "could_be_chance": "but the change could be chance",
        }[result.claim]
        return f"{again} the auditors’ standard had not moved, {end}."
    manner = "kinder" if result.drift is not None and result.drift > 0 else "stricter"
    return f"{again} grading had become {manner}; allowing for that, {verdict}."


def _rose(change: float) -> str:
    return "rose" if change > 0 else "fell"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whose(after: str) -> str:
    return f"the {after}’s" if after[:1].islower() else f"{after}’s"


def _drifted(result: DriftAdjusted) -> bool:
    """Whether the drift's own interval leaves out 0."""
    return _leaves_out_zero(result.drift_low, result.drift_high)


def _leaves_out_zero(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and (low > 0 or high < 0)


def _towards(value: float, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The ends of an interval as seen in the direction of the value, so that a fall reads as a size."""
    if value >= 0 or low is None or high is None:
        return low, high
    return -high, -low


def _kinder(result: DriftAdjusted) -> str:
    drift = result.drift or 0.0
    size, _, ends = grade_change(abs(drift), *_towards(drift, result.drift_low, result.drift_high)).partition(" (")
    manner = f"{size} {'kinder' if drift > 0 else 'stricter'}" if abs(drift) > _SAME else "the same on average"
    return manner + (f" ({ends}" if ends else "")


def _verdict(result: DriftAdjusted) -> str:
    adjusted = result.adjusted or 0.0
    if result.claim == "could_be_chance":
        return f"the change is {grade_change(adjusted, result.low, result.high)}, which could be chance"
    size = grade_change(abs(adjusted), *_towards(adjusted, result.low, result.high))
    return f"practice {result.claim} by {size}, more than chance alone would explain"


def _verdict_words(result: DriftAdjusted) -> str:
    adjusted = result.adjusted or 0.0
    if result.claim == "could_be_chance":
        return "what is left of the change could be chance"
    return f"practice {result.claim} {grade_change_words(adjusted)}: more than chance alone would explain"


def _only_adjusted(result: DriftAdjusted) -> list[str]:
    """Says so when the unadjusted grades alone would not have supported the claim."""
    if result.claim not in ("improved", "declined"):
        return []
    low, high = result.change_low, result.change_high
    alone = low is not None and high is not None and (low > 0 if result.claim == "improved" else high < 0)
    return [] if alone else ["Only the allowance makes this claim: the grades as given would not."]


def _why_not(result: DriftAdjusted, before: str) -> str:
    if result.reason == "too_few_pairs":
        twice = plural(result.pairs, "case was", "cases were")
        return f"only {twice} audited both times (at least {LEAST_PAIRS} are needed)"
    if result.reason == "too_few_bridge_cases":
        return _too_few_again(result, before)
    return "every case changed by the same amount, so that chance cannot be judged"


def _too_few_again(result: DriftAdjusted, before: str) -> str:
    """Records graded again count only where their case was audited both times; the others are named, not denied."""
    left_out = plural(result.bridge_left_out, f"{before} record")
    if result.bridge == 0 and result.bridge_left_out == 0:
        return f"no {before} record was graded again"
    if result.bridge == 0:
        were = "was" if result.bridge_left_out == 1 else "were"
        return f"the {left_out} graded again {were} left out, without a pair to compare with"
    paired, beside = (" with a pair", f", {result.bridge_left_out:,} without") if result.bridge_left_out else ("", "")
    again = plural(result.bridge, f"{before} record{paired} was", f"{before} records{paired} were")
    return f"only {again} graded again (at least {LEAST_BRIDGE} are needed){beside}"
