"""The grades of a round for its results, read in a fixed number of statements; and the results that are frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.models import (
    AuditRound,
    AuditToolVersion,
    CaseAudit,
    DomainGrade,
    Draw,
    Moderation,
    RoundResult,
    SampleCase,
    Submission,
    Team,
)
from auditflow.models.base import core
from auditflow.models.plain import Row, kept
from auditflow.queries.scope import Viewer, visible_rounds

AUDIT = core(CaseAudit)
DOMAIN = core(DomainGrade)
DRAW = core(Draw)
MODERATION = core(Moderation)
SAMPLE = core(SampleCase)
SUBMISSION = core(Submission)
TEAM = core(Team)
TOOL = core(AuditToolVersion)
NO_TEAM = "No team"
SOURCES = ("auditor", "moderator", "decider")
"""Whose domain grade stands: what was decided later stands over what was graded before."""

GRADES: Mapping[int | None, Grade | None] = {None: None, **{int(grade): grade for grade in Grade}}
THIS: sa.BindParameter[int] = sa.bindparam("round", type_=sa.Integer())

Domains = dict[str, Grade | None]


def get_round_grades(session: Session, row: AuditRound) -> RoundGrades:
    """Every audit of a round with its grades, in five statements whatever its size.

    A domain's first grade is that of the first submission; its published one the latest of the decider, else the
    moderator, else the auditor.
    """
    first, published = _domain_grades(session, row.id)
    share = {line["case_audit_id"] for line in _random_share(session).rows(session, {"round": row.id})}
    audits = tuple(
        _audit(line, line["id"] in share, first.get(line["id"], {}), published.get(line["id"], {}))
        for line in _audits(session).rows(session, {"round": row.id})
    )
    sizes, population = _sizes(session, row)
    if row.kind == "census":
        population = sum(audit.random and audit.state != "removed" for audit in audits)
    return RoundGrades(
        audits=audits,
        domains=_domain_titles(session, row),
        ends_on=row.first_ends_on,
        record_date=row.record_date,
        sizes=sizes,
        population=population,
    )


def _of_audits() -> sa.Select[Any]:
    earlier = AUDIT.alias("baseline")
    names = ("id", "ref", "purpose", "kind", "state", "stratum", "first_grade", "moderated_grade")
    more = ("published_grade", "published_disputed", "agreed_at", "lost_reason")
    reserve = sa.and_(
        SAMPLE.c.round_id == AUDIT.c.round_id,
        SAMPLE.c.kind == "replacement",
        SAMPLE.c.replaces_id == AUDIT.c.sample_case_id,
    )
    joined = (
        AUDIT.outerjoin(TEAM, TEAM.c.id == AUDIT.c.team_id)
        .outerjoin(earlier, earlier.c.id == AUDIT.c.baseline_id)
        .outerjoin(SAMPLE, reserve)
    )
    return (
        sa.select(
            *(AUDIT.c[name] for name in (*names, *more)),
            sa.func.coalesce(TEAM.c.name, NO_TEAM).label("team"),
            first_auditor(AUDIT).label("auditor_id"),
            first_auditor(earlier).label("baseline_auditor"),
            SAMPLE.c.id.label("reserve_id"),
        )
        .select_from(joined)
        .where(AUDIT.c.round_id == THIS)
        .order_by(AUDIT.c.ref, AUDIT.c.id)
    )


def first_auditor(audit: sa.FromClause) -> sa.ColumnElement[Any]:
    """Whose grade the first one is: an audit may have changed hands after a submission was withdrawn."""
    first = sa.select(SUBMISSION.c.auditor_id).where(SUBMISSION.c.case_audit_id == audit.c.id, SUBMISSION.c.number == 1)
    return sa.func.coalesce(first.scalar_subquery(), audit.c.auditor_id)


def _audit(line: Row, in_share: bool, first: Domains, published: Domains) -> GradedAudit:
    return GradedAudit(
        id=line["id"],
        ref=line["ref"],
        purpose=line["purpose"],
        kind=line["kind"],
        state=line["state"],
        stratum=line["stratum"],
        team=line["team"],
        auditor=line["auditor_id"],
        baseline_auditor=line["baseline_auditor"],
        first=GRADES[line["first_grade"]],
        moderated=GRADES[line["moderated_grade"]],
        published=GRADES[line["published_grade"]],
        disputed=bool(line["published_disputed"]),
        agreed_on=local_date(line["agreed_at"]) if line["agreed_at"] else None,
        lost_reason=line["lost_reason"],
        replaced=line["reserve_id"] is not None,
        in_share=in_share,
        domains_first=first,
        domains_published=published,
    )


def _domain_grades(session: Session, round_id: int) -> tuple[dict[int, Domains], dict[int, Domains]]:
    """By audit: the domain grades first submitted, and those that stand now."""
    first: defaultdict[int, Domains] = defaultdict(dict)
    published: defaultdict[int, Domains] = defaultdict(dict)
    for audit_id, source, number, domain, value in _all_domains(session).lines(session, {"round": round_id}):
        grade = GRADES[value]
        if source == "auditor" and number == 1:
            first[audit_id][domain] = grade
        published[audit_id][domain] = grade
    return first, published


def _of_domains() -> sa.Select[Any]:
    """Every domain grade of the round, those that stand over others after them."""
    rank = sa.case({source: place for place, source in enumerate(SOURCES)}, value=DOMAIN.c.source)
    names = ("case_audit_id", "source", "number", "domain", "grade")
    return (
        sa.select(*(DOMAIN.c[name] for name in names))
        .select_from(DOMAIN.join(AUDIT, AUDIT.c.id == DOMAIN.c.case_audit_id))
        .where(AUDIT.c.round_id == THIS)
        .order_by(DOMAIN.c.case_audit_id, rank, DOMAIN.c.number)
    )


def _of_random_share() -> sa.Select[Any]:
    """The audits that the checking seed sent to a moderator and that were decided."""
    return (
        sa.select(MODERATION.c.case_audit_id)
        .select_from(MODERATION.join(AUDIT, AUDIT.c.id == MODERATION.c.case_audit_id))
        .where(AUDIT.c.round_id == THIS, MODERATION.c.random_share, MODERATION.c.state == "decided")
    )


def _sizes(session: Session, row: AuditRound) -> tuple[dict[str, int] | None, int | None]:
    """The eligible cases of each stratum, those with nothing drawn too, and of all; from the standing draw's record."""
    standing = _standing_draw(session).rows(session, {"round": row.id})
    if not standing or row.kind != "sample":
        return None, None
    found = standing[0]
    sizes = found["population"] or _weighed(found)
    return sizes, found["eligible"]


