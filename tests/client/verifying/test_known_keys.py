"""Keys that whoever verifies goes by: read from files, and counted by time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code, MalformedInputError, UnfitKeyError, UntrustedSignatureError
from app.domain.vocabulary import KeyUsage
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.verifying.known_keys import (
    ExchangeKey,
    KnownSigner,
    by_keyid,
    fit_key,
    known_exchange_key,
    known_signer,
    read_known_keys,
    read_witnesses,
)

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KNOWN = [KnownSigner(KEY.public, SIGNER, "active")]


def record(**changes: Any) -> dict[str, Any]:
    key = {"keyid": KEY.public.keyid, "public_key": KEY.public.to_pem().decode(), "state": "active"}
    return {"key": key, "owner": {"id": "1", "name": "A", "identity_id": SIGNER}} | changes


def test_known_keys_are_read_as_the_exchange_gives_them() -> None:
    assert read_known_keys(json.dumps({"keys": [record()]}).encode()) == KNOWN


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], "/keys"),
        ({"keys": {}}, "/keys"),
        ({"keys": [1]}, "/keys/0"),
        ({"keys": [record(key={})]}, "/keys/0"),
        ({"keys": [record(owner=None)]}, "/keys/0"),
        ({"keys": [record(owner={})]}, "/keys/0/owner"),
        ({"keys": [record(key=record()["key"] | {"keyid": OTHER_KEY.public.keyid})]}, "/keys/0/key/keyid"),
        ({"keys": [record(key=record()["key"] | {"public_key": "x"})]}, None),
    ],
)
def test_what_is_no_file_of_keys_is_refused(document: Any, pointer: str | None) -> None:
    with pytest.raises(BreakwaterError) as caught:
        read_known_keys(json.dumps(document).encode())
    assert caught.value.pointer == pointer


def test_when_a_key_counted_and_since_when_it_is_stolen_is_read_too() -> None:
    times = {"activated_at": "2026-03-01T12:00:00.000000Z", "not_before": None, "compromised_since": "2026-03-02T12:00:00Z"}
    (known,) = read_known_keys(json.dumps({"keys": [record(key=record()["key"] | times)]}).encode())
    assert (known.counts_from, known.compromised_since, known.ended_at) == (NOW, NOW + timedelta(days=1), None)
    ended = record()["key"] | {"state": "revoked", "not_after": NOW.isoformat()}
    (known,) = read_known_keys(json.dumps({"keys": [record(key=ended)]}).encode())
    assert (known.state, known.ended_at) == ("revoked", NOW)
    (known,) = read_known_keys(json.dumps({"keys": [record(key=record()["key"] | {"state": "compromised"})]}).encode())
    assert known.compromised_since is not None
    assert known.compromised_since < NOW - timedelta(days=365_000)


@pytest.mark.parametrize("value", [1, "yesterday", "2026-03-01T12:00:00"])
def test_times_are_spelled_as_the_exchange_does(value: object) -> None:
    with pytest.raises(BreakwaterError) as caught:
        read_known_keys(json.dumps({"keys": [record(key=record()["key"] | {"activated_at": value})]}).encode())
    assert caught.value.pointer == "/keys/0/key/activated_at"


def test_a_key_that_signs_requests_signs_no_objects() -> None:
    given = [record(key=record()["key"] | {"usage": usage.value}) for usage in KeyUsage]
    found = read_known_keys(json.dumps({"keys": given}).encode())
    assert [one.usage for one in found] == [KeyUsage.OBJECT_SIGNING, KeyUsage.STATEMENT_SIGNING]
    with pytest.raises(MalformedInputError) as caught:
        read_known_keys(json.dumps({"keys": [record(key=record()["key"] | {"usage": "signing"})]}).encode())
    assert caught.value.pointer == "/keys/0/key/usage"


def test_a_pem_is_bound_to_the_identity_that_its_reader_names() -> None:
    assert known_signer(KEY.public.to_pem(), SIGNER) == KnownSigner(KEY.public, SIGNER)


def test_a_key_of_the_exchange_is_read_from_its_pem_and_found_by_its_id() -> None:
    key = ExchangeKey(known_exchange_key(KEY.public.to_pem()))
    assert by_keyid([key]) == {KEY.public.keyid: KEY.public}


def test_a_weak_key_is_unfit_whoever_vouches_for_whose_it_is() -> None:
    assert fit_key(KEY.public) == KEY.public
    with pytest.raises(UnfitKeyError):
        fit_key(PublicKey(KEY.public.spki[:-32] + b"\x01" + bytes(31)))


def test_a_key_that_nobody_reported_counts_whenever_it_signed() -> None:
    ExchangeKey(KEY.public).check_counted_at(None)
    ExchangeKey(KEY.public, NOW).check_counted_at(NOW - timedelta(seconds=1))


@pytest.mark.parametrize("at", [None, NOW, NOW + timedelta(days=1)])
def test_a_compromised_key_counts_only_for_what_others_saw_before(at: datetime | None) -> None:
    with pytest.raises(UntrustedSignatureError, match="compromised") as caught:
        ExchangeKey(KEY.public, NOW).check_counted_at(at)
    assert caught.value.code is Code.KEY_WAS_COMPROMISED


def test_a_file_of_witnesses_gives_their_keys_by_name() -> None:
    keys = [PrivateKey.generate().public for _ in range(2)]
    rows = [{"name": "breakwater-witness/a", "public_key": key.to_pem().decode(), "keyid": key.keyid} for key in keys]
    assert read_witnesses(json.dumps({"witnesses": rows[:1]}).encode()) == {"breakwater-witness/a": keys[:1]}
    assert read_witnesses(json.dumps({"witnesses": rows}).encode()) == {"breakwater-witness/a": keys}
    under_two_names = [rows[0], rows[0] | {"name": "breakwater-witness/b"}]
    for wrong in ({"witnesses": under_two_names}, {"witnesses": [{"name": "a"}]}, {"witnesses": {}}, []):
        with pytest.raises(MalformedInputError):
            read_witnesses(json.dumps(wrong).encode())
