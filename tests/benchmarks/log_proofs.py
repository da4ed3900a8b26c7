"""What a proof of the log costs by how much is logged: a million leaves put straight into the table, hashed tile by tile.

Trees of all sizes are asked in turn, so that a busy machine slows all of them alike; times are told beside those of the smallest.
A tile is one statement, and nothing else is asked.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import insert

from app.services.proving.checkpoints import add_missing_nodes, tree_of
from app.storage.schema import migrate
from app.storage.session import Connection, Database
from app.storage.tables import log_leaf
from breakwater_client.trust.merkle import Tree

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_AT_ONCE = 50_000
_ROUNDS = 200
HEADER = (
    "| leaves | inclusion, p50 | beside 1,000 | consistency, p50 | beside 1,000 | root, p50 | most statements | longest path |\n"
    "|---|---|---|---|---|---|---|---|"
)


def lines(database_name: str, url: str) -> Iterator[str]:
    """Fill a fresh database at ``url``, and give the rows of the table; before them what hashing took."""
    migrate(url)
    database = Database(url)
    with database.write() as connection:
        _fill(connection, SIZES[-1])
        started = time.perf_counter()
        add_missing_nodes(connection, SIZES[-1])
        hashing = time.perf_counter() - started
    yield f"{database_name}: hashing {SIZES[-1]:,} leaves once took {hashing:.1f} s"
    with database.read() as connection:
        yield from _measured(connection)
    database.dispose()


def _fill(connection: Connection, count: int) -> None:
    now = datetime.now(UTC)
    for begin in range(0, count, _AT_ONCE):
        rows = [
            {"log_index": index, "kind": "object-version", "leaf_hash": random.randbytes(32), "recorded_at": now}
            for index in range(begin, min(begin + _AT_ONCE, count))
        ]
        connection.execute(insert(log_leaf), rows)


def _measured(connection: Connection) -> Iterator[str]:
    rng = random.Random(7)
    times: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    tiles: defaultdict[int, int] = defaultdict(int)
    longest: defaultdict[int, int] = defaultdict(int)
    for _ in range(_ROUNDS):
        for size in SIZES:
            for what, ask in _questions(size, rng):
                tree = tree_of(connection, size)
                started = time.perf_counter()
                path = ask(tree)
                times[size, what].append((time.perf_counter() - started) * 1000)
                tiles[size], longest[size] = max(tiles[size], tree.tiles_read), max(longest[size], len(path))
    middle = {asked: statistics.median(values) for asked, values in times.items()}
    for size in SIZES:
        included, grown, root = (middle[size, what] for what in ("inclusion", "consistency", "root"))
        beside = [middle[size, what] / middle[SIZES[0], what] for what in ("inclusion", "consistency")]
        figures = f"{included:.2f} ms | {beside[0]:.2f} | {grown:.2f} ms | {beside[1]:.2f} | {root:.2f} ms"
        yield f"| {size:,} | {figures} | {tiles[size]} | {longest[size]} |"


def _questions(size: int, rng: random.Random) -> Iterator[tuple[str, Callable[[Tree], list[bytes]]]]:
    """Give what is asked of a tree of which nothing was read yet."""
    index, first = rng.randrange(size), rng.randrange(1, size)
    yield "inclusion", lambda tree: tree.inclusion_path(index)
    yield "consistency", lambda tree: tree.consistency_path(first)
    yield "root", lambda tree: [tree.root()]
