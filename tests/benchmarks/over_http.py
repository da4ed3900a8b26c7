"""What a partner's client sees of the speed: a sandbox with two workers, over loopback, on one database.

Client and server share the machine. The baseline is the rate of health checks: what HTTP itself costs here, with as many clients.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import requests

from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.per_object import signed_objects
from tests.factories.sandboxes import Caller, Sandbox, serving_sandbox
from tests.factories.stix_objects import indicator

# Twice as many as there are workers: each client stays with the worker that took its connection, and two might share one.
CLIENTS = 4
PARTS = ("ingest", "requests", "reading")
_SMALL = 400
_TIMES = 400


def figures(database_name: str, database_url: str | None, *, objects: int, parts: Collection[str] = PARTS) -> Iterator[Figure]:
    """Measure writing, what each request costs, and reading, with ``objects`` stored."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_sandbox(Path(folder) / "exchange", database_url, workers=2) as sandbox,
    ):
        live = _rate(lambda session: session.get(sandbox.url + "/livez", timeout=30).raise_for_status(), _TIMES)
        if "ingest" in parts or "reading" in parts:
            yield from _writing(database_name, sandbox, objects, live)
        if "requests" in parts:
            yield from _requesting(database_name, sandbox, live)
        if "reading" in parts:
            yield from _reading(database_name, sandbox.partner("platform-b"), live)


def _session(caller: Caller) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {caller.token}"
    return session


def _rate(act: Callable[[requests.Session], object], times: int, caller: Caller | None = None) -> float:
    """Give how often a second ``act`` is done by all clients at once, each with a connection of its own."""

    def stretch(count: int) -> None:
        with _session(caller) if caller else requests.Session() as session:
            for _ in range(count):
                act(session)

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(stretch, [times // CLIENTS] * CLIENTS))
    return times / (time.perf_counter() - start)


def _writing(name: str, sandbox: Sandbox, objects: int, live: float) -> Iterator[Figure]:
    writer, plain = sandbox.partner("platform-a"), sandbox.partner("legacy-a")
    signed = signed_objects(objects + objects // 2 + _SMALL, writer.key, writer.facts["identity_id"])
    unsigned = [indicator() for _ in range(objects // 2 + _SMALL)]
    for kind, caller, values in (("signed", writer, signed), ("unsigned, attested by the exchange", plain, unsigned)):
        rest = values
        for size, count in ((1000, len(values) - _SMALL - objects // 4), (100, objects // 4), (1, _SMALL)):
            some, rest = rest[:count], rest[count:]
            bodies = [orjson.dumps({"objects": some[start : start + size]}) for start in range(0, count, size)]
            rate = count / _seconds_to_post(caller, bodies)
            unit = "objects/s" if size > 1 else "requests/s"
            yield Figure(f"submission, envelopes of {size}, {kind}, {name}", rate, unit, "health checks", live)


def _seconds_to_post(writer: Caller, bodies: list[bytes]) -> float:
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
    return time.perf_counter() - start


def _requesting(name: str, sandbox: Sandbox, live: float) -> Iterator[Figure]:
    """Measure what every request costs: of somebody known, with one read, and refused."""
    reader = sandbox.partner("platform-b")
    asked = (("unknown route of a known caller", "/api/v1/none", 404), ("one's own terms", "/api/v1/policy/mine", 200))
    for job, path, status in asked:

        def ask(session: requests.Session, path: str = path, status: int = status) -> None:
            assert session.get(reader.url + path, timeout=30).status_code == status

        yield Figure(f"{job}, {name}", _rate(ask, _TIMES, reader), "requests/s", "health checks", live)


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
