"""A partner who watches over its name, and an exchange in this process that lies to it; for the tests of what is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.vocabulary import KeyState, KeyUsage
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.key_directory import DirectoryKey
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.verifying.directory_keys import Directory, accepted_before
from breakwater_client.verifying.known_keys import KnownSigner
from breakwater_client.verifying.verdicts import VerifiedSignature
from breakwater_client.verifying.verify_objects import verify_document
from breakwater_client.witnessing.kept_alarms import kept_alarms
from breakwater_client.witnessing.rounds import AbsentError, PendingError
from breakwater_client.witnessing.watch_name import watch_name
from breakwater_client.witnessing.watching import Name, Watched
from tests.factories.directories import HOME
from tests.factories.lying_exchanges import LyingExchange, View
from tests.factories.memory_shelves import MemoryShelf
from tests.factories.small_logs import PARTNER
from tests.factories.stix_objects import indicator

IDENTITY = "identity--33333333-3333-4333-8333-333333333333"
DAY = timedelta(days=1)


class WatchedName:
    """An exchange in this process, and a partner with one object, its receipt, and a key that the directory lists."""

    def __init__(self) -> None:
        self.lying, self.key, self.now = LyingExchange(), PrivateKey.generate(), datetime.now(UTC)
        self.log = self.lying.log(30)
        self.value = self.sign(indicator(), self.key)
        index = self.log.add(digest_of(self.value, self.key))
        self.log.fill(40)
        self.objects, self.recalls = list[Any]([self.value]), list[Any]()
        self.proof: dict[str, Any] | None = self.log.submission([index])
        self.pending = False
        self.entries = dict[str, Any]()
        self.receipts = {"one.json": json.dumps(self.proof["receipt"]).encode()}
        self.listed = [(self.log.statements, KeyUsage.STATEMENT_SIGNING, HOME), (self.key, KeyUsage.OBJECT_SIGNING, IDENTITY)]
        self.lying.views["a"] = View(self.log, 40)
        self.shelf = MemoryShelf()
        self.issue()
        self.shelf.files["directory.json"] = self.lying.envelope()

    def sign(self, value: dict[str, Any], key: PrivateKey) -> dict[str, Any]:
        return sign_object(value, key, signer=IDENTITY, signed_at=self.now)

    def issue(self) -> None:
        """Make the next version of the directory, with all keys that are listed."""
        self.lying.issue()
        current = self.lying._made
        made = current.issued_at - DAY  # as before, whatever the time is: what is listed does not change
        entries = [DirectoryKey(one.public, usage, owner, KeyState.ACTIVE, made, made) for one, usage, owner in self.listed]
        added = tuple(one for one in entries if current.find(one.keyid) is None)
        self.lying._made = replace(current, keys=(*current.keys, *added))

    def fetch(self, path: str) -> bytes:
        if path.startswith("/log/entries/"):
            return self.entry(path)
        if path.startswith("/submissions/"):
            if self.pending:
                raise PendingError
            if self.proof is None:
                raise AbsentError
            return json.dumps(self.proof).encode()
        name, _, query = path.partition("?")
        status, body = self.lying.answer("a", name, dict(one.split("=") for one in query.split("&")) if query else {})
        if status == 404:
            raise AbsentError
        return body

    def entry(self, path: str) -> bytes:
        found = self.entries.get(path)
        if isinstance(found, Exception):
            raise found
        if found is None:
            raise AbsentError
        return json.dumps(found).encode()

    def withdraw(self, *indexes: int, size: int = 41, kind: LeafKind = LeafKind.RECALL, **members: Any) -> dict[str, Any]:
        """Have the log hold a recall of these leaves, show it in a log of this size, and give what is told of it."""
        document = {
            "type": "recall", "recall": "r1", "partner": PARTNER, "withdrawn_at": "2026-03-02T12:00:00.000000Z",
            "log_indexes": list(indexes), **members,
        }  # fmt: skip
        index = self.log.add(hashlib.sha256(canonical_bytes(document)).hexdigest(), kind)
        self.lying.views["a"] = View(self.log, size)
        self.entries[f"/log/entries/{index}/proof"] = {"document": document, "proof": self.log.proof(index)}
        return {"id": "r1", "log_index": index, "objects": [{"payload_digest": self.digest}]}

    @property
    def digest(self) -> str:
        return digest_of(self.value, self.key)

    def deliver(self, note: str) -> None:
        raise AssertionError(note)

    def own_objects(self) -> Iterator[Any]:
        return iter(self.objects)

    def own_recalls(self) -> Iterator[dict[str, Any]]:
        return iter(self.recalls)

    def name(self, *keys: PrivateKey) -> Name:
        """Give whose name it is, with these keys (its own, if none is given)."""
        public = [one.public for one in keys or (self.key,)]
        return Name(IDENTITY, PARTNER, public, self.receipts, timedelta(minutes=30))

    def lying_directory(self) -> Directory:
        """Give the directory that is accepted."""
        return accepted_before(self.shelf.files["directory.json"])

    def watch(self, *keys: PrivateKey, found: Watched | None = None) -> Watched:
        """Look once."""
        found = found or Watched()
        watch_name(self.shelf, self, self.name(*keys), lambda: self.now, found)
        return found

    def kinds(self, *keys: PrivateKey) -> list[str]:
        found = [one.kind.value for one in self.watch(*keys).alarms]
        assert {one.kind.value for one in kept_alarms(self.shelf)} == set(found)
        return found


def digest_of(value: dict[str, Any], key: PrivateKey) -> str:
    [verdict] = verify_document(json.dumps(value).encode(), [KnownSigner(key.public, IDENTITY)])
    assert isinstance(verdict, VerifiedSignature)
    assert verdict.payload_digest is not None
    return verdict.payload_digest
