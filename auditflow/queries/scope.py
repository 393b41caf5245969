"""What a person may see: the one place that says so, for pages, worklists, search, downloads and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import (
    Action,
    Alert,
    Approval,
    AuditRound,
    CaseAudit,
    Dispute,
    Moderation,
    Person,
    Reflection,
    Report,
    Stuck,
    Team,
)
from auditflow.models.base import core
from auditflow.models.person import held_on
from auditflow.models.report import BOARD_KINDS
from auditflow.queries.known_person import KnownPerson, know_person
from workflows.roles import PERSON_ROLES


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with what limits them: roles, team, the teams they manage, service.

    `ended` is an external moderator after their last day: the role is no longer among theirs, and with it goes
    the sight of what came to them by it.
    """

    person_id: int
    name: str
    roles: frozenset[str]
    team_id: int | None
    service_id: int | None
    managed_team_ids: tuple[int, ...]
    ended: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether they were here as an external moderator only, and are so no longer: nothing exists for them."""
        return self.ended and not self.roles

    def has(self, *roles: str) -> bool:
        """Whether they hold one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def role_names(self) -> list[str]:
        """Their roles in words, in the order of the list of roles."""
        return [label for key, label in PERSON_ROLES.items() if key in self.roles]


def viewer_of(session: Session, person_id: int, at: datetime) -> Viewer:
    """The viewer for an active person on that day. Raises NotFound if there is none."""
    person = know_person(session, person_id)
    if person is None or not person.active:
        raise NotFound("There is no such person.")
    return viewer_from(person, at)


def viewer_from(person: KnownPerson, at: datetime) -> Viewer:
    """The viewer that this person is on that day."""
    roles = held_on(local_date(at), person.roles, person.external_until)
    places = (person.team_id, person.service_id, person.managed_team_ids)
    return Viewer(person.id, person.name, roles, *places, ended=roles != person.roles)


Predicate = sa.ColumnElement[bool]
BEING_GRADED = ("allocated", "in_progress", "submitted", "moderation", "returned")
"""States in which the auditor may still submit, or submit again: after withdrawing, or when it is returned."""
# Making an alias of so wide a table costs more than the query that uses it, so it is made once.
OWN = aliased(CaseAudit)


def visible_case_audits(viewer: Viewer) -> Predicate:
    """Which case audits exist for this person (docs/domain.md, "Who"); nothing for boards.

    An administrator sees none by that role alone. A practitioner sees the audits of their own cases: the
    invitation at once, what was found only after feedback is shared (the view leaves the rest out). A blind
    second grading is its auditor's and the QA lead's. While somebody grades a case, no other audit of it exists
    for them, whatever roles they hold.
    """
    return sa.false() if viewer.is_gone else sa.and_(_within_roles(viewer), not_graded_now(viewer))


def not_graded_now(viewer: Viewer) -> Predicate:
    """Not another person's audit of a case that the viewer is grading."""
    return sa.or_(CaseAudit.auditor_id == viewer.person_id, CaseAudit.ref.not_in(_graded_now(viewer)))


def list_graded_now(session: Session, viewer: Viewer) -> frozenset[str]:
    """The references of the cases that the viewer is grading: of these no other audit exists for them."""
    return frozenset(session.scalars(_graded_now(viewer)))


def _graded_now(viewer: Viewer) -> sa.Select[str]:
    """The references of the cases that the viewer is grading."""
    return sa.select(OWN.ref).where(OWN.auditor_id == viewer.person_id, OWN.state.in_(BEING_GRADED))


