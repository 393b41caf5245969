"""What every peer's process shares: items to move, threads, and the time that the moves took."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg

ADDRESS, THREADS, MOVES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
TOLD = (1, 2)
WARM = 12


def make_items(body=""):
    """Fresh items in the first state; their ids."""
    with psycopg.connect(ADDRESS) as connection:
        rows = connection.execute(
            "INSERT INTO peer_item (state, body) SELECT 'agreed', %s FROM generate_series(1, %s) RETURNING id",
            (body, MOVES + THREADS * WARM),
        ).fetchall()
    return [row[0] for row in rows]


def run(move, body=""):
    """Warm every thread up with some moves, then print the seconds that the others took."""
    items = make_items(body)
    warm = [items[MOVES + n :: THREADS] for n in range(THREADS)]
    together = Barrier(THREADS)

    def prepare(some):
        together.wait()
        for item in some:
            move(item)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(prepare, warm))
        start = time.perf_counter()
        list(pool.map(move, items[:MOVES]))
        print(time.perf_counter() - start)
