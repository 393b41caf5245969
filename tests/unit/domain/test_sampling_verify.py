"""The manifest: its keys, and that any edit to it or to the list is found."""

import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import ALGORITHM, Design, Provenance, draw, verify

KEYS = ["algorithm", "design", "seed", "seed_source", "source_sha256", "frame_sha256", "locked_at"]
KEYS += ["discarded_draws", "rows", "eligible", "excluded", "allocation", "sample", "reserves", "passed_over"]
KEYS += ["weights"]
ROWS = [
    {"ref": f"C{n:03d}", "type": "AAB"[n % 3], "worker": f"w{n % 9}", "status": "Open" if n % 7 else "Closed"}
    for n in range(70)
]
DESIGN = {
    "ref": "ref",
    "size": 12,
    "stratify": "type",
    "minimum": 2,
    "per_worker": {"column": "worker", "most": 2},
    "exclude": [{"reason": "not open", "column": "status", "not_in": ["Open"]}],
    "seed": "9f0c",
}
LOCKED = Provenance(
    seed_source="product",
    source_sha256="1" * 64,
    frame_sha256="2" * 64,
    locked_at=datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
    discarded_draws=1,
)
EDITED = "The manifest was edited after it was written: its checksum does not fit."
TEXT = json.dumps(draw(ROWS, DESIGN).manifest(LOCKED), ensure_ascii=False)


def manifest():
    return json.loads(TEXT)


def test_the_manifest_has_exactly_its_keys_in_order():
    assert list(manifest()) == KEYS


def test_the_manifest_says_what_was_drawn():
    told, drawn = manifest(), draw(ROWS, DESIGN)
    assert told["algorithm"].startswith(f"{ALGORITHM} sha256:")
    assert told["design"] == DESIGN
    assert (told["seed"], told["seed_source"], told["discarded_draws"]) == ("9f0c", "product", 1)
    assert told["locked_at"] == "2026-12-01T09:30:00+00:00"
    assert (told["rows"], told["eligible"], told["excluded"]) == (70, 60, {"not open": 10})
    assert told["sample"] == [{"ref": c.ref, "stratum": c.stratum, "key": c.key} for c in drawn.sample]
    assert told["passed_over"] == list(drawn.passed_over) != []
    assert told["weights"] == {name: drawn.population[name] / n for name, n in told["allocation"].items()}


def test_a_repeated_draw_differs_in_nothing():
    assert verify(manifest(), ROWS) == []
    assert verify(manifest(), list(reversed(ROWS)), frame_sha256="2" * 64) == []
    columns = list(ROWS[0])
    assert verify(manifest(), [tuple(row.values()) for row in ROWS], columns=columns) == []


def test_a_design_locked_without_its_seed_verifies_with_the_manifests_seed():
    unseeded = {key: value for key, value in DESIGN.items() if key != "seed"}
    told = draw(ROWS, Design.from_dict(unseeded).with_seed("77")).manifest()
    assert told["design"] == unseeded
    assert told["seed_source"] == "given"
    assert verify(told, ROWS) == []


def test_a_draw_without_provenance_says_so():
    told = draw(ROWS, DESIGN).manifest()
    assert [told[key] for key in ("source_sha256", "frame_sha256", "locked_at")] == [None] * 3
    assert told["discarded_draws"] == 0


@given(st.integers(0, len(TEXT) - 1), st.sampled_from('0123456789abcdefABCw"{}[],: '))
def test_one_changed_character_is_found(place, character):
    edited = TEXT[:place] + character + TEXT[place + 1 :]
    try:
        told = json.loads(edited)
    except ValueError:
        return
    if told == manifest():
        return
    assert verify(told, ROWS) != []


