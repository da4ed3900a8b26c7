"""What is kept beside an object version against what was signed: its names, its owner, whether and when it was withdrawn.

Owns what must hold of each row of ``object_version`` besides its leaf: the content says its names, its signature (or the
exchange's attestation) whose it is, a recall that it was withdrawn, and the signed receipt when it came. In which class it is
follows from what nobody signed; only that the class is its owner's, and no wider than the label that the object bears, is asked.
Kept by ``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.erasure import ErasedVersion
from app.domain.errors import BreakwaterError
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import Assurance, KeyUsage, Tlp
from app.services.checking.findings import Findings
from app.services.checking.known_keys import KnownKeys
from app.storage import erasures, version_check
from app.storage.objects import NO_SUBMISSION
from app.storage.session import Connection
from app.storage.version_check import VersionRow
from breakwater_client.documents.strict_json import parse
from breakwater_client.extensions import SIGNATURE
from breakwater_client.instant import instant_text
from breakwater_client.tlp_markings import TLP_MARKINGS
from breakwater_client.trust.object_signature import SignatureEntry, read_signature, signed_payload, verify_object

_NOTICE = "recall-notice"
_NARROWEST = Tlp.RED.rank + 1


@dataclass(slots=True)
class VersionCheck:
    """What one pass over versions asks of each; ``keys`` are all that may have signed anything."""

    connection: Connection
    findings: Findings
    keys: KnownKeys
    _classes: dict[int, tuple[str | None, int]] = field(default_factory=dict)

    def piece(self, versions: Collection[VersionRow], erased: Mapping[int, ErasedVersion]) -> None:
        """Check what is kept beside these versions, each on its own; ``erased`` is what is remembered of erased ones."""
        self._load_classes({one.class_id for one in versions})
        for one in versions:
            self._withdrawal(one)
            if one.leaf_at is not None and one.leaf_at != one.received_at:
                self.findings.add(f"object_version {one.version_id}", "was received at another time than it was logged")
            if one.content is not None:
                self._content(one, one.content)
                if one.log_index in erased:
                    self.findings.add(f"object_content {one.version_id}", "is there, and was erased")
            elif one.log_index not in erased:
                self.findings.add(f"object_content {one.version_id}", "is gone, and nothing erased it")
        self._receipts(versions)

    def classes(self) -> int:
        """Check that each class is what its digest says. Gives how many there are."""
        count = 0
        for row in version_check.all_classes(self.connection):
            count += 1
            is_its_own = hashlib.sha256(row.document.encode()).digest() == row.digest
            if not is_its_own or _read_class(row.document)[0] != row.owner_id:
                self.findings.add(f"handling_class {row.class_id}", "is not what its digest says")
        return count

    # --- withdrawn ------------------------------------------------------------------------------------------------------------

    def _withdrawal(self, one: VersionRow) -> None:
        where = f"object_version {one.version_id}"
        if one.recalled_at is None:
            if one.withdrawn_at is not None:
                self.findings.add(where, "is withdrawn, and nothing recalled it")
        elif one.withdrawn_at != one.recalled_at:
            self.findings.add(where, "was recalled, and is not withdrawn as of then")
        elif one.visible_until > one.recalled_at:
            self.findings.add(where, "was recalled, and can still be seen")

    # --- what the content says ------------------------------------------------------------------------------------------------

    def _content(self, one: VersionRow, content: bytes) -> None:
        try:
            value = parse(content)
        except BreakwaterError:
            value = None
        at = f"object_content {one.version_id}"
        if hashlib.sha256(content).digest() != one.content_digest:
            self.findings.add(at, f"is not what was admitted (log index {one.log_index})")
        if not isinstance(value, dict) or _payload_digest(value, content) != one.payload_digest:
            self.findings.add(at, f"is not what its leaf commits to (log index {one.log_index})")
            return  # whatever else it says, it is another's content
        where = f"object_version {one.version_id}"
        stated = value.get("created" if value.get("type") == "marking-definition" else "modified")
        version = one.version if stated is None else stated
        if (value.get("id"), value.get("type"), version) != (one.stix_id, one.type, one.version):
            self.findings.add(where, "has other names than its content")
        if timestamp_key(one.version) != one.version_key:
            self.findings.add(where, "is sorted by another version than its own")
        if _is_signed(value):
            self._signed(one, value)
        else:
            self._attested(one)
        self._class(one, value)

    def _signed(self, one: VersionRow, value: Mapping[str, Any]) -> None:
        where = f"object_version {one.version_id}"
        if one.assurance != Assurance.PUBLISHER_SIGNED or one.envelope is not None:
            self.findings.add(where, "is signed by its publisher, and kept as if it were not")
        try:
            entry = read_signature(value)
            key = self._key_of(one, entry)
            if key is not None:
                verify_object(value, entry, key)
        except BreakwaterError:
            self.findings.add(where, "has a signature that does not verify")

    def _key_of(self, one: VersionRow, entry: SignatureEntry) -> Any:
        """Give the key that vouches for a signed version, if it is the one that the row names, and its owner's."""
        where = f"object_version {one.version_id}"
        if entry.keyid != one.keyid:
            self.findings.add(where, "names another key than its signature")
            return None
        if one.submission_id == NO_SUBMISSION:  # a notice, of which the exchange is the author
            key = self.keys.own.get(one.keyid) if one.type == _NOTICE else None
        else:
            owner_id, usage, key = self.keys.partners.get(one.keyid, (None, None, None))
            key = key if owner_id == one.owner_id and usage == KeyUsage.OBJECT_SIGNING else None
        if key is None:
            self.findings.add(where, "is signed with no key of its owner")
        return key

    def _attested(self, one: VersionRow) -> None:
        where = f"object_version {one.version_id}"
        said = self.keys.attestation(one.envelope)
        if said is None or one.assurance != Assurance.CHANNEL_ATTESTED:
            self.findings.add(where, "is neither signed nor attested")
            return
        document, keyid = said
        row = {
            "partner": one.owner_id,
            "received_at": instant_text(one.received_at),
            "assurance": one.assurance,
            "id": one.stix_id,
            "version": one.version,
            "payload_digest": one.payload_digest.hex(),
        }
        differing = sorted(name for name, value in row.items() if document.get(name) != value)
        if keyid != one.keyid:
            differing.append("key")
        if differing:
            self.findings.add(where, f"is not what was attested: {', '.join(differing)}")

    # --- its class ------------------------------------------------------------------------------------------------------------

    def _load_classes(self, class_ids: set[int]) -> None:
        documents = version_check.class_documents(self.connection, class_ids)
        self._classes = {class_id: _read_class(text) for class_id, text in documents}

    def _class(self, one: VersionRow, value: Mapping[str, Any]) -> None:
        owner_id, narrowest = self._classes.get(one.class_id, (None, -1))
        where = f"object_version {one.version_id}"
        if owner_id != one.owner_id:
            self.findings.add(where, "is in no class of its owner")
            return
        refs = value.get("object_marking_refs")
        stated = [TLP_MARKINGS[ref].rank for ref in refs if ref in TLP_MARKINGS] if isinstance(refs, list) else []
        if one.submission_id != NO_SUBMISSION and max(stated, default=0) > narrowest:
            self.findings.add(where, "is in a class that is wider than its label")

    # --- its receipt ----------------------------------------------------------------------------------------------------------

    def _receipts(self, versions: Collection[VersionRow]) -> None:
        by_submission: dict[str, list[VersionRow]] = {}
        for one in versions:
            if one.submission_id != NO_SUBMISSION:
                by_submission.setdefault(one.submission_id, []).append(one)
            elif one.type != _NOTICE:
                self.findings.add(f"object_version {one.version_id}", "came with no submission")
        for row in version_check.submissions_named(self.connection, by_submission.keys()):
            self._receipt(row, by_submission.pop(row.submission_id))
        for submission_id in by_submission:
            self.findings.add(f"submission {submission_id}", "is gone, and versions came with it")

    def _receipt(self, row: Any, versions: Collection[VersionRow]) -> None:
        where = f"submission {row.submission_id}"
        document = self.keys.receipt(row.receipt) or self._reduced(row.receipt)
        if document is None:
            self.findings.add(where, "has no receipt that the exchange signed")
            return
        said = (document.get("submission"), document.get("partner"), document.get("received_at"))
        if said != (row.submission_id, row.partner_id, instant_text(row.received_at)):
            self.findings.add(where, "is not what its receipt says")
        results = {one.get("log_index"): one for one in document.get("objects", ()) if one.get("decision") == "stored"}
        for one in versions:
            self._result(one, results.get(one.log_index, {}), document.get("received_at"))

    def _reduced(self, text: str) -> Mapping[str, Any] | None:
        """Give the document of a receipt out of which erased objects were taken, and with them the signature; None for another.

        Nothing signed vouches for the rest of it: it is compared with what is stored, and that with the log.
        """
        try:
            envelope = json.loads(text)
            document = json.loads(base64.b64decode(envelope["payload"]))
            log_indexes = {int(one) for one in document["erased"]}
        except (ValueError, KeyError, TypeError):
            return None
        is_reduced = envelope.get("signatures") == [] and log_indexes
        return document if is_reduced and erasures.are_erased(self.connection, log_indexes) else None

    def _result(self, one: VersionRow, result: Mapping[str, Any], received_at: Any) -> None:
        row = {"id": one.stix_id, "version": one.version, "payload_digest": one.payload_digest.hex()}
        differing = sorted(name for name, value in row.items() if result.get(name) != value)
        if received_at != instant_text(one.received_at):
            differing.append("received_at")
        if differing:
            self.findings.add(f"object_version {one.version_id}", f"is not what its receipt says: {', '.join(differing)}")


def _read_class(text: str) -> tuple[str | None, int]:
    """Give whose a class is, and the rank of the narrowest label in it; who names no audience is narrower than any label."""
    try:
        document = json.loads(text)
        owner_id, handlings = document["owner"], document["handlings"]
        ranks = [Tlp(one["tlp"]).rank if one["audiences"] or one.get("posted_to") else _NARROWEST for one in handlings]
    except (ValueError, KeyError, TypeError):
        return None, -1
    return owner_id, max(ranks, default=-1)


def _is_signed(value: Mapping[str, Any]) -> bool:
    extensions = value.get("extensions")
    return isinstance(extensions, dict) and SIGNATURE in extensions


def _payload_digest(value: Mapping[str, Any], content: bytes) -> bytes | None:
    """Give the digest that the leaf of this content commits to; None for what is no object that could have been admitted."""
    if not _is_signed(value):
        return hashlib.sha256(content).digest()
    try:
        read_signature(value)
        return hashlib.sha256(signed_payload(value)).digest()
    except BreakwaterError:
        return None
