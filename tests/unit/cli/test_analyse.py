"""`auditflow analyse`: figures, sentences, exit codes and refusals, on plain files."""

import csv
import json
import subprocess
import sys

import pytest

from tests.factories.analyse import MATRIX, NAMES, figures, run, write


@pytest.fixture
def audits(tmp_path):
    """The invented 80-case baseline and its re-audit: 71 pairs, 9 lost, 9 replacements, one added case."""
    cells = [(i, j) for i, row in enumerate(MATRIX) for j, count in enumerate(row) for _ in range(count)]
    before = [[f"C{k:02}", NAMES[i], "random", i + 1, "NA" if k % 10 == 0 else i + 1] for k, (i, _) in enumerate(cells)]
    after = [[f"C{k:02}", NAMES[j], "", j + 1, j + 1] for k, (_, j) in enumerate(cells)]
    before += [[f"L{k}", 3 if k < 3 else 2, "", 2, 2] for k in range(9)]
    before.append(["J1", "Outstanding", "Judgemental", 4, 4])
    after += [[f"R{k}", "Good", "replacement", 3, 3] for k in range(9)]
    header = ["case_ref", "overall", "kind", "D1", "D2"]
    return write(tmp_path / "before.csv", header, before), write(tmp_path / "after.csv", header, after)


# estimate

ESTIMATE = "n good not_applicable p wilson clopper_pearson finite_population stratified distribution sentence"


def test_estimate_json(capsys, audits):
    found = figures(capsys, "estimate", audits[0], "--grade", "overall", "--kind", "kind", "--population", 2940)
    assert set(ESTIMATE.split()) <= set(found)
    assert (found["n"], found["good"], found["p"], found["not_applicable"]) == (80, 26, 0.325, 0)
    assert found["distribution"] == {"Outstanding": 2, "Good": 24, "Requires improvement": 42, "Inadequate": 12}
    assert found["wilson"]["low"] == pytest.approx(0.2324, abs=5e-5)
    assert found["finite_population"]["count_low"] == round(found["finite_population"]["low"] * 2940)
    assert (found["stratified"]["p"], found["stratified"]["reason"]) == (None, "no_strata")
    assert found["sentence"].startswith("26 of 80 (33%) good or better; across all eligible cases")


def test_estimate_by_stratum(capsys, tmp_path):
    rows = [["a", 3], ["a", 2], ["a", 1], ["b", 4], ["b", 3], ["b", "NA"], ["b", 1]]
    file = write(tmp_path / "round.csv", ["team", "grade"], rows)
    sizes = write(tmp_path / "sizes.csv", ["team", "population"], [["a", "1,000"], ["b", 500]])
    found = figures(capsys, "estimate", file, "--grade", "grade", "--stratum", "team", "--sizes", sizes)
    assert (found["n"], found["not_applicable"]) == (6, 1)
    assert found["stratified"]["p"] == pytest.approx((1000 / 3 + 500 * 2 / 3) / 1500)
    assert found["stratified"]["df"] == 4
    assert found["finite_population"]["count_high"] <= 1500


def test_groups_without_a_graded_case_are_told(capsys, tmp_path):
    file = write(tmp_path / "round.csv", ["team", "grade"], [["a", 2 + k % 2] for k in range(40)])
    sizes = write(tmp_path / "sizes.csv", ["team", "population"], [["a", 400], ["b", 500]])
    code, out, _ = run(capsys, "estimate", file, "--grade", "grade", "--stratum", "team", "--sizes", sizes)
    assert code == 0
    assert "weighted to the 400 of 900 eligible cases in groups that were graded" in out.splitlines()[0]
    assert "Of all eligible cases     – (not every group has a graded case)" in out
    assert "Eligible cases spoken of  400 of 900: the others are in groups without a graded case" in out
    assert "all eligible cases" not in out.splitlines()[0]


def test_estimate_of_nothing(capsys, tmp_path):
    for rows in ([], [["NA"], ["n/a"]]):
        found = figures(capsys, "estimate", write(tmp_path / "r.csv", ["grade"], rows), "--grade", "grade")
        assert (found["n"], found["p"], found["reason"]) == (0, None, "no_cases")
        assert found["wilson"] == {"low": None, "high": None, "reason": "no_cases"}
        assert found["sentence"].startswith("No cases were graded")


