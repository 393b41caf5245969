"""What every peer's process shares: audits to move, threads, the words of the move, and the time that it took."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

ADDRESS, THREADS = sys.argv[1], int(sys.argv[2])
WARM = 12

BEFORE, AFTER = "agreed", "feedback_shared"
NO_DIGEST = "0" * 64
"""What the columns of the hash chain hold: no peer hashes."""


def entry(subject_id, number, actor, at, key):
    """The columns of the journal's row, as the product fills them."""
    return {
        "subject_type": "case_audit",
        "subject_id": subject_id,
        "number": number,
        "workflow_version": 1,
        "action": "share_feedback",
        "entry": AFTER,
        "from_state": BEFORE,
        "to_state": AFTER,
        "actor_id": actor,
        "role": "auditor",
        "details": {},
        "at": at,
        "key": key,
        "request_sha256": NO_DIGEST,
        "previous": NO_DIGEST,
        "hash": NO_DIGEST,
    }


def message(subject_id, person, at, key):
    """The columns of one message."""
    return {
        "key": f"{key}:{person}",
        "template": f"case_audit.{AFTER}",
        "person_id": person,
        "subject_type": "case_audit",
        "subject_id": subject_id,
        "created_at": at,
        "due_at": at,
        "attempts": 0,
    }


def clock(subject_id, at):
    """The columns of the time limit that starts; without the working days that the product counts."""
    return {
        "subject_type": "case_audit",
        "subject_id": subject_id,
        "key": "challenge",
        "action": "close",
        "acts": True,
        "due_at": at + timedelta(days=14),
    }


def told(item):
    """Who gets a message: the practitioner, if they still work here, and the team's manager."""
    return [person for person in (item.worker.id if item.worker.active else None, item.team.manager_id) if person]


def run(move):
    """Make every move of standard input (audit, actor, key); print the seconds that those after the warming took."""
    moves = json.load(sys.stdin)
    warm, ready = moves[: THREADS * WARM], moves[THREADS * WARM :]
    together = Barrier(THREADS)

    def prepare(some):
        together.wait()
        for one in some:
            move(*one, datetime.now(UTC))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(prepare, [warm[n::THREADS] for n in range(THREADS)]))
        start = time.perf_counter()
        list(pool.map(lambda one: move(*one, datetime.now(UTC)), ready))
        print(time.perf_counter() - start)
