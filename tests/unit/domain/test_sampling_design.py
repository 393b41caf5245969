"""A design is read strictly: every slip is a sentence that names the key."""

from datetime import date

import pytest

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import DEFAULT_DESIGN, Cap, Design, lock_digest

FULL = {
    "ref": "case_ref",
    "size": 80,
    "stratify": "case_type",
    "minimum": 2,
    "per_worker": {"column": "worker", "most": 2},
    "more_caps": [{"column": "family", "most": 1}],
    "allocation": "proportionate",
    "reserves": 3,
    "reference_date": date(2026, 12, 1),
    "exclude": [
        {"reason": "status_not_open", "column": "status", "not_in": ["Open"]},
        {"reason": "restricted", "column": "restricted", "in": ["Yes", "1"]},
        {"reason": "no_allocated_worker", "column": "worker", "blank": True},
        {"reason": "opened_within_28_days", "column": "opened", "within_days": 28},
    ],
    "priority_strata": [{"name": "never audited", "column": "worker_last_audited", "older_than_days": 365}],
    "seed": "9f0c",
}


def test_a_full_design_is_read():
    design = Design.from_dict(FULL)
    assert design.caps == (Cap("worker", 2), Cap("family", 1))
    assert design.reference_date == date(2026, 12, 1)
    assert design.columns == (
        "case_ref",
        "case_type",
        "worker",
        "family",
        "status",
        "restricted",
        "opened",
        "worker_last_audited",
    )
    assert (design.size, design.minimum, design.seed, design.reserves_for(40)) == (80, 2, "9f0c", 3)


def test_the_least_design_has_no_caps_no_rules_and_a_quarter_in_reserve():
    design = Design.from_dict({"ref": "id", "size": 5})
    assert (design.caps, design.exclude, design.minimum, design.stratify, design.seed) == ((), (), 0, None, None)
    assert [design.reserves_for(count) for count in (0, 1, 12, 13, 80)] == [3, 3, 3, 4, 20]


def test_the_default_design_is_a_design():
    design = Design.from_dict(DEFAULT_DESIGN)
    assert (design.size, design.minimum, design.caps) == (80, 2, (Cap("worker", 2),))


def test_a_design_is_kept_exactly_as_given_in_values_that_json_holds():
    assert Design.from_dict(FULL).as_dict() == {**FULL, "reference_date": "2026-12-01"}
    again = Design.from_dict(Design.from_dict(FULL).as_dict())
    assert again == Design.from_dict(FULL)


def test_several_caps_may_stand_in_one_list():
    caps = [{"column": "worker", "most": 2}, {"column": "family", "most": 1}]
    assert Design.from_dict({"ref": "id", "size": 5, "per_worker": caps}).caps == (Cap("worker", 2), Cap("family", 1))


def test_fixed_numbers_make_the_size():
    design = Design.from_dict({"ref": "id", "stratify": "t", "allocation": {"fixed": {"a": 40, 7: 25}}})
    assert design.size == 65
    assert design.shares.numbers == {"a": 40, "7": 25}


def test_a_census_is_all():
    assert Design.from_dict({"ref": "id", "size": "all"}).size is None


def test_the_lock_covers_list_and_design_but_not_the_seed():
    unseeded = {key: value for key, value in FULL.items() if key != "seed"}
    digest = lock_digest("a" * 64, Design.from_dict(FULL))
    assert digest == lock_digest("a" * 64, Design.from_dict(unseeded).with_seed("other"))
    assert digest != lock_digest("b" * 64, Design.from_dict(FULL))
    assert digest != lock_digest("a" * 64, Design.from_dict({**FULL, "minimum": 1}))
    assert digest != lock_digest("a" * 64, Design.from_dict({**FULL, "reference_date": "2026-12-02"}))


