"""The bundle that a round's page gives, taken as it is by the command that an inspector runs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from auditflow.cli import main
from auditflow.models.database import Database
from tests.factories.council import START, Council
from tests.factories.sampling import Steps, make_frame
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
