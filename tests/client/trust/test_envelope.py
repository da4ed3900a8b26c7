"""DSSE envelopes: the encoding's vectors, kinds that never cross, and everything that is refused."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code, UntrustedSignatureError
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.envelope import (
    JointlySigned,
    OpenedEnvelope,
    open_envelope,
    open_jointly,
    pae,
    sign_envelope,
    sign_jointly,
    unverified_payload,
)
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

KEY = PrivateKey.generate()
OTHER = PrivateKey.generate(KeyAlgorithm.P256)
KEYS = {KEY.public.keyid: KEY.public, OTHER.public.keyid: OTHER.public}
PAYLOAD = '{"name":"Prüfung"}'.encode()
KIND = PayloadType.RECEIPT


def envelope(**changes: Any) -> dict[str, Any]:
    return sign_envelope(KIND, PAYLOAD, KEY) | changes


def entry(**changes: Any) -> dict[str, Any]:
    return sign_envelope(KIND, PAYLOAD, KEY)["signatures"][0] | changes


@pytest.mark.parametrize(
    ("payload_type", "payload", "encoding"),
    [
        ("http://example.com/HelloWorld", b"hello world", b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
        ("", b"", b"DSSEv1 0  0 "),
        ("a", "ü".encode(), b"DSSEv1 1 a 2 \xc3\xbc"),
        ("ü", b"b", b"DSSEv1 2 \xc3\xbc 1 b"),
        (PayloadType.RECEIPT, b"{}", b"DSSEv1 39 application/vnd.breakwater.receipt+json 2 {}"),
    ],
)
def test_the_encoding_counts_bytes_as_dsse_says(payload_type: str, payload: bytes, encoding: bytes) -> None:
    assert pae(payload_type, payload) == encoding


@given(*[st.text("a 0123", max_size=6), st.text("a 0123", max_size=6).map(str.encode)] * 2)
def test_two_pairs_never_have_one_encoding(kind: str, payload: bytes, other_kind: str, other_payload: bytes) -> None:
    assert (pae(kind, payload) == pae(other_kind, other_payload)) == ((kind, payload) == (other_kind, other_payload))


def test_an_envelope_has_the_form_of_dsse() -> None:
    made = sign_envelope(KIND, PAYLOAD, KEY)
    assert made == {
        "payloadType": "application/vnd.breakwater.receipt+json",
        "payload": encode_base64(PAYLOAD),
        "signatures": [{"keyid": KEY.public.keyid, "sig": made["signatures"][0]["sig"]}],
    }
    KEY.public.verify(decode_base64(made["signatures"][0]["sig"]) or b"", pae(KIND, PAYLOAD))


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["ed25519", "p256"])
@pytest.mark.parametrize("payload", [b"", PAYLOAD, bytes(range(256))])
def test_an_envelope_opens_to_what_was_sealed_in_it(payload: bytes, key: PrivateKey) -> None:
    sent = orjson.loads(orjson.dumps(sign_envelope(KIND, payload, key)))
    assert open_envelope(sent, KIND, KEYS) == OpenedEnvelope(payload=payload, keyid=key.public.keyid)


def test_a_signature_of_one_algorithm_does_not_open_under_a_key_of_the_other() -> None:
    for made_by, named in ((KEY, OTHER), (OTHER, KEY)):
        sent = sign_envelope(KIND, PAYLOAD, made_by)
        sent["signatures"][0]["keyid"] = named.public.keyid
        with pytest.raises(UntrustedSignatureError) as refusal:
            open_envelope(sent, KIND, KEYS)
        assert refusal.value.pointer == "/signatures/0/sig"


@pytest.mark.parametrize(("made_as", "opened_as"), list(itertools.permutations(PayloadType, 2)))
def test_no_kind_opens_as_another_even_when_relabelled(made_as: PayloadType, opened_as: PayloadType) -> None:
    made = sign_envelope(made_as, PAYLOAD, KEY)
    with pytest.raises(UntrustedSignatureError) as refusal:
        open_envelope(made, opened_as, KEYS)
    assert refusal.value.pointer == "/payloadType"
    with pytest.raises(UntrustedSignatureError) as refusal:
        open_envelope(made | {"payloadType": opened_as.value}, opened_as, KEYS)
    assert refusal.value.pointer == "/signatures/0/sig"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({}, ""),
        ({name: member for name, member in envelope().items() if name != "payload"}, ""),
        (envelope(extra=1), ""),
        (envelope(payloadType=None), "/payloadType"),
        (envelope(payloadType=["application/vnd.breakwater.receipt+json"]), "/payloadType"),
        (envelope(payloadType="application/vnd.breakwater.Receipt+json"), "/payloadType"),
        (envelope(payload=None), "/payload"),
        (envelope(payload=encode_base64(PAYLOAD) + "\n"), "/payload"),
        (envelope(payload=encode_base64(PAYLOAD).rstrip("=")), "/payload"),
        (envelope(payload=encode_base64(PAYLOAD + b" ")), "/signatures/0/sig"),
        (envelope(signatures=None), "/signatures"),
        (envelope(signatures=[]), "/signatures"),
        (envelope(signatures=[entry(), entry()]), "/signatures"),
        (envelope(signatures={"0": entry()}), "/signatures"),
        (envelope(signatures=["sig"]), "/signatures/0"),
        (envelope(signatures=[{"sig": entry()["sig"]}]), "/signatures/0"),
        (envelope(signatures=[entry(alg="none")]), "/signatures/0"),
        (envelope(signatures=[entry(keyid=None)]), "/signatures/0/keyid"),
        (envelope(signatures=[entry(keyid=[])]), "/signatures/0/keyid"),
        (envelope(signatures=[entry(keyid="0" * 64)]), "/signatures/0/keyid"),
        (envelope(signatures=[entry(keyid=KEY.public.keyid.upper())]), "/signatures/0/keyid"),
        (envelope(signatures=[entry(keyid=OTHER.public.keyid)]), "/signatures/0/sig"),
        (envelope(signatures=[entry(sig=7)]), "/signatures/0/sig"),
        (envelope(signatures=[entry(sig="")]), "/signatures/0/sig"),
        (envelope(signatures=[entry(sig="AA==")]), "/signatures/0/sig"),
        (envelope(signatures=[entry(sig=entry()["sig"].rstrip("="))]), "/signatures/0/sig"),
        (envelope(signatures=[entry(sig=encode_base64(KEY.sign(PAYLOAD)))]), "/signatures/0/sig"),
    ],
)
def test_an_envelope_changed_anywhere_is_refused(changed: dict[str, Any], pointer: str) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        open_envelope(changed, KIND, KEYS)
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNATURE_INVALID, pointer)


def test_no_keys_open_nothing() -> None:
    with pytest.raises(UntrustedSignatureError):
        open_envelope(envelope(), KIND, {})


def test_the_key_that_opened_it_is_named_by_itself_and_not_by_the_callers_label() -> None:
    assert open_envelope(envelope(signatures=[entry(keyid="label")]), KIND, {"label": KEY.public}).keyid == KEY.public.keyid


# --- several signatures -----------------------------------------------------------------------------------------------------


def jointly(*keys: PrivateKey) -> dict[str, Any]:
    return sign_jointly(KIND, PAYLOAD, keys)


def test_several_keys_sign_one_envelope() -> None:
    made = jointly(KEY, OTHER)
    assert [one["keyid"] for one in made["signatures"]] == [KEY.public.keyid, OTHER.public.keyid]
    assert open_jointly(made, KIND, KEYS) == JointlySigned(PAYLOAD, frozenset(KEYS))
    assert open_jointly(jointly(OTHER), KIND, KEYS).keyids == {OTHER.public.keyid}
    assert unverified_payload(made, KIND) == PAYLOAD


@pytest.mark.parametrize(
    ("envelope", "pointer"),
    [
        (jointly(), "/signatures"),
        (jointly(KEY, OTHER, KEY), "/signatures"),
        (jointly(KEY, KEY), "/signatures"),
        (jointly(KEY, PrivateKey.generate()), "/signatures/1/keyid"),
        (jointly(KEY) | {"signatures": {}}, "/signatures"),
        (jointly(KEY, OTHER) | {"signatures": [jointly(KEY)["signatures"][0], entry()]}, "/signatures"),
        (jointly(KEY) | {"payload": encode_base64(b"{}")}, "/signatures/0/sig"),
        (jointly(KEY) | {"payloadType": PayloadType.POSSESSION.value}, "/payloadType"),
    ],
)
def test_a_signature_that_nobody_can_check_is_refused_and_not_passed_over(envelope: dict[str, Any], pointer: str) -> None:
    with pytest.raises(UntrustedSignatureError) as caught:
        open_jointly(envelope, KIND, KEYS)
    assert caught.value.pointer == pointer
