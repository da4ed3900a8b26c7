"""What the ledger says of an answer is what left in it: over random traffic, by digest, as the client has it.

Each request is compared with the rows that it left: none for an answer that names nothing, else one, whose versions are exactly
those whose bytes came, or whose ids did, or of which the head of an answer told.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from app.domain.disclosure import Disclosure
from app.domain.vocabulary import Extent, Purpose
from app.storage.ledger_search import Numbers, Sought, rows_sought
from app.storage.tables import object_version
from tests.factories import taxii
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, newer

_DECODER = json.JSONDecoder()


class Traffic:
    """A publisher, two readers, and requests of all kinds by them at random."""

    def __init__(self, running: RunningExchange, seed: int) -> None:
        self.running, self.rng = running, random.Random(seed)
        self.author = running.enrol("Platform A")
        self.readers = [running.enrol("Hotline A"), running.enrol("Platform B")]
        self.group_id = taxii.make_group(running, (self.author, "rw"), (self.readers[0], "r"))
        values = [indicator(self.rng) for _ in range(4)]
        assert self.author.submit(*values, newer(values[0])).status == 201
        assert taxii.post_signed(self.author, self.group_id, values[1], indicator(self.rng)).status == 202
        self.ids = [one["id"] for one in values] + [indicator(self.rng)["id"]]
        self.seen = 0

    def step(self) -> Extent | None:
        """Send one request and compare. Gives what its row says, None without a row."""
        reader = self.rng.choice(self.readers)
        reader.purpose = self.rng.choice((Purpose.DETECTION, Purpose.INVESTIGATION, None))
        method = self.rng.choice(("GET", "GET", "GET", "HEAD"))
        extent, ask = self.rng.choice((*self._over_rest(reader, method), *self._over_taxii(reader, method)))
        answer = ask()
        rows = self._new_rows()
        if not rows:
            assert answer.status not in {200, 206} or method == "HEAD" or not (_ids(answer) or _digests(answer))
            return None
        [row] = rows
        expected = Extent.EXISTENCE if method == "HEAD" else extent
        assert (row.partner_id, row.purpose, row.extent) == (reader.partner_id, reader.purpose, expected)
        self._compare(answer, row)
        return row.extent

    def _over_rest(self, reader: FakePartner, method: str) -> list[tuple[Extent, Callable[[], Answer]]]:
        one = self.rng.choice(self.ids)

        def ask(path: str, *, again: bool = False, **query: str) -> Answer:
            stated = {"Breakwater-Purpose": reader.purpose.value} if reader.purpose else {}
            answer = reader.send(method, f"objects{path}", query=query, headers=stated)
            if again and answer.status == 200:
                self._new_rows()
                answer = reader.send(method, f"objects{path}", headers=stated | {"If-None-Match": answer.headers["ETag"]})
                assert answer.status == 304
            return answer

        return [
            (Extent.CONTENT, lambda: ask("", limit=str(self.rng.randint(1, 5)))),
            (Extent.CONTENT, lambda: ask("", type="malware")),
            (Extent.CONTENT, lambda: ask(f"/{one}")),
            (Extent.CONTENT, lambda: ask(f"/{one}", again=True)),
            (Extent.CONTENT, lambda: ask(f"/{one}/versions/2026-01-05T10:00:00.000Z")),
            (Extent.IDS, lambda: ask(f"/{one}/versions")),
        ]

    def _over_taxii(self, reader: FakePartner, method: str) -> list[tuple[Extent, Callable[[], Answer]]]:
        one, where = self.rng.choice(self.ids), self.rng.choice(("exchange", self.group_id))
        kinds = {
            "objects/": Extent.CONTENT,
            f"objects/{one}/": Extent.CONTENT,
            "manifest/": Extent.IDS,
            f"objects/{one}/versions/": Extent.IDS,
        }
        accept = {"Accept": "application/taxii+json;version=2.1"}
        paths = [(extent, taxii.of(where, rest)) for rest, extent in kinds.items()]
        return [(extent, partial(taxii.ask, reader, path, headers=accept, method=method)) for extent, path in paths]

    def _new_rows(self) -> list[Disclosure]:
        with self.running.exchange.database.read() as connection:
            rows = rows_sought(connection, Sought(), Numbers(self.seen, 2**40, 10))
        self.seen = rows[-1].number if rows else self.seen
        return [row.disclosure for row in rows]

    def _compare(self, answer: Answer, row: Disclosure) -> None:
        ov = object_version.c
        with self.running.exchange.database.read() as connection:
            stored = select(ov.stix_id, ov.version, ov.content_digest).where(ov.version_id.in_(row.version_ids))
            versions = connection.execute(stored).all()
        assert len(versions) == len(row.version_ids)
        if answer.status == 304 or row.extent is Extent.EXISTENCE:
            assert answer.body == b""
        elif row.extent is Extent.CONTENT:
            assert _digests(answer) == sorted(bytes(one.content_digest) for one in versions)
        else:
            named = [json.loads(answer.body)]
            told = sorted(_versions(named[0]))
            assert told == sorted(one.version for one in versions)


def _digests(answer: Answer) -> list[bytes]:
    """Give the SHA-256 of each object of an answer, over its bytes as they came."""
    text = answer.body.decode()
    start, found = text.find('"objects":['), []
    place = start + len('"objects":[')
    while start >= 0 and text[place] != "]":
        _, end = _DECODER.raw_decode(text, place)
        found.append(hashlib.sha256(text[place:end].encode()).digest())
        place = end + (text[end] == ",")
    return sorted(found)


def _versions(document: dict[str, object]) -> list[str]:
    listed = document.get("objects") or document.get("versions") or []
    assert isinstance(listed, list)
    return [one if isinstance(one, str) else one["version"] for one in listed]


def _ids(answer: Answer) -> list[str]:
    return _versions(json.loads(answer.body or b"{}"))


def _play(url: str, seed: int, steps: int) -> set[Extent | None]:
    with running_exchange(url) as running:
        traffic = Traffic(running, seed)
        return {traffic.step() for _ in range(steps)}


def test_the_ledger_says_what_left(sqlite_url: str) -> None:
    assert _play(sqlite_url, 1, 60) == {*Extent, None}, "some kind of answer was never given"


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1020))
def test_the_ledger_says_what_left_for_long(database_url: str, seed: int) -> None:
    assert _play(database_url, seed, 500) == {*Extent, None}
