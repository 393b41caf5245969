"""What of a round's results may be published: the whole choice, in one place (docs/statistics.md, "Suppression").

A count of cases by grade is published only as far as nobody can work out from everything published that it is 1 to 4,
or narrow a hidden one to fewer than five values. Counts of our own work (planned, done, late) are never hidden.

Where tables are linked, the choice is the simple one that is safe: cases by grade only within the good and the not
yet good of the picture; movement beside grades only where neither hides anything; a domain's counts only where all of
its row may be shown. The four grades of the first audit are shown only where every one of its cases was audited again:
otherwise its own report, less this one, would give the grades of the few that were not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.disclosure import hide_percentage, suppress_group
from auditflow.statistics.wording import FEW, fraction_words

__all__ = ["BoardTables", "Column", "Domain", "Moved", "Share", "Tried", "Work", "board_tables", "share_of"]

THRESHOLD = 5
_GOOD = [grade.short_name for grade in (Grade.OUTSTANDING, Grade.GOOD)]
_REST = [grade.short_name for grade in (Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)]
Figures = Mapping[str, Any]
Counts = tuple[int | None, ...]
"""Counts in the order of a table; None is hidden."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some cases, in words; the count too where it may be shown. Both None: nothing may be said."""

    count: int | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The grades of some cases. `grades` are best first, None where the four may not be told apart at all."""

    name: str
    good: int
    rest: int
    grades: Counts | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many of the pairs improved, stayed and declined."""

    improved: int
    same: int
    declined: int


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain: good or better, once or before and after, of how many cases, and to how many it did not apply.

    Both numbers are hidden together.
    """

    title: str
    shares: tuple[Share, ...]
    cases: int | None
    not_applicable: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """The actions that answer findings of one domain: agreed, done, and seen to have made a difference."""

    title: str
    made: int | None
    done: Share
    helped: Share


@dataclass(frozen=True, slots=True)
class Tried:
    """Cases graded twice: how many, and of them those that came out the same. `up` and `down` are None if hidden."""

    cases: int | None
    same: Share = Share()
    up: int | None = None
    down: int | None = None
    near: Share = Share()


@dataclass(frozen=True, slots=True)
class BoardTables:
    """Everything that a board report may say in figures. `cases` are those that the grades are of.

    `picture`: whether good or better may be counted at all. `grades` is empty, and `moved` None, where they are not
    published.
    """

    cases: int
    picture: bool
    grades: tuple[Column, ...]
    moved: Moved | None
    domains: tuple[Domain, ...]
    work: tuple[Work, ...]
    share: Tried
    reasons: Tried
    double: Tried


def board_tables(results: Figures) -> BoardTables:
    """The publishable part of a round's results or a re-audit's, as `services.results` makes them."""
    again = results["re_audit"]
    cases = again["pairs"] if again else results["estimate"]["n"]
    shown = bool(results["board"]["bars"]) and cases >= FEW
    columns = _columns(results, again) if shown else ()
    moved = _moved(again) if again and (shown or again["because_poor"]) else None
    if moved and any(None in (column.grades or (None,)) for column in columns):
        if _stay_open(again["matrix"]):
            columns = tuple(Column(column.name, column.good, column.rest, None) for column in columns)
        else:
            moved = None
    return BoardTables(
        cases=cases,
        picture=shown,
        grades=columns,
        moved=moved,
        domains=_domains(results, again) if cases >= FEW else (),
        work=_work(results, again) if again else (),
        share=_moderated(results["moderation"]),
        reasons=_for_a_reason(results["moderation"]),
        double=_double(results["agreement"]),
    )


def _columns(results: Figures, again: Figures | None) -> tuple[Column, ...]:
    if again is None:
        return (_column("", results["estimate"]["distribution"]),)
    whole = again["pairs"] == again["cases"]
    before = _column(again["before"], again["distribution_before"], whole=whole)
    return (before, _column(again["after"], again["distribution_after"]))


def _column(name: str, counts: Mapping[str, int], *, whole: bool = True) -> Column:
    """The grades within the good and the rest, whose sums the picture publishes."""
    good, rest = ([counts[grade] for grade in names] for names in (_GOOD, _REST))
    grades = (*_seen(good), *_seen(rest)) if whole else None
    return Column(name, sum(good), sum(rest), grades)


def _seen(group: Sequence[int]) -> Counts:
    """What may be shown of one group's counts; their sum is published, and large enough or nothing."""
    hidden, _ = suppress_group(group, THRESHOLD)
    return tuple(None if hide else count for count, hide in zip(group, hidden, strict=True))


