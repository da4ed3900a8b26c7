"""Writers and a follower at work on one TAXII collection at the same time, and what became of every object.

Owns the threads and the counting; whoever starts it says where, as whom and for how long. An object counts as written once its
status says so: of a request that broke off nobody knows. Kept by ``tests/walk/test_taxii_load.py``.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any

import requests

from tests.factories.load_objects import plain_indicators
from tests.factories.taxii_accounts import MEDIA_TYPE, Account

_SECONDS = 60
_ATTEMPTS = 200


@dataclass
class Outcome:
    """What was written, how often the follower was given each, and what broke."""

    written: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> set[str]:
        """What was written and never seen."""
        return self.written - self.seen.keys()

    @property
    def doubled(self) -> set[str]:
        """What the follower was given more than once."""
        return {stix_id for stix_id, times in self.seen.items() if times > 1}


@dataclass
class Worker:
    """One connection to a collection, made again when it breaks."""

    account: Account
    collection_id: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.headers.update({"Accept": MEDIA_TYPE, "Authorization": f"Bearer {self.account.token}"})
        self.session.trust_env = False

    @property
    def objects_url(self) -> str:
        return f"{self.account.api_root}collections/{self.collection_id}/objects/"

    def post(self, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """Post, and wait for the status to be complete."""
        asked = {"json": {"objects": objects}, "headers": {"Content-Type": MEDIA_TYPE}}
        status: dict[str, Any] = self.ask("POST", self.objects_url, **asked).json()
        while status["status"] != "complete":
            time.sleep(0.01)
            status = self.ask("GET", f"{self.account.api_root}status/{status['id']}/").json()
        return status

    def ask(self, method: str, url: str, **asked: Any) -> requests.Response:
        """Ask, and again as often as the server says that it is too busy just now and when to come back."""
        for _ in range(_ATTEMPTS):
            answer = self.session.request(method, url, timeout=_SECONDS, **asked)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" not in answer.headers:
                break
            time.sleep(int(answer.headers["Retry-After"]))
        answer.raise_for_status()
        return answer

    def pages(self, added_after: str | None) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """Follow pages to the end; gives each page's objects, and the date to go on from."""
        parameters: dict[str, Any] = {"added_after": added_after, "limit": 1000}
        while True:
            answer = self.ask("GET", self.objects_url, params=parameters)
            page = answer.json()
            added_after = answer.headers.get("X-TAXII-Date-Added-Last") or added_after
            yield page.get("objects", []), added_after
            if not page.get("more"):
                return
            parameters["next"] = page["next"]


@dataclass
class Follower:
    """Polls by the last date it was told, as clients do, and counts what it is given."""

    worker: Worker
    outcome: Outcome
    added_after: str | None = None

    def poll(self) -> None:
        """Read all there is."""
        for objects, added_after in self.worker.pages(self.added_after):
            self.outcome.seen.update(one["id"] for one in objects)
            self.added_after = added_after

    def insist(self) -> None:
        """Read all there is, also while connections break."""
        for _ in range(_ATTEMPTS):
            try:
                return self.poll()
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                time.sleep(0.05)
        raise AssertionError("no connection any more")


def race(account: Account, collection_id: str, size: int) -> Outcome:
    """Let a long write overlap short ones, and a follower poll meanwhile."""
    outcome = Outcome()
    follower = Follower(Worker(account, collection_id), outcome)
    follower.poll()
    outcome.seen.clear()
    large = list(islice(plain_indicators(time.time_ns()), size))

    def write_large() -> None:
        if Worker(account, collection_id).post(large)["success_count"] == size:
            outcome.written.update(one["id"] for one in large)

    writer = threading.Thread(target=write_large)
    writer.start()
    small = plain_indicators(time.time_ns() + 1)
    hand = Worker(account, collection_id)
    while writer.is_alive():
        one = next(small)
        assert hand.post([one])["success_count"] == 1
        outcome.written.add(one["id"])
        follower.poll()
    writer.join()
    follower.poll()
    return outcome


def mixed(account: Account, collection_id: str, seconds: float, writers: int = 4) -> Outcome:
    """Let several write, read and list at random while one follows."""
    outcome = Outcome()
    lock, stop = threading.Lock(), threading.Event()
    follower = Follower(Worker(account, collection_id), outcome)
    follower.insist()
    outcome.seen.clear()

    def work(number: int) -> None:
        hand, objects = Worker(account, collection_id), plain_indicators(time.time_ns() + number)
        while not stop.is_set():
            batch = list(islice(objects, 1 + 30 * (number % 2)))
            try:
                complete = hand.post(batch)["success_count"] == len(batch)
                with lock:
                    outcome.written.update(one["id"] for one in batch if complete)
                    outcome.faults["refused"] += not complete
                manifest = f"{account.api_root}collections/{collection_id}/manifest/"
                hand.ask("GET", manifest, params={"limit": 100})
                hand.ask("GET", f"{hand.objects_url}{batch[0]['id']}/")
            except requests.RequestException as exc:
                with lock:
                    outcome.faults[type(exc).__name__] += 1
                stop.wait(0.05)

    def follow() -> None:
        while not stop.wait(0.05):
            try:
                follower.poll()
            except requests.RequestException as exc:
                with lock:
                    outcome.faults[f"follower {type(exc).__name__}"] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)] + [threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    follower.insist()
    return outcome
