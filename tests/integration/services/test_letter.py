"""A message leads to a page that its reader may open."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from auditflow.models import Outbox
from auditflow.services.letter import write_letter
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_round
from tests.factories.council import make_council, make_person


@pytest.mark.parametrize(("role", "page"), [("qa_lead", "/rounds/{id}"), ("auditor", "/audits"), ("practitioner", "/")])
def test_about_a_round(session: Session, role: str, page: str) -> None:
    audit_round = make_round(session, make_council(session))
    reader = make_person(session, "Rhian Moss", [role])
    message = Outbox(
        key=f"launched:{role}",
        template="audit_round.launched",
        person_id=reader.id,
        subject_type="audit_round",
        subject_id=audit_round.id,
        created_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING,
    )
    letter = write_letter(session, message, base_url="https://audits.example/", council_name="Exampleshire Council")
    assert letter is not None
    assert f"https://audits.example{page.format(id=audit_round.id)}\n" in letter.body