def test_the_readable_table_begins_with_the_sentence(capsys, audits):
    code, out, _ = run(capsys, "estimate", audits[0], "--grade", "overall", "--kind", "kind")
    assert code == 0
    assert out.startswith("26 of 80 (33%) good or better;")
    assert "Wilson interval        23% to 43%" in out
    assert "– (give --population)" in out


# movement

MOVEMENT = (
    "pairs lost unpaired matrix improved same declined good_before good_after became_good stopped_being_good change "
    "mcnemar marginal_homogeneity wilcoxon sign_test bounds"
)
MOVED = ["movement", "--ref", "case_ref", "--grade", "overall", "--kind", "kind"]


def test_movement_json(capsys, audits):
    found = figures(capsys, *MOVED, *audits)
    assert set([*MOVEMENT.split(), "domains", "drift", "sentence"]) <= set(found)
    assert found["matrix"] == MATRIX
    assert (found["pairs"], found["lost"], found["unpaired"]) == (71, 9, 9)
    assert (found["improved"], found["same"], found["declined"]) == (27, 35, 9)
    assert (found["good_before"], found["good_after"]) == (23, 37)
    assert (found["became_good"], found["stopped_being_good"]) == (18, 4)
    assert found["bounds"]["after_low"] == pytest.approx(37 / 80)
    assert found["bounds"]["change_high"] == pytest.approx(20 / 80)
    assert (found["drift"], found["reason"], found["domains"]) == (None, "no_regraded_file", {})
    assert found["sentence"].endswith(
        "The grades rose. Whether practice did cannot be told, because no baseline record was graded again."
    )
    assert "practice improved" not in found["sentence"]