def _weighed(found: Row) -> dict[str, int] | None:
    """The same of a draw that did not keep them, by its weights; None where these leave more than one size open."""
    weights: Mapping[str, float | None] = found["weights"] or {}
    drawn: Mapping[str, int] = found["allocation"] or {}
    known = {name: round(weight * drawn[name]) for name, weight in weights.items() if weight and drawn.get(name)}
    without = [name for name in drawn if name not in known]
    left = (found["eligible"] or 0) - sum(known.values())
    if len(without) > 1 or bool(without) != (left > 0):
        return None
    return known | dict.fromkeys(without, left)


def _of_draw() -> sa.Select[Any]:
    """What weighs a sample, out of the standing draw's manifest, which also names every case."""
    parts = [DRAW.c.manifest[name].label(name) for name in ("weights", "allocation", "eligible")]
    return sa.select(*parts, DRAW.c.population).where(DRAW.c.round_id == THIS, DRAW.c.discarded_at.is_(None))


def _domain_titles(session: Session, row: AuditRound) -> dict[str, str]:
    found = _domains_of_tool(session).rows(session, {"version": row.tool_version_id})
    return {domain["key"]: domain["title"] for domain in (found[0]["domains"] or () if found else ())}


def _of_tool() -> sa.Select[Any]:
    domains = TOOL.c.definition["domains"].label("domains")
    return sa.select(domains).where(TOOL.c.id == sa.bindparam("version", type_=sa.Integer()))


_one_round = {"round": 0}
_audits = kept(_of_audits, _one_round)
_all_domains = kept(_of_domains, _one_round)
_random_share = kept(_of_random_share, _one_round)
_standing_draw = kept(_of_draw, _one_round)
_domains_of_tool = kept(_of_tool, {"version": 0})


def find_frozen_results(session: Session, round_id: int, number: int | None = None) -> RoundResult | None:
    """A version of a closed round's results, the latest unless a number is asked for."""
    statement = sa.select(RoundResult).where(RoundResult.round_id == round_id).order_by(RoundResult.number.desc())
    if number is not None:
        statement = statement.where(RoundResult.number == number)
    return session.scalars(statement.limit(1)).first()


def get_frozen_results(session: Session, round_id: int, number: int | None = None) -> RoundResult:
    """The same. Raises NotFound if the round is not closed or has no such version."""
    found = find_frozen_results(session, round_id, number)
    if found is None:
        raise NotFound("There are no such results.")
    return found


def list_result_versions(session: Session, round_id: int) -> list[tuple[int, Any, str]]:
    """(number, when, SHA-256) of every version of a round's results, first to last."""
    columns = (RoundResult.number, RoundResult.made_at, RoundResult.sha256)
    statement = sa.select(*columns).where(RoundResult.round_id == round_id).order_by(RoundResult.number)
    return [(row.number, row.made_at, row.sha256) for row in session.execute(statement)]


def list_latest_results(session: Session, round_ids: Iterable[int]) -> dict[int, RoundResult]:
    """The latest frozen results of each of these rounds that has any."""
    wanted = list(round_ids)
    statement = sa.select(RoundResult).where(RoundResult.round_id.in_(wanted)).order_by(RoundResult.number)
    return {result.round_id: result for result in session.scalars(statement)}


def list_result_rounds(session: Session, viewer: Viewer) -> list[AuditRound]:
    """The rounds whose results this person may open, the newest first.

    Results are for those who lead a round while it reports; for everybody else once it has closed.
    """
    states = ("reporting", "closed") if viewer.has("qa_lead", "director") else ("closed",)
    where = (AuditRound.state.in_(states), visible_rounds(viewer))
    return list(session.scalars(sa.select(AuditRound).where(*where).order_by(AuditRound.ends_on.desc(), AuditRound.id)))


def get_result_round(session: Session, viewer: Viewer, round_id: int) -> AuditRound:
    """A round whose results this person may open. Raises NotFound.

    Those who lead it may look at the figures of a live round too.
    """
    states = ("live", "reporting", "closed") if viewer.has("qa_lead", "director") else ("closed",)
    where = (AuditRound.id == round_id, AuditRound.state.in_(states), visible_rounds(viewer))
    row = session.scalars(sa.select(AuditRound).where(*where)).one_or_none()
    if row is None:
        raise NotFound("There are no such results.")
    return row