def test_the_checksum_does_not_depend_on_how_the_file_is_written():
    told = json.loads(TEXT, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    told["weights"] = {name: int(w) if w == int(w) else w for name, w in told["weights"].items()}
    assert verify(json.loads(json.dumps(told, indent=3, ensure_ascii=True)), ROWS) == []


@pytest.mark.parametrize(("path", "value"), [(("locked_at",), "2026-12-01T09:31:00+00:00"), (("design", "minimum"), 1)])
def test_an_edit_that_changes_no_case_is_found_by_the_checksum(path, value):
    assert verify(edited(path, value), ROWS) == [EDITED]


@pytest.mark.parametrize("extra", [{}, {"status": "Closed"}])
def test_one_row_more_is_found(extra):
    differences = verify(manifest(), [*ROWS, {**ROWS[1], "ref": "C900", **extra}])
    assert "rows: the manifest has 70, the draw gives 71." in differences


def test_one_row_less_is_found_even_outside_the_sample():
    drawn = {case["ref"] for case in manifest()["sample"]}
    missing = next(row for row in ROWS if row["ref"] not in drawn)
    assert verify(manifest(), [row for row in ROWS if row is not missing]) != []


def test_another_list_is_known_by_its_digest():
    assert verify(manifest(), ROWS, frame_sha256="3" * 64) == [
        f"frame_sha256: the manifest has {'2' * 64}, this list has {'3' * 64}."
    ]


def edited(path, value):
    told = copy.deepcopy(manifest())
    place = told
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return told


EDITS = [
    (("seed",), "9f0d", "repeated: the design's seed is '9f0c' and the manifest's is '9f0d'"),
    (("seed",), None, "repeated: the design's seed"),
    (("algorithm",), "other x", "algorithm is 'other'; this program draws by 'auditflow-draw-1'"),
    (("seed_source",), "dice", "source is 'dice'"),
    (("source_sha256",), "abc", "source_sha256 is not a SHA-256 digest"),
    (("frame_sha256",), 5, "frame_sha256 is not a SHA-256 digest"),
    (("locked_at",), "2026-12-01T09:30:00", "locked_at is not a time with its zone"),
    (("locked_at",), "yesterday", "locked_at is not a time"),
    (("discarded_draws",), -1, "discarded_draws is not a whole number"),
    (("discarded_draws",), True, "discarded_draws is not a whole number"),
    (("rows",), 71, "rows: the manifest has 71, the draw gives 70"),
    (("eligible",), "60", "eligible: the manifest has 60"),
    (("excluded", "not open"), 9, "excluded of “not open”: the manifest has 9, the draw gives 10"),
    (("excluded",), {}, "excluded: the manifest leaves out “not open”"),
    (("excluded",), [], "excluded: the manifest must give a value for each name"),
    (("allocation", "C"), 0, "allocation: the manifest has “C”, the draw has not"),
    (("weights", "A"), 1.5, "weights of “A”: the manifest has 1.5"),
    (("sample", 0, "ref"), "C999", "sample: in the manifest, not in the draw: C999"),
    (("sample", 0, "key"), "0", "key of"),
    (("sample", 0, "stratum"), "C", "stratum of"),
    (("sample", 0), "C001", "sample: the manifest must list cases"),
    (("sample",), [], "sample: in the draw, not in the manifest: .* and 7 more"),
    (("reserves", "A", 0), "C999", "reserves of “A”: in the manifest, not in the draw: C999"),
    (("reserves", "A"), None, "reserves of “A”: the manifest must list references"),
    (("passed_over",), ["C001"], "passed_over: in the manifest, not in the draw: C001"),
    (("passed_over",), "C001", "passed_over: the manifest must list references"),
    (("design", "size"), 13, "allocation of"),
    (("design", "reserves"), 4, "reserves of"),
    (("design", "size"), "x", "cannot be repeated: The sampling design: “size” must be"),
    (("design",), None, "cannot be repeated: A sampling design must be keys and values"),
    (("design", "stratify"), "team", "cannot be repeated: The case list has no column “team”"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), EDITS, ids=[f"{e[0][-1]}-{i}" for i, e in enumerate(EDITS)])
def test_every_edit_is_named(path, value, sentence):
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError("\n".join(verify(edited(path, value), ROWS)))


def test_cases_in_another_order_are_a_difference():
    told = manifest()
    told["sample"].reverse()
    assert verify(told, ROWS) == [EDITED, "sample: the same cases, but in another order or more than once."]


def test_missing_and_unknown_keys_are_named():
    told = manifest()
    del told["rows"]
    told["digest"] = "x"
    assert verify(told, ROWS) == [
        "The manifest has no “rows”.",
        "The manifest has “digest”, which is not part of one.",
        EDITED,
    ]


@pytest.mark.parametrize("told", [None, [], "text", 5])
def test_what_is_not_a_manifest_is_a_sentence(told):
    assert verify(told, ROWS) == ["The manifest is not an object with keys and values."]


def test_an_empty_manifest_is_many_sentences():
    assert len(verify({}, ROWS)) == len(KEYS) + 3


@pytest.mark.parametrize("change", [{"seed_source": "dice"}, {"frame_sha256": "x"}, {"discarded_draws": -1}])
def test_a_provenance_that_cannot_be_is_refused(change):
    with pytest.raises(BadInput):
        Provenance(**change)


def test_a_lock_without_a_time_zone_is_refused():
    with pytest.raises(BadInput, match="locked_at"):
        Provenance(locked_at=datetime(2026, 12, 1))
