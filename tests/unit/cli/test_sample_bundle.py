"""`auditflow sample verify` on a bundle that is not as it should be: a sentence each."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from auditflow.cli import main, sample_bundle
from auditflow.domain.sampling import Design, draw

LIST = b"ref,team\n" + b"".join(b"C%03d,t\n" % n for n in range(30))
ROWS = [line.split(",") for line in LIST.decode().splitlines()[1:]]
DRAWN = draw(ROWS, Design.from_dict({"ref": "ref", "size": 5, "seed": "9f0c"}), ["ref", "team"])
MANIFEST = json.dumps(DRAWN.manifest()).encode()
OTHERS = [("design.json", b"{}")]


def zipped(*parts: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts:
            bundle.writestr(name, content)
    return made.getvalue()


WHOLE = zipped(*OTHERS, ("manifest-1-discarded.json", b"{"), ("manifest-2.json", MANIFEST), ("list.csv", LIST))


def verify(folder: Path, content: bytes, *further: str) -> int:
    (folder / "bundle.zip").write_bytes(content)
    with pytest.raises(SystemExit) as left:
        main(["sample", "verify", str(folder / "bundle.zip"), *further])
    return int(left.value.code or 0)


def refusal(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> str:
    assert verify(folder, content) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return said.err


def test_the_standing_draw_is_repeated_whatever_the_discarded_ones_are(tmp_path, capsys):
    # It has no digest of its list here, so that only the digest differs.
    assert "frame_sha256" in refusal(tmp_path, WHOLE, capsys)


def test_another_list_than_the_bundles_own_is_taken_when_it_is_given(tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_bytes(LIST + b"C999,t\n")
    assert verify(tmp_path, WHOLE, str(other)) == 1
    assert "rows: the manifest has 30, the draw gives 31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((("other.txt", b""),), "is not the bundle of a round"),
        (OTHERS, "Nothing has been drawn for this round yet"),
        ((*OTHERS, ("manifest-1-discarded.json", MANIFEST)), "Nothing has been drawn for this round yet"),
        ((*OTHERS, ("manifest-1.json", MANIFEST)), "has 0 files called list.csv"),
        ((*OTHERS, ("manifest-1.json", b"{"), ("list.csv", LIST)), "manifest-1.json is not JSON"),
        ((*OTHERS, ("manifest-1.json", MANIFEST), ("list.csv", b"")), "list.csv is empty"),
        ((*OTHERS, ("manifest-1.json", MANIFEST), ("manifest-2.json", MANIFEST)), "more than one draw that stands"),
        ((*OTHERS, ("manifest-1.json", b'{"seed_source": "none", "baseline_id": 7}')), "the cases of round 7 again"),
    ],
)
def test_a_part_that_is_not_there_is_a_sentence(tmp_path, capsys, parts, sentence):
    assert sentence in refusal(tmp_path, zipped(*parts), capsys)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_a_sentence(tmp_path, capsys):
    twice = zipped(*OTHERS, ("manifest-1.json", MANIFEST), ("list.csv", LIST), ("list.csv", LIST + b"C999,t\n"))
    assert "has 2 files called list.csv" in refusal(tmp_path, twice, capsys)


@pytest.mark.parametrize("cut", [4, 60, len(WHOLE) - 30])
def test_a_broken_zip_file_is_a_sentence(tmp_path, capsys, cut):
    assert "not a zip file that can be read" in refusal(tmp_path, WHOLE[:cut], capsys)


def test_bytes_changed_within_the_zip_file_are_a_sentence(tmp_path, capsys):
    at = WHOLE.index(b"list.csv") + 20
    broken = WHOLE[:at] + bytes([WHOLE[at] ^ 0xFF]) + WHOLE[at + 1 :]
    assert "not a zip file that can be read" in refusal(tmp_path, broken, capsys)


def test_a_part_too_large_to_unpack_is_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sample_bundle, "LONGEST", 50)
    assert "unpacks to more than a bundle can be" in refusal(tmp_path, WHOLE, capsys)


def test_a_manifest_by_itself_needs_a_list(tmp_path, capsys):
    assert verify(tmp_path, MANIFEST) == 2
    assert "Give the case list" in capsys.readouterr().err
