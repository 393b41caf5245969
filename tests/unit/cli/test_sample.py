"""`auditflow sample` on plain files: what an inspector runs."""

import csv
import hashlib
import json
import subprocess
import sys

import pytest

from auditflow.cli import main
from auditflow.domain.frame import Case, canonical_csv, canonical_sha256
from auditflow.domain.sampling import draw

DESIGN = """\
ref: case_ref
size: 20
stratify: case_type
minimum: 2
per_worker: {column: worker, most: 2}
reference_date: 2026-12-01
exclude:
  - {reason: status_not_open, column: status, not_in: [Open]}
  - {reason: opened_within_28_days, column: opened, within_days: 28}
priority_strata: []
seed: "9f0c"
"""
CASES = [
    Case(
        case_ref=f"C{n:03d}",
        case_type="child_in_need" if n % 3 else "child_protection",
        status="Open" if n % 9 else "Closed",
        worker=f"w{n % 30}",
        opened=f"2026-0{n % 9 + 1}-11",
    )
    for n in range(200)
]
COLUMNS = ("case_ref", "case_type", "status", "worker", "opened")
LIST = canonical_csv(CASES, COLUMNS).decode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_bytes(LIST.encode())
    (tmp_path / "design.yaml").write_text(DESIGN)
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    def command(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["sample", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return left.value.code or 0, said.out, said.err

    return command


def drawn_to_files(run):
    return run("draw", "list.csv", "--design", "design.yaml", "--out", "sample.csv", "--manifest", "manifest.json")


def test_a_draw_writes_sample_and_manifest(run, folder):
    code, out, err = drawn_to_files(run)
    assert (code, err) == (0, "")
    assert out.startswith("Cases drawn: 20 of the 177 that can be (list: 200, 23 status_not_open).")
    manifest = json.loads((folder / "manifest.json").read_text())
    rows = list(csv.DictReader((folder / "sample.csv").open()))
    assert [row["case_ref"] for row in rows] == [case["ref"] for case in manifest["sample"]]
    assert {row["kind"] for row in rows} == {"random"}
    assert float(rows[0]["weight"]) == manifest["weights"][rows[0]["stratum"]]
    expected = draw([dict(zip(Case._fields, case, strict=True)) for case in CASES], manifest["design"])
    assert [case["ref"] for case in manifest["sample"]] == expected.refs


def test_a_frozen_list_is_known_by_the_digest_it_was_frozen_with(run, folder):
    drawn_to_files(run)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["frame_sha256"] == canonical_sha256(CASES, COLUMNS)
    assert manifest["source_sha256"] == manifest["frame_sha256"] == hashlib.sha256(LIST.encode()).hexdigest()
    assert (manifest["seed_source"], manifest["locked_at"]) == ("given", None)


def test_json_is_the_manifest(run, folder):
    drawn_to_files(run)
    code, out, _err = run("draw", "list.csv", "--design", "design.yaml", "--json")
    assert code == 0
    assert json.loads(out) == json.loads((folder / "manifest.json").read_text())


def test_without_a_file_the_sample_is_printed(run):
    _code, out, _err = run("draw", "list.csv", "--design", "design.yaml")
    assert sum(line.endswith(("\tchild_in_need", "\tchild_protection")) for line in out.splitlines()) == 20


def test_a_census_says_so(run, folder):
    (folder / "design.yaml").write_text("ref: case_ref\nsize: 500\nseed: 1\n")
    assert "This is a census" in run("draw", "list.csv", "--design", "design.yaml")[1]


def test_verify_reproduces_the_draw(run):
    drawn_to_files(run)
    code, out, err = run("verify", "manifest.json", "list.csv")
    assert (code, err) == (0, "")
    assert "The draw is reproduced" in out
    assert "journal's seals" in out


@pytest.mark.parametrize(
    "saved",
    [
        LIST.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + LIST.encode() + b"\n\n",
        ("\n".join([LIST.split("\n")[0], *reversed(LIST.strip().split("\n")[1:])])).encode(),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in LIST.strip().split("\n")).encode(),
    ],
    ids=["Windows line ends", "byte order mark", "another order", "quotes"],
)
def test_a_list_that_was_only_saved_again_verifies(run, folder, saved):
    drawn_to_files(run)
    (folder / "list.csv").write_bytes(saved)
    assert run("verify", "manifest.json", "list.csv")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("C199,", "C200,", "frame_sha256: the manifest has"),
        ("C010,child_in_need", "C010,child_protection", "weights of “child_in_need”"),
        ("C199,", "C000,child_in_need,Open,w1,2026-01-11\nC199,", "repeated: Every case reference"),
        ("C199,", "C999,child_in_need,Open,w1,2026-01-11\nC199,", "rows: the manifest has 200, the draw gives 201"),
    ],
)
def test_verify_names_what_differs_in_the_list(run, folder, old, new, sentence):
    drawn_to_files(run)
    (folder / "list.csv").write_text(LIST.replace(old, new))
    code, out, err = run("verify", "manifest.json", "list.csv")
    assert (code, out) == (1, "")
    assert err.startswith("The draw is not reproduced.\n")
    assert sentence in err


