"""`auditflow serve`: web, worker and beat in one process; with a broker, the web alone."""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click

from auditflow.adapters.logs import set_up_logs
from auditflow.config import Settings, load_settings
from auditflow.domain.errors import BadInput


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages; without AUDITFLOW_REDIS_URL the worker and the beat run in this process too.

    Example: auditflow serve --port 8123
    """
    settings = load_settings()
    set_up_logs()
    run_server(settings, host=host, port=port, ready=lambda: click.echo(f"Serving at http://{host}:{port}"))


def run_server(settings: Settings, *, host: str, port: int, ready: Callable[[], object]) -> None:
    """Serve until the process is told to stop. Raises BadInput if the database has not been set up."""
    from waitress import create_server

    from auditflow.adapters.mail import open_mailer
    from auditflow.adapters.schema import require_newest
    from auditflow.app import create_app
    from auditflow.models.database import open_database

    open_mailer(settings.mail_url)
    database = open_database(settings.database_url)
    require_newest(database)
    if settings.embedded:
        _be_the_only_one(settings.data)
    app = create_app(settings, database=database)
    try:
        server = create_server(app, host=host, port=port, threads=8, clear_untrusted_proxy_headers=True)
    except OSError as fault:
        raise BadInput(f"Port {port} of {host} cannot be used: {fault.strerror}. Try --port with another.") from None
    stop = start_embedded(settings, database) if settings.embedded else _nothing
    _stop_on_signals()
    ready()
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()
        stop()


def _be_the_only_one(data: Path) -> None:
    """The embedded worker's messages stay in its process, so there must be one process only."""
    lock = (data / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BadInput(
            f"The program is already running on {data}. Stop it first, or set AUDITFLOW_DATA to another folder."
        ) from None
    # Held until the process ends, however it ends.
    _HELD.append(lock)


_HELD: list[IO[str]] = []


def _nothing() -> None:
    """With a broker the workers run elsewhere."""


def _stop_on_signals() -> None:
    def stop(_number: int, _frame: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)


def start_embedded(settings: Settings, database: Any) -> Callable[[], None]:
    """Start a worker and a beat in threads of this process; returns what stops them."""
    from celery.apps.beat import Beat
    from celery.beat import EmbeddedService

    from auditflow.tasks.celery_app import make_celery
    from auditflow.tasks.office import open_office

    logging.getLogger("celery").setLevel(logging.ERROR)
    celery = make_celery(settings, office=open_office(settings, database=database))
    # The worker's threads ask Celery for the application of the process, which otherwise is an empty one.
    celery.set_default()
    worker = celery.WorkController(
        app=celery,
        pool_cls="threads",
        concurrency=2,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel=logging.ERROR,
        hostname="embedded@localhost",
    )
    threading.Thread(target=worker.start, daemon=True, name="worker").start()
    beat: Beat = EmbeddedService(celery, thread=True, max_interval=1)
    beat.daemon = True
    beat.start()

    def stop() -> None:
        beat.stop()
        worker.stop()

    return stop
