"""Who is in the figures of `auditflow analyse`: judgemental rows in none, replacements in no pair."""

import pytest

from tests.factories.analyse import MATRIX, figures, run, write


def differing(one, two, path=""):
    """The keys at which two JSON documents differ."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return [found for key in one for found in differing(one[key], two[key], f"{path}.{key}")]
    return [] if one == two else [path]


@pytest.mark.parametrize("grades", [[4, 4, 4], [1, 1, 1], ["NA", "NA", "NA"], ["G", 1, ""]])
@pytest.mark.parametrize("column", ["kind", "how"])
def test_a_judgemental_row_is_in_no_figure_of_any_command(capsys, tmp_path, grades, column):
    header = ["ref", "g", "D1", "D2", column]
    table = [(i, j) for i, row in enumerate(MATRIX) for j, count in enumerate(row) for _ in range(count)]
    kind = [] if column == "kind" else ["--kind", column]

    def files(name, own):
        rows = [
            [[f"C{k}", pair[place] + 1, pair[place] + 1, 2 + k % 2, ""] for k, pair in enumerate(table)]
            for place in (0, 1)
        ]
        made = [
            write(tmp_path / f"{name}{place}.csv", header, [*rows[place], ["J", *own, "Judgemental"]])
            for place in (0, 1)
        ]
        again = [["J", *own, ""], *[[*row[:3], 3, ""] for row in rows[0][:20]]]
        return made, write(tmp_path / f"{name}again.csv", header, again)

    def found(name, own):
        made, again = files(name, own)
        pair = [*made, "--ref", "ref", "--grade", "g", *kind]
        return [
            figures(capsys, "estimate", made[0], "--grade", "g", "--population", 900, *kind),
            figures(capsys, "movement", *pair),
            figures(capsys, "movement", *pair, "--domains", "D1,D2", "--regraded", again),
            figures(capsys, "movement", *pair, "--regraded", again),
            figures(capsys, "agreement", *pair),
        ]

    for one, two in zip(found("one", [2, 3, 4]), found("two", grades), strict=True):
        assert differing(one, two) == []


def test_who_was_added_to_the_baseline_by_hand_stays_out_of_the_reaudit_too(capsys, tmp_path):
    one = write(tmp_path / "1.csv", ["ref", "g", "kind"], [["A", 2, ""], ["J", 4, "judgemental"]])
    two = write(tmp_path / "2.csv", ["ref", "g"], [["A", 3], ["J", 1]])
    found = figures(capsys, "movement", one, two, "--ref", "ref", "--grade", "g")
    assert (found["pairs"], found["lost"], found["unpaired"]) == (1, 0, 0)


def test_a_replacement_is_in_no_domain_pair_either(capsys, tmp_path):
    header = ["ref", "g", "D1", "kind"]
    one = write(tmp_path / "1.csv", header, [["A", 2, 2, ""], ["R", 2, 2, "replacement"]])
    two = write(tmp_path / "2.csv", header, [["A", 3, 3, ""], ["R", 4, 4, ""]])
    found = figures(capsys, "movement", one, two, "--ref", "ref", "--grade", "g", "--domains", "D1")
    assert (found["pairs"], found["domains"]["D1"]["pairs"]) == (1, 1)
    assert figures(capsys, "agreement", one, two, "--ref", "ref", "--grade", "g")["n"] == 1


def test_a_column_called_kind_that_says_something_else_is_told(capsys, tmp_path):
    file = write(
        tmp_path / "r.csv", ["ref", "g", "kind", "how"], [["A", 2, "child in need", "judgemental"], ["B", 3, "", ""]]
    )
    code, _, err = run(capsys, "estimate", file, "--grade", "g")
    assert (code, "row 2" in err, "--kind" in err) == (1, True, True)
    assert figures(capsys, "estimate", file, "--grade", "g", "--kind", "how")["n"] == 1
    for command in ("movement", "agreement"):
        assert "no column “why”" in run(capsys, command, file, file, "--ref", "ref", "--grade", "g", "--kind", "why")[2]