def test_movement_by_domain_and_with_regraded_records(capsys, audits, tmp_path):
    with open(audits[0], encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case_ref"].startswith("C")][:40:2]
    again = [[r["case_ref"], "", "", r["D1"], "NA" if r["D2"] == "NA" else 1 + int(r["D2"]) % 4] for r in rows]
    bridge = write(tmp_path / "again.csv", ["case_ref", "overall", "kind", "D1", "D2"], again)
    found = figures(capsys, *MOVED, *audits, "--domains", "D1, D2", "--regraded", bridge)
    assert set(found["domains"]) == {"D1", "D2"}
    assert set([*MOVEMENT.split(), "holm"]) <= set(found["domains"]["D1"])
    assert found["domains"]["D1"]["matrix"] == MATRIX
    assert found["domains"]["D2"]["pairs"] == 63
    assert found["domains"]["D1"]["holm"] >= found["domains"]["D1"]["mcnemar"]["mid_p"]
    keys = "pairs bridge change drift drift_low drift_high adjusted low high claim"
    assert set(keys.split()) <= set(found["drift"])
    assert (found["drift"]["pairs"], found["drift"]["bridge"]) == (71, 20)
    assert found["drift"]["adjusted"] == pytest.approx(found["drift"]["change"] - found["drift"]["drift"])


def test_without_domains_the_score_is_the_grade(capsys, audits, tmp_path):
    again = write(tmp_path / "again.csv", ["case_ref", "overall"], [[f"C{k:02}", 2] for k in range(12)])
    found = figures(capsys, *MOVED, *audits, "--regraded", again)
    moves = [j - i for i, row in enumerate(MATRIX) for j, count in enumerate(row) for _ in range(count)]
    assert found["drift"]["change"] == pytest.approx(sum(moves) / 71)
    assert found["drift"]["drift"] == pytest.approx(1.0)
    assert found["reason"] is None


def test_no_pairs_at_all(capsys, tmp_path):
    one = write(tmp_path / "one.csv", ["ref", "grade"], [["A", 2], ["B", 3]])
    two = write(tmp_path / "two.csv", ["ref", "grade"], [["C", 2], ["A", "NA"]])
    found = figures(capsys, "movement", one, two, "--ref", "ref", "--grade", "grade")
    assert (found["pairs"], found["lost"], found["unpaired"]) == (0, 2, 1)
    assert found["change"] == {"difference": None, "low": None, "high": None, "reason": "no_pairs"}
    assert "cannot be told" in found["sentence"]
    code, out, _ = run(capsys, "movement", one, two, "--ref", "ref", "--grade", "grade")
    assert code == 0
    assert "no case in both files" in out


def test_the_readable_movement(capsys, audits, tmp_path):
    again = write(tmp_path / "again.csv", ["case_ref", "D1", "D2"], [[f"C{k:02}", 2, 2] for k in range(5)])
    code, out, _ = run(capsys, *MOVED, *audits, "--domains", "D1,D2", "--regraded", again)
    assert code == 0
    assert "Requires improvement           4                    16    15            1" in out
    assert "too few records graded again" in out
    assert "Holm" in out


# agreement


def test_agreement_json(capsys, tmp_path):
    table = [[3, 1, 0, 0], [1, 5, 1, 0], [0, 0, 4, 0], [0, 0, 0, 1]]
    pairs = [(i + 1, j + 1) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    one = write(tmp_path / "1.csv", ["ref", "g"], [[f"C{k}", a] for k, (a, _) in enumerate(pairs)] + [["X", 1]])
    two = write(tmp_path / "2.csv", ["ref", "g"], [[f"C{k}", b] for k, (_, b) in enumerate(pairs)])
    found = figures(capsys, "agreement", one, two, "--ref", "ref", "--grade", "g")
    assert (found["n"], found["exact"], found["adjacent"], found["table"]) == (16, 13, 16, table)
    for weights in ("identity", "linear", "quadratic"):
        assert {"pa", "kappa", "kappa_se", "ac", "ac_se", "alpha"} <= set(found[weights])
    assert 0 < found["krippendorff_ordinal"] < 1
    assert {name: found["shift"][name] for name in ("raised", "unchanged", "lowered")} == {
        "raised": 2,
        "unchanged": 13,
        "lowered": 1,
    }
    assert found["sentence"] == "Two auditors gave the same grade in 13 of 16, within one grade in 16."
    assert run(capsys, "agreement", one, two, "--ref", "ref", "--grade", "g")[1].startswith(found["sentence"])


def test_agreement_where_nothing_can_be_told(capsys, tmp_path):
    one = write(tmp_path / "1.csv", ["ref", "g"], [["A", 2], ["B", 2]])
    other = write(tmp_path / "2.csv", ["ref", "g"], [["C", 2]])
    found = figures(capsys, "agreement", one, other, "--ref", "ref", "--grade", "g")
    assert (found["n"], found["krippendorff_ordinal"], found["reason"]) == (0, None, "no_pairs")
    alike = figures(capsys, "agreement", one, one, "--ref", "ref", "--grade", "g")
    assert (alike["quadratic"]["ac"], alike["quadratic"]["kappa"]) == (1.0, None)
    assert alike["reason"] == alike["quadratic"]["reason"] == "one_grade_only"
    assert run(capsys, "agreement", one, alike and one, "--ref", "ref", "--grade", "g")[0] == 0


# chart


def test_chart_json(capsys, tmp_path):
    values = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 10.5, 11, 10.5, 11, 10.5, 10.9]
    rows = [[f"2025-{k + 1:02}" if k < 12 else f"2026-{k - 11:02}", value] for k, value in enumerate(values)]
    file = write(tmp_path / "m.csv", ["month", "visits"], rows)
    found = figures(capsys, "chart", file, "--period", "month", "--value", "visits", "--target", 5, "--better", "up")
    assert {"mean", "mr_bar", "lower", "upper", "labels", "variation", "assurance", "sentence"} <= set(found)
    assert len(found["labels"]) == len(found["lower"]) == len(found["upper"]) == 16
    assert found["labels"][-7:] == ["shift_high"] * 7
    assert (found["variation"], found["assurance"]) == ("improvement", "consistent_pass")
    assert found["upper"][0] == pytest.approx(found["mean"] + 2.66 * found["mr_bar"])
    assert "for the better" in found["sentence"]


def test_chart_of_shares_with_a_missing_month(capsys, tmp_path):
    rows = [["Jan 2026", 40, 80], ["Feb 2026", 20, 80], ["Apr 2026", 60, 80], ["May 2026", 40, 80]]
    file = write(tmp_path / "m.csv", ["month", "x", "n"], [*rows, ["Jun 2026", 0, 0], ["Jul 2026", "", 80]])
    found = figures(capsys, "chart", file, "--period", "month", "--numerator", "x", "--denominator", "n")
    assert found["mr_bar"] == pytest.approx(0.25)  # not across March
    assert found["labels"] == ["common"] * 4 + [None, None]
    assert (found["lower"][0], found["upper"][0]) == (0.0, 1.0)
    assert (found["variation"], found["reason"]) == (None, "too_few_points")
    code, out, _ = run(capsys, "chart", file, "--period", "month", "--numerator", "x", "--denominator", "n")
    assert code == 0
    assert "Only 4 points" in out


def test_periods_that_are_not_months_are_taken_as_they_come(capsys, tmp_path):
    for periods in (
        ["Week 2", "Week 1", "Week 3"],
        ["2026-01-05", "2026-01-12", "2026-01-19"],
        ["2022-23", "2023-24", "2024-25"],
        ["2025-W01", "2025-W02", "2025-W03"],
    ):
        file = write(tmp_path / "w.csv", ["week", "v"], [[p, k] for k, p in enumerate(periods)])
        assert figures(capsys, "chart", file, "--period", "week", "--value", "v")["mean"] == 1.0


def test_an_empty_series(capsys, tmp_path):
    file = write(tmp_path / "m.csv", ["month", "v"], [])
    found = figures(capsys, "chart", file, "--period", "month", "--value", "v")
    assert (found["mean"], found["labels"], found["reason"]) == (None, [], "no_points")


# refusals


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["A", "Godo"]], ["row 2", "“Godo” is not a grade", "1 to 4"]),
        ([["A", 2], ["", ""], ["A", 3]], ["“A”", "row 2", "row 4"]),
        ([["A", 2], [" ", 3]], ["row 3", "reference is blank"]),
        ([["A\x07", 2]], ["row 2", "control character"]),
        ([["A", 2, "x"]], ["row 2", "more cells"]),
    ],
)
def test_bad_rows_are_named(capsys, tmp_path, rows, words):
    bad, good = write(tmp_path / "bad.csv", ["ref", "g"], rows), write(tmp_path / "good.csv", ["ref", "g"], [["A", 2]])
    for command in ("movement", "agreement"):
        code, out, err = run(capsys, command, bad, good, "--ref", "ref", "--grade", "g")
        assert (code, out) == (1, "")
        assert all(word in err for word in ["bad.csv", *words])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 something", "not a CSV file"),
        (b"ref,g\nA,\x00", "not a CSV file"),
        (b'ref,g\n"A,2', "not a CSV file"),
        (b"ref,grade\nA,2", "no column “g”"),
        (b"ref,g,g\nA,2,3", "more than once"),
    ],
)
def test_files_that_are_not_what_they_must_be(capsys, tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    code, out, err = run(capsys, "agreement", path, path, "--ref", "ref", "--grade", "g")
    assert (code, out) == (1, "")
    assert words in err


def test_windows_files_are_read(capsys, tmp_path):
    path = tmp_path / "w.csv"
    path.write_bytes("ref,prüfung\r\nA,RI\r\nB,Requires improvement to be good\r\n".encode("cp1252"))
    assert figures(capsys, "estimate", path, "--grade", "prüfung")["n"] == 2


def test_unknown_kinds_and_strata_are_refused(capsys, tmp_path):
    file = write(tmp_path / "r.csv", ["ref", "g", "kind", "team"], [["A", 2, "", "x"], ["B", 2, "picked", "y"]])
    code, _, err = run(capsys, "estimate", file, "--grade", "g", "--kind", "kind")
    assert (code, "row 3" in err, "judgemental" in err) == (1, True, True)
    sizes = write(tmp_path / "s.csv", ["team", "n"], [["x", 9]])
    file = write(tmp_path / "r.csv", ["ref", "g", "kind", "team"], [["A", 2, "", "x"], ["B", 2, "random", "y"]])
    code, _, err = run(capsys, "estimate", file, "--grade", "g", "--stratum", "team", "--sizes", sizes)
    assert (code, "row 3" in err, "“y”" in err) == (1, True, True)
    code, _, err = run(capsys, "estimate", file, "--grade", "g", "--population", 1)
    assert (code, "2 cases cannot be drawn from 1" in err) == (1, True)
    wrong = write(tmp_path / "w.csv", ["team", "n"], [["x", "nine"]])
    assert run(capsys, "estimate", file, "--grade", "g", "--stratum", "team", "--sizes", wrong)[0] == 1


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([["2026-01", 1], ["2026-01", 2]], [], "also in row 2"),
        ([["2026-02", 1], ["2026-01", 2]], [], "row 3"),
        ([["", 1]], [], "period is blank"),
        ([["2026-01", "lots"]], [], "“lots” is not a number"),
        ([["2026-01", "nan"]], [], "not a number"),
        ([["2026-01", 1]], ["--target", "3"], "target needs a direction"),
        ([["2026-01", 1]], ["--target", "three", "--better", "up"], "“three” is not a number"),
        ([["2026-01", 1]], ["--target", "", "--better", "up"], "The target is blank"),
        ([["2026-01", 1]], ["--target", " na ", "--better", "up"], "The target is blank"),
        ([["2025-12", 1], ["2025-13", 2], ["2025-11", 3]], [], "row 3: “2025-13” is not a month"),
        ([["2025-12", 1], ["2025-11", 2], ["Total", 3]], [], "row 4: “Total” is not a month"),
        ([["Week 1", 1], ["Week 2", 2], ["2025-00", 3]], [], "row 4: “2025-00” is not a month"),
        ([["2025-13", 1]], [], "row 2: “2025-13” is not a month"),
    ],
)
def test_bad_series_are_refused(capsys, tmp_path, rows, options, words):
    file = write(tmp_path / "m.csv", ["month", "v"], rows)
    code, out, err = run(capsys, "chart", file, "--period", "month", "--value", "v", *options)
    assert (code, out) == (1, "")
    assert words in err