def _stay_open(matrix: Sequence[Sequence[int]]) -> bool:
    """Whether the four grades stay open beside the picture and the movement.

    Cases that crossed the line may have come from either grade of one side and gone to either of the other, and those
    that stayed may have stayed in either: so many can change places without anything published being another. Where a
    grade is hidden for being small, the reports of the audit before or after may publish the other audit's grades;
    then only those that crossed are free.
    """
    rest, good = (0, 1), (2, 3)
    for side, other in ((rest, good), (good, rest)):
        stayed = sum(matrix[i][i] for i in side)
        left = sum(matrix[i][j] for i in side for j in other)
        came = sum(matrix[i][j] for i in other for j in side)
        before = [sum(matrix[i]) for i in side]
        after = [sum(line[i] for line in matrix) for i in side]
        for counts, crossed in ((before, left), (after, came)):
            free = crossed if None in _seen(counts) else crossed + stayed
            if sum(counts) and free < THRESHOLD - 1:
                return False
    return True


def _moved(again: Figures) -> Moved | None:
    """Improved, stayed and declined, if none of them need be hidden."""
    counts = [again[name] for name in ("improved", "same", "declined")]
    if again["pairs"] < FEW or None in _seen(counts):
        return None
    return Moved(*counts)


def _domains(results: Figures, again: Figures | None) -> tuple[Domain, ...]:
    if again is None:
        return tuple(
            _domain(each["title"], (each["good"],), each["n"], each["not_applicable"])
            for each in results["domains"]
            if each["n"] + each["not_applicable"]
        )
    return tuple(
        _domain(each["title"], (each["good_before"], each["good_after"]), each["pairs"], again["pairs"] - each["pairs"])
        for each in again.get("domains") or ()
        if isinstance(each, Mapping)
    )


def _domain(title: str, goods: tuple[int, ...], n: int, not_applicable: int) -> Domain:
    """Counts where the number of cases may be shown; otherwise words, if these leave it open; otherwise nothing."""
    nothing = Domain(title, tuple(Share() for _ in goods), None, None)
    if n < FEW:
        return nothing
    if not 0 < not_applicable < THRESHOLD:
        return Domain(title, tuple(share_of(good, n) for good in goods), n, not_applicable)
    words = tuple(fraction_words(good, n) for good in goods)
    if not _leave_open(words, n + not_applicable):
        return nothing
    return Domain(title, tuple(Share(words=each) for each in words), None, None)


def _leave_open(words: tuple[str, ...], total: int) -> bool:
    """Whether these words of an unknown number of `total` cases leave at least five values of every count."""
    numbers: set[int] = set()
    sides: list[set[int]] = [set() for _ in range(2 * len(words))]
    for n in range(total, FEW - 1, -1):
        goods = [[x for x in range(n + 1) if fraction_words(x, n) == each] for each in words]
        if all(goods):
            numbers.add(n)
            for place, found in enumerate(goods):
                sides[2 * place].update(found)
                sides[2 * place + 1].update(n - x for x in found)
        if min(map(len, (numbers, *sides))) >= THRESHOLD:
            return True
    return False


def share_of(count: int, n: int) -> Share:
    """A share of a published number of cases: from 5 cases on either side the count too, else words alone."""
    if n < FEW:
        return Share()
    alone = hide_percentage(count, n, THRESHOLD) or count in (0, n)
    return Share(None if alone else count, fraction_words(count, n))


def _work(results: Figures, again: Figures) -> tuple[Work, ...]:
    actions = again.get("actions") or {}
    return tuple(
        _actions(domain["title"], actions[domain["key"]]) for domain in results["domains"] if domain["key"] in actions
    )


def _actions(title: str, count: Mapping[str, int]) -> Work:
    """Shares of what was agreed; how many helped only where how many of those done did not may be worked out."""
    made, done, helped = count["made"], count["done"], count["yes"]
    if 0 < made < THRESHOLD:
        return Work(title, None, Share(), Share())
    shown = share_of(done, made)
    telling = shown.count is not None and done - helped < THRESHOLD
    return Work(title, made, shown, Share() if telling else share_of(helped, made))


def _moderated(shift: Figures) -> Tried:
    """The random share: confirmed, and where both may be shown how many were raised and lowered."""
    n, up, down = shift["n"], shift["raised"], shift["lowered"]
    same = share_of(shift["unchanged"], n)
    both = same.count is not None and min(up, down) >= THRESHOLD
    return Tried(n, same, up if both else None, down if both else None)


def _for_a_reason(shift: Figures) -> Tried:
    """Those that a grade or a concern sent to a moderator: so few that they point at cases are not counted."""
    n = shift["others"]
    if 0 < n < THRESHOLD:
        return Tried(None)
    return Tried(n, share_of(n - shift["others_changed"], n))


def _double(agreed: Figures) -> Tried:
    """Graded twice, blind: the same grade; within one grade only where what lies between may be told."""
    n, exact, near = agreed["n"], agreed["exact"], agreed["adjacent"]
    told = n - near < THRESHOLD or near - exact >= THRESHOLD
    return Tried(n, share_of(exact, n), near=share_of(near, n) if told else Share())
