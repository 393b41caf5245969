"""The life of one case audit in the sample council, each step by its own person through its own service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.cli.council.answers import Written, weak_findings, write_answers
from auditflow.cli.council.calendar import Calendar
from auditflow.cli.council.diary import Diary
from auditflow.cli.council.words import DISPUTE, MODERATOR, REFLECTIONS, WORDS
from auditflow.domain.audit_tool import AuditTool, list_sections
from auditflow.domain.clock import local_date
from auditflow.domain.errors import Refused
from auditflow.domain.working_days import add_working_days
from auditflow.models import Action, CaseAudit, Moderation, Reflection, Submission
from auditflow.services.act import Act
from auditflow.services.action import accept_action, propose_action
from auditflow.services.action_outcome import Verification, complete_action, verify_action
from auditflow.services.case_audit import accept_change, dispute_change, start_case_audit
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.draft import save_draft
from auditflow.services.feedback import read_outcome, reflect, share_feedback
from auditflow.services.moderation_decision import (
    AUDIT_QUESTIONS,
    Decision,
    comment_on,
    decide_moderation,
    graded_domains,
)

DISPUTED_SINCE = -6
"""The dispute of the plot is a recent one, in working days before today."""


@dataclass(frozen=True)
class Story:
    """What the steps of all audits of a round share."""

    diary: Diary
    calendar: Calendar
    tool: AuditTool
    chance: Random
    index: Mapping[str, float]
    plot: dict[str, int] = field(default_factory=dict)

    def take(self, turn: str) -> bool:
        """Whether this turn of the plot is still to be told; it is told then."""
        left = self.plot.get(turn, 0)
        self.plot[turn] = left - 1
        return left > 0

    def later(self, moment: datetime, days: int, hour: int = 10) -> datetime:
        """An hour of the working day `days` working days after `moment`."""
        day = add_working_days(local_date(moment), days, self.calendar.days_off)
        return moment.astimezone().replace(
            year=day.year, month=day.month, day=day.day, hour=hour, minute=self.chance.randrange(60)
        )


def act(person_id: int | None, at: datetime, what: str, number: int) -> Act:
    """A step as an act with a key of its own."""
    return Act(person_id, at, f"sample:{what}:{number}")


def start(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """The auditor starts; the worker is invited and often reflects within two days."""
    audit = session.get_one(CaseAudit, audit_id)
    if audit.state == "removed":
        return  # a second grading of a case that was lost meanwhile
    start_case_audit(session, audit_id, act(audit.auditor_id, at, "start", audit_id))
    if audit.purpose != "main":
        return
    if story.chance.random() < 0.7:
        story.diary.write(story.later(at, 2, 15), lambda s, t: _reflect(story, audit_id, s, t))


def _reflect(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    invited = session.scalars(sa.select(Reflection.person_id).where(Reflection.case_audit_id == audit_id)).first()
    if invited is not None:
        reflect(session, audit_id, story.chance.choice(REFLECTIONS), act(invited, at, "reflect", audit_id))


def write(story: Story, audit_id: int, session: Session, at: datetime, *, share: float = 1.0) -> Written:
    """The auditor writes the audit, or the first `share` of its sections."""
    audit = session.get_one(CaseAudit, audit_id)
    written = write_answers(story.tool, audit.case_type, story.index[audit.ref], story.chance)
    asked = {s.key for s in list_sections(story.tool, audit.case_type, grading_only=audit.purpose != "main")}
    sections = [(name, content) for name, content in written.sections.items() if name in asked]
    for name, content in sections[: round(len(sections) * share)]:
        save_draft(
            session,
            audit_id,
            act(audit.auditor_id, at, f"draft-{name}", audit_id),
            section=name,
            content=content,
            base_number=0,
        )
    return written


def grade_again(story: Story, audit_id: int, session: Session, at: datetime, *, share: float) -> None:
    """A second auditor writes the same case, blind; what is whole is submitted, and that is its end."""
    audit = session.get_one(CaseAudit, audit_id)
    if audit.state == "removed":
        return
    write(story, audit_id, session, at, share=share)
    if share == 1:
        submit_case_audit(session, audit_id, act(audit.auditor_id, at, "submit", audit_id))


def submit(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """Write everything, propose the actions that the findings need, submit; then what follows is planned."""
    audit = session.get_one(CaseAudit, audit_id)
    written = write(story, audit_id, session, at)
    _propose(story, audit, written, session, at)
    done = submit_case_audit(session, audit_id, act(audit.auditor_id, at, "submit", audit_id))
    if done.state == "moderation":
        story.diary.write(
            story.later(at, story.chance.choice((1, 2, 2, 3))), lambda s, t: moderate(story, audit_id, s, t)
        )
    else:
        story.diary.write(story.later(at, 1), lambda s, t: share(story, audit_id, s, t))


def _propose(story: Story, audit: CaseAudit, written: Written, session: Session, at: datetime) -> None:
    """One or two actions answer everything that was found, as a good auditor does it."""
    weak = weak_findings(story.tool, written, audit.case_type)
    domains = list(weak)
    halves = [domains] if len(domains) <= 2 else [domains[::2], domains[1::2]]
    for number, group in enumerate(half for half in halves if half):
        text = WORDS[next((d for d in group if d in WORDS), "planning")].action
        keys = [key for domain in group for key in weak[domain]]
        due = add_working_days(local_date(at), 25 + 10 * number, story.calendar.days_off)
        made = propose_action(
            session, audit, keys, text, audit.worker_id, due, act(audit.auditor_id, at, f"action-{number}", audit.id)
        )
        story.diary.write(story.later(at, 2 + number, 11), _accepting(story, made.id))


def _accepting(story: Story, action_id: int):  # type: ignore[no-untyped-def]
    def accept(session: Session, at: datetime) -> None:
        row = session.get_one(Action, action_id)
        if row.state != "proposed" or story.chance.random() < 0.06:
            return
        accept_action(session, action_id, row.due_on, act(row.owner_id, at, "accept", action_id))
        if story.chance.random() < 0.88:
            days = story.chance.randrange(8, 30)
            story.diary.write(story.later(at, days, 14), lambda s, t: _complete(story, action_id, s, t))

    return accept


def _complete(story: Story, action_id: int, session: Session, at: datetime) -> None:
    row = session.get_one(Action, action_id)
    done = f"{row.text}: done with the family and written up."
    where = f"Case note of {local_date(at).day} {local_date(at):%B}, and the changed plan."
    complete_action(session, action_id, done, where, act(row.owner_id, at, "complete", action_id))
    if story.chance.random() < 0.85:
        story.diary.write(
            story.later(at, story.chance.randrange(3, 9), 16), lambda s, t: _verify(story, action_id, s, t)
        )


def _verify(story: Story, action_id: int, session: Session, at: datetime) -> None:
    row = session.get_one(Action, action_id)
    auditor = session.get_one(CaseAudit, row.case_audit_id).auditor_id
    difference, how = story.chance.choices(
        [
            ("yes", "The last two visits went as the plan says, and the child said so."),
            ("partly", "It was done, and has held for two weeks; too early to say more."),
        ],
        (3, 2),
    )[0]
    verify_action(session, action_id, Verification(difference, how), act(auditor, at, "verify", action_id))


def moderate(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """The moderator confirms most, changes one in five, returns a few."""
    task = session.scalars(
        sa.select(Moderation).where(Moderation.case_audit_id == audit_id, Moderation.state == "with_moderator")
    ).one_or_none()
    if task is None:
        return
    audit = session.get_one(CaseAudit, audit_id)
    grade = audit.first_grade or 2
    if grade > 1 and local_date(at) >= story.calendar.working_day(DISPUTED_SINCE) and story.take("dispute"):
        _decide(story, task, "change", session, at)
        story.diary.write(story.later(at, 1), lambda s, t: _dispute(audit_id, s, t))
        return
    choice = story.chance.choices(("confirm", "change", "return"), (72, 20, 8))[0]
    if choice == "return" and audit.returns == 0:
        _return(story, task, session, at)
        return
    choice = "change" if choice == "change" and grade > 1 else "confirm"
    _decide(story, task, choice, session, at)
    story.diary.write(story.later(at, 2), lambda s, t: _after_decision(story, audit_id, s, t))


def _dispute(audit_id: int, session: Session, at: datetime) -> None:
    audit = session.get_one(CaseAudit, audit_id)
    dispute_change(session, audit_id, act(audit.auditor_id, at, "dispute", audit_id), reason=DISPUTE)


def _return(story: Story, task: Moderation, session: Session, at: datetime) -> None:
    submission = session.get_one(Submission, task.submission_id)
    item = next(iter(graded_domains(submission)))
    comment_on(session, task.id, item, MODERATOR["return"], act(task.moderator_id, at, "comment", task.id))
    decide_moderation(session, task.id, Decision("return"), act(task.moderator_id, at, "decide", task.id))
    story.diary.write(story.later(at, 2), lambda s, t: _answer(story, task.case_audit_id, s, t))


def _answer(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """The auditor answers the comments and submits again, to the same moderator."""
    from auditflow.cli.council.returned import answer_comments

    audit = session.get_one(CaseAudit, audit_id)
    answer_comments(session, audit, at)
    submit_case_audit(session, audit_id, act(audit.auditor_id, at, "submit-again", audit_id))
    story.diary.write(story.later(at, 2), lambda s, t: moderate(story, audit_id, s, t))


def _decide(story: Story, task: Moderation, choice: str, session: Session, at: datetime) -> None:
    submission = session.get_one(Submission, task.submission_id)
    domains = graded_domains(submission)
    view = {**dict.fromkeys(AUDIT_QUESTIONS, "yes"), "feedback": MODERATOR[choice]}
    if choice == "change":
        view["follows"] = "partly"
        domains = {key: max(1, g - 1) if g and story.chance.random() < 0.4 else g for key, g in domains.items()}
        decision = Decision("change", MODERATOR["change"], submission.overall_grade - 1, domains, view)
    else:
        decision = Decision("confirm", audit_view=view)
    decide_moderation(session, task.id, decision, act(task.moderator_id, at, "decide", task.id))


def _after_decision(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """A changed grade is accepted by most; some say nothing, and the system accepts for them."""
    audit = session.get_one(CaseAudit, audit_id)
    if audit.state == "changed":
        if story.chance.random() < 0.6:
            accept_change(session, audit_id, act(audit.auditor_id, at, "accept", audit_id))
        story.diary.write(story.later(at, 5), lambda s, t: share(story, audit_id, s, t))
        return
    share(story, audit_id, session, at)


def share(story: Story, audit_id: int, session: Session, at: datetime) -> None:
    """The auditor shares the feedback; the worker reads it a few days later."""
    audit = session.get_one(CaseAudit, audit_id)
    if audit.state != "agreed":
        return
    share_feedback(session, audit_id, act(audit.auditor_id, at, "share", audit_id))
    if story.chance.random() < 0.85:
        story.diary.write(at + timedelta(days=3), lambda s, t: _read(audit_id, s, t))


def _read(audit_id: int, session: Session, at: datetime) -> None:
    for person_id in session.scalars(sa.select(Reflection.person_id).where(Reflection.case_audit_id == audit_id)).all():
        try:
            read_outcome(session, audit_id, act(person_id, at, f"read-{person_id}", audit_id))
        except Refused:
            return
