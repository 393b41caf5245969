"""One of everything that a page can be about: rounds, audits, tasks, actions, concerns, requests, case lists.

States are set by direct rows, so that one small council has them all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from auditflow.models import (
    Approval,
    AuditRound,
    CaseAudit,
    Correction,
    DraftVersion,
    Frame,
    Reflection,
)
from auditflow.queries.draft import find_draft
from auditflow.services.act import Act
from auditflow.services.alert import acknowledge_concern
from auditflow.services.frame import NewFrame, import_frame, set_mapping, suggest_frame_mapping, upload_frame
from auditflow.services.journal import Note, begin
from tests.conftest import MONDAY_MORNING
from tests.factories.actions import Acts, make_action, make_concern
from tests.factories.audits import make_case_audit
from tests.factories.census import RULES, live_census, november, october
from tests.factories.council import START, Council, make_council
from tests.factories.drafts import start, write_all
from tests.factories.moderation import make_dispute, make_moderation, make_submission, make_submitted
from tests.factories.reports import keep_reports
from tests.factories.results import reported, set_columns
from tests.factories.sampling import Steps, make_frame

FILE = (
    b"Case reference,Case type,Allocated Team,Allocated Worker,Date opened\n"
    b"CF-2,Child in need,Assessment East,Worker Assessment East 1,2026-01-05\n"
    b"CF-1,Child protection plan,Assessment West,Nobody Known,05/02/2026\n"
    b",Child in need,Assessment East,Ann Lee,2026-01-05\n"
)


@dataclass
class Panorama:
    """Ids by the name of the parameter that an address has for them."""

    council: Council
    ids: dict[str, list[int]] = field(default_factory=dict)
    people: dict[int, frozenset[str]] = field(default_factory=dict)

    def add(self, name: str, *rows: object) -> None:
        """Remember these rows under the parameter's name."""
        self.ids.setdefault(name, []).extend(row.id for row in rows)  # type: ignore[attr-defined]


def _people(session: Session, council: Council) -> dict[int, frozenset[str]]:
    """Everybody who may open something, with their roles: one for each role and a few more."""
    leads = (council.qa_lead, council.second_qa_lead, council.director, council.administrator, council.board_member)
    others = (council.external, *council.heads, *council.managers, *council.auditors, council.workers[0])
    session.flush()
    for person in (everybody := (*council.auditors[:1], *leads, *others)):
        session.refresh(person)
    return {person.id: person.role_keys for person in everybody}


class _Clock:
    def now(self):
        return MONDAY_MORNING


def make_panorama(session: Session) -> Panorama:
    """Build it all in the caller's transaction."""
    council = make_council(session)
    found = Panorama(council)
    _lists(session, found)
    rounds = _rounds(session, found)
    _audits(session, found, rounds["live"])
    found.add("person_id", council.auditors[0], council.workers[0], council.managers[0])
    found.people = _people(session, council)
    return found


def _lists(session: Session, found: Panorama) -> None:
    lead = found.council.qa_lead.id
    frozen = make_frame(session, found.council)

    def act(step: str) -> Act:
        return Act(lead, MONDAY_MORNING, f"list-{step}-0123456789")

    frames = []
    for step in ("mapped", "imported"):
        new = NewFrame(f"October, {step}", date(2026, 10, 30), "october.csv", FILE)
        frame = upload_frame(session, new, act(f"{step}-up"))
        if step == "imported":
            set_mapping(session, frame, suggest_frame_mapping(session, frame), act("mapping"))
            import_frame(session, frame.id, act("import"))
        frames.append(frame)
    found.add("frame_id", *frames, frozen)


