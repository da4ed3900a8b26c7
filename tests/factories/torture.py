"""An exchange under load that is killed again and again, and the clients that keep what they were told.

Owns the writers and readers, how they come back after a kill, and what has to hold of all that they kept. Who kills what, and how
often, is for the test. Kept by ``tests/walk/test_torture.py``.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

import requests

from app.domain.vocabulary import Purpose
from tests.factories.exchanges import PLAIN_TOOLS, Answer, FakePartner, Wanted
from tests.factories.load_objects import plain_indicators
from tests.factories.mortal_servers import MortalServer
from tests.factories.taxii_accounts import Account
from tests.factories.taxii_load import Follower, Outcome, Worker

SIZES = (1, 30, 120)
"""Objects of one request: rows by INSERT, and by COPY where there is one."""

_PAUSE_SECONDS = 0.03
_PATIENCE_SECONDS = 60
_PAGE = 500


@dataclass
class Kept:
    """What clients were told, as they would keep it, and what broke on the way."""

    submissions: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    by_rest: Outcome = field(default_factory=Outcome)
    by_taxii: Outcome = field(default_factory=Outcome)
    unexpected: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, fault: str) -> None:
        """Note that something broke."""
        with self.lock:
            self.faults[fault] += 1

    def latest(self, number: int | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Give the newest submissions and statuses that somebody was told of, or all."""
        begin = None if number is None else -number
        with self.lock:
            return list(self.submissions.values())[begin:], list(self.statuses.values())[begin:]

    @property
    def figures(self) -> str:
        """What became of it all, for whoever runs the campaign."""
        acknowledged = f"{len(self.submissions)} submissions and {len(self.statuses)} statuses with {len(self.written)} objects"
        return f"{acknowledged} acknowledged, {len(self.lost)} lost, {len(self.doubled)} doubled; {dict(self.faults)}"

    @property
    def lost(self) -> set[str]:
        """What was acknowledged and never given to one of the readers."""
        return (self.written - self.by_rest.seen.keys()) | (self.written - self.by_taxii.seen.keys())

    @property
    def doubled(self) -> set[str]:
        """What a reader was given more than once."""
        return self.by_rest.doubled | self.by_taxii.doubled


