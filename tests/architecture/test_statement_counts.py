"""A page sends the same number of SQL statements whether it shows a few rows or more than a page of them.

The pages are those of the application's own routes: whatever lists something about the council, a round, a case list,
a team or a person is opened by somebody who may, so that a new list is measured without being named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, Frame, FrameCase, Reflection, Stuck, Team
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.allocation import choose_auditors
from auditflow.services.approval import Ask, ask_approval
from auditflow.services.correction import request_correction
from auditflow.services.journal import Note, begin
from auditflow.services.transitions import Request, apply
from auditflow.web.routing import ANYONE, SIGNED_IN, Pages
from tests.conftest import MONDAY_MORNING
from tests.factories.actions import Acts, make_action, make_concern
from tests.factories.audits import make_case_audit, make_round
from tests.factories.census import RULES, live_census, november, october
from tests.factories.council import START, Council, make_council, make_person
from tests.factories.drafts import start
from tests.factories.moderation import make_dispute, make_moderation, make_submitted
from tests.factories.results import agree
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser

FEW, MANY = 2, 55
"""More than a page of fifty."""

PEOPLE = ("qa_lead", "auditor", "team_manager", "practitioner", "director", "head_of_service", "administrator")
"""Who opens the pages, in this order where several may."""
EVERY_ROLE = frozenset({"work.work_list", "action.action_list", "alert.alert_list", "moderation.moderation_list"})
"""Lists that show each role something of its own."""

ELSEWHERE = {
    "frame.frame_freeze_show": "the button that freezes one list",
    "frame_mapping.frame_progress": "how far one upload is",
    "frame_match.frame_match_one": "one name, which its address asks for",
}
"""Pages that this story cannot open, and why that is no loss."""


@dataclass
class Scene:
    """A council with rounds, and what stands for each part of an address."""

    council: Council
    live: int
    reporting: int
    sampled: int
    parts: dict[str, tuple[str, ...]]

    def person(self, role: str) -> int:
        c = self.council
        return {
            "qa_lead": c.qa_lead,
            "auditor": c.auditors[0],
            "team_manager": c.managers[0],
            "practitioner": c.workers[0],
            "director": c.director,
            "head_of_service": c.heads[0],
            "administrator": c.administrator,
        }[role].id


def make_scene(session: Session) -> Scene:
    """Rounds that are live, reporting and planned, with a few rows of everything."""
    council = make_council(session)
    live = make_round(session, council, policy={})
    reporting = make_round(session, council, state="reporting", name="Reporting")
    frame = make_frame(session, council)
    steps = Steps(session, council, MONDAY_MORNING)
    planned, sampled = steps.planned(frame, name="Planned"), steps.locked(steps.planned(frame, name="Sampled"))
    steps.drawn(sampled)
    choose_auditors(session, sampled.id, {auditor.id: 90 for auditor in council.auditors}, steps.act())
    again = {"kind": "re_audit", "baseline_id": reporting.id, "state": "planned", "name": "Again"}
    months = october(session, council), november(session, council)
    censuses = (
        steps.planned(months[0], RULES, kind="census", name="Every new plan"),
        live_census(steps, months[0]),
    )
    others = (live, reporting, planned, sampled, make_round(session, council, **again))
    rounds = tuple(str(row.id) for row in (*others, *censuses))
    parts = {
        "round_id": rounds,
        "frame_id": (str(frame.id), str(_frame(session, council, 0).id), str(months[1].id)),
        "person_id": (str(council.auditors[0].id), str(council.workers[0].id)),
        "team_id": (str(council.teams[0].id),),
        "service_id": (str(council.services[0].id),),
        "kind": ("csv", "worker"),
    }
    return Scene(council, live.id, reporting.id, sampled.id, parts)


def add_rows(session: Session, scene: Scene, numbers: range) -> None:
    """One more of everything that the lists show, for each number."""
    council, act = scene.council, Acts(FixedClock(MONDAY_MORNING))
    live, reporting, sampled = (session.get_one(AuditRound, i) for i in (scene.live, scene.reporting, scene.sampled))
    frame = session.get_one(Frame, int(scene.parts["frame_id"][0]))
    for n in numbers:
        selected = make_case_audit(session, council, live, state="selected")
        ask = Ask("mark_not_audited", "case_audit", selected.id, "Before the court.", "proceedings", {})
        ask_approval(session, ask, act(council.qa_lead), "qa_lead")
        writing = make_case_audit(session, council, live)
        start(session, writing, MONDAY_MORNING)
        task = make_moderation(session, council, audit=make_submitted(session, council, "moderation", audit_round=live))
        shared = {"published_grade": 3, "shared_at": START, "agreed_at": START, "audit_round": live}
        told = make_submitted(session, council, "feedback_shared", **shared)
        session.add(Reflection(case_audit_id=told.id, person_id=council.workers[0].id, invited_at=START))
        request_correction(
            session, told.id, "overall.reason", {"value": "Shorter."}, "Too long.", act(council.managers[0])
        )
        make_dispute(session, make_submitted(session, council, "disputed", moderated_grade=2, audit_round=live))
        action = make_action(session, council, writing, act)
        alert = make_concern(session, council.auditors[0], writing, act)
        make_case_audit(session, council, sampled, state="selected")
        agree(session, make_case_audit(session, council, reporting), 1 + n % 4, domains={"planning": 3})
        make_person(session, f"Further Person {n}", ["auditor"], team_id=council.teams[0].id)
        begin_team(session, scene, n)
        make_round(session, council, name=f"Round {n}")
        make_round(session, council, state="closed", name=f"Closed {n}", closed_at=START + timedelta(days=n))
        _frame(session, council, n + 1)
        session.add(
            FrameCase(frame_id=frame.id, row=n + 100, ref=f"CF-{n}", case_type="x", worker=f"W {n}", team=f"T {n}")
        )
        left_out = [{"person": council.auditors[n % 4].id, "why": "gone"}]
        kinds = {"moderation": task, "action": action, "alert": alert, "case_audit": writing, "audit_round": live}
        for kind, row in kinds.items():
            if session.get(Stuck, (kind, row.id)) is None:
                session.add(Stuck(subject_type=kind, subject_id=row.id, since=START, excluded=left_out))
        session.flush()


def begin_team(session: Session, scene: Scene, n: int) -> None:
    team = Team(name=f"Team {n}", service_id=scene.council.services[0].id)
    begin(session, team, Act(scene.council.administrator.id, START, f"team-{n:016}"), Note("created", "administrator"))


def _frame(session: Session, council: Council, n: int) -> Frame:
    frame = Frame(name=f"List {n}", as_at=date(2026, 10, 23), source_sha256="a" * 64, created_at=START)
    begin(session, frame, Act(council.qa_lead.id, START, f"frame-{n:016}"), Note("uploaded", "qa_lead"))
    return frame


def list_pages(app: Flask, parts: dict[str, Any]) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """Each page whose address needs nothing but these parts: who opens it, and its addresses here."""
    found: dict[str, tuple[tuple[str, ...], list[str]]] = {}
    for rule in app.url_map.iter_rules():
        name, _, view = rule.endpoint.rpartition(".")
        pages = app.blueprints.get(name)
        if "GET" not in (rule.methods or ()) or not isinstance(pages, Pages) or not rule.arguments <= parts.keys():
            continue
        allowed = pages.permissions[view]
        who = PEOPLE if allowed & {SIGNED_IN, ANYONE} else tuple(role for role in PEOPLE if role in allowed)
        addresses = [rule.rule]
        for part in sorted(rule.arguments):
            addresses = [_put(address, part, value) for address in addresses for value in parts[part]]
        found[rule.endpoint] = (who if rule.endpoint in EVERY_ROLE else who[:1], addresses)
    return found


def _put(address: str, part: str, value: str) -> str:
    before, _, rest = address.partition(f":{part}>")
    return before.rpartition("<")[0] + value + rest


def statements(database: Database, browser: Browser, path: str) -> int | None:
    """How many statements the page sends when it is opened a second time, its own counts made anew; None: no page."""
    if browser.client.get(path).status_code != OK:
        return None
    seen: list[str] = []

    def look(*event: Any) -> None:
        seen.append(event[2])

    browser.app.extensions.pop("auditflow_waiting", None)
    sa.event.listen(database.engine, "before_cursor_execute", look)
    browser.client.get(path).get_data()
    sa.event.remove(database.engine, "before_cursor_execute", look)
    return len(seen)


OK = 200


def test_pages_send_as_many_statements_for_many_rows_as_for_few(app: Flask, database: Database, sign_in: Any) -> None:
    with database.writing() as session:
        scene = make_scene(session)
        add_rows(session, scene, range(FEW))
        for row in list(session):
            session.refresh(row)  # the scene outlives its session
    browsers = {role: sign_in(scene.person(role)) for role in PEOPLE}
    asked = [
        (endpoint, role, path)
        for endpoint, (roles, paths) in list_pages(app, scene.parts).items()
        for role in roles
        for path in paths
    ]
    few = {key: statements(database, browsers[key[1]], key[2]) for key in asked}
    with database.writing() as session:
        add_rows(session, scene, range(FEW, MANY))
    many = {key: statements(database, browsers[key[1]], key[2]) for key in asked if few[key] is not None}
    assert {key: (few[key], count) for key, count in many.items() if count != few[key]} == {}
    assert {endpoint for endpoint, _, _ in asked} - {endpoint for endpoint, _, _ in many} == set(ELSEWHERE)


def test_a_transition_in_a_session_of_its_own_is_two_statements(database: Database) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council)
        audits = [make_case_audit(session, council, audit_round).id for _ in range(2)]
    auditor = council.auditors[0].id
    counts = []
    for audit in audits:
        seen: list[str] = []
        with database.writing() as session:
            sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
            apply(session, Request("case_audit", audit, "start", Act(auditor, MONDAY_MORNING, f"start-{audit:016}")))
        counts.append(len([sent for sent in seen if not sent.startswith("BEGIN")]))
    # The first of a process reads the calendar too; SQLite has no statement that writes several tables.
    assert counts[1] <= (5 if database.is_sqlite else 2)
