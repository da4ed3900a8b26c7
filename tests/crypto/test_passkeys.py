"""Passkeys, made and shown by a device in software (``tests/factories/authenticators.py``)."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest

from app.crypto.passkeys import (
    NewPasskey,
    RelyingParty,
    creation_options,
    made_passkey,
    named_passkey,
    new_challenge,
    request_options,
    uses_after,
)
from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import Passkey
from tests.factories.authenticators import Authenticator, base64url, challenge_of
from tests.factories.policy_values import NOW

ORIGIN = "https://exchange.example.org"
PARTY = RelyingParty(ORIGIN)
GARBAGE = [
    "",
    "null",
    "[]",
    "{}",
    '"text"',
    "{",
    "\ud800",
    "[" * 100_000,
    '{"id":' * 50_000,
    '{"id": 1, "rawId": 1, "type": "public-key", "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
]


def made(device: Authenticator, **wrong: Any) -> NewPasskey:
    challenge = new_challenge()
    options = creation_options(PARTY, "person", "analyst.a", (), challenge)
    return made_passkey(PARTY, device.make(options, **wrong), challenge)


def kept(device: Authenticator, uses: int = 0) -> Passkey:
    return Passkey(device.passkey_id, "person", "Device A", device.cose_key, uses, NOW)


def shown(device: Authenticator, passkey: Passkey, **wrong: Any) -> int:
    challenge = new_challenge()
    return uses_after(PARTY, device.show(request_options(PARTY, challenge), **wrong), challenge, passkey)


@pytest.fixture(params=[False, True], ids=["P-256", "Ed25519"])
def device(request: pytest.FixtureRequest) -> Authenticator:
    return Authenticator(ORIGIN, is_ed25519=request.param)


def test_what_a_device_makes_is_taken_and_what_it_signs_is_its_own(device: Authenticator) -> None:
    assert made(device) == NewPasskey(device.passkey_id, device.cose_key, 0)
    assert shown(device, kept(device)) == 1
    assert shown(device, kept(device, uses=1)) == 2


WRONG = [
    {"challenge": base64url(bytes(32))},
    {"origin": "https://attacker.example.org"},
    {"origin": "http://exchange.example.org"},
    {"origin": f"{ORIGIN}:444"},
    {"host": "example.org"},
    {"verified": False},
    {"kind": "webauthn.other"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_was_not_made_or_signed_for_this_is_refused(wrong: dict[str, Any]) -> None:
    device = Authenticator(ORIGIN)
    with pytest.raises(UnauthenticatedError):
        made(device, **wrong)
    with pytest.raises(UnauthenticatedError):
        shown(device, kept(device), **wrong)


def test_what_was_said_when_it_was_made_does_not_sign_in_nor_the_other_way_round() -> None:
    device, challenge = Authenticator(ORIGIN), new_challenge()
    options = request_options(PARTY, challenge)
    with pytest.raises(UnauthenticatedError):
        uses_after(PARTY, device.make(options), challenge, kept(device))
    with pytest.raises(UnauthenticatedError):
        made_passkey(PARTY, device.show(options), challenge)


def test_another_key_is_refused(device: Authenticator) -> None:
    for other in (Authenticator(ORIGIN), Authenticator(ORIGIN, is_ed25519=True)):
        other.raw_id = device.raw_id
        with pytest.raises(UnauthenticatedError):
            shown(other, kept(device))


def test_a_counter_that_goes_back_or_stands_is_a_copys(device: Authenticator) -> None:
    for uses in (6, 7):
        with pytest.raises(UnauthenticatedError):
            shown(device, kept(device, uses=7), uses=uses)
    assert shown(device, kept(device, uses=7), uses=8) == 8


def test_a_device_that_does_not_count_is_taken(device: Authenticator) -> None:
    assert shown(device, kept(device), uses=0) == 0


@pytest.mark.parametrize("answer", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_like_everything_else(answer: str) -> None:
    with pytest.raises(UnauthenticatedError):
        made_passkey(PARTY, answer, new_challenge())
    with pytest.raises(UnauthenticatedError):
        uses_after(PARTY, answer, new_challenge(), kept(Authenticator(ORIGIN)))
    with pytest.raises(UnauthenticatedError):
        named_passkey(answer)


KEYS = [
    cbor2.dumps(None),
    cbor2.dumps(7),
    cbor2.dumps([]),
    cbor2.dumps({}),
    cbor2.dumps("text"),
    cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x", -3: b"y"}),
    cbor2.dumps({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}),
    cbor2.dumps({1: 2, 3: -7, -1: "text", -2: 1, -3: 2}),
    cbor2.dumps({1: 1, 3: -8, -1: 6, -2: b"short"}),
    b"\x81" * 5_000,
    b"",
]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_what_is_no_key_is_never_taken_for_one_that_signed(key: bytes) -> None:
    device = Authenticator(ORIGIN)
    with pytest.raises(UnauthenticatedError):
        made(device, cose_key=key)


@pytest.mark.parametrize("inner", [b"", b"null", b"[]", b"7", b"{}", b"\xff", b"[" * 100_000, b'{"type": 1, "challenge": 2}'])
@pytest.mark.parametrize("name", ["clientDataJSON", "attestationObject", "authenticatorData", "signature"])
def test_garbage_within_an_answer_is_refused(name: str, inner: bytes) -> None:
    device, challenge = Authenticator(ORIGIN), new_challenge()
    options = request_options(PARTY, challenge)
    for answer in (device.make(options), device.show(options)):
        document = json.loads(answer)
        document["response"][name] = base64url(inner)
        broken = json.dumps(document)
        if "attestationObject" in document["response"]:
            with pytest.raises(UnauthenticatedError):
                made_passkey(PARTY, broken, new_challenge())
        with pytest.raises(UnauthenticatedError):
            uses_after(PARTY, broken, new_challenge() if name == "attestationObject" else challenge, kept(device))


def test_an_id_longer_than_is_kept_is_refused() -> None:
    assert made(Authenticator(ORIGIN, raw_id=bytes(300))).passkey_id == base64url(bytes(300))
    with pytest.raises(UnauthenticatedError):
        made(Authenticator(ORIGIN, raw_id=bytes(301)))


def test_an_answer_names_its_passkey() -> None:
    device = Authenticator(ORIGIN)
    assert named_passkey(device.show(request_options(PARTY, new_challenge()))) == device.passkey_id


def test_what_a_browser_is_asked() -> None:
    challenge = new_challenge()
    asked = json.loads(creation_options(PARTY, "person", "analyst.a", ["AAAA"], challenge))
    assert asked["rp"] == {"name": "Breakwater", "id": "exchange.example.org"}
    assert (asked["challenge"], asked["attestation"]) == (base64url(challenge), "none")
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert [one["id"] for one in asked["excludeCredentials"]] == ["AAAA"]
    wanted = json.loads(request_options(PARTY, challenge, ["AAAA"]))
    assert (wanted["rpId"], wanted["userVerification"]) == ("exchange.example.org", "required")
    assert [one["id"] for one in wanted["allowCredentials"]] == ["AAAA"]
    assert challenge_of(request_options(PARTY, challenge)) == base64url(challenge)


def test_challenges_are_32_bytes_and_differ() -> None:
    assert {len(new_challenge()) for _ in range(9)} == {32}
    assert len({new_challenge() for _ in range(9)}) == 9
