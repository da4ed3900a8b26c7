"""ID tokens: what is taken, and each thing that is refused with its own fault."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from app.crypto.id_tokens import ISSUED_WITHIN, LEEWAY, LONGEST_TOKEN, Expected, subject_of
from app.domain.openid import OpenIdFault, OpenIdRefusedError
from tests.factories.openid_providers import ALGORITHM_OF, Key, new_key, public_keys, signed_token

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EXPECTED = Expected("https://login.example.org", "breakwater", "the-nonce")
KEY = new_key("first")
OTHER = new_key("first")


def claims(**changes: Any) -> dict[str, Any]:
    moment = int(NOW.timestamp())
    known = {"iss": EXPECTED.issuer, "sub": "subject-1", "aud": "breakwater", "exp": moment + 300, "iat": moment}
    return {name: value for name, value in (known | {"nonce": EXPECTED.nonce} | changes).items() if value is not ...}


def token(key: Key = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    said = {"alg": ALGORITHM_OF[key.key_type], "kid": key.kid} | (header or {})
    return signed_token({name: value for name, value in said.items() if value is not None}, claims(**changes), key)


def fault(text: str, keys: bytes | None = None, now: datetime = NOW) -> OpenIdFault:
    with pytest.raises(OpenIdRefusedError) as caught:
        subject_of(text, public_keys(KEY) if keys is None else keys, EXPECTED, now)
    return caught.value.fault


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP"])
def test_a_token_gives_its_subject(kind: str) -> None:
    key = new_key("one", kind)
    assert subject_of(token(key), public_keys(new_key("other", kind), key), EXPECTED, NOW) == "subject-1"


@pytest.mark.parametrize(("kind", "algorithm"), [("RSA", "PS256"), ("OKP", "Ed25519")])
def test_other_names_of_signatures_count(kind: str, algorithm: str) -> None:
    key = new_key("one", kind)
    assert subject_of(token(key, {"alg": algorithm}), public_keys(key), EXPECTED, NOW) == "subject-1"


def test_without_a_name_the_only_key_that_fits_counts() -> None:
    keys = public_keys(KEY, new_key("rsa", "RSA"))
    assert subject_of(token(header={"kid": None}), keys, EXPECTED, NOW) == "subject-1"
    assert fault(token(header={"kid": None}), public_keys(KEY, new_key("second"))) is OpenIdFault.KEY_UNKNOWN


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"iss": "https://login.example.org/"}, OpenIdFault.ISSUER),
        ({"iss": "https://other.example.org"}, OpenIdFault.ISSUER),
        ({"iss": ...}, OpenIdFault.ISSUER),
        ({"aud": "another"}, OpenIdFault.AUDIENCE),
        ({"aud": ["breakwater", "another"]}, OpenIdFault.AUDIENCE),
        ({"aud": []}, OpenIdFault.AUDIENCE),
        ({"aud": ...}, OpenIdFault.AUDIENCE),
        ({"azp": "another"}, OpenIdFault.AUDIENCE),
        ({"nonce": "another"}, OpenIdFault.NONCE),
        ({"nonce": "\ud800"}, OpenIdFault.NONCE),
        ({"nonce": 5}, OpenIdFault.NONCE),
        ({"nonce": ...}, OpenIdFault.NONCE),
        ({"sub": ""}, OpenIdFault.SUBJECT),
        ({"sub": "x" * 256}, OpenIdFault.SUBJECT),
        ({"sub": "two words"}, OpenIdFault.SUBJECT),
        ({"sub": "snow\N{SNOWMAN}"}, OpenIdFault.SUBJECT),
        ({"sub": "nul\0"}, OpenIdFault.SUBJECT),
        ({"sub": 7}, OpenIdFault.SUBJECT),
        ({"sub": ...}, OpenIdFault.SUBJECT),
        ({"exp": ...}, OpenIdFault.TIME),
        ({"exp": "tomorrow"}, OpenIdFault.TIME),
        ({"exp": True}, OpenIdFault.TIME),
        ({"exp": float("nan")}, OpenIdFault.TIME),
        ({"exp": 10**400}, OpenIdFault.TIME),
        ({"iat": ...}, OpenIdFault.TIME),
        ({"iat": float("inf")}, OpenIdFault.TIME),
        ({"nbf": "now"}, OpenIdFault.TIME),
    ],
)
def test_what_says_something_else_is_refused(changes: dict[str, Any], wanted: OpenIdFault) -> None:
    assert fault(token(**changes)) is wanted


def test_a_list_of_us_alone_and_a_party_that_is_us_are_taken() -> None:
    assert subject_of(token(aud=["breakwater"], azp="breakwater"), public_keys(KEY), EXPECTED, NOW) == "subject-1"


def test_times_have_a_small_leeway() -> None:
    moment, leeway = int(NOW.timestamp()), int(LEEWAY.total_seconds())
    old = int(ISSUED_WITHIN.total_seconds())
    for changes in (
        {"exp": moment - leeway + 1},
        {"iat": moment + leeway},
        {"iat": moment - leeway - old},
        {"nbf": moment + leeway},
        {"nbf": None},
    ):
        assert subject_of(token(**changes), public_keys(KEY), EXPECTED, NOW) == "subject-1", changes
    assert fault(token(exp=moment - leeway)) is OpenIdFault.EXPIRED
    for changes in ({"iat": moment + leeway + 1}, {"iat": moment - leeway - old - 1}, {"nbf": moment + leeway + 1}):
        assert fault(token(**changes)) is OpenIdFault.TIME, changes


def test_a_signature_of_another_key_is_refused() -> None:
    assert fault(token(OTHER)) is OpenIdFault.SIGNATURE
    head, payload, signature = token().split(".")
    turned = base64.urlsafe_b64encode(json.dumps(claims(sub="subject-2")).encode()).decode().rstrip("=")
    assert fault(f"{head}.{turned}.{signature}") is OpenIdFault.SIGNATURE
    assert fault(f"{head}.{payload}.") is OpenIdFault.SIGNATURE
    assert fault(f"{head}.{payload}.{signature[:-4]}") is OpenIdFault.SIGNATURE


def test_no_signature_and_one_with_a_public_key_as_secret_are_refused() -> None:
    for name in ("none", "None", "nOnE"):
        assert fault(signed_token({"alg": "none", "kid": "first"}, claims(), KEY).replace("none", name)) is OpenIdFault.ALGORITHM
    key = new_key("first", "RSA")
    assert fault(signed_token({"alg": "HS256", "kid": "first"}, claims(), key), public_keys(key)) is OpenIdFault.ALGORITHM


def test_an_algorithm_with_a_key_of_another_kind_finds_none() -> None:
    rsa = new_key("first", "RSA")
    assert fault(token(rsa), public_keys(KEY)) is OpenIdFault.KEY_UNKNOWN
    curve = ECKey.generate_key("P-384", {"kid": "first"})
    assert fault(token(), public_keys(curve)) is OpenIdFault.KEY_UNKNOWN
    assert subject_of(token(curve, {"alg": "ES384"}), public_keys(curve), EXPECTED, NOW) == "subject-1"


@pytest.mark.parametrize("header", [{"kid": "second"}, {"kid": 5}, {"kid": {"x": "y"}}, {"kid": ""}])
def test_a_key_that_is_not_there_is_unknown(header: dict[str, Any]) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "ES256"} | header).encode()).decode().rstrip("=")
    assert fault(f"{head}.{token().partition('.')[2]}") is OpenIdFault.KEY_UNKNOWN


@pytest.mark.parametrize("change", [{"use": "enc"}, {"alg": "ES384"}, {"key_ops": ["sign"]}, {"key_ops": 5}])
def test_a_key_for_something_else_is_unknown(change: dict[str, Any]) -> None:
    [member] = json.loads(public_keys(KEY))["keys"]
    assert fault(token(), json.dumps({"keys": [member | change]}).encode()) is OpenIdFault.KEY_UNKNOWN


def test_two_keys_under_one_name_are_none() -> None:
    assert fault(token(), public_keys(KEY, OTHER)) is OpenIdFault.KEY_UNKNOWN


def test_a_weak_key_is_refused() -> None:
    strong = new_key("first", "RSA")
    [member] = json.loads(public_keys(strong))["keys"]
    for bits in (1024, 2047, 8193):
        modulus = ((1 << bits) - 1).to_bytes((bits + 7) // 8)
        weak = member | {"n": base64.urlsafe_b64encode(modulus).decode().rstrip("=")}
        assert fault(token(strong), json.dumps({"keys": [weak]}).encode()) is OpenIdFault.ALGORITHM, bits
    for wrong in (5, None, "="):
        assert fault(token(strong), json.dumps({"keys": [member | {"n": wrong}]}).encode()) is OpenIdFault.ALGORITHM, wrong


@pytest.mark.parametrize(
    "keys",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b"[" * 100_000,
        b'{"keys": [' + b",".join([b"{}"] * 51) + b"]}",
        b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "first", "x": "AA", "y": "AA"}]}',
        b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "first"}]}',
        b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "first", "x": 5, "y": {}}]}',
    ],
)
def test_keys_that_are_none_are_unreadable(keys: bytes) -> None:
    assert fault(token(), keys) is OpenIdFault.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        "\N{SNOWMAN}.b.c",
        "x" * LONGEST_TOKEN + "..",
        "e30=.e30.AA",
        "W10.e30.AA",
        "e30.W10.AA",
        base64.urlsafe_b64encode(b'{"alg": "none", "alg": "ES256", "kid": "first"}').decode().rstrip("=") + ".e30.AA",
        base64.urlsafe_b64encode(b"[" * 5_000).decode().rstrip("=") + ".e30.AA",
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert fault(text) is OpenIdFault.TOKEN_FORM


def test_a_claim_twice_is_refused() -> None:
    twice = json.dumps(claims())[:-1].encode() + b', "sub": "subject-2"}'
    assert fault(signed_token({"alg": "ES256", "kid": "first"}, twice, KEY)) is OpenIdFault.TOKEN_FORM


@pytest.mark.parametrize("extension", [{"crit": ["b64"], "b64": False}, {"b64": True}, {"crit": []}])
def test_headers_that_change_the_reading_are_refused(extension: dict[str, Any]) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "kid": "first"} | extension).encode()).decode().rstrip("=")
    assert fault(f"{head}.{token().partition('.')[2]}") is OpenIdFault.ALGORITHM


def test_a_key_that_the_token_carries_is_not_looked_at() -> None:
    carried = OTHER.as_dict(private=False)
    forged = token(OTHER, {"jwk": carried, "jku": "https://attacker.example.org/keys"})
    assert fault(forged) is OpenIdFault.SIGNATURE
