"""What pages cost in one process, without HTTP: by how much is stored, in how many classes, and how much of it a reader sees.

The baseline of each page is the yardstick of the same run on the same database: the bodies of as many rows by one keyset SELECT
of the bare driver, joined, without policy, ledger or cursor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from app.services.reading.cursors import PageRequest, continuation
from app.services.reading.pull import Page, pull_manifest, pull_object, pull_page
from app.services.reading.readers import Place, Reader
from app.storage.filters import Filters, Versions
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.fill import GROUP, RARE_HARM, Filled, fill

THERE = Place(name="objects of the exchange")
LAST = Filters(versions=Versions(last=True))
_SECONDS = 0.5
_MOST = 100


def figures(database_name: str, url: str, *, objects: int, classes: int) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    start = time.perf_counter()
    filled = fill(url, objects, classes)
    seconds = time.perf_counter() - start
    name = f"{objects:,} in {classes:,} classes, {database_name}"
    yield Figure(f"{name}: filled through the storage floor", objects / seconds, "objects/s", "itself", objects / seconds)
    yardsticks = {limit: _p50(partial(_keyset, filled, objects // 2, limit)) for limit in (1, 100, 1000)}
    for share, reader in filled.readers.items():
        for limit in (100, 1000):
            for job, act in _pages(filled, reader, limit).items():
                seconds = _p50(act)
                yield _figure(f"{name}, {share} seen: {job} of {limit}", seconds, yardsticks[limit], f"keyset SELECT of {limit}")
    everybody = filled.readers["all"]
    for job, act in _others(filled, everybody).items():
        yield _figure(f"{name}: {job}", _p50(act), yardsticks[100], "keyset SELECT of 100")
    turn = iter(filled.ids * 100)
    seconds = _p50(lambda: pull_object(filled.exchange, everybody, next(turn)))
    yield _figure(f"{name}: by id", seconds, yardsticks[1], "keyset SELECT of 1")
    yield from _drains(name, filled)
    filled.exchange.database.dispose()


def _figure(job: str, seconds: float, baseline: float, baseline_name: str) -> Figure:
    return Figure(
        f"{job} ({seconds * 1000:.2f} ms)", 1 / seconds, "/s", f"{baseline_name} ({baseline * 1000:.2f} ms)", 1 / baseline
    )


def _p50(act: Callable[[], object]) -> float:
    act()
    taken: list[float] = []
    while len(taken) < _MOST and (sum(taken) < _SECONDS or len(taken) < 3):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return percentile(taken, 0.5)


def _keyset(filled: Filled, after: int, limit: int) -> bytes:
    text = "SELECT version_id, content FROM object_content WHERE version_id > {} ORDER BY version_id LIMIT {}"
    with filled.exchange.database.look() as connection:
        driver: Any = connection.connection.driver_connection
        rows = driver.execute(text.format(after, limit)).fetchall()
    return b",".join(row[1] for row in rows)


def _pages(filled: Filled, reader: Reader, limit: int) -> dict[str, Callable[[], Page]]:
    exchange = filled.exchange
    cursors = _cursors(filled, reader)

    def page(cursor: str | None, filters: Filters = LAST) -> Callable[[], Page]:
        return lambda: pull_page(exchange, reader, PageRequest(filters, cursor, limit, THERE))

    return {
        "page from the start": page(None),
        "page from the start, all versions": page(None, Filters()),
        "page from the middle": page(cursors["middle"]),
        "the newest 200": page(cursors["newest"]),
        "nothing new": page(cursors["end"]),
    }


def _cursors(filled: Filled, reader: Reader) -> dict[str, str]:
    """Give cursors of this reader: to the middle of what is stored, before the newest 200, and to the end."""
    going_on = PageRequest(LAST, None, 1, THERE)
    with filled.exchange.database.read() as connection:
        dates = connection.exec_driver_sql("SELECT count(*), max(position) FROM object_version").one()
    first = continuation(filled.exchange.sealer, reader, going_on)
    head = dates[1]
    return {"middle": first.next(head // 2), "newest": first.next(head - 200), "end": first.next(head)}


def _others(filled: Filled, reader: Reader) -> dict[str, Callable[[], object]]:
    exchange = filled.exchange
    view = replace(THERE, name="objects of a view", facets=(("harm", frozenset({RARE_HARM})),))
    group = Place(feed=GROUP, name="objects of a group")
    request = PageRequest(LAST, None, 100, THERE)
    return {
        "manifest of 100": lambda: pull_manifest(exchange, reader, replace(request, place=replace(THERE, name="manifest"))),
        "view with 1 % of all, page of 100": lambda: pull_page(exchange, reader, replace(request, place=view)),
        "group with 10 % of all, page of 100": lambda: pull_page(exchange, reader, replace(request, place=group)),
        "one type, page of 100": lambda: pull_page(
            exchange, reader, replace(request, filters=replace(LAST, types=frozenset({"sighting"})))
        ),
    }


def _drains(name: str, filled: Filled) -> Iterator[Figure]:
    for share, reader in filled.readers.items():
        count, cursor, more = 0, None, True
        start = time.perf_counter()
        while more and count < 100_000:
            page = pull_page(filled.exchange, reader, PageRequest(LAST, cursor, 1000, THERE))
            b",".join(page.objects)
            count, cursor, more = count + len(page.objects), page.next, page.more
        seconds = time.perf_counter() - start
        bare = 1000 / _p50(lambda: _keyset(filled, 0, 1000))
        yield Figure(f"{name}, {share} seen: drain by 1000", count / seconds, "objects/s", "keyset SELECTs of 1000", bare)
