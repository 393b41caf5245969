"""Refusals carry a sentence, a stable code and plain details."""

import pytest

from auditflow.domain import errors

KINDS = {
    errors.WrongState: "wrong_state",
    errors.NotPermitted: "not_permitted",
    errors.GuardRefused: "guard_refused",
    errors.Stale: "stale",
    errors.Misuse: "misuse",
    errors.NotFound: "not_found",
    errors.BadInput: "bad_input",
}


@pytest.mark.parametrize(("kind", "code"), KINDS.items())
def test_each_kind_is_a_refusal_with_its_own_code(kind, code):
    refusal = kind("This case has changed.")
    assert isinstance(refusal, errors.Refused)
    assert (str(refusal), refusal.sentence, refusal.code) == ("This case has changed.",) * 2 + (code,)
    assert refusal.field is None
    assert refusal.details == {}


def test_a_guard_names_itself_and_details_are_copied():
    given = {"rows": [2, 5]}
    refusal = errors.GuardRefused("No.", code="all_matched", field="worker", details=given)
    assert (refusal.code, refusal.field, refusal.details) == ("all_matched", "worker", given)
    assert refusal.details is not given


def test_every_refusal_is_exported_and_tested():
    assert set(errors.__all__) == {kind.__name__ for kind in KINDS} | {"Refused"}
