from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.errors import BreakwaterError, Code, ForbiddenError, UnauthenticatedError
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, PartnerState
from app.services import authenticate_signed as module
from app.services.authenticate_signed import RequestParts, SignedCaller, authenticate_signed, take_once
from app.services.do_work import ensure_periodic_work
from app.services.membership.enrol_partner import change_state
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.request_signature import WINDOW_SECONDS, sign_request
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY, SECOND
from tests.factories.signed_requests import add_request_key

BARE = RequestParts("GET", "https://exchange.example.org/api/v1/objects", {})


def signed(hub: Hub, key: PrivateKey, body: bytes = b"", nonce: str | None = None) -> RequestParts:
    headers: Mapping[str, str] = {"content-type": "application/json"} if body else {}
    added = sign_request(replace(BARE, headers=headers), body, key, hub.clock.now, nonce or secrets.token_urlsafe(24))
    return replace(BARE, headers={**headers, **{name.lower(): value for name, value in added.items()}})


def new_key(hub: Hub, member: Member, algorithm: KeyAlgorithm = KeyAlgorithm.ED25519, **changes: Any) -> PrivateKey:
    key = PrivateKey.generate(algorithm)
    add_request_key(hub.exchange, member.id, key, **changes)
    return key


def refusal_of(hub: Hub, request: RequestParts) -> BreakwaterError:
    with pytest.raises(BreakwaterError) as caught:
        authenticate_signed(hub.exchange, request)
    return caught.value


def taken(hub: Hub, caller: SignedCaller, body: bytes = b"") -> BreakwaterError | None:
    try:
        take_once(hub.exchange, caller, body)
    except BreakwaterError as error:
        return error
    return None


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_signed_request_gives_the_keys_credential_and_the_partner_as_it_is_now(hub: Hub, algorithm: KeyAlgorithm) -> None:
    member = hub.enrol("Platform A")
    key = PrivateKey.generate(algorithm)
    credential = add_request_key(hub.exchange, member.id, key)
    caller = authenticate_signed(hub.exchange, signed(hub, key))
    assert (caller.principal.credential, caller.principal.partner, caller.principal.person) == (credential, member.partner, None)
    assert caller.principal.credential.keyid == key.public.keyid


NOT_COUNTING: Mapping[str, Mapping[str, Any]] = {
    **{state.value: {"state": state} for state in KeyState if state is not KeyState.ACTIVE},
    "for objects": {"usage": KeyUsage.OBJECT_SIGNING},
    "not yet": {"not_before": timedelta(microseconds=1)},
    "no longer": {"not_after": timedelta()},
    "credential revoked": {"revoked_at": timedelta()},
    "credential expired": {"expires_at": timedelta()},
}