def test_verify_finds_one_changed_character(run, folder):
    drawn_to_files(run)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"discarded_draws": 0', '"discarded_draws": 1'))
    code, _out, err = run("verify", "manifest.json", "list.csv")
    assert code == 1
    assert "edited after it was written" in err


LISTS = [
    (b"", "list.csv is empty"),
    (b"\n\n", "list.csv is empty"),
    (b"case_ref,case_type\n", "The case list is empty"),
    (b"case_ref,case_type\nC1,a\n", "no column “worker”, “status”, “opened”. It has “case_ref”, “case_type”"),
    (b"PK\x03\x04rest", "not a CSV file"),
    (b"\xff\xfea\x00b\x00", "not a CSV file"),
    (b'case_ref\n"C1', "list.csv, line 2: not a CSV file"),
    (LIST.encode() + b"C900,x\n", "row 202: it has 2 cells where the header has 5"),
    (LIST.replace("case_type", "worker", 1).encode(), "has the column “worker” more than once"),
    (LIST.replace("C007,", ",", 1).encode(), "Row 9: the case reference is blank"),
    (LIST.replace("C007,", "C0\x0707,", 1).encode(), "Row 9: the case reference"),
    (LIST.replace("C007,", "C008,", 1).encode(), "“C008” in rows 9 and 10"),
    (LIST.replace("2026-02-11", "11/02/2026").encode(), "“11/02/2026” is not a date like 2026-12-01"),
    (LIST.replace("C006,child_protection", "\nC006,child_protection").encode(), "Row 8: the case reference is blank"),
]


@pytest.mark.parametrize(("content", "sentence"), LISTS, ids=range(len(LISTS)))
def test_a_bad_list_is_a_sentence(run, folder, content, sentence):
    (folder / "list.csv").write_bytes(content)
    code, out, err = run("draw", "list.csv", "--design", "design.yaml")
    assert (code, out) == (1, "")
    assert sentence in err


DESIGNS = [
    (DESIGN + "size: 30\n", "design.yaml, line 12: the key “size” stands twice"),
    (DESIGN.replace("most: 2", "most: 2, most: 3"), "line 5: the key “most” stands twice"),
    (DESIGN.replace("size: 20", "size: [20"), "design.yaml, line"),
    (DESIGN.replace("size: 20", "size: 1_000"), "“size” must be a whole number"),
    (DESIGN.replace("size: 20", "sise: 20"), "“sise” is not part of a sampling design"),
    (DESIGN.replace("{column: worker, most: 2}", "&a [*a]"), "aliases"),
    (DESIGN.replace("ref: case_ref", "? [a]\n: b"), "a key must be a single value"),
    (DESIGN.replace('seed: "9f0c"', ""), "A draw needs a seed"),
    (DESIGN.replace("2026-12-01", "2026-13-01"), "not YAML that can be read"),
    (DESIGN.replace("most: 2", "most: 1").replace("size: 20", "size: 50"), "The sample cannot be drawn"),
    ("", "must be keys and values"),
    ("just words", "must be keys and values"),
]


@pytest.mark.parametrize(("text", "sentence"), DESIGNS, ids=range(len(DESIGNS)))
def test_a_bad_design_is_a_sentence(run, folder, text, sentence):
    (folder / "design.yaml").write_text(text)
    code, out, err = run("draw", "list.csv", "--design", "design.yaml")
    assert (code, out) == (1, "")
    assert sentence in err


def test_a_design_in_another_encoding_is_a_sentence(run, folder):
    (folder / "design.yaml").write_bytes(b"ref: caf\xe9\n")
    assert "design.yaml is not YAML that can be read" in run("draw", "list.csv", "--design", "design.yaml")[2]


