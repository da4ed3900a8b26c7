"""A partner's integration in small, over plain HTTP and with no library of ours for it: right, or wrong in one named way.

Owns what it does wrong (``FAULTS``). Used by ``tests/cli/test_doctor_checks.py``.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import Any

import requests

from breakwater_client.errors import BreakwaterError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.object_vocabulary import RecallOutcome
from breakwater_client.signing.acknowledgement import Acknowledgement, Answered, sign_acknowledgement
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.object_signature import SignatureEntry, read_signature, signed_payload, verify_object
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator

AFTER_A_REFUSAL_SECONDS = 0.5


class Fault(StrEnum):
    """What it does wrong."""

    ANSWERS_WITH_ANOTHER_KEY = auto()
    ANSWERS_NOTHING = auto()
    ANSWERS_NOT_HELD = auto()
    BEGINS_ANEW = auto()
    BEGINS_ANEW_AFTER_A_CUT = auto()
    GIVES_UP_WHAT_WAS_LOST = auto()
    INSISTS = auto()
    INVENTS_CURSORS = auto()
    KEEPS_WHAT_WAS_RECALLED = auto()
    MIXES_PUBLISHERS = auto()
    READS_ONE_PAGE = auto()
    REPEATS_UNDER_A_NEW_KEY = auto()
    REPEATS_OTHER_BYTES = auto()
    SAYS_NO_PURPOSE = auto()
    SENDS_NO_IDEMPOTENCY_KEY = auto()
    SENDS_TOKENS_IN_ADDRESSES = auto()
    SENDS_ANOTHER_TOKEN = auto()
    SIGNS_NOTHING = auto()
    SIGNS_WITH_ANOTHER_KEY = auto()
    STOPS_AT_WHAT_IS_NEW = auto()
    TAKES_ANY_LISTED_KEY = auto()
    TAKES_ANY_SIGNERS_NAME = auto()
    TAKES_WHAT_IS_UNSIGNED = auto()
    TRUSTS_EVERYTHING = auto()
    TRUSTS_OTHER_TYPES = auto()
    WAITS_FOR_NOTHING = auto()


class _StoppedError(Exception):
    """A run that ends early."""


@dataclass
class SmallClient:
    """One that keeps its cursor and its objects between runs of ``sync``: by id and digest, without one what it takes blindly.

    ``listed`` are those whose objects it takes: keys with the identities that they belong to.
    """

    url: str
    partner: FakePartner
    listed: Sequence[tuple[PublicKey, str]]
    fault: Fault | None = None
    cursor: str | None = None
    held: dict[tuple[str, str], str] = field(default_factory=dict)
    file: Path | None = None

    def sync(self) -> None:
        """Submit, pull, answer; what is refused ends the run."""
        try:
            self._submit()
            self._pull()
            self._answer()
        except _StoppedError:
            time.sleep(AFTER_A_REFUSAL_SECONDS)
        if self.file is not None:
            self.file.write_text("\n".join(self.held.values()))

    def _is(self, *faults: Fault) -> bool:
        return self.fault in faults

    def _send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> requests.Response | None:
        """Send, and wait where it is told to; None: the answer was cut or lost."""
        token = "bw_nobody" if self._is(Fault.SENDS_ANOTHER_TOKEN) else self.partner.token
        address = f"{self.url}/api/v1{path}"
        if self._is(Fault.SENDS_TOKENS_IN_ADDRESSES) and "?" in path:
            address += f"&x={token}"
        named = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | headers
        while True:
            try:
                answer = requests.request(method, address, data=body, headers=named, timeout=30)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                return None
            if answer.status_code in {429, 503}:
                time.sleep(0 if self._is(Fault.WAITS_FOR_NOTHING) else float(answer.headers["Retry-After"]))
                continue
            if answer.status_code >= 400 and self._is(Fault.INSISTS):
                requests.request(method, address, data=body, headers=named, timeout=30)
            if answer.status_code >= 400:
                raise _StoppedError
            return answer

    def _pull(self) -> None:
        purpose = {} if self._is(Fault.SAYS_NO_PURPOSE) else {"Breakwater-Purpose": "detection"}
        if self._is(Fault.BEGINS_ANEW):
            self.cursor = None
        more = True
        while more:
            answer = self._send("GET", f"/objects?limit=50{f'&next={self.cursor}' if self.cursor else ''}", None, **purpose)
            if answer is None:
                self.cursor = None if self._is(Fault.BEGINS_ANEW_AFTER_A_CUT) else self.cursor
                continue
            page = answer.json()
            if self._is(Fault.STOPS_AT_WHAT_IS_NEW) and page.keys() - {"objects", "more", "next", "attestations"}:
                raise _StoppedError
            for one in page["objects"]:
                if (digest := self._digest(one)) is not None:
                    self.held[one["id"], digest] = json.dumps(one)
            self.cursor, more = page["next"], page["more"] and not self._is(Fault.READS_ONE_PAGE)
            if self._is(Fault.INVENTS_CURSORS):
                self.cursor = page["next"][:-1] + ("A" if page["next"][-1] != "A" else "B")

    def _digest(self, one: dict[str, Any]) -> str | None:
        """Give the digest that an object is kept by, "" for one that is taken unseen, None for one that is not taken."""
        if self._is(Fault.TRUSTS_EVERYTHING, Fault.ANSWERS_NOT_HELD):
            return ""
        if self._is(Fault.TRUSTS_OTHER_TYPES) and one["type"] != "indicator":
            return ""
        if self._is(Fault.TAKES_WHAT_IS_UNSIGNED) and SIGNATURE not in one.get("extensions", {}):
            return ""
        try:
            digest = self._verified(one)
        except BreakwaterError:
            return None
        return "" if digest is not None and self._is(Fault.MIXES_PUBLISHERS) else digest

    def _verified(self, one: dict[str, Any]) -> str | None:
        entry = read_signature(one)
        key, identity = {each.keyid: (each, whose) for each, whose in self.listed}.get(entry.keyid, (None, ""))
        if key is None:
            return None
        if entry.signer != identity and self._is(Fault.TAKES_ANY_LISTED_KEY):
            return self._signed_by(key, entry, one)
        if one.get("created_by_ref", identity) != identity == entry.signer and self._is(Fault.TAKES_ANY_SIGNERS_NAME):
            return self._signed_by(key, entry, one)
        return verify_object(one, entry, key).hex() if entry.signer == identity else None

    def _signed_by(self, key: PublicKey, entry: SignatureEntry, one: dict[str, Any]) -> str:
        key.verify(entry.sig, pae(PayloadType.STIX_OBJECT, signed_payload(one)))
        return ""

    def _answer(self) -> None:
        answer = self._send("GET", "/notices?open=true")
        assert answer is not None
        for notice in [] if self._is(Fault.ANSWERS_NOTHING) else answer.json()["notices"]:
            lines = [Answered(one["stix_id"], one["version"], self._word(one)) for one in notice["versions"]]
            key = PrivateKey.generate() if self._is(Fault.ANSWERS_WITH_ANOTHER_KEY) else self.partner.key
            said = Acknowledgement(notice["id"], notice["partner_id"], datetime.now(UTC), lines)
            body = json.dumps(sign_acknowledgement(said, key)).encode()
            self._send("POST", f"/notices/{notice['id']}/acknowledgements", body, **{"Idempotency-Key": str(uuid.uuid4())})

    def _word(self, version: dict[str, Any]) -> RecallOutcome:
        kept_by = [(version["stix_id"], digest) for digest in (version["payload_digest"], "")]
        named = [one for one in kept_by if one in self.held]
        if not named or self._is(Fault.ANSWERS_NOT_HELD):
            return RecallOutcome.NOT_HELD
        if self._is(Fault.KEEPS_WHAT_WAS_RECALLED):
            return RecallOutcome.STOPPED_USING
        for one in named:
            del self.held[one]
        return RecallOutcome.DELETED

    def _submit(self) -> None:
        value = indicator()
        body = self._signed(value)
        key = {} if self._is(Fault.SENDS_NO_IDEMPOTENCY_KEY) else {"Idempotency-Key": str(uuid.uuid4())}
        while self._send("POST", "/submissions", body, **key) is None:
            if self._is(Fault.GIVES_UP_WHAT_WAS_LOST, Fault.SENDS_NO_IDEMPOTENCY_KEY):
                return
            if self._is(Fault.REPEATS_UNDER_A_NEW_KEY):
                key = {"Idempotency-Key": str(uuid.uuid4())}
            if self._is(Fault.REPEATS_OTHER_BYTES):
                body = self._signed(value)

    def _signed(self, value: dict[str, Any]) -> bytes:
        if self._is(Fault.SIGNS_NOTHING):
            return json.dumps({"objects": [value]}).encode()
        if self._is(Fault.SIGNS_WITH_ANOTHER_KEY):
            other = FakePartner(self.partner.transport, None, self.partner.partner_id, "", self.partner.identity_id)
            return json.dumps({"objects": [other.sign(value)]}).encode()
        return json.dumps({"objects": [self.partner.sign(value)]}).encode()
