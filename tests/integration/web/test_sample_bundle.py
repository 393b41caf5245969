"""The bundle that a round's page gives, taken as it is by the command that an inspector runs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditflow.cli import main
from auditflow.domain.sample_reasons import EXEMPTION_REASONS, REMOVAL_REASONS
from auditflow.models import AuditRound, CaseAudit, Draw
from auditflow.models.database import Database
from auditflow.services.approval import approve_request
from auditflow.services.census import add_month
from auditflow.services.sample_change import add_case, request_exemption, request_removal
from tests.factories.census import live_census, november, october
from tests.factories.council import START, Council
from tests.factories.sampling import UNLIMITED, Steps, make_frame, match_names
from tests.pages import Browser

Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lead(council: Council, sign_in: Callable[[object], Browser]) -> Browser:
    return sign_in(council.qa_lead)


@pytest.fixture
def drawn(database: Database, council: Council) -> int:
    with database.writing() as session:
        steps = Steps(session, council, START)
        row = steps.locked(steps.planned(make_frame(session, council)))
        steps.drawn(row)
        return row.id


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    def command(*files: bytes) -> tuple[int, str, str]:
        paths = []
        for name, content in zip(("bundle.zip", "list.csv"), files, strict=False):
            (tmp_path / name).write_bytes(content)
            paths.append(str(tmp_path / name))
        capsys.readouterr()  # what the pages logged
        with pytest.raises(SystemExit) as left:
            main(["sample", "verify", *paths])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return command


def download(lead: Browser, round_id: int) -> bytes:
    return lead.client.get(f"/rounds/{round_id}/bundle.zip").data


def parts(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as files:
        return {name: files.read(name) for name in files.namelist()}


def edited(bundle: bytes, name: str, old: bytes, new: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        for part, content in parts(bundle).items():
            assert part != name or old in content
            files.writestr(part, content.replace(old, new, 1) if part == name else content)
    return made.getvalue()


def test_the_bundle_verifies_as_it_was_downloaded(lead: Browser, drawn: int, verify: Verify) -> None:
    code, out, err = verify(download(lead, drawn))
    assert (code, err) == (0, "")
    assert "The draw is reproduced" in out


def test_its_list_may_be_given_beside_it(lead: Browser, drawn: int, verify: Verify) -> None:
    bundle = download(lead, drawn)
    own = parts(bundle)["list.csv"]
    assert verify(bundle, own)[0] == 0
    code, _out, err = verify(bundle, own.replace(b"CF-20000", b"CF-99999"))
    assert code == 1
    assert "frame_sha256" in err


def test_one_character_of_the_manifest_changed_is_named(lead: Browser, drawn: int, verify: Verify) -> None:
    bundle = download(lead, drawn)
    ref = json.loads(parts(bundle)["manifest-1.json"])["sample"][0]["ref"].encode()
    code, out, err = verify(edited(bundle, "manifest-1.json", ref, ref.replace(b"CF", b"CG")))
    assert (code, out) == (1, "")
    assert f"sample: in the draw, not in the manifest: {ref.decode()}" in err
    assert "edited after it was written" in err


def test_a_row_added_to_the_list_is_named(lead: Browser, drawn: int, verify: Verify) -> None:
    bundle = download(lead, drawn)
    last = parts(bundle)["list.csv"].splitlines()[-1] + b"\n"
    code, out, err = verify(edited(bundle, "list.csv", last, last + last.replace(last[:8], b"CF-99999")))
    assert (code, out) == (1, "")
    assert "rows: the manifest has 60, the draw gives 61" in err
    assert "frame_sha256" in err


def test_a_round_without_a_draw_is_a_sentence(
    lead: Browser, database: Database, council: Council, verify: Verify
) -> None:
    with database.writing() as session:
        row = Steps(session, council, START).planned(make_frame(session, council)).id
    code, out, err = verify(download(lead, row))
    assert (code, out) == (1, "")
    assert err == "Nothing has been drawn for this round yet, so there is no draw to repeat.\n"


def test_what_left_the_sample_or_was_added_is_told_with_roles_and_never_with_people(
    lead: Browser, database: Database, council: Council, drawn: int
) -> None:
    with database.writing() as session:
        steps = Steps(session, council, START.replace(hour=15))
        row = session.get_one(AuditRound, drawn)
        manifest = json.loads(parts(download(lead, drawn))["manifest-1.json"])
        stratum = max(manifest["reserves"], key=lambda name: len(manifest["reserves"][name]))
        here = sa.select(CaseAudit).where(CaseAudit.round_id == row.id).order_by(CaseAudit.id)
        lost, other, kept, *_ = session.scalars(here.where(CaseAudit.stratum == stratum)).all()
        for audit, by in ((lost, council.director.id), (other, _other_head(council, other))):
            asked = request_removal(session, audit.id, "transferred", "It went to the next council.", steps.act())
            approve_request(session, asked.id, steps.act(by))
        asked = request_exemption(session, kept.id, "proceedings", "Until the inquest.", steps.act())
        approve_request(session, asked.id, steps.act(council.director.id))
        add_case(session, drawn, "CF-77777", "Its worker asked.", steps.act())
        refs = lost.ref, other.ref, kept.ref
    told = json.loads(parts(download(lead, drawn))["eliminations.json"])
    first, second = told["removed"]
    assert [first["ref"], second["ref"], told["not_audited"][0]["ref"]] == list(refs)
    assert (first["approved_by"], second["approved_by"]) == ("director", "head_of_another_service")
    assert (first["reason"], first["reason_words"]) == ("transferred", REMOVAL_REASONS["transferred"])
    assert (first["stratum"], first["draw"], first["kind"]) == (stratum, 1, "random")
    assert first["opened"] == {"state": "selected", "started": None, "drafts": 0, "readings": 0}
    assert first["asked_at"] < first["approved_at"] < second["approved_at"]
    used = [first["replaced_by"], second["replaced_by"]]
    came_in = [ref for ref in told["reserves"][stratum] if ref not in first["passed_over"] + second["passed_over"]]
    assert came_in[:2] == used
    assert told["reserves"] == manifest["reserves"]
    (exempt,) = told["not_audited"]
    assert (exempt["reason_words"], exempt["replaced_by"]) == (EXEMPTION_REASONS["proceedings"], None)
    (added,) = told["added"]
    assert (added["ref"], added["added_by"]) == ("CF-77777", "qa_lead")
    text = parts(download(lead, drawn))["eliminations.json"].decode()
    assert "next council" not in text
    assert not any('_id"' in line for line in text.splitlines())
    assert "eliminations.json" in parts(download(lead, drawn))["README.txt"].decode()


def _other_head(council: Council, audit: CaseAudit) -> int:
    service = next(team.service_id for team in council.teams if team.id == audit.team_id)
    return next(head.id for head in council.heads if head.service_id != service)


def test_a_reserve_that_a_limit_or_a_hand_kept_out_is_told_with_the_case_it_did_not_replace(
    lead: Browser, database: Database, council: Council
) -> None:
    with database.writing() as session:
        steps = Steps(session, council, START)
        row = steps.locked(steps.planned(make_frame(session, council), UNLIMITED))
        reserves = steps.drawn(row).manifest["reserves"]["child_in_need"]
        lost = session.scalars(sa.select(CaseAudit).where(CaseAudit.stratum == "child_in_need")).all()
        # As a case that was added before more reserves were asked for, and became one then.
        before = sa.update(CaseAudit).where(CaseAudit.id == lost[1].id)
        session.execute(before.values(ref=reserves[0], kind="judgemental"))
        session.expire_all()
        asked = request_removal(session, lost[0].id, "duplicate", "Also listed elsewhere.", steps.act())
        approve_request(session, asked.id, steps.act(council.director.id))
        round_id = row.id
    (removed,) = json.loads(parts(download(lead, round_id))["eliminations.json"])["removed"]
    assert (removed["passed_over"], removed["replaced_by"]) == ([reserves[0]], reserves[1])


@pytest.fixture
def census(database: Database, council: Council) -> int:
    with database.writing() as session:
        match_names(session, council)
        steps = Steps(session, council, START)
        row = live_census(steps, october(session, council))
        add_case(session, row.id, "NP-0021", "Its worker asked.", steps.act())
        add_month(session, row.id, november(session, council).id, steps.act())
        return row.id


def test_the_bundle_of_a_census_shows_that_every_case_is_in(lead: Browser, census: int, verify: Verify) -> None:
    bundle = download(lead, census)
    code, out, err = verify(bundle)
    assert (code, err) == (0, "")
    assert "Every eligible case of 2 lists is in: 21 cases, and no other." in out
    told = json.loads(parts(bundle)["manifest-1.json"])
    assert [one["by_hand"] for one in told["lists"]] == [[], ["NP-0021"]]
    assert {"list-1.csv", "list-2.csv"} < set(parts(bundle))
    words = " ".join(parts(bundle)["README.txt"].decode().split())
    assert "Nothing was drawn, so there is no seed" in words
    assert "every case of a list that the locked rules let in came in" in words
    assert "month_added" in parts(bundle)["journal.json"].decode()
    code, _out, err = verify(bundle, parts(bundle)["list-1.csv"])
    assert code == 1
    assert "leave list.csv out" in err


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("manifest-1.json", b'"NP-0005",', b"", "list 1: came_in: NP-0005 is eligible and did not come in."),
        ("manifest-1.json", b'"NP-0022"', b'"NP-0122"', "list 2: came_in: NP-0122 is not eligible"),
        ("list-2.csv", b"NP-0030", b"NP-0031", "list 2: came_in: NP-0031 is eligible and did not come in."),
        ("list-1.csv", b"case_ref", b"reference", "list 1: it cannot be read again"),
    ],
)
def test_a_census_with_a_case_more_or_less_is_found_out(
    lead: Browser, census: int, verify: Verify, name: str, old: bytes, new: bytes, sentence: str
) -> None:
    code, out, err = verify(edited(download(lead, census), name, old, new))
    assert (code, out) == (1, "")
    assert err.startswith("The census is not complete")
    assert sentence in err


def test_more_than_a_tenth_lost_is_said_on_the_page_of_the_round(
    lead: Browser, database: Database, council: Council
) -> None:
    said = "left the sample because they could not be audited"
    with database.writing() as session:
        round_id = Steps(session, council, START).live(make_frame(session, council), UNLIMITED).id
    for lost in range(2):
        assert said not in lead.get(f"/rounds/{round_id}").text
        with database.writing() as session:
            steps = Steps(session, council, START.replace(hour=14 + lost))
            mine = sa.select(CaseAudit.id).where(CaseAudit.purpose == "main", CaseAudit.kind == "random")
            case = session.scalars(mine.where(CaseAudit.state != "removed").order_by(CaseAudit.id)).first()
            asked = request_removal(session, case or 0, "duplicate", "Also listed elsewhere.", steps.act())
            approve_request(session, asked.id, steps.act(council.director.id))
    assert f"2 of the 12 cases (17%) have {said}." in lead.get(f"/rounds/{round_id}").text


def test_weights_are_called_approximate_where_a_limit_passed_cases_over(
    lead: Browser, database: Database, council: Council
) -> None:
    with database.writing() as session:
        steps = Steps(session, council, START)
        row = steps.locked(steps.planned(make_frame(session, council), UNLIMITED))
        plain = steps.drawn(row)
        assert plain.manifest["passed_over"] == []
        round_id, manifest = row.id, dict(plain.manifest)
    assert "approximate" not in parts(download(lead, round_id))["README.txt"].decode()
    with database.writing() as session:
        drawn = session.scalars(sa.select(Draw).where(Draw.round_id == round_id)).one()
        drawn.manifest = {**manifest, "passed_over": ["CF-20001", "CF-20002"]}
    words = parts(download(lead, round_id))["README.txt"].decode()
    assert 'approximate (worker cap): 2 cases are under "passed_over"' in words
