"""More clients than threads, some of them slow: all are answered or told when to come back, and nothing is lost or done twice.

The suite keeps a short run; ``make overload`` is the campaign, ten times as many clients as threads on each database.
"""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.domain.vocabulary import Purpose
from app.web.waiting import LONGEST_WAIT_SECONDS
from tests.factories.exchanges import PLAIN_TOOLS, Answer, FakePartner, Message, Wanted, over_http
from tests.factories.footprints import footprint
from tests.factories.load_objects import plain_indicators
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.stored_rows import StoredRows

WORKERS, THREADS = 2, 4
PROBLEM = {"application/problem+json"}
LATER = {429, 503}
SLOW_CLIENTS = 3
# Beyond the bound requests are turned away; what a thread does before it takes the next one comes on top.
MOST_WAITING_SECONDS = LONGEST_WAIT_SECONDS + 10
SLOW_CLIENT_SECONDS = 45
RECOVERY_SECONDS = 10
GROWTH_BYTES = 150 * 1024 * 1024


@dataclass
class Told:
    """What clients were told, and how long it took."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    alive: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, answer: Answer, seconds: float) -> None:
        """Count an answer; one that is neither 2xx nor a well-formed "later" is wrong."""
        with self.lock:
            self.statuses[answer.status] += 1
            self.seconds.append(seconds)
            if answer.status in LATER:
                kind = answer.headers.get("Content-Type", "").partition(";")[0]
                if kind not in PROBLEM or not answer.headers.get("Retry-After", "").isdigit():
                    self.wrong.append(f"{answer.status} {kind}, Retry-After {answer.headers.get('Retry-After')}")
            elif answer.status >= 300:
                self.wrong.append(f"{answer.status} {answer.body[:200]!r}")


def timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
    begun = time.monotonic()
    return ask(), time.monotonic() - begun


@dataclass
class Crowd:
    """The clients of one run."""

    server: MortalServer
    writer: FakePartner
    reader: FakePartner
    limited: FakePartner
    told: Told = field(default_factory=Told)
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, server: MortalServer) -> Crowd:
        """Enrol a writer, a reader, and a reader who may be given ten versions a day."""
        wanted = Wanted(agreement=PLAIN_TOOLS, purpose=Purpose.DETECTION)
        few = Wanted(agreement=PLAIN_TOOLS | {"read": PLAIN_TOOLS.get("read", {}) | {"volume": {"versions_per_day": 10}}})
        made = cls(server, server.enrol("Writer", wanted), server.enrol("Reader", wanted), server.enrol("Limited", few))
        assert made.reader.pull().status == made.limited.pull().status == 200
        return made

    def turns(self) -> Iterator[int]:
        turn = 0
        while not self.stop.is_set():
            yield turn
            turn += 1

    def write(self, number: int) -> None:
        """Submit, and send the same again under its key until it is taken, as a client does that is told to come back."""
        objects = plain_indicators(time.time_ns() + number)
        for turn in self.turns():
            values = [self.writer.sign(value) for value in islice(objects, 20 if turn % 5 == 4 else 1)]
            body, headers = json.dumps({"objects": values}).encode(), {"Idempotency-Key": f"{number}-{turn}"}
            while True:
                answer, seconds = timed(lambda: self.writer.send("POST", "submissions", body=body, headers=headers))  # noqa: B023  # called at once
                self.told.keep(answer, seconds)
                if answer.status not in LATER:
                    break
                time.sleep(0.2)
            with self.told.lock:
                results = answer.json["results"] if answer.status == 201 else []
                self.told.acknowledged.update(one["id"] for one in results if one["status"] == "stored")

    def read(self, number: int) -> None:
        """Ask for the first page, over and over; every fourth reader has used up its day soon."""
        caller = self.limited if number % 4 == 1 else self.reader
        for _turn in self.turns():
            self.told.keep(*timed(lambda: caller.pull(limit=50)))

    def send_slowly(self, _number: int) -> None:
        """Open a submission and send a byte of its body now and then, to hold a thread; begin again when that is over."""
        where = urlsplit(self.server.url)
        head = f"POST /api/v1/submissions HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {self.writer.token}\r\n"
        head += "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
        while not self.stop.is_set():
            with socket.create_connection((where.hostname or "", where.port or 0), timeout=SLOW_CLIENT_SECONDS) as line:
                try:
                    line.sendall(head.encode())
                    while not self.stop.wait(0.3):
                        line.sendall(b" ")
                except OSError:
                    continue

    def ask_whether_it_lives(self, _number: int) -> None:
        """Ask ``/livez`` as a load balancer does."""
        ask = over_http(self.server.url)
        while not self.stop.wait(0.2):
            answer, seconds = timed(lambda: ask(Message("GET", "/livez", {}, b"")))
            with self.told.lock:
                self.told.alive.append(seconds)
                if answer.status != 200:
                    self.told.wrong.append(f"/livez {answer.status}")

    def usual_seconds(self, count: int) -> float:
        """Give the median of some single submissions and pages, with nobody else about."""
        objects, found = plain_indicators(time.time_ns()), []
        for one in islice(objects, count):
            answer, seconds = timed(lambda: self.writer.submit(one))  # noqa: B023  # called at once
            assert answer.status == 201
            self.told.acknowledged.update([one["id"]])
            page, page_seconds = timed(lambda: self.reader.pull(limit=50))
            assert page.status == 200
            found.append(seconds + page_seconds)
        return statistics.median(found)

    def rush(self, clients: int, seconds: float) -> int:
        """Let so many clients ask at once for a while; gives the most memory that the server held meanwhile, in bytes."""
        work = [self.write if number % 3 else self.read for number in range(clients)]
        work += [self.send_slowly] * SLOW_CLIENTS + [self.ask_whether_it_lives]
        most = 0
        with ThreadPoolExecutor(len(work)) as pool:
            running = [pool.submit(one, number) for number, one in enumerate(work)]
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                most = max(most, footprint(self.server.session).resident_bytes)
                time.sleep(0.25)
            self.stop.set()
        for one in running:
            one.result()
        return most


def overload(folder: Path, url: str, clients: int, seconds: float) -> None:
    with mortal_server(folder / "exchange", url, workers=WORKERS, threads=str(THREADS)) as server:
        crowd = Crowd.of(server)
        told, usual = crowd.told, crowd.usual_seconds(10)
        before = footprint(server.session).resident_bytes
        most = crowd.rush(clients, seconds)
        ended = time.monotonic()
        while (now := crowd.usual_seconds(10)) > 2 * usual + 0.05 and time.monotonic() - ended < RECOVERY_SECONDS:
            pass
        recovery = time.monotonic() - ended
        found = Counter(one["id"] for one in crowd.reader.pull_all(limit=500))
        server.kill()
    times = sorted(told.seconds)
    print(  # noqa: T201  # what the campaign is run for; pytest -s shows it
        f"{clients} clients and {SLOW_CLIENTS} slow ones on {WORKERS * THREADS} threads, {seconds:g} s: {dict(told.statuses)}; "
        f"median {statistics.median(times):.2f} s, 99 of 100 below {times[len(times) * 99 // 100]:.2f} s, alone {usual:.3f} s; "
        f"/livez {len(told.alive)} times, slowest {max(told.alive):.2f} s; {len(told.acknowledged)} objects acknowledged; "
        f"memory {before >> 20} to {most >> 20} MiB; usual again ({now:.3f} s) after {recovery:.1f} s"
    )
    assert told.wrong == []
    assert told.statuses[201]
    assert told.statuses[200]
    assert told.statuses[429], "the one who had used up its day was given more"
    assert max(told.alive) < MOST_WAITING_SECONDS
    assert most - before < GROWTH_BYTES
    assert now <= 2 * usual + 0.05, "the server did not recover"
    assert set(told.acknowledged.values()) == set(found.values()) == {1}
    assert told.acknowledged.keys() == found.keys()
    rows = StoredRows.of(url)
    rows.check_log()
    rows.check_versions()
    rows.check_receipts(told=[])


def test_more_clients_than_threads_are_all_answered(tmp_path: Path, postgres_url: str) -> None:
    overload(tmp_path, postgres_url, clients=12, seconds=3)


@pytest.mark.campaign
def test_ten_times_as_many_clients_as_threads_are_all_answered(tmp_path: Path, database_url: str) -> None:
    overload(tmp_path, database_url, clients=10 * WORKERS * THREADS, seconds=60)