def _within_roles(viewer: Viewer) -> Predicate:
    if viewer.has("qa_lead"):
        return sa.true()
    # A re-audit's auditor must not see the first grades: being allocated opens this audit, not its baseline.
    reasons: list[Predicate] = [CaseAudit.auditor_id == viewer.person_id]
    reasons.append(CaseAudit.id.in_(_moderated(viewer)))
    invited = sa.select(Reflection.case_audit_id).where(Reflection.person_id == viewer.person_id)
    own = sa.and_(CaseAudit.worker_id == viewer.person_id, CaseAudit.purpose == "main")
    reasons += [own, CaseAudit.id.in_(invited)]
    if not viewer.ended:
        handed = sa.select(Dispute.case_audit_id).where(Dispute.handed_to_id == viewer.person_id)
        reasons.append(CaseAudit.id.in_(handed))
    if viewer.has("team_manager") and viewer.managed_team_ids:
        shared = CaseAudit.shared_at.is_not(None)
        # A concern about the manager is not theirs to know of.
        concern = CaseAudit.id.in_(sa.select(Alert.case_audit_id).where(Alert.about_manager.is_(False)))
        reasons.append(sa.and_(CaseAudit.team_id.in_(viewer.managed_team_ids), sa.or_(shared, concern)))
        reasons.append(feedback_came_to_team(viewer))
    if viewer.has("head_of_service"):
        reasons.append(_head_of_service(viewer))
    if viewer.has("director"):
        escalated = sa.select(Alert.case_audit_id).where(Alert.escalated_to == "director")
        # A dispute is the director's when it was passed up, late or because nobody else may decide it.
        up = sa.select(Dispute.case_audit_id).where(Dispute.escalated_at.is_not(None))
        reasons += [CaseAudit.id.in_(escalated), CaseAudit.id.in_(_asked("case_audit")), CaseAudit.id.in_(up)]
    return sa.or_(*reasons)


def feedback_came_to_team(viewer: Viewer) -> Predicate:
    """Feedback was shared with somebody of a team that the viewer manages: the case may have moved there since."""
    told = (
        sa.select(Reflection.case_audit_id)
        .join(core(Person), core(Person).c.id == Reflection.person_id)
        .where(core(Person).c.team_id.in_(viewer.managed_team_ids))
    )
    return sa.and_(CaseAudit.shared_at.is_not(None), CaseAudit.id.in_(told))


def _moderated(viewer: Viewer) -> sa.Select[int]:
    """The audits that were given to them to moderate, unless that ended with their time as an external."""
    given = sa.select(Moderation.case_audit_id).where(Moderation.moderator_id == viewer.person_id)
    return given.where(sa.false()) if viewer.ended and not viewer.has("team_manager", "director") else given


def _head_of_service(viewer: Viewer) -> Predicate:
    own = sa.select(Team.id).where(Team.service_id == viewer.service_id)
    inadequate = sa.or_(CaseAudit.published_grade == 1, CaseAudit.id.in_(sa.select(Alert.case_audit_id)))
    other = sa.or_(CaseAudit.team_id.is_(None), CaseAudit.team_id.not_in(own))
    asked = sa.select(Approval.subject_id).where(
        Approval.subject_type == "case_audit", Approval.ask == "remove", Approval.state == "requested"
    )
    return sa.or_(
        sa.and_(CaseAudit.team_id.in_(own), inadequate),
        sa.and_(other, CaseAudit.state == "disputed"),
        sa.and_(other, CaseAudit.id.in_(asked)),
    )


def visible_rounds(viewer: Viewer) -> Predicate:
    """Which rounds exist for this person: all for those who run them, closed ones for boards, own otherwise."""
    if viewer.has("qa_lead", "director"):
        return sa.true()
    mine = sa.select(CaseAudit.round_id).where(visible_case_audits(viewer))
    own = sa.and_(AuditRound.id.in_(mine))
    if viewer.has("board_member", "head_of_service", "team_manager"):
        return sa.or_(own, AuditRound.state == "closed")
    return own


def visible_reports(viewer: Viewer) -> Predicate:
    """Which reports exist for this person: published ones for whoever reads results, drafts for who leads the round.

    The workbook holds every grading, so it is the QA lead's; while they grade one of its cases it does not exist.
    """
    for_boards, published = Report.kind.in_(BOARD_KINDS), Report.version.is_not(None)
    if viewer.has("qa_lead"):
        others = sa.or_(CaseAudit.auditor_id.is_(None), CaseAudit.auditor_id != viewer.person_id)
        grading = sa.select(CaseAudit.round_id).where(CaseAudit.ref.in_(_graded_now(viewer)), others)
        return sa.or_(for_boards, Report.round_id.not_in(grading))
    if viewer.has("director"):
        return for_boards
    return sa.and_(for_boards, published) if viewer.has("head_of_service", "board_member") else sa.false()


