"""What the doctor does to an integration, and when: one answer lost, one page cut, one wait asked for, objects changed.

Owns the scenario, and that signed requests are verified here: they are signed for the
doctor's address, so they go on with the partner's token. Kept by ``tests/cli/test_doctor_scenario.py``.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.cli.api import Api
from app.cli.doctor_hop import Hindrance, Seen, pass_on, problem
from app.cli.doctor_practice import Practice
from breakwater_client.errors import BreakwaterError
from breakwater_client.trust.keys import load_public_key
from breakwater_client.trust.request_signature import RequestParts, read_claim, verify_request

WAIT_SECONDS = 5
"""How long an integration is told to wait: clearly longer than the doctor rests, and than a run takes to ask again."""

UNPASSABLE = "Signed requests are passed on with the partner's token: give the doctor --token-file or --sandbox."

UNHEARD_OF = "doctor-unheard-of"
"""A code, and a member of documents, that no integration knows."""

_SMALL_PAGE = 2
_SMALL_PAGES = 12
_BUSY_PAGE, _CUT_PAGE = 2, 4


@dataclass(slots=True)
class Scenario:
    """What is done to the requests of one integration, in their order; ``seen`` are all of them.

    ``lacks_token``: a signed request came that cannot be passed on, which is not the integration's fault.
    """

    url: str
    partner: Api | None
    token: str | None
    practice: Practice | None
    seen: list[Seen] = field(default_factory=list)
    lacks_token: bool = False
    _nonces: set[str] = field(default_factory=set)
    _done: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, one: Seen) -> None:
        """Fill the answer to a request in, and remember it."""
        headers = dict(one.headers)
        one.authentic = self._why_not_authentic(one, headers)
        if one.authentic is not None:
            problem(one, 401, "request-signature-invalid", one.authentic)
        elif one.is_feed:
            self._feed(one, headers)
        elif one.is_submission:
            self._submission(one, headers)
        else:
            pass_on(self.url, one, one.target, headers)
        one.answered_at = time.monotonic()
        with self._lock:
            self.seen.append(one)

    def so_far(self) -> list[Seen]:
        """Give the requests until now."""
        with self._lock:
            return list(self.seen)

    def _feed(self, one: Seen, headers: Mapping[str, str]) -> None:
        feeds = [other for other in self.seen if other.is_feed]
        if len(feeds) + 1 == _BUSY_PAGE:
            self._busy(one, 503)
            return
        if any(other.is_whole and not other.document.get("more") for other in feeds) and self._once("refused"):
            one.hindrance = Hindrance.REFUSED
            problem(one, 403, "permission-missing", "The doctor refuses this once: no repetition changes a refusal.")
            return
        small = sum(other.is_whole for other in feeds) < _SMALL_PAGES
        pass_on(self.url, one, _with_limit(one.target) if small else one.target, headers)
        if one.is_whole:
            self._change(one, feeds)
            if len(feeds) + 1 >= _CUT_PAGE and one.document.get("objects") and self._once("cut"):
                one.hindrance = Hindrance.CUT

    def _submission(self, one: Seen, headers: Mapping[str, str]) -> None:
        if len([other for other in self.seen if other.is_submission]) == 2 and self._once("busy"):  # noqa: PLR2004  # the third
            self._busy(one, 429)
            return
        pass_on(self.url, one, one.target, headers)
        if one.is_whole and self._once("lost"):
            one.hindrance = Hindrance.LOST

    def _busy(self, one: Seen, status: int) -> None:
        one.hindrance = Hindrance.BUSY
        seconds = str(WAIT_SECONDS)
        problem(one, status, UNHEARD_OF, "The doctor is busy: wait as long as Retry-After says.", **{"retry-after": seconds})

    def _once(self, what: str) -> bool:
        is_new = what not in self._done
        self._done.add(what)
        return is_new

    def _change(self, one: Seen, feeds: Sequence[Seen]) -> None:
        """Add a member that no integration knows; change objects, unless the page is asked for anew because of that."""
        document = one.document | {UNHEARD_OF: {"of": "no meaning"}}
        again = any(other.tampered and other.target == one.target and other.is_whole for other in feeds)
        if self.practice is not None and not again and isinstance(document.get("objects"), list):
            wanted = self.practice.changed.keys() & {str(value.get("id")) for value in document["objects"]}
            changed = [self.practice.change(value) if value.get("id") in wanted else value for value in document["objects"]]
            document["objects"], one.tampered = changed, frozenset(wanted)
        one.answer = json.dumps(document, ensure_ascii=False).encode()

    def _why_not_authentic(self, one: Seen, headers: dict[str, str]) -> str | None:
        """Verify a signed request, and have it go on with the token; give why it does not verify."""
        if "signature-input" not in headers:
            return None
        if self.partner is None or self.token is None:
            self.lacks_token = True
            return UNPASSABLE
        host = headers.get("host", "")
        try:
            parts = RequestParts.at(f"http://{host}", one.method, one.target, one.headers.items())
            claim = read_claim(parts, datetime.now(UTC))
            keys = {each["key"]["keyid"]: each["key"] for each in self.partner.get("/keys")["keys"]}
            key = keys.get(claim.keyid, {"usage": None, "state": None})
            if (key["usage"], key["state"]) != ("request-signing", "active"):
                return "The keyid names none of your active keys for signing requests."
            verify_request(parts, claim, load_public_key(key["public_key"].encode())).check_body(one.body)
        except BreakwaterError as fault:
            return fault.sentence
        if claim.nonce in self._nonces:
            return "The nonce was used before: sign each request anew, also one that is sent again."
        self._nonces.add(claim.nonce)
        for name in ("signature", "signature-input", "content-digest"):
            headers.pop(name, None)
        headers["authorization"] = f"Bearer {self.token}"
        return None


def _with_limit(target: str) -> str:
    parts = urlsplit(target)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    most = [int(value) for name, value in asked if name == "limit" and value.isdigit()]
    kept: list[tuple[str, Any]] = [(name, value) for name, value in asked if name != "limit"]
    return f"{parts.path}?{urlencode([*kept, ('limit', min([*most, _SMALL_PAGE]))])}"
