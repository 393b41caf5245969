"""A message leads to a page that its reader may open, and goes to nobody who is here no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.models import Outbox, Person
from auditflow.services.letter import Letter, write_letter
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_round
from tests.factories.council import make_council, make_person

SUNDAY = local_date(MONDAY_MORNING) - timedelta(days=1)


def letter_to(session: Session, reader: Person, round_id: int) -> Letter | None:
    message = Outbox(
        key=f"launched:{reader.id}",
        template="audit_round.launched",
        person_id=reader.id,
        subject_type="audit_round",
        subject_id=round_id,
        created_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING,
    )
    return write_letter(session, message, base_url="https://audits.example/", council_name="Exampleshire Council")


@pytest.mark.parametrize(("role", "page"), [("qa_lead", "/rounds/{id}"), ("auditor", "/audits"), ("practitioner", "/")])
def test_about_a_round(session: Session, role: str, page: str) -> None:
    audit_round = make_round(session, make_council(session))
    letter = letter_to(session, make_person(session, "Rhian Moss", [role]), audit_round.id)
    assert letter is not None
    assert f"https://audits.example{page.format(id=audit_round.id)}\n" in letter.body


def test_nothing_goes_to_an_external_moderator_after_their_last_day(session: Session) -> None:
    audit_round = make_round(session, make_council(session))
    role, monday = ["external_moderator"], SUNDAY + timedelta(days=1)
    gone = make_person(session, "Exa Gone", role, external_until=SUNDAY)
    here = make_person(session, "Exa Here", role, external_until=monday)
    staff = make_person(session, "Exa Staff", [*role, "auditor"], external_until=SUNDAY)
    assert letter_to(session, gone, audit_round.id) is None
    assert letter_to(session, here, audit_round.id) is not None
    assert letter_to(session, staff, audit_round.id) is not None