def test_shares_above_one_are_refused(capsys, tmp_path):
    file = write(tmp_path / "m.csv", ["month", "x", "n"], [["2026-01", 5, 4]])
    shares = ["chart", file, "--period", "month", "--numerator", "x", "--denominator", "n"]
    assert "row 2: 5 of 4" in run(capsys, *shares)[2]
    file = write(tmp_path / "m.csv", ["month", "x", "n"], [["2026-01", 3, 4]])
    assert run(capsys, *shares, "--target", "85%", "--better", "up")[0] == 0
    assert "between 0 and 1" in run(capsys, *shares, "--target", "85", "--better", "up")[2]


def test_wrong_use_exits_with_two(capsys, tmp_path):
    file = write(tmp_path / "m.csv", ["month", "v", "g"], [["2026-01", 1, 2]])
    for arguments in (
        ["estimate", file],
        ["estimate", tmp_path / "none.csv", "--grade", "g"],
        ["estimate", file, "--grade", "g", "--stratum", "month"],
        ["chart", file, "--period", "month"],
        ["chart", file, "--period", "month", "--value", "v", "--numerator", "v", "--denominator", "v"],
        ["chart", file, "--period", "month", "--value", "v", "--better", "sideways"],
    ):
        assert run(capsys, *arguments)[0] == 2