def test_keys_that_do_not_count_are_refused_like_unknown_ones_after_the_same_work(
    quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    statements: list[str] = []
    verify = module.verify_request
    monkeypatch.setattr(module, "verify_request", lambda *given: (tried.append(given[2].keyid), verify(*given))[1])
    event.listen(quick_hub.exchange.database.engine, "checkout", lambda *_: statements.append("look"))
    refusals = [refusal_of(quick_hub, signed(quick_hub, PrivateKey.generate()))]
    for changes in NOT_COUNTING.values():
        now = quick_hub.clock.now
        dated = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
        refusals.append(refusal_of(quick_hub, signed(quick_hub, new_key(quick_hub, publisher, **dated))))
        statements.pop()  # that of adding the key
    assert {type(one) for one in refusals} == {UnauthenticatedError}
    assert {one.code for one in refusals} == {Code.REQUEST_SIGNATURE_INVALID}
    assert len({(one.sentence, one.pointer) for one in refusals}) == 1
    assert len(tried) == len(statements) == len(refusals)
    assert len(set(tried)) == 1


def test_a_signature_of_another_key_is_refused_in_the_same_words(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mine, theirs = new_key(quick_hub, publisher), new_key(quick_hub, other)
    request = signed(quick_hub, mine)
    said = request.headers["signature-input"].replace(mine.public.keyid, theirs.public.keyid)
    forged = refusal_of(quick_hub, replace(request, headers={**request.headers, "signature-input": said}))
    assert forged.sentence == refusal_of(quick_hub, signed(quick_hub, PrivateKey.generate())).sentence


def test_a_key_of_one_partner_with_the_credential_of_another_counts_for_neither(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    key = PrivateKey.generate()
    add_request_key(quick_hub.exchange, publisher.id, key)
    with quick_hub.exchange.database.write() as connection:
        connection.exec_driver_sql("UPDATE credential SET partner_id = ? WHERE keyid = ?", (other.id, key.public.keyid))
    assert refusal_of(quick_hub, signed(quick_hub, key)).code is Code.REQUEST_SIGNATURE_INVALID


@pytest.mark.parametrize("state", [PartnerState.SUSPENDED, PartnerState.ENDED])
def test_a_good_signature_of_a_partner_that_is_not_active_is_forbidden(
    quick_hub: Hub, publisher: Member, state: PartnerState
) -> None:
    key = new_key(quick_hub, publisher)
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, state)
    refusal = refusal_of(quick_hub, signed(quick_hub, key))
    assert (type(refusal), refusal.code) == (ForbiddenError, Code.PARTNER_NOT_ACTIVE)


# --- once ---------------------------------------------------------------------------------------------------------------------


def test_a_request_passes_once_on_whatever_server(hub: Hub) -> None:
    key = new_key(hub, hub.enrol("Platform A"))
    request = signed(hub, key)
    beside = as_seen_by_another_worker(hub.exchange)
    try:
        take_once(beside, authenticate_signed(beside, request), b"")
        again = taken(hub, authenticate_signed(hub.exchange, request))
    finally:
        beside.database.dispose()
    assert isinstance(again, UnauthenticatedError)
    assert again.code is Code.REQUEST_NONCE_USED


def test_of_many_at_once_one_passes(hub: Hub) -> None:
    key = new_key(hub, hub.enrol("Platform A"))
    caller = authenticate_signed(hub.exchange, signed(hub, key))
    ends = at_once(*[lambda: taken(hub, caller)] * 12)
    assert ends.count(None) == 1
    assert {end.code for end in ends if isinstance(end, BreakwaterError)} == {Code.REQUEST_NONCE_USED}


def test_two_keys_may_use_one_nonce(quick_hub: Hub, publisher: Member) -> None:
    for key in (new_key(quick_hub, publisher), new_key(quick_hub, publisher)):
        assert taken(quick_hub, authenticate_signed(quick_hub.exchange, signed(quick_hub, key, nonce="x" * 16))) is None


def test_another_body_is_refused_and_does_not_use_the_nonce_up(quick_hub: Hub, publisher: Member) -> None:
    caller = authenticate_signed(quick_hub.exchange, signed(quick_hub, new_key(quick_hub, publisher), b"{}"))
    for body in (b"", b"{} ", b"[]"):
        refusal = taken(quick_hub, caller, body)
        assert refusal is not None
        assert refusal.code is Code.REQUEST_SIGNATURE_INVALID
    assert taken(quick_hub, caller, b"{}") is None


def test_a_forged_request_does_not_use_a_nonce_up(quick_hub: Hub, publisher: Member) -> None:
    key = new_key(quick_hub, publisher)
    request = signed(quick_hub, key, nonce="n" * 16)
    refusal_of(quick_hub, replace(request, target_uri=BARE.target_uri + "?limit=1"))
    assert taken(quick_hub, authenticate_signed(quick_hub.exchange, request)) is None


@pytest.mark.parametrize("ahead", [0, WINDOW_SECONDS])
def test_a_nonce_is_remembered_as_long_as_its_request_would_pass(quick_hub: Hub, publisher: Member, ahead: int) -> None:
    ensure_periodic_work(quick_hub.exchange)
    key, start = new_key(quick_hub, publisher), quick_hub.clock.now
    quick_hub.clock.now = start + ahead * SECOND
    request = signed(quick_hub, key)
    quick_hub.clock.now = start
    assert taken(quick_hub, authenticate_signed(quick_hub.exchange, request)) is None
    for seconds in range(0, ahead + WINDOW_SECONDS + 1, 15):
        quick_hub.clock.now = start + seconds * SECOND
        quick_hub.work()
        again = taken(quick_hub, authenticate_signed(quick_hub.exchange, request))
        assert again is not None
        assert again.code is Code.REQUEST_NONCE_USED
    quick_hub.clock.now = start + DAY
    quick_hub.work()
    assert refusal_of(quick_hub, request).code is Code.REQUEST_CLOCK_SKEW
    with quick_hub.exchange.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM request_nonce").scalar_one() == 0
