"""Celery: every task by its explicit name, and the one beat table.

Messages carry nothing: each task asks the database what there is to do, so a broker that forgets loses
nothing and a message delivered twice finds nothing left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from celery.schedules import crontab
from sqlalchemy.exc import OperationalError

from auditflow.config import Settings
from auditflow.tasks import deadline, frame, job, journal, outbox, stuck
from auditflow.tasks.office import Office, open_office

log = structlog.get_logger()

TASKS: dict[str, Callable[[Office], Any]] = {
    "outbox.relay": outbox.relay_outbox,
    "deadline.run-due": deadline.run_due,
    "job.run": job.run_jobs,
    "stuck.check": stuck.check_open_items,
    "journal.seal": journal.seal_night,
    "journal.post-seals": journal.post_seals,
    "journal.verify": journal.verify_night,
    "frame.remove-old-uploads": frame.remove_uploads,
}

BEAT: dict[str, Any] = {
    # Seconds, or times of day in London.
    "outbox.relay": 5.0,
    "deadline.run-due": 30.0,
    "job.run": 2.0,
    "stuck.check": crontab(hour=3, minute=10),
    "journal.seal": crontab(hour=3, minute=30),
    "journal.post-seals": crontab(minute="5,35"),
    "journal.verify": crontab(hour=4, minute=0),
    "frame.remove-old-uploads": crontab(minute=25),
}

QUEUE = "auditflow"


def make_celery(settings: Settings, *, office: Office | None = None) -> Celery:
    """The Celery application; without a Redis address it talks to itself inside one process."""
    app = Celery("auditflow", broker=settings.redis_url or "memory://localhost/")
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_default_queue=QUEUE,
        worker_hijack_root_logger=False,
        # A database or broker that comes back is used again without anybody's help.
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=16 if settings.embedded else 1,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"polling_interval": 0.05} if settings.embedded else {"visibility_timeout": 3600},
        beat_scheduler="celery.beat:Scheduler",
        beat_schedule={name: _tick(name, every) for name, every in BEAT.items()},
        timezone="Europe/London",
        worker_max_tasks_per_child=None if settings.embedded else 1000,
    )
    holder: list[Office] = [office] if office else []
    for name, function in TASKS.items():
        _register(app, settings, holder, name, function)
    return app


def _tick(name: str, every: float | crontab) -> dict[str, Any]:
    """A tick that nobody took before the next one is worth nothing: the next one does its work."""
    return {"task": name, "schedule": every, "options": {"expires": every} if isinstance(every, float) else {}}


def _register(
    app: Celery, settings: Settings, holder: list[Office], name: str, function: Callable[[Office], Any]
) -> None:
    def run() -> None:
        if not holder:
            # Opened in the process that runs the task, never before a worker forks.
            holder.append(open_office(settings))
        try:
            function(holder[0])
        except OperationalError:
            log.warning("the database did not answer; the next tick tries again", task=name)
        except Exception:
            # Written without its words: an error's message may repeat what somebody typed.
            log.exception("task failed; the next tick tries again", task=name)

    app.task(name=name, shared=False)(run)
