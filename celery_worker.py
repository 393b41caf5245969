"""The worker's entry point: `celery -A celery_worker worker` and `celery -A celery_worker beat`."""

import sys

from auditflow.adapters.logs import set_up_logs
from auditflow.adapters.mail import open_mailer
from auditflow.config import load_settings
from auditflow.domain.errors import BadInput, Refused
from auditflow.tasks.celery_app import make_celery

try:
    settings = load_settings()
    if settings.embedded:
        raise BadInput("AUDITFLOW_REDIS_URL is not set. Without it “auditflow serve” runs the worker and the beat.")
    open_mailer(settings.mail_url)
except Refused as refusal:
    print(refusal.sentence, file=sys.stderr)  # noqa: T201 - the one thing to say before the process ends
    sys.exit(1)
set_up_logs()
celery_app = make_celery(settings)
app = celery_app
