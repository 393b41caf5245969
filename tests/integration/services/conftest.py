"""What nearly every test of the services begins with: a council, a case list, the steps of a round."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import Frame
from tests.factories.council import Council, make_council
from tests.factories.sampling import Steps, make_frame


@pytest.fixture
def council(session: Session) -> Council:
    """Two services of two teams each, in the test's transaction."""
    return make_council(session)


@pytest.fixture
def frame(session: Session, council: Council) -> Frame:
    """A frozen case list of that council."""
    return make_frame(session, council)


@pytest.fixture
def steps(session: Session, council: Council, clock: FixedClock) -> Steps:
    """Plans, locks, draws and launches rounds."""
    return Steps(session, council, clock.now())