@dataclass
class World:
    """The server, its partners, and what they keep."""

    server: MortalServer
    writer: FakePartner
    reader: FakePartner
    kept: Kept = field(default_factory=Kept)
    cursor: dict[str, str] = field(default_factory=dict)
    rest_seconds: float = 0  # of each writer and reader, after each of its turns
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, server: MortalServer) -> World:
        """Enrol a partner that writes, signed and unsigned, and one that reads."""
        wanted = Wanted(agreement=PLAIN_TOOLS, purpose=Purpose.DETECTION)
        world = cls(server, *(server.enrol(name, wanted) for name in ("Writer", "Reader")))
        # Whoever reads at once is evaluated at once.
        assert world.reader.pull().status == 200
        world.follower.poll()
        return world

    def __post_init__(self) -> None:
        """Make the follower over TAXII: it goes on from the last date that it was told."""
        self.follower = Follower(Worker(self.account(self.reader), "exchange"), self.kept.by_taxii)

    def account(self, partner: FakePartner) -> Account:
        """Give a partner as a TAXII client knows it."""
        assert partner.token is not None
        root = f"{self.server.url}/taxii2/"
        return Account(root, f"{root}root/", partner.partner_id, partner.token)

    # --- what clients do ------------------------------------------------------------------------------------------------

    def insist(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer that is one: a broken connection and a 503 say that later is right."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert time.monotonic() < deadline, f"no answer any more: {dict(self.kept.faults)}"
            try:
                answer = ask()
            except requests.RequestException as exc:
                self.kept.count(type(exc).__name__)
            else:
                if answer.status < 500:
                    return answer
                self.kept.count(str(answer.status))
            time.sleep(_PAUSE_SECONDS)

    def write_signed(self, number: int) -> None:
        """Submit signed objects over REST under one idempotency key, until it is known what became of them."""
        objects = plain_indicators(time.time_ns() + number)
        for turn in self._turns():
            values = [self.writer.sign(value) for value in islice(objects, SIZES[turn % len(SIZES)])]
            body, headers = json.dumps({"objects": values}).encode(), {"Idempotency-Key": f"{number}-{turn}"}
            answer = self.insist(lambda: self.writer.send("POST", "submissions", body=body, headers=headers))  # noqa: B023  # called at once
            with self.kept.lock:
                if answer.status != 201 or {one["status"] for one in answer.json["results"]} != {"stored"}:
                    self.kept.unexpected.append(f"REST {answer.status}")
                    continue
                self.kept.submissions[answer.json["id"]] = answer.json
                self.kept.written.update(one["id"] for one in values)

    def write_unsigned(self, number: int) -> None:
        """Post unsigned objects over TAXII, again and again until there is a status."""
        objects = plain_indicators(time.time_ns() + number)
        hand = Worker(self.account(self.writer), "exchange")
        for turn in self._turns():
            values = list(islice(objects, SIZES[turn % len(SIZES)]))
            status = self._insist_on_status(hand, values)
            with self.kept.lock:
                if status["success_count"] != len(values):
                    self.kept.unexpected.append(f"TAXII {status['failure_count']} failed")
                    continue
                self.kept.statuses[status["id"]] = status
                self.kept.written.update(one["id"] for one in values)

    def _insist_on_status(self, hand: Worker, values: list[dict[str, Any]]) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert time.monotonic() < deadline, f"no status any more: {dict(self.kept.faults)}"
            try:
                return hand.post(values)
            except requests.HTTPError as exc:
                self.kept.count(str(exc.response.status_code))
                if exc.response.status_code < 500:
                    raise
            except requests.RequestException as exc:
                self.kept.count(type(exc).__name__)
            time.sleep(_PAUSE_SECONDS)

    def read_feed(self, _number: int) -> None:
        """Follow the feed by its cursor."""
        for _turn in self._turns():
            self.read_once()
            time.sleep(_PAUSE_SECONDS)

    def read_once(self) -> None:
        """Read what is new; a page counts once it is here, and a broken one is asked for again."""
        more = True
        while more:
            answer = self.insist(lambda: self.reader.pull(limit=_PAGE, **self.cursor))
            assert answer.status == 200, answer.body
            page = answer.json
            self.kept.by_rest.seen.update(one["id"] for one in page["objects"])
            self.cursor["next"], more = page["next"], page["more"]

    def follow(self, _number: int) -> None:
        """Follow the collection by dates."""
        for _turn in self._turns():
            self.follow_once()
            time.sleep(_PAUSE_SECONDS)

    def follow_once(self) -> None:
        """Read what is new over TAXII."""
        try:
            self.follower.poll()
        except requests.HTTPError as exc:
            self.kept.count(str(exc.response.status_code))
            if exc.response.status_code < 500:
                raise
        except requests.RequestException as exc:
            self.kept.count(type(exc).__name__)

    # --- load, and its end ----------------------------------------------------------------------------------------------

    def _turns(self) -> Iterator[int]:
        turn = 0
        while not self._stop.wait(self.rest_seconds if turn else 0):
            yield turn
            turn += 1

    @contextmanager
    def under_load(self) -> Iterator[None]:
        """Let writers and readers work during the block; at its end each learns what became of what it sent last."""
        work = [self.write_signed, self.write_signed, self.write_unsigned, self.write_unsigned, self.read_feed, self.follow]
        self._stop.clear()
        with ThreadPoolExecutor(len(work)) as pool:
            running = [pool.submit(one, next(self._numbers)) for one in work]
            try:
                yield
            finally:
                self._stop.set()
        for one in running:
            one.result()

    def read_to_the_end(self) -> None:
        """Let both readers read until they have all that was acknowledged, or no patience."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self.read_once()
            self.follow_once()
            if not self.kept.lost or time.monotonic() > deadline:
                return
            time.sleep(_PAUSE_SECONDS)

    # --- what has to hold -----------------------------------------------------------------------------------------------

    def check_what_was_told(self, newest: int | None = None) -> None:
        """Each submission and each status is the same when it is asked for again; ``newest`` None: all of them."""
        submissions, statuses = self.kept.latest(newest)
        for told in submissions:
            answer = self.insist(lambda: self.writer.get(f"submissions/{told['id']}"))  # noqa: B023  # called at once
            assert answer.json == told
        account = self.account(self.writer)
        for told in statuses:
            assert account.get(f"status/{told['id']}/", f"Bearer {account.token}").json() == told