def _rounds(session: Session, found: Panorama) -> dict[str, AuditRound]:
    frame = session.get_one(Frame, found.ids["frame_id"][-1])
    made: dict[str, AuditRound] = {}

    kept: list[Steps] = []

    def steps() -> Steps:
        # Kept, because an act's key holds the number of its object.
        kept.append(Steps(session, found.council, START))
        return kept[-1]

    made["planned"] = steps().planned(frame, name="Planned")
    made["locked"] = (s := steps()).locked(s.planned(frame, name="Locked"))
    s = steps()
    made["sampled"] = s.locked(s.planned(frame, name="Sampled"))
    s.drawn(made["sampled"])
    s.allocated(made["sampled"])
    made["live"] = steps().live(frame)
    made["reporting"] = reported(session, steps(), frame)
    made["closed"] = reported(session, steps(), frame)
    set_columns(session, made["closed"], state="closed", closed_at=MONDAY_MORNING)
    found.add("report_id", *keep_reports(session, made["closed"], 1))
    census = october(session, found.council)
    made["census planned"] = steps().planned(census, RULES, kind="census", name="Every new plan")
    made["census"] = live_census(steps(), census)
    found.add("round_id", *made.values())
    found.add("frame_id", november(session, found.council))
    return made


def _audits(session: Session, found: Panorama, live: AuditRound) -> None:
    council, act = found.council, Acts(_Clock())
    fresh = make_case_audit(session, council, live)
    writing = make_case_audit(session, council, live)
    start(session, writing, MONDAY_MORNING)
    write_all(session, writing, MONDAY_MORNING)
    draft = find_draft(session, writing.id, council.auditors[0].id, "voice")
    assert draft is not None
    version = DraftVersion(draft_id=draft.id, content=dict(draft.content), sent_at=MONDAY_MORNING)
    session.add(version)
    session.flush()
    more = {"audit_round": live}
    audits = {
        state: make_submitted(session, council, state, **more)
        for state in ("moderation", "returned", "changed", "agreed", "disputed", "feedback_shared")
    }
    _published(session, council, audits)
    task = make_moderation(session, council, audit=audits["moderation"])
    make_dispute(session, audits["disputed"])
    action = make_action(session, council, writing, act)
    concern = make_concern(session, council.auditors[0], writing, act)
    found.add("case_audit_id", fresh, writing, *audits.values())
    again = {"ref": fresh.ref, "purpose": "second", "auditor_id": council.auditors[1].id}
    found.add("grading_id", make_case_audit(session, council, live, **again))
    found.add("version_id", version)
    found.add("moderation_id", task)
    opened = make_action(session, council, writing, act, state="open", text="Ring the school.")
    acknowledged = make_concern(session, council.auditors[0], writing, act, concern="The door was unlocked.")
    acknowledge_concern(session, acknowledged.id, act(council.managers[0]))
    found.add("action_id", action, opened)
    found.add("alert_id", concern, acknowledged)
    found.add("approval_id", _approval(session, council, fresh))
    found.add("correction_id", _correction(session, council, audits["agreed"]))


def _published(session: Session, council: Council, audits: dict[str, CaseAudit]) -> None:
    for state in ("agreed", "disputed", "feedback_shared", "changed"):
        set_columns(session, audits[state], published_grade=3, agreed_at=MONDAY_MORNING)
    set_columns(session, audits["changed"], moderated_grade=2, published_grade=None, agreed_at=None)
    shared = audits["feedback_shared"]
    set_columns(session, shared, shared_at=MONDAY_MORNING)
    person = council.workers[0]
    session.add(Reflection(case_audit_id=shared.id, person_id=person.id, invited_at=START))
    make_submission(session, audits["returned"], number=2)
    session.flush()


def _approval(session: Session, council: Council, audit: CaseAudit) -> Approval:
    row = Approval(
        state="requested",
        subject_type="case_audit",
        subject_id=audit.id,
        ask="remove",
        reason="The case was closed before the date.",
        requested_by_id=council.qa_lead.id,
        requested_at=MONDAY_MORNING,
    )
    begin(session, row, Act(council.qa_lead.id, MONDAY_MORNING, "approval-0123456789"), Note("asked", "qa_lead"))
    return row


def _correction(session: Session, council: Council, audit: CaseAudit) -> Correction:
    row = Correction(
        state="requested",
        case_audit_id=audit.id,
        requested_by_id=council.auditors[0].id,
        requested_at=MONDAY_MORNING,
        item="overall.grade",
        proposed={"value": 2},
        reason="The wrong box was ticked.",
    )
    begin(session, row, Act(council.auditors[0].id, MONDAY_MORNING, "correction-0123456789"), Note("asked", "reader"))
    return row
