"""The later of a file's date and of the audits made here, never after the list's own date."""

from datetime import date

import pytest

from auditflow.domain.frame_audited import KnownAudits, later_day

AS_AT = date(2026, 10, 30)


@pytest.mark.parametrize(
    ("listed", "known", "later"),
    [
        ("", date(2026, 5, 1), "2026-05-01"),
        ("2026-06-01", date(2026, 5, 1), "2026-06-01"),
        ("2026-04-01", date(2026, 5, 1), "2026-05-01"),
        ("", date(2026, 11, 3), "2026-10-30"),
        ("2026-10-30", date(2026, 11, 3), "2026-10-30"),
    ],
)
def test_the_later_day(listed, known, later):
    assert later_day(listed, known, AS_AT) == later


def test_only_what_changes_is_filled_in():
    known = KnownAudits({"C1": date(2026, 5, 1)}, {"Ann": date(2026, 6, 1)})
    assert known.filled("C1", "Ann", {}, AS_AT) == {"last_audited": "2026-05-01", "worker_last_audited": "2026-06-01"}
    assert known.filled("C2", "Ann", {"worker_last_audited": "2026-07-01"}, AS_AT) == {}
    assert known.filled("C1", "Ben", {"last_audited": "2026-05-01"}, AS_AT) == {}
    assert not KnownAudits()
