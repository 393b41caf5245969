"""The reproducibility bundle of a draw: all that an inspector needs to repeat it without us.

A zip file: the frozen list as its canonical file, the design, the manifest of every draw, what left the sample or was
added to it since, the round's journal with its hashes, the seals, and a page that says what to run.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import timestamp
from auditflow.domain.frame import canonical_csv
from auditflow.domain.sample_reasons import EXEMPTION_REASONS, LOST_REASONS, REMOVAL_REASONS
from auditflow.domain.sampling_census import census_manifest
from auditflow.models import AuditRound, Draw, Frame, Journal, Seal
from auditflow.queries.audit_round import list_draws
from auditflow.queries.census import ListLine, census_facts, list_came_in, list_census_lists
from auditflow.queries.frame import read_canonical_cases
from auditflow.queries.sample_elimination import Elimination, list_additions, list_eliminations, list_reserve_order

WORDS = REMOVAL_REASONS | LOST_REASONS | EXEMPTION_REASONS

DRAWN = """How to repeat this draw

1. auditflow sample verify {bundle}      takes this file as it is, and ends with 0 only if the draw is reproduced
2. sha256sum list.csv      must be the frame_sha256 of {manifest}

With a case list from elsewhere: auditflow sample verify {bundle} LIST.csv

By hand: each case's key is the SHA-256 of "seed|reference"; the cases of a group are taken in the order of
their keys. `printf '%s' 'SEED|REFERENCE' | sha256sum` gives a key.

Reserves that were added after the draw ("reserves_extended" in journal.json) are the next of their group in the same
order: repeat the draw with a larger number of reserves. A seed that ends with "try 2", or a higher number, follows from
the first, which kept no limit ("draw_not_possible" in journal.json).
"""
APPROXIMATE = """
The weights in {manifest} are approximate (worker cap): {count} under "passed_over", and cases of somebody who
has many were a little less likely to be drawn.
"""

TAKEN = """How to check the cases of this re-audit

Nothing was drawn, so there is no seed, and no draw to repeat: the cases are those of an earlier round, its baseline
(round {baseline}). The program's "sample verify" is for a draw and refuses this manifest.

1. sha256sum list.csv      must be the frame_sha256 of {manifest}
{there}
{left_out}
"""
DRAWN_THERE = """\
2. Take the bundle of round {baseline}. Each case under "sample" in {manifest} has the reference and the key of a case
   under "sample" in the manifest there, or of a reserve that came in for one; they are in the order of their keys.
   `printf '%s' 'SEED|REFERENCE' | sha256sum`, with the seed of that manifest, gives each key again.
3. Repeat the draw of that bundle, as its README says. (If that round is a re-audit too, go on to its baseline.)
4. The cases under "reserves" are reserves of that draw that had not been used, in the same order; those under "added"
   were added by hand there and are in no figure."""
EVERY_CASE_THERE = """\
2. Take the bundle of round {baseline}, a census. Each case under "sample" in {manifest} stands under "came_in" of a
   list in the manifest there; they are in the order of their references. There are no keys and no reserves.
3. Check that bundle, as its README says.
4. The cases under "added" were added by hand there and are in no figure."""
WHOLE = "Cases of the sample there that are missing here had not been audited: they have no grade to compare with."
POOR = """Only cases that were graded below Good at the baseline were taken ("selected_because_poor"): cases of the
sample there that are missing here were good, or had not been audited. The grades are not in this bundle."""

EVERY_CASE = """How to check that every case is in this census

Nothing was drawn, so there is no seed, and no draw to repeat: every case of a list that the locked rules let in came
in, once.

1. auditflow sample verify {bundle}      takes this file as it is, and ends with 0 only if every eligible case is in
2. sha256sum list-1.csv, list-2.csv, …      must be the frame_sha256 of each list under "lists" in {manifest}

