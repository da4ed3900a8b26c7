"""What the exchange publishes under a number of its own: releases of the catalogue, releases of counts, and exports.

Owns that each is what was logged of it, at the leaf that it names, that the exchange signed just that, and that each release
names the one before it; of the catalogue also its STIX objects. What partners declared, and what a count is made of, is committed
to nowhere. Kept by ``tests/services/checking/test_check_published.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.stix_object import timestamp_key
from app.services.checking.findings import Findings
from app.services.checking.known_keys import KnownKeys
from app.services.checking.said import Said, document_of, gather
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_objects import catalogue_objects
from app.storage import catalogue_releases, log, log_check, members, prevention
from app.storage.catalogue_releases import CatalogueObject
from app.storage.session import Connection
from breakwater_client.documents.strict_json import parse
from breakwater_client.extensions import SIGNATURE
from breakwater_client.instant import instant_text
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.object_signature import read_signature, verify_object
from breakwater_client.trust.payload_type import PayloadType


@dataclass(slots=True)
class PublishedCheck:
    """One pass over what was published."""

    connection: Connection
    findings: Findings
    keys: KnownKeys
    count: int = 0
    _said: Said = field(default_factory=Said)

    def run(self) -> int:
        """Check all of it. Gives how many rows were compared."""
        self._catalogue()
        self._prevention()
        self._exports()
        return self.count

    def _catalogue(self) -> None:
        self._said, seen, previous = gather(self.connection, self.findings, LeafKind.CATALOGUE_RELEASE), set(), None
        for row in catalogue_releases.releases(self.connection):
            where, subject = f"catalogue_release {row.release}", str(row.release)
            seen.add(subject)
            digest = hashlib.sha256(row.document.encode()).hexdigest()
            if row.digest != digest:
                self.findings.add(where, "is not what its digest says")
            document = {
                "release": row.release,
                "digest": digest,
                "previous": previous,
                "created_at": instant_text(row.released_at),
            }
            said = self._judge(where, subject, row.log_index, document)
            self._signed(where, json.loads(row.envelope), PayloadType.CATALOGUE_RELEASE, said)
            previous = digest
        self._look_for_gone("catalogue_release", seen)
        self._objects()

    def _objects(self) -> None:
        """Compare the catalogue's objects with what the releases say, each as the release says that brought it."""
        identity_id, due = members.this_exchange(self.connection).identity_id, dict[tuple[str, str], tuple[int, Any]]()
        for row in catalogue_releases.releases(self.connection):
            for value in _objects_of(row.document, identity_id):
                due.setdefault((value["id"], str(timestamp_key(value["modified"]))), (row.release, value))
        for one in catalogue_releases.all_objects(self.connection):
            self.count += 1
            where, brought = f"catalogue_object {one.position}", due.pop((one.stix_id, one.version_key), None)
            if brought is None or brought[0] != one.release:
                self.findings.add(where, "is none that its release brought")
            elif not self._is_signed(one, brought[1]):
                self.findings.add(where, "is not what its release says, signed by the exchange")
        for _, release in sorted((stix_id, release) for (stix_id, _), (release, _) in due.items()):
            self.findings.add(f"catalogue_release {release}", "brought an object that is gone")

    def _is_signed(self, one: CatalogueObject, value: Mapping[str, Any]) -> bool:
        try:
            signed: Any = parse(one.content)
            entry = read_signature(signed)
            verify_object(signed, entry, self.keys.own[entry.keyid])
        except (BreakwaterError, KeyError, TypeError, AttributeError):
            return False
        extensions = _without(signed["extensions"], {SIGNATURE})
        rest = _without(signed, {"extensions"}) | ({"extensions": extensions} if extensions else {})
        return rest == value and one.version == value["modified"]

    def _prevention(self) -> None:
        self._said, seen, previous = gather(self.connection, self.findings, LeafKind.PREVENTION_RELEASE), set(), None
        for row in reversed(prevention.releases(self.connection)):
            where, subject = f"prevention_release {row.number}", str(row.number)
            seen.add(subject)
            said = self._judge(where, subject, row.log_index, {"release": row.number}).get("document", {})
            told = {"number": row.number, "previous": previous, "created_at": instant_text(row.released_at)}
            self._differing(where, told, said)
            previous = self._signed(where, row.envelope, PayloadType.PREVENTION_RELEASE, said)
        self._look_for_gone("prevention_release", seen)

    def _exports(self) -> None:
        self._said, seen = gather(self.connection, self.findings, LeafKind.EXPORT), set()
        for row in log_check.logged_export_rows(self.connection):
            subject = f"{row.definition_id}/{row.number}"
            seen.add(subject)
            document = {"partner": row.partner_id, "definition": row.definition_id, "number": row.number}
            where = f"bulk_export {subject}"
            self._judge(where, subject, row.log_index, document | {"manifest_sha256": row.manifest_sha256})
            payload = self.keys.opened_payload(row.manifest, PayloadType.EXPORT_MANIFEST)
            if payload is None or hashlib.sha256(payload).hexdigest() != row.manifest_sha256:
                self.findings.add(where, "has a manifest that the exchange did not sign")
        self._look_for_gone("bulk_export", seen)

    def _judge(self, where: str, subject: str, log_index: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Compare a row with what was logged of it. Gives that; nothing for what never was."""
        index = self._said.last.get(subject)
        if index is None:
            self.findings.add(where, "was never logged")
            return {}
        if index != log_index:
            self.findings.add(where, "names another leaf than its own")
        statement = log.statement_at(self.connection, index)
        said = {} if statement is None else document_of(statement)
        self.count += 1
        self._differing(where, row, said)
        return said

    def _differing(self, where: str, row: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        differing = sorted(name for name, value in row.items() if said.get(name) != value)
        if differing:
            self.findings.add(where, f"is not what was logged: {', '.join(differing)}")

    def _signed(self, where: str, envelope: Mapping[str, Any], kind: PayloadType, said: Mapping[str, Any]) -> str | None:
        """Compare what was signed of a release with what was logged. Gives the digest of what was signed, None without one."""
        payload = self.keys.opened_payload(json.dumps(envelope), kind)
        if payload is None or json.loads(payload) != _without(said, {"recorded_at"}):
            self.findings.add(where, "is not what the exchange signed")
        return None if payload is None else hashlib.sha256(payload).hexdigest()

    def _look_for_gone(self, table: str, seen: set[str]) -> None:
        for subject in sorted(self._said.last.keys() - seen):
            self.findings.add(f"{table} {subject}", "was logged and is gone")


def _objects_of(document: str, identity_id: str) -> list[dict[str, Any]]:
    try:
        return catalogue_objects(read_catalogue(json.loads(document)), identity_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # which its digest says


def _without(value: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Give a document without some members: ``recorded_at`` is what the log adds to one."""
    return {name: one for name, one in value.items() if name not in names}
