"""What a board report says of its own figures: how they were checked, what they cannot tell, how anybody checks them.

In the same plain English as `board_sentences`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.reporting.about import About
from auditflow.statistics.board_tables import BoardTables, Share, Tried
from auditflow.statistics.wording import fraction_words, plural

__all__ = ["ask_whom", "checked", "how_to_check", "limits"]

Figures = Mapping[str, Any]


def checked(tables: BoardTables) -> list[str]:
    """Moderation and second grading: how often a second look came to the same."""
    words = [_at_random(tables.share)]
    if tables.reasons.cases is None:
        words.append("A few more were looked at for a reason, such as a very low or a very high grade.")
    elif tables.reasons.cases:
        start = f"{tables.reasons.cases:,} more were looked at for a reason, such as a very low or a very high grade"
        words.append(f"{start}{_stood(tables.reasons.same)}.")
    words.append(_blind(tables.double))
    words.append("Every figure here uses the grade that stood in the end.")
    return words


def _at_random(share: Tried) -> str:
    if not share.cases:
        return "No audit that was chosen at random has been looked at by a moderator."
    count = f"{plural(share.cases, 'audit')}, chosen at random, {'was' if share.cases == 1 else 'were'}"
    moved = ""
    if share.up is not None and share.down is not None:
        moved = f"; {share.up:,} were raised and {share.down:,} lowered"
    return f"{count} looked at by a moderator{_stood(share.same)}{moved}."


def _stood(same: Share) -> str:
    if same.words is None:
        return ", too few to say how often the first grade stood"
    return f"; the first grade stood in {_counted(same)}"


def _counted(share: Share) -> str:
    return f"{share.words} of them" if share.count is None else f"{share.count:,} of them, {share.words}"


def _blind(double: Tried) -> str:
    if not double.cases:
        return "No case was graded by two auditors who did not know of each other."
    start = f"{plural(double.cases, 'case was', 'cases were')} graded by two auditors who did not know of each other"
    if double.same.words is None:
        return f"{start}: too few to say how often they agreed."
    near = f", and grades no more than one step apart in {_counted(double.near)}" if double.near.words else ""
    return f"{start}. They gave the same grade in {_counted(double.same)}{near}."


def limits(results: Figures, tables: BoardTables) -> list[str]:
    """What the figures cannot tell, besides the one caveat of the first page."""
    again = results["re_audit"]
    words = ["Whether practice is getting better or worse: that takes the same cases, audited again."]
    if again is not None:
        words = ["What brought a change about: there are no cases to compare with for which nothing was done."]
    words.append("Whether a small difference means anything: a few cases more or less can be chance.")
    if again and again["lost"] and tables.picture:
        words.append(_lost(again))
    return words


def _lost(again: Figures) -> str:
    """What those who were not audited again could make of it, at the worst and at the best."""
    good, lost = again["good_after"], again["lost"]
    whole = again["pairs"] + lost
    worst, best = fraction_words(good, whole), fraction_words(good + lost, whole)
    those = "the case that was" if lost == 1 else f"the {lost:,} cases that were"
    start = f"How {those} not audited again would have come out"
    if worst == best:
        return f"{start}: with or without them it is {worst} of {whole:,}."
    return f"{start}: with none of them good or better it would be {worst} of {whole:,}, with all of them {best}."


def how_to_check(about: About) -> list[str]:
    """How somebody outside can see that the figures are those that were published."""
    words = [
        f"{about.status}. Closed results are kept as they were; what is decided afterwards makes a further version "
        "beside them. Every version has a fingerprint, which changes if any figure does."
        if about.version is not None
        else f"{about.status}. They have a fingerprint all the same, which changes if any figure does."
    ]
    words.append(
        "The journal of all decisions is sealed regularly, and the seals are sent outside. Whoever keeps them can see "
        "that nothing was changed afterwards."
        if about.seal
        else "The journal of all decisions has not been sealed yet."
    )
    words.append(
        "The quality assurance lead can give you the files with which anybody repeats the draw without our help."
    )
    return words


def ask_whom(about: About) -> str:
    """Who answers questions."""
    return f"The quality assurance lead of {about.council_name}, who led this round."