def test_nothing_heavy_is_imported(audits):
    code = (
        "import sys\nfrom auditflow.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    arguments = ["analyse", *MOVED, *audits, "--json"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"flask", "sqlalchemy", "wtforms", "celery", "numpy", "scipy", "yaml", "jinja2", "fractions", "statistics"}
    assert json.loads(done.stdout)["pairs"] == 71
    assert not loaded & heavy
    assert len({name for name in loaded if name.startswith("auditflow")}) <= 26


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r\n"])
def test_a_break_typed_into_a_cell_cuts_no_row(capsys, tmp_path, break_):
    rows = [["C1", f"Seen{break_}alone", 3], ["C2", "", 2]]
    file = write(tmp_path / "round.csv", ["ref", "note", "grade"], rows)
    found = figures(capsys, "estimate", file, "--grade", "grade")
    assert (found["n"], found["good"]) == (2, 1)


def test_no_probability_is_said_to_be_nought(capsys, tmp_path):
    files = [
        write(tmp_path / f"{name}.csv", ["ref", "g"], [[f"C{n}", grade] for n in range(40)])
        for name, grade in (("before", 1), ("after", 4))
    ]
    code, out, _ = run(capsys, "movement", *files, "--ref", "ref", "--grade", "g")
    assert code == 0
    assert "p below 0.001" in out
    assert "p 0.000" not in out