WRONG = [
    ({"size": 0}, "“size” must be a whole number, 1 or more, not 0"),
    ({"size": None}, "“size” must be"),
    ({"size": "eighty"}, "“size” must be.*not 'eighty'"),
    ({"size": 80.0}, "“size” must be"),
    ({"size": True}, "“size” must be"),
    ({"ref": None}, "“ref” must name a column"),
    ({"ref": 3}, "“ref” must name a column of the case list, not 3"),
    ({"ref": "  "}, "“ref” must name a column"),
    ({"stratify": ["a"]}, "“stratify” must name a column"),
    ({"minimum": -1}, "“minimum” must be a whole number, 0 or more"),
    ({"minimum": None}, "“minimum” must be"),
    ({"stratum": "team"}, "“stratum” is not part of a sampling design. It may have ref, size"),
    ({"per_worker": 2}, "“per_worker” must be a column and the most cases"),
    ({"per_worker": {"column": "worker"}}, "“per_worker” must be"),
    ({"per_worker": {"column": "worker", "most": 0}}, "“per_worker: most” must be a whole number, 1"),
    ({"per_worker": {"column": "", "most": 1}}, "“column” must name"),
    ({"more_caps": [{"column": "worker", "most": 3}]}, "“per_worker” limits one column twice"),
    ({"allocation": "equal"}, "“allocation” must be proportionate, or neyman or fixed"),
    ({"allocation": {"fixed": {}}}, "“allocation” must be"),
    ({"allocation": {"fixed": {"a": 80}, "neyman": {"a": 1}}}, "“allocation” must be"),
    (
        {"allocation": {"fixed": {"a": 40, "b": 30}}, "priority_strata": []},
        "“size” is 80, but the fixed numbers add up to 70",
    ),
    ({"allocation": {"fixed": {"a": -1}}}, "“allocation: a” must be a whole number"),
    ({"allocation": {"fixed": {"1": 40, 1: 40}}}, "“allocation” names the same group twice"),
    ({"allocation": {"neyman": {"a": -0.1}}}, "“allocation: a” must be a standard deviation"),
    ({"allocation": {"neyman": {"a": float("nan")}}}, "“allocation: a” must be a standard deviation"),
    ({"allocation": {"neyman": {"a": 0.4}}, "stratify": None}, "“stratify” must name a column"),
    ({"reserves": "half"}, "“reserves” must be a whole number"),
    ({"reserves": -1}, "“reserves” must be"),
    ({"reference_date": "1/12/2026"}, "“reference_date” 1/12/2026 is not a date like 2026-12-01"),
    ({"reference_date": "2026-02-30"}, "is not a day of the calendar"),
    ({"reference_date": None}, "“reference_date” is needed: the rule “opened_within_28_days” counts days"),
    ({"exclude": {"reason": "x"}}, "“exclude” must be a list"),
    ({"exclude": ["closed"]}, "Each entry of “exclude” must have a reason, a column and a test"),
    ({"exclude": [{"reason": "x", "column": "c"}]}, "has 0 tests"),
    ({"exclude": [{"reason": "x", "column": "c", "blank": True, "in": ["a"]}]}, "has 2 tests"),
    ({"exclude": [{"reason": "x", "column": "c", "matches": "a.*"}]}, "has “matches”"),
    ({"exclude": [{"reason": "", "column": "c", "blank": True}]}, "“exclude: reason” must be some text"),
    ({"exclude": [{"reason": "x", "column": None, "blank": True}]}, "“exclude: column” must be some text"),
    ({"exclude": [{"reason": "x", "column": "c", "blank": "yes"}]}, "must be true or false"),
    ({"exclude": [{"reason": "x", "column": "c", "in": "Open"}]}, "must be a list of values"),
    ({"exclude": [{"reason": "x", "column": "c", "in": []}]}, "must be a list of values"),
    ({"exclude": [{"reason": "x", "column": "c", "not_in": [False]}]}, "lists False, which is not text"),
    ({"exclude": [{"reason": "x", "column": "c", "within_days": "28"}]}, "whole number of days"),
    ({"exclude": [{"reason": "x", "column": "c", "within_days": -1}]}, "whole number of days"),
    ({"priority_strata": [{"name": "n", "column": "c", "blank": True, "size": 0}]}, "size of “n” must be"),
    ({"priority_strata": [{"name": "n", "column": "c", "blank": True}] * 2}, "gives two groups one name"),
    ({"priority_strata": [{"name": "n", "column": "c", "blank": True, "filled": 2}]}, "“priority_strata: filled” must"),
    ({"priority_strata": ["n"]}, "Each entry of “priority_strata” must have a name"),
    ({"seed": ""}, "“seed” must be text on one line"),
    ({"seed": " 9f0c"}, "“seed” must be text on one line"),
    ({"seed": "9f\n0c"}, "“seed” must be text on one line"),
    ({"seed": 1.5}, "“seed” must be text on one line"),
    ({"seed": True}, "“seed” must be text on one line"),
    ({"seed": "e\u0301"}, "composed form"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=[f"{next(iter(c))}-{i}" for i, (c, _) in enumerate(WRONG)])
def test_every_slip_is_a_sentence(change, sentence):
    with pytest.raises(BadInput, match=sentence):
        Design.from_dict({**FULL, **change})


@pytest.mark.parametrize("data", [None, [], "size: 80", 80])
def test_a_design_must_be_keys_and_values(data):
    with pytest.raises(BadInput, match="keys and values"):
        Design.from_dict(data)


def test_fixed_numbers_beside_a_priority_group_need_its_size():
    group = {"name": "never", "column": "audited", "blank": True}
    data = {"ref": "id", "size": 10, "stratify": "t", "allocation": {"fixed": {"a": 7}}}
    with pytest.raises(BadInput, match="“priority_strata” needs a size"):
        Design.from_dict({**data, "priority_strata": [group]})
    assert Design.from_dict({**data, "priority_strata": [{**group, "size": 3}]}).size == 10


def test_a_number_is_a_seed_as_it_is_written():
    assert Design.from_dict({"ref": "id", "size": 1, "seed": 20261201}).seed == "20261201"


def test_fixed_numbers_and_sized_groups_make_the_size():
    group = {"name": "n", "column": "c", "blank": True}
    fixed = {"ref": "r", "stratify": "s", "allocation": {"fixed": {"a": 4, "b": 3}}}
    assert Design.from_dict({**fixed, "priority_strata": [{**group, "size": 2}]}).size == 9
    with pytest.raises(BadInput, match="needs a size for each group"):
        Design.from_dict({**fixed, "priority_strata": [group]})