By hand: apply the rules under "exclude" in the design to each list, in order; days count back from the list's own date
("as_at"). What is left and was in no list before must stand under "came_in"; a case under "by_hand" had been added by
hand before, and is in no figure. Each list that came in is in journal.json, with its digest and its counts: the first
as "sample_drawn", a later one as "month_added".
"""

NOTHING = """Nothing has been drawn for this round yet: there is nothing to check.
"""

RECORD = """
eliminations.json says of each case that was removed, left without an audit or added by hand: the listed reason, when it
was approved and by whom (a role), what had been opened by then, and which reserve came in. The reserves of each group
stand there in their order, those that came in too: one that a limit kept out, or that had been added by hand, is under
"passed_over" of the case for which it could not come in.
journal.json holds the round's journal entries with their hashes: {recorded}.
seals.json holds the seals made since; compare them with those that were sent outside.
"""


def _note(row: AuditRound, draws: Sequence[Draw], baseline: AuditRound | None) -> str:
    """What a reader can check with this bundle, and how."""
    standing = next((_name(draw) for draw in draws if draw.discarded_at is None), None)
    if standing is None:
        return NOTHING + RECORD.format(recorded="what was planned, and when it was locked")
    if row.kind == "census":
        words = EVERY_CASE.format(manifest=standing, bundle=f"{bundle_name(row)}.zip")
        return words + RECORD.format(recorded="the rules were locked before the cases were taken")
    if row.kind == "re_audit":
        left_out = POOR if row.selected_because_poor else WHOLE
        there = EVERY_CASE_THERE if baseline is not None and baseline.kind == "census" else DRAWN_THERE
        there = there.format(baseline=row.baseline_id, manifest=standing)
        words = TAKEN.format(baseline=row.baseline_id, manifest=standing, there=there, left_out=left_out)
        return words + RECORD.format(recorded="the case list was locked before the cases were taken")
    words = DRAWN.format(manifest=standing, bundle=f"{bundle_name(row)}.zip") + _weights(draws, standing)
    return words + RECORD.format(recorded="the seed was recorded before the draw")


def _weights(draws: Sequence[Draw], standing: str) -> str:
    """What to know of a draw's weights where a limit passed cases over."""
    passed = len(next(draw.manifest["passed_over"] for draw in draws if draw.discarded_at is None))
    count = "1 case is" if passed == 1 else f"{passed} cases are"
    return APPROXIMATE.format(manifest=standing, count=count) if passed else ""


def _name(draw: Draw) -> str:
    return f"manifest-{draw.number}{'-discarded' if draw.discarded_at else ''}.json"


def bundle_name(row: AuditRound) -> str:
    """What the bundle of a round is called when it is downloaded, without its ending."""
    return f"round-{row.id}-draw"


def draw_bundle(session: Session, row: AuditRound) -> bytes:
    """The zip file's bytes; a round without a list or a draw has the parts that there are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        draws = list_draws(session, row.id)
        baseline = session.get(AuditRound, row.baseline_id) if row.baseline_id is not None else None
        bundle.writestr("README.txt", _note(row, draws, baseline))
        lines = list_census_lists(session, row.id) if row.kind == "census" else []
        for name, frame in _lists(session, row, lines):
            bundle.writestr(name, canonical_csv(read_canonical_cases(session, frame), frame.columns or ()))
        bundle.writestr("design.json", _json(row.design))
        for draw in draws:
            standing = row.kind == "census" and draw.discarded_at is None
            bundle.writestr(_name(draw), _json(_census(session, draw, lines) if standing else draw.manifest))
        bundle.writestr("eliminations.json", _json(_eliminations(session, row, draws)))
        bundle.writestr("journal.json", _json(_entries(session, row.id)))
        bundle.writestr("seals.json", _json(_seals(session)))
    return made.getvalue()


def _lists(session: Session, row: AuditRound, lines: Sequence[ListLine]) -> list[tuple[str, Frame]]:
    if lines:
        return [(f"list-{number}.csv", line.frame) for number, line in enumerate(lines, 1)]
    frame = session.get(Frame, row.frame_id) if row.frame_id else None
    return [("list.csv", frame)] if frame is not None and frame.columns is not None else []


def _census(session: Session, draw: Draw, lines: Sequence[ListLine]) -> dict[str, object]:
    """The manifest of a census as it stands: what every list brought."""
    facts = {key: draw.manifest[key] for key in ("design", "locked_at", "discarded_draws")}
    came_in = list_came_in(session, draw.id)
    return census_manifest(facts, [census_facts(line, came_in.get(line.frame.id, [])) for line in lines])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def _eliminations(session: Session, row: AuditRound, draws: Sequence[Draw]) -> dict[str, object]:
    standing = next((draw.id for draw in draws if draw.discarded_at is None), None)
    left = list_eliminations(session, row.id)
    return {
        **{how: [_elimination(case) for case in cases] for how, cases in left.items()},
        "added": [asdict(case) | {"added_at": timestamp(case.added_at)} for case in list_additions(session, row.id)],
        "reserves": list_reserve_order(session, standing) if standing is not None else {},
    }


def _elimination(case: Elimination) -> dict[str, object]:
    words = WORDS.get(case.reason, case.reason)
    moments = {"asked_at": timestamp(case.asked_at)}
    if case.approved_at is not None:
        moments["approved_at"] = timestamp(case.approved_at)
    return asdict(case) | moments | {"reason_words": words}


def _entries(session: Session, round_id: int) -> list[dict[str, object]]:
    mine = (Journal.subject_type == "audit_round", Journal.subject_id == round_id)
    entries = session.scalars(sa.select(Journal).where(*mine).order_by(Journal.number))
    names = ("number", "action", "entry", "from_state", "to_state", "role", "details", "previous", "hash")
    return [{**{name: getattr(e, name) for name in names}, "at": timestamp(e.at)} for e in entries]


def _seals(session: Session) -> list[dict[str, object]]:
    seals = session.scalars(sa.select(Seal).order_by(Seal.number))
    return [
        {"number": s.number, "at": timestamp(s.at), "root": s.root, "previous": s.previous, "hash": s.hash}
        for s in seals
    ]
