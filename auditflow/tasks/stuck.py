"""The nightly question of every open item: who may move this?"""

from __future__ import annotations

import structlog

from auditflow.services.act import Act
from auditflow.services.stuck import check_stuck
from auditflow.tasks.office import Office

log = structlog.get_logger()


def check_open_items(office: Office) -> int:
    """Check every open item in one transaction; returns how many nobody may move."""
    now = office.clock.now()
    with office.database.writing() as session:
        checked = check_stuck(session, Act(None, now, f"stuck:{now:%Y%m%d%H%M%S}"))
    log.info("stuck", open=checked.open, stuck=len(checked.stuck))
    return len(checked.stuck)
