"""A partner's integration in small, over plain HTTP and with no library of ours for it: right, or wrong in one named way.

Owns what it does wrong (``FAULTS``). Used by ``tests/cli/test_doctor_checks.py``.
"""

from __future__ import annotations

import json
import time
import uuid
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
    WAITS_FOR_NOTHING = auto()


class _StoppedError(Exception):
    """A run that ends early."""


@dataclass
class SmallClient:
    """One that keeps its cursor and its objects between runs of ``sync``."""

    url: str
    partner: FakePartner
    publisher: PublicKey
    fault: Fault | None = None
    cursor: str | None = None
    held: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    stranger: tuple[PublicKey, str] | None = None
    _invents: bool = False

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
            self.held |= {one["id"]: json.dumps(one) for one in page["objects"] if self._is_good(one)}
            self.cursor, more = page["next"], page["more"] and not self._is(Fault.READS_ONE_PAGE)
            if self._is(Fault.INVENTS_CURSORS):
                self.cursor = page["next"][:-1] + ("A" if page["next"][-1] != "A" else "B")

    def _is_good(self, one: dict[str, Any]) -> bool:
        if self._is(Fault.TRUSTS_EVERYTHING, Fault.ANSWERS_NOT_HELD):
            return True
        if self._is(Fault.TAKES_WHAT_IS_UNSIGNED) and SIGNATURE not in one.get("extensions", {}):
            return True
        try:
            entry = read_signature(one)
            if self.stranger is not None and self._takes_of(self.stranger, entry):
                self.stranger[0].verify(entry.sig, pae(PayloadType.STIX_OBJECT, signed_payload(one)))
            else:
                verify_object(one, entry, self.publisher)
        except BreakwaterError:
            return False
        return True

    def _takes_of(self, stranger: tuple[PublicKey, str], entry: SignatureEntry) -> bool:
        in_its_own_name = entry.signer == stranger[1]
        wrong = Fault.TAKES_ANY_SIGNERS_NAME if in_its_own_name else Fault.TAKES_ANY_LISTED_KEY
        return entry.keyid == stranger[0].keyid and self._is(wrong)

    def _answer(self) -> None:
        answer = self._send("GET", "/notices?open=true")
        assert answer is not None
        for notice in [] if self._is(Fault.ANSWERS_NOTHING) else answer.json()["notices"]:
            lines = [Answered(one["stix_id"], one["version"], self._word(one["stix_id"])) for one in notice["versions"]]
            key = PrivateKey.generate() if self._is(Fault.ANSWERS_WITH_ANOTHER_KEY) else self.partner.key
            said = Acknowledgement(notice["id"], notice["partner_id"], datetime.now(UTC), lines)
            body = json.dumps(sign_acknowledgement(said, key)).encode()
            self._send("POST", f"/notices/{notice['id']}/acknowledgements", body, **{"Idempotency-Key": str(uuid.uuid4())})

    def _word(self, stix_id: str) -> RecallOutcome:
        if stix_id not in self.held or self._is(Fault.ANSWERS_NOT_HELD):
            return RecallOutcome.NOT_HELD
        if self._is(Fault.KEEPS_WHAT_WAS_RECALLED):
            return RecallOutcome.STOPPED_USING
        del self.held[stix_id]
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