def test_words_of_a_design_are_words(run, folder):
    """Yes is a status, 0123 a seed, not a truth value and 83."""
    (folder / "list.csv").write_text("ref,restricted\nC1,Yes\nC2,No\nC3,\n")
    (folder / "design.yaml").write_text(
        "ref: ref\nsize: 1\nexclude: [{reason: restricted, column: restricted, in: [Yes]}]\nseed: 0123\n"
    )
    manifest = json.loads(run("draw", "list.csv", "--design", "design.yaml", "--json")[1])
    assert (manifest["excluded"], manifest["seed"]) == ({"restricted": 1}, "0123")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not JSON that can be read"),
        ("[]", "is not a manifest"),
        ('{"rows": NaN}', "NaN is not a number"),
        ('{"rows": 1, "rows": 2}', "the key “rows” stands twice"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "nested too deeply"),
        ("[" * 100_000, "is not JSON that can be read"),
        ("{}", "The manifest has no “algorithm”"),
    ],
)
def test_a_bad_manifest_is_a_sentence(run, folder, text, sentence):
    (folder / "manifest.json").write_text(text)
    code, out, err = run("verify", "manifest.json", "list.csv")
    assert (code, out) == (1, "")
    assert sentence in err


def test_sample_sizes(run):
    assert run("size", "--population", "3078", "--margin", "0.03")[1] == (
        "A sample of 793 of the 3,078 cases gives percentages right to within 3 percentage points, 19 times in 20.\n"
    )
    figures = json.loads(run("size", "--population", "3679", "--confidence", "0.8", "--json")[1])
    assert (figures["n"], figures["margin"], figures["proportion"]) == (41, 0.1, 0.5)
    assert figures["sentence"].endswith("80% of the time.")


@pytest.mark.parametrize("arguments", [("--population", "0"), ("--population", "9", "--margin", "nan")])
def test_impossible_sizes_are_sentences(run, arguments):
    code, out, err = run("size", *arguments)
    assert (code, out) == (1, "")
    assert "must be" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("draw", "list.csv"),
        ("draw", "nothing.csv", "--design", "design.yaml"),
        ("draw", "list.csv", "--design", "design.yaml", "--out", "list.csv"),
        ("draw", "list.csv", "--design", "design.yaml", "--out", "new", "--manifest", "new"),
        ("size",),
        ("size", "--population", "many"),
        ("other",),
    ],
)
def test_wrong_use_is_exit_2(run, arguments):
    assert run(*arguments)[0] == 2


def test_a_file_that_cannot_be_written_is_a_sentence(run):
    code, _out, err = run("draw", "list.csv", "--design", "design.yaml", "--out", "no/such/folder.csv")
    assert code == 1
    assert "folder.csv cannot be written" in err


def test_references_like_formulas_stay_text(run, folder):
    (folder / "list.csv").write_text("ref\n=1+1\n")
    (folder / "design.yaml").write_text("ref: ref\nsize: 1\nseed: 1\n")
    run("draw", "list.csv", "--design", "design.yaml", "--out", "sample.csv", "--manifest", "manifest.json")
    assert (folder / "sample.csv").read_text().splitlines()[1].startswith("'=1+1,")
    assert json.loads((folder / "manifest.json").read_text())["sample"][0]["ref"] == "=1+1"


def test_drawing_loads_nothing_heavy(folder):
    script = (
        "import sys\nfrom auditflow.cli import main\n"
        "try:\n    main(['sample', 'draw', 'list.csv', '--design', 'design.yaml', '--out', 'o.csv'])\n"
        "finally:\n    print(sorted({name.split('.')[0] for name in sys.modules}), len(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, check=False)
    heavy = {"flask", "sqlalchemy", "wtforms", "transitions", "celery", "redis", "jinja2", "numpy", "structlog"}
    loaded = done.stdout.splitlines()[-1]
    assert done.returncode == 0
    assert not [name for name in heavy if f"'{name}'" in loaded]


def test_weights_are_called_approximate_where_a_limit_passed_cases_over(run, folder):
    (folder / "design.yaml").write_text(DESIGN.replace("per_worker: {column: worker, most: 2}\n", ""))
    assert "approximate" not in run("draw", "list.csv", "--design", "design.yaml")[1]
    (folder / "design.yaml").write_text(DESIGN.replace("most: 2", "most: 1"))
    said = run("draw", "list.csv", "--design", "design.yaml")[1]
    assert "Passed over because of a limit:" in said
    assert "The weights are approximate (worker cap)." in said