def visible_actions(viewer: Viewer) -> Predicate:
    """Which actions exist for this person: their own, those of audits they may see, those they may decide.

    The worker and the manager of a case see its actions with the feedback. An auditor sees what was agreed on
    the same case before, and whether it made a difference: the page leaves out what it answers.
    """
    # Whoever grades a case blind sees nothing of what its auditor asked for.
    hidden = sa.select(CaseAudit.id).where(CaseAudit.ref.in_(_graded_now(viewer).where(OWN.purpose != "main")))
    if viewer.is_gone:
        return sa.false()
    return sa.and_(_actions_within_roles(viewer), Action.case_audit_id.not_in(hidden))


def _actions_within_roles(viewer: Viewer) -> Predicate:
    if viewer.has("qa_lead"):
        return sa.true()
    me = viewer.person_id
    mine = Action.owner_id == me
    if viewer.roles <= {"administrator", "board_member"}:
        return mine
    told = sa.select(Reflection.case_audit_id).where(Reflection.person_id == me)
    worked = sa.or_(CaseAudit.worker_id == me, CaseAudit.id.in_(told))
    shared = sa.select(CaseAudit.id).where(worked, CaseAudit.shared_at.is_not(None))
    audited = sa.select(CaseAudit.ref).where(CaseAudit.auditor_id == me, CaseAudit.purpose == "main")
    reasons = [
        mine,
        Action.proposed_by_id == me,
        Action.case_audit_id.in_(_moderated(viewer)),
        Action.case_audit_id.in_(shared),
        Action.case_audit_id.in_(sa.select(CaseAudit.id).where(CaseAudit.ref.in_(audited))),
    ]
    if viewer.managed_team_ids:
        theirs = sa.and_(CaseAudit.team_id.in_(viewer.managed_team_ids), CaseAudit.shared_at.is_not(None))
        teams = sa.select(CaseAudit.id).where(sa.or_(theirs, feedback_came_to_team(viewer)))
        reasons.append(Action.case_audit_id.in_(teams))
    if viewer.has("head_of_service"):
        own = sa.select(Team.id).where(Team.service_id == viewer.service_id)
        reasons.append(Action.case_audit_id.in_(sa.select(CaseAudit.id).where(CaseAudit.team_id.in_(own))))
    if viewer.has("director"):
        reasons += [Action.state == "declined", Action.id.in_(_asked("action")), Action.id.in_(_stuck("action"))]
    return sa.or_(*reasons)


def visible_alerts(viewer: Viewer) -> Predicate:
    """Which concerns exist for this person: those they raised, those about their audits, teams or service.

    A concern about a team's manager or deputy is not shown to them; the director sees what went up to them.
    """
    if viewer.has("qa_lead"):
        return sa.true()
    me = viewer.person_id
    if viewer.is_gone:
        return sa.false()
    if viewer.roles <= {"administrator", "board_member"}:
        return Alert.raised_by_id == me
    audits = sa.select(CaseAudit.id).where(CaseAudit.auditor_id == me)
    reasons = [Alert.raised_by_id == me]
    managed = Alert.team_id.in_(viewer.managed_team_ids) if viewer.managed_team_ids else sa.false()
    concerned = sa.and_(Alert.about_manager, managed)
    others: list[Predicate] = [Alert.case_audit_id.in_(audits), Alert.case_audit_id.in_(_moderated(viewer)), managed]
    if viewer.has("head_of_service"):
        others.append(Alert.team_id.in_(sa.select(Team.id).where(Team.service_id == viewer.service_id)))
    if viewer.has("director"):
        others += [Alert.escalated_to == "director", Alert.id.in_(_stuck("alert"))]
    return sa.or_(*reasons, sa.and_(sa.not_(concerned), sa.or_(*others)))


def _asked(subject_type: str) -> sa.Select[int]:
    return sa.select(Approval.subject_id).where(Approval.subject_type == subject_type)


def _stuck(subject_type: str) -> sa.Select[int]:
    return sa.select(Stuck.subject_id).where(Stuck.subject_type == subject_type)
