"""Hidden and absent, asked about over HTTP by somebody with a valid token: the world, the questions and the watch.

Owns what is measured. The times are those of whole requests on one connection that stays open; the two arms are asked about in
random order, so that whatever else the machine does falls on both alike.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.domain.vocabulary import Purpose
from tests.factories.exchanges import PLAIN_TOOLS, FakePartner, Wanted
from tests.factories.mortal_servers import MortalServer
from tests.factories.stix_objects import indicator, marking, stix_id, user_account
from tests.factories.taxii import TAXII, of

IDS = 200
REFERENCES = 400
"""So long are hidden objects: whoever reads one before deciding takes time that shows."""
V1 = "/api/v1"


@dataclass(frozen=True)
class Question:
    """One kind of request about an id."""

    method: str
    path: Callable[[str], str]
    kind: str = "indicator"
    headers: Mapping[str, str] | None = None
    body: str | None = None


QUESTIONS: dict[str, Question] = {
    "object": Question("GET", lambda one: f"{V1}/objects/{one}"),
    "observable": Question("GET", lambda one: f"{V1}/objects/{one}", "user-account"),
    "versions": Question("GET", lambda one: f"{V1}/objects/{one}/versions"),
    "objects by id": Question("GET", lambda one: f"{V1}/objects?id={one}"),
    "TAXII object": Question("GET", lambda one: of("exchange", f"objects/{one}/"), headers={"Accept": TAXII}),
    "TAXII manifest": Question(
        "GET", lambda one: f"{of('exchange', 'manifest/')}?{quote('match[id]')}={one}", headers={"Accept": TAXII}
    ),
    "assertions": Question("GET", lambda one: f"{V1}/objects/{one}/assertions"),
    "feedback": Question("GET", lambda one: f"{V1}/feedback?object={one}"),
    "give feedback": Question("POST", lambda one: f"{V1}/objects/{one}/feedback", body='{"kind": "mark", "word": "reviewed"}'),
    "withdrawal": Question("POST", lambda one: f"{V1}/objects/{one}/withdrawal", body="{}"),
}


@dataclass(frozen=True)
class World:
    """Who asks, and about which ids: of hidden objects and of none, by kind."""

    asker: FakePartner
    hidden: Mapping[str, list[str]]
    absent: Mapping[str, list[str]]


def make_world(server: MortalServer) -> World:
    """Enrol a publisher and an asker, and store what the asker may not see."""
    wanted = Wanted(agreement=PLAIN_TOOLS, purpose=Purpose.DETECTION)
    publisher, asker = (server.enrol(name, wanted) for name in ("Synthetic publisher", "Synthetic asker"))
    nobody = marking(publisher.register_audience(roles=[], jurisdictions=[], partners_in=[], partners_out=[]))
    marked = {"object_marking_refs": [nobody["id"]]}
    long = {"external_references": [{"source_name": "synthetic", "external_id": str(number)} for number in range(REFERENCES)]}
    indicators = [indicator(**marked, **long) for _ in range(IDS)]
    accounts = [user_account(f"hidden-{number}", **marked) for number in range(IDS)]
    for values in ([nobody, *indicators], accounts, [indicator() for _ in range(IDS)]):
        answer = publisher.submit(*values)
        assert {one["status"] for one in answer.json["results"]} == {"stored"}, answer.body
    hidden = {"indicator": [one["id"] for one in indicators], "user-account": [one["id"] for one in accounts]}
    accounts = [user_account(f"absent-{number}") for number in range(IDS)]
    absent = {"indicator": [stix_id("indicator") for _ in range(IDS)], "user-account": [one["id"] for one in accounts]}
    return World(asker, hidden, absent)


def times(server: MortalServer, world: World, question: Question, count: int) -> tuple[list[float], list[float]]:
    """Ask ``count`` times about hidden and as often about absent ids. Gives the seconds of each, hidden first."""
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
    headers = {"Authorization": f"Bearer {world.asker.token}", "Breakwater-Purpose": "detection"} | dict(question.headers or {})
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    found: tuple[list[float], list[float]] = ([], [])
    statuses: tuple[set[int], set[int]] = (set(), set())
    for arm, one in _shuffled(world, question.kind, count):
        began = time.perf_counter()
        connection.request(question.method, question.path(one), body=question.body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        found[arm].append(time.perf_counter() - began)
        statuses[arm].add(answer.status)
    connection.close()
    if statuses[0] != statuses[1] or len(statuses[0]) != 1:
        raise AssertionError(json.dumps([sorted(one) for one in statuses]))
    warm = max(1, count // 20)
    return found[0][warm:], found[1][warm:]


def _shuffled(world: World, kind: str, count: int) -> Iterator[tuple[int, str]]:
    chance = random.Random(count)
    for number in range(count):
        pair = [(0, world.hidden[kind][number % IDS]), (1, world.absent[kind][number % IDS])]
        chance.shuffle(pair)
        yield from pair
