"""What a partner's client sees of the speed: a sandbox with two workers, over loopback, on one database.

Client and server share the machine. The baseline is the rate of health checks: what HTTP itself costs here, with two clients.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import requests

from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.per_object import signed_objects
from tests.factories.sandboxes import Caller, serving_sandbox

CLIENTS = 2


def figures(database_name: str, database_url: str | None, *, objects: int) -> Iterator[Figure]:
    """Measure submitting, draining and polling with ``objects`` stored."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_sandbox(Path(folder) / "exchange", database_url, workers=2) as sandbox,
    ):
        writer, reader = sandbox.partner("platform-a"), sandbox.partner("platform-b")
        live = _rate(lambda session: session.get(sandbox.url + "/livez", timeout=30).raise_for_status(), 300)
        yield from _writing(database_name, writer, objects, live)
        yield from _reading(database_name, reader, live)


def _session(caller: Caller) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {caller.token}"
    return session


def _rate(act: Callable[[requests.Session], object], times: int) -> float:
    """Give how often a second ``act`` is done by two clients at once, each with a connection of its own."""

    def stretch(count: int) -> None:
        with requests.Session() as session:
            for _ in range(count):
                act(session)

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(stretch, [times // CLIENTS] * CLIENTS))
    return times / (time.perf_counter() - start)


def _writing(name: str, writer: Caller, objects: int, live: float) -> Iterator[Figure]:
    signed = signed_objects(objects + 400, writer.key, writer.facts["identity_id"])
    large = [orjson.dumps({"objects": signed[start : start + 1000]}) for start in range(0, objects, 1000)]
    small = [orjson.dumps({"objects": [value]}) for value in signed[objects:]]
    for size, bodies in ((1000, large), (1, small)):
        rate = _post_all(writer, bodies)
        if size > 1:
            yield Figure(f"signed submission, envelopes of {size}, {name}", rate * size, "objects/s", "health checks", live)
        else:
            yield Figure(f"signed submission, one object each, {name}", rate, "requests/s", "health checks", live)


def _post_all(writer: Caller, bodies: list[bytes]) -> float:
    def post(share: list[bytes]) -> None:
        with _session(writer) as session:
            for body in share:
                answer = session.post(
                    writer.url + "/api/v1/submissions", data=body, headers={"Content-Type": "application/json"}, timeout=300
                )
                results = answer.json()["results"]
                assert {one["status"] for one in results} == {"stored"}, results[0]

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(post, [bodies[number::CLIENTS] for number in range(CLIENTS)]))
    return len(bodies) / (time.perf_counter() - start)


def _reading(name: str, reader: Caller, live: float) -> Iterator[Figure]:
    for limit in (100, 1000):
        count, size, seconds, cursor = _drain(reader, limit)
        job = f"policy-filtered drain, pages of {limit}, {count:,} objects ({size / seconds / 1e6:.0f} MB/s), {name}"
        yield Figure(job, count / seconds, "objects/s", "health checks", live)
    seconds_each = []
    with _session(reader) as session:
        for _ in range(200):
            start = time.perf_counter()
            _page(session, reader, 100, cursor)
            seconds_each.append(time.perf_counter() - start)
    p50 = percentile(seconds_each, 0.5)
    yield Figure(f"poll with nothing new, p50 {p50 * 1000:.1f} ms, {name}", 1 / p50, "polls/s", "health checks", live)


def _drain(reader: Caller, limit: int) -> tuple[int, int, float, str]:
    count, size, cursor, more = 0, 0, None, True
    start = time.perf_counter()
    with _session(reader) as session:
        while more:
            body = _page(session, reader, limit, cursor)
            page = orjson.loads(body)
            count, size, cursor, more = count + len(page["objects"]), size + len(body), page["next"], page["more"]
    return count, size, time.perf_counter() - start, str(cursor)


def _page(session: requests.Session, reader: Caller, limit: int, cursor: str | None) -> bytes:
    asked: dict[str, Any] = {"limit": limit} | ({"next": cursor} if cursor else {})
    answer = session.get(reader.url + "/api/v1/objects", params=asked, timeout=60)
    assert answer.status_code == 200, json.dumps(answer.text[:200])
    return answer.content
