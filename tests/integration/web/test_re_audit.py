"""Re-auditing a round in a browser: plan it, take the same cases, say which are lost."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditflow.cli import main
from auditflow.domain.clock import FixedClock, local_date
from auditflow.domain.sampling import hash_key
from auditflow.models import AuditRound, CaseAudit, Person
from auditflow.models.database import Database
from tests.factories.council import Council, make_council
from tests.factories.results import reported, set_columns
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser, Page

SignIn = Callable[[Person | int], Browser]


@dataclass
class Scene:
    database: Database
    council: Council
    baseline: int
    frame: int

    def re_audit(self) -> AuditRound:
        with self.database.reading() as session:
            return session.scalars(sa.select(AuditRound).where(AuditRound.kind == "re_audit")).one()


@pytest.fixture
def scene(database: Database, clock: FixedClock) -> Scene:
    with database.writing() as session:
        council = make_council(session)
        frame = make_frame(session, council)
        row = reported(session, Steps(session, council, clock.now()), frame)
        ids = (row.id, frame.id)
        session.flush()
        session.scalars(sa.select(Person)).all()
        session.expunge_all()
    return Scene(database, council, *ids)


def plan(browser: Browser, scene: Scene, status: int = 200, **answers: str | list[str]) -> Page:
    return browser.get(f"/rounds/{scene.baseline}/re-audit").submit(answers, status=status)


def test_a_quarter_that_is_over_already_is_suggested_from_today(
    scene: Scene, clock: FixedClock, sign_in: SignIn
) -> None:
    clock.advance(timedelta(days=200))
    sign_in(scene.council.qa_lead).get(f"/rounds/{scene.baseline}/re-audit").submit({})
    row = scene.re_audit()
    assert row.starts_on == local_date(clock.now())
    assert row.record_date < row.starts_on < row.ends_on


def test_it_is_planned_for_a_quarter_later_and_takes_the_same_cases(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    first = browser.get(f"/rounds/{scene.baseline}/re-audit")
    assert "The same 12 cases" in first.text
    assert "9 of the 12 were not yet good." in first.text
    taking = first.submit({})
    row = scene.re_audit()
    assert taking.path == f"/rounds/{row.id}/same-cases"
    assert (row.name, str(row.starts_on)) == ("Re-audit, February 2027", "2027-02-02")
    assert "12 cases will be audited again" in taking.text
    taken = taking.submit({})
    assert "Next, allocate them to other auditors." in taken.text
    assert scene.re_audit().state == "sampled"
    with scene.database.reading() as session:
        audits = session.scalars(sa.select(CaseAudit).where(CaseAudit.round_id == row.id)).all()
        assert len(audits) == 12
        assert all(audit.baseline_id for audit in audits)
    assert taking.submit({}).path == taken.path
    for page in ("same-cases", "draw", "trial"):
        assert browser.get(f"/rounds/{row.id}/{page}").path == f"/rounds/{row.id}", "nothing is drawn"
    assert (
        "20% of the cases of the first audit, at least 10: here 10 of 12"
        in browser.get(f"/rounds/{row.id}/launch").text
    )


def bundle_of(browser: Browser, round_id: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(browser.client.get(f"/rounds/{round_id}/bundle.zip").data))


def test_cases_added_by_hand_are_told_apart_and_are_among_those_not_yet_good(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        poor = sa.select(CaseAudit).where(CaseAudit.round_id == scene.baseline, CaseAudit.published_grade < 3)
        set_columns(session, session.scalars(poor.order_by(CaseAudit.id).limit(1)).one(), kind="judgemental")
    page = sign_in(scene.council.qa_lead).get(f"/rounds/{scene.baseline}/re-audit").text
    assert "The same 11 cases and the 1 added by hand" in page
    assert "9 of the 12 were not yet good." in page


def test_its_bundle_says_what_can_be_checked_where_nothing_was_drawn(
    scene: Scene, sign_in: SignIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = sign_in(scene.council.qa_lead)
    taking = plan(browser, scene)
    again = scene.re_audit().id
    assert "Nothing has been drawn" in bundle_of(browser, again).read("README.txt").decode()
    taking.submit({})
    files, baseline = bundle_of(browser, again), bundle_of(browser, scene.baseline)
    manifest, drawn = (json.loads(one.read("manifest-1.json")) for one in (files, baseline))
    told = " ".join(files.read("README.txt").decode().split())
    assert "auditflow sample verify" not in told
    assert f"Take the bundle of round {scene.baseline}." in told

    file = tmp_path / "bundle.zip"
    file.write_bytes(browser.client.get(f"/rounds/{again}/bundle.zip").data)
    with pytest.raises(SystemExit, match="1"):
        main(["sample", "verify", str(file)])
    assert f"Nothing was drawn for this round: it audits the cases of round {scene.baseline}" in capsys.readouterr().err

    # What it tells the reader to do comes out.
    assert hashlib.sha256(files.read("list.csv")).hexdigest() == manifest["frame_sha256"]
    there = {case["ref"]: case["key"] for case in drawn["sample"]}
    taken = [(case["key"], case["ref"]) for case in manifest["sample"]]
    assert taken == sorted(taken)
    assert all(there[ref] == key == hash_key(drawn["seed"], ref) for key, ref in taken)


def test_only_the_poor_ones(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    page = plan(browser, scene, cases="poor")
    assert "9 cases that were not yet good will be audited again" in page.text
    assert "No reserve comes in" in page.text
    assert scene.re_audit().selected_because_poor


def test_a_refusal_stays_on_the_form_with_what_was_typed(scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(scene.council.qa_lead)
    page = plan(browser, scene, status=400, name="Second look", record_date=["1", "10", "2026"])
    assert "The records must be read at a date after 23 October 2026" in page.text
    assert 'value="Second look"' in page.html
    page = plan(browser, scene, status=400, name="")
    assert "Enter a name for the re-audit." in page.text
    with scene.database.reading() as session:
        assert session.scalars(sa.select(AuditRound).where(AuditRound.kind == "re_audit")).all() == []


def test_a_round_that_runs_has_no_such_page(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.writing() as session:
        session.execute(sa.update(AuditRound).where(AuditRound.id == scene.baseline).values(state="live"))
    browser = sign_in(scene.council.qa_lead)
    browser.get(f"/rounds/{scene.baseline}/re-audit", status=404)
    browser.get(f"/rounds/{scene.baseline}/same-cases", status=404)


@pytest.mark.parametrize("who", ["director", "board_member", "administrator"])
def test_only_a_qa_lead_plans_one(scene: Scene, sign_in: SignIn, who: str) -> None:
    browser = sign_in(getattr(scene.council, who))
    browser.get(f"/rounds/{scene.baseline}/re-audit", status=404)
    browser.post(f"/rounds/{scene.baseline}/re-audit", {"name": "Mine"}, status=404)
    with scene.database.reading() as session:
        assert session.scalars(sa.select(AuditRound).where(AuditRound.kind == "re_audit")).all() == []


def test_who_audits_it_again_does_not_see_the_first_audit(scene: Scene, sign_in: SignIn) -> None:
    with scene.database.reading() as session:
        audit = session.scalars(sa.select(CaseAudit).where(CaseAudit.round_id == scene.baseline).limit(1)).one()
        other = next(a.id for a in scene.council.auditors if a.id != audit.auditor_id)
        first = audit.id
    sign_in(other).get(f"/audits/{first}", status=404)


def test_a_re_audit_is_offered_where_the_results_are(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in(scene.council.qa_lead).get(f"/results/{scene.baseline}")
    assert any(link.endswith(f"/rounds/{scene.baseline}/re-audit") for link in page.links())
