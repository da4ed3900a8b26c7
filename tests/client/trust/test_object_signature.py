"""The publisher's signature in band: form, coverage of every byte, and refusals with their places."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import orjson
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.domain.errors import BreakwaterError, Code, MalformedInputError, UntrustedSignatureError
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, sign_object, signed_payload, unsigned, verify_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.strict_base64 import encode_base64

# Keys of fixed bytes, so that test ids made from signatures are the same in every worker.
KEY, OTHER_KEY = (PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
SIGNER = "identity--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
OTHER_SIGNER = "identity--9a39c7b0-7a54-4d8f-9a39-3f1f2d9f5b10"
SIGNED_AT = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
EXTENSION_AT = f"/extensions/{SIGNATURE}"
ENTRY_AT = f"{EXTENSION_AT}/signatures/0"

INDICATOR: dict[str, Any] = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--2b7c2d4a-26a4-4d3e-8f0c-54a6f5f6a111",
    "created_by_ref": SIGNER,
    "created": "2026-11-01T12:00:00.000Z",
    "modified": "2026-11-01T12:00:00.000Z",
    "name": "Prüfmuster 試験 \U0001f600",
    "pattern": "[url:value = 'https://example.org/a\\\\b']",
    "pattern_type": "stix",
    "valid_from": "2026-11-01T12:00:00Z",
    "confidence": 80,
    "revoked": False,
    "labels": ["one", "two"],
    "x_unknown": {"kept": None, "sig": "not the signature"},
    "extensions": {OCSEA_CONTEXT: {"extension_type": "property-extension", "harm": ["solicitation-of-children"], "sig": "kept"}},
}


def signed(value: dict[str, Any] | None = None) -> dict[str, Any]:
    return sign_object(INDICATOR if value is None else value, KEY, signer=SIGNER, signed_at=SIGNED_AT)


def entry_of(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = value["extensions"][SIGNATURE]["signatures"][0]
    return found


def verify(value: dict[str, Any]) -> bytes:
    return verify_object(value, read_signature(value), KEY.public)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    value = copy.deepcopy(signed())
    change(value)
    return value


def test_a_signed_object_verifies_to_the_digest_of_its_payload() -> None:
    value = signed()
    assert verify(value) == hashlib.sha256(signed_payload(value)).digest()


def test_the_extension_has_the_published_form() -> None:
    value = signed()
    assert value["extensions"][SIGNATURE] == {
        "extension_type": "property-extension",
        "signatures": [
            {"keyid": KEY.public.keyid, "signer": SIGNER, "signed_at": "2026-11-01T12:00:00.123Z", "sig": entry_of(value)["sig"]},
        ],
    }


def test_a_tool_that_knows_only_the_written_rule_comes_to_the_same_verdict() -> None:
    value = json.loads(json.dumps(signed()))
    sig = base64.b64decode(entry_of(value).pop("sig"), validate=True)
    payload = rfc8785.dumps(value)
    kind = b"application/vnd.breakwater.stix-object+json"
    message = b"DSSEv1 " + str(len(kind)).encode() + b" " + kind + b" " + str(len(payload)).encode() + b" " + payload
    load_der_public_key(KEY.public.spki).verify(sig, message)  # type: ignore[union-attr,call-arg]  # an Ed25519 key
    assert payload == signed_payload(signed())


def test_everything_but_the_sig_is_in_the_payload() -> None:
    value = signed()
    expected = copy.deepcopy(value)
    del entry_of(expected)["sig"]
    assert orjson.loads(signed_payload(value)) == expected
    assert expected["x_unknown"]["sig"] == "not the signature"
    assert expected["extensions"][OCSEA_CONTEXT]["sig"] == "kept"


def test_signing_and_verifying_leave_their_input_as_it_was() -> None:
    before = copy.deepcopy(INDICATOR)
    value = signed()
    assert before == INDICATOR
    kept = copy.deepcopy(value)
    verify(value)
    assert value == kept


def test_an_object_without_creator_or_extensions_can_be_signed() -> None:
    value = signed({"type": "url", "id": "url--2b7c2d4a-26a4-5d3e-8f0c-54a6f5f6a111", "value": "https://example.org/"})
    verify(value)
    assert list(value["extensions"]) == [SIGNATURE]


def test_a_read_only_object_verifies_too() -> None:
    value = MappingProxyType(signed())
    verify_object(value, read_signature(value), KEY.public)


def test_the_signature_survives_another_order_spacing_and_escaping() -> None:
    value = signed()
    respelled = json.dumps(dict(reversed(value.items())), indent=2, ensure_ascii=True)
    assert verify(json.loads(respelled)) == verify(value)


def test_the_entry_is_read_as_values() -> None:
    value = signed()
    entry = read_signature(value)
    assert (entry.keyid, entry.signer) == (KEY.public.keyid, SIGNER)
    assert entry.signed_at == datetime(2026, 11, 1, 12, 0, 0, 123000, tzinfo=UTC)
    assert encode_base64(entry.sig) == entry_of(value)["sig"]


def test_the_time_of_signing_is_written_in_utc() -> None:
    moment = datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    value = sign_object(INDICATOR, KEY, signer=SIGNER, signed_at=moment)
    assert entry_of(value)["signed_at"] == "2026-10-31T23:30:00.000Z"


# What may not be signed


def test_an_empty_extensions_object_is_not_signed() -> None:
    with pytest.raises(MalformedInputError) as refusal:
        signed(INDICATOR | {"extensions": {}})
    assert refusal.value.pointer == "/extensions"


@pytest.mark.parametrize("extensions", [None, [], [1], "text", 0])
def test_extensions_that_are_no_object_are_not_signed(extensions: Any) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        signed(INDICATOR | {"extensions": extensions})
    assert refusal.value.pointer == "/extensions"


def test_a_signed_object_is_not_signed_again() -> None:
    with pytest.raises(MalformedInputError) as refusal:
        signed(signed())
    assert refusal.value.pointer == EXTENSION_AT


@pytest.mark.parametrize(
    "signer",
    [
        "",
        "identity--1",
        "indicator--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10",
        SIGNER.upper(),
        SIGNER + "\n",
        SIGNER + "0",
        SIGNER.replace("-4d8f", "-1d8f"),
        SIGNER.replace("-9a39-", "-ca39-"),
    ],
)
def test_a_signer_that_is_no_identity_is_refused(signer: str) -> None:
    with pytest.raises(MalformedInputError):
        sign_object({"type": "url"}, KEY, signer=signer, signed_at=SIGNED_AT)


@pytest.mark.parametrize("creator", [OTHER_SIGNER, None, "", [SIGNER]])
def test_another_creators_object_is_not_signed(creator: Any) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        signed(INDICATOR | {"created_by_ref": creator})
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNER_MISMATCH, "/created_by_ref")


def test_a_time_without_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(BreakwaterError) as refusal:
        sign_object(INDICATOR, KEY, signer=SIGNER, signed_at=SIGNED_AT.replace(tzinfo=None))
    assert refusal.value.code is Code.INTERNAL


def test_a_value_without_canonical_bytes_is_not_signed() -> None:
    with pytest.raises(MalformedInputError):
        signed(INDICATOR | {"confidence": 2**53})


# What does not verify


def test_every_flipped_bit_of_the_objects_json_is_refused() -> None:
    content = canonical_bytes(signed())
    judged = 0
    for position in range(len(content)):
        for bit in range(8):
            flipped = content[:position] + bytes([content[position] ^ 1 << bit]) + content[position + 1 :]
            try:
                value = orjson.loads(flipped)
            except ValueError:
                continue
            judged += 1
            with pytest.raises(UntrustedSignatureError):
                verify(value)
    assert judged > 4000  # most flips are still JSON, so the signature was what refused them


@pytest.mark.parametrize("name", sorted(INDICATOR))
def test_an_object_without_one_of_its_members_is_refused(name: str) -> None:
    with pytest.raises(UntrustedSignatureError):
        verify(changed(lambda value: value.pop(name)))


def test_an_added_member_is_refused() -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        verify(changed(lambda value: value.update(x_added=1)))
    assert refusal.value.pointer == f"{ENTRY_AT}/sig"


def test_an_added_removed_or_changed_extension_is_refused() -> None:
    for change in (
        lambda value: value["extensions"].update({"extension-definition--9": {"extension_type": "property-extension"}}),
        lambda value: value["extensions"].pop(OCSEA_CONTEXT),
        lambda value: value["extensions"][OCSEA_CONTEXT].pop("sig"),
        lambda value: value["x_unknown"].pop("sig"),
    ):
        with pytest.raises(UntrustedSignatureError) as refusal:
            verify(changed(change))
        assert refusal.value.pointer == f"{ENTRY_AT}/sig"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("keyid", OTHER_KEY.public.keyid),
        ("signer", OTHER_SIGNER),
        ("signed_at", "2026-11-01T12:00:00.124Z"),
        ("sig", encode_base64(bytes(64))),
        ("sig", ""),
        ("sig", encode_base64(KEY.sign(b"something else"))),
    ],
)
def test_every_member_of_the_entry_is_covered(name: str, text: str) -> None:
    value = changed(lambda value: entry_of(value).update({name: text}))
    for key in (KEY, OTHER_KEY):
        with pytest.raises(UntrustedSignatureError):
            verify_object(value, read_signature(value), key.public)


@pytest.mark.parametrize(("name", "text"), [("signer", OTHER_SIGNER), ("signed_at", "2020-01-01T00:00:00.000Z")])
def test_signer_and_time_are_covered_also_where_no_creator_is_named(name: str, text: str) -> None:
    value = signed({"type": "url", "value": "https://example.org/"})
    entry_of(value)[name] = text
    with pytest.raises(UntrustedSignatureError) as refusal:
        verify(value)
    assert refusal.value.pointer == f"{ENTRY_AT}/sig"


def test_a_valid_signature_of_somebody_else_than_the_creator_is_refused() -> None:
    value = signed({"type": "url", "value": "https://example.org/"})
    value["created_by_ref"] = OTHER_SIGNER
    entry_of(value)["sig"] = encode_base64(KEY.sign(pae(PayloadType.STIX_OBJECT, signed_payload(value))))
    with pytest.raises(UntrustedSignatureError) as refusal:
        verify(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNER_MISMATCH, "/created_by_ref")


def test_the_key_must_be_the_one_that_the_entry_names() -> None:
    value = signed()
    with pytest.raises(UntrustedSignatureError) as refusal:
        verify_object(value, read_signature(value), OTHER_KEY.public)
    assert refusal.value.pointer == f"{ENTRY_AT}/keyid"


def test_a_signature_that_names_another_key_than_made_it_is_refused() -> None:
    value = signed()
    entry_of(value)["keyid"] = OTHER_KEY.public.keyid
    entry_of(value)["sig"] = encode_base64(KEY.sign(pae(PayloadType.STIX_OBJECT, signed_payload(value))))
    for key in (KEY, OTHER_KEY):
        with pytest.raises(UntrustedSignatureError):
            verify_object(value, read_signature(value), key.public)


def test_the_entry_of_another_object_does_not_answer_for_this_one() -> None:
    value, other = signed(), sign_object({"type": "url"}, KEY, signer=OTHER_SIGNER, signed_at=SIGNED_AT)
    with pytest.raises(UntrustedSignatureError) as refusal:
        verify_object(value, read_signature(other), KEY.public)
    assert refusal.value.pointer == ENTRY_AT


@pytest.mark.parametrize("kind", [kind for kind in PayloadType if kind is not PayloadType.STIX_OBJECT])
def test_a_signature_of_another_kind_is_refused(kind: PayloadType) -> None:
    value = signed()
    entry_of(value)["sig"] = encode_base64(KEY.sign(pae(kind, signed_payload(value))))
    with pytest.raises(UntrustedSignatureError):
        verify(value)


def test_a_signature_over_the_bare_payload_is_refused() -> None:
    value = signed()
    entry_of(value)["sig"] = encode_base64(KEY.sign(signed_payload(value)))
    with pytest.raises(UntrustedSignatureError):
        verify(value)


# What cannot be read


@pytest.mark.parametrize("read", [read_signature, signed_payload])
@pytest.mark.parametrize("value", [{}, INDICATOR, {"extensions": {}}, {"extensions": None}, {"extensions": [SIGNATURE]}])
def test_an_object_without_the_extension_is_unsigned(value: dict[str, Any], read: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        read(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNATURE_MISSING, EXTENSION_AT)


def with_extension(**changes: Any) -> dict[str, Any]:
    return changed(lambda value: value["extensions"][SIGNATURE].update(changes))


def with_entry(**changes: Any) -> dict[str, Any]:
    return changed(lambda value: entry_of(value).update(changes))


UNREADABLE_EXTENSIONS = [
    ({"extensions": {SIGNATURE: None}}, EXTENSION_AT),
    ({"extensions": {SIGNATURE: []}}, EXTENSION_AT),
    ({"extensions": {SIGNATURE: {}}}, EXTENSION_AT),
    (with_extension(extra=1), EXTENSION_AT),
    (changed(lambda value: value["extensions"][SIGNATURE].pop("extension_type")), EXTENSION_AT),
    (with_extension(extension_type="toplevel-property-extension"), f"{EXTENSION_AT}/extension_type"),
    (with_extension(extension_type=None), f"{EXTENSION_AT}/extension_type"),
    (with_extension(signatures=None), f"{EXTENSION_AT}/signatures"),
    (with_extension(signatures=[]), f"{EXTENSION_AT}/signatures"),
    (with_extension(signatures=[entry_of(signed())] * 2), f"{EXTENSION_AT}/signatures"),
    (with_extension(signatures={"0": entry_of(signed())}), f"{EXTENSION_AT}/signatures"),
    (with_extension(signatures=["text"]), ENTRY_AT),
    (with_extension(signatures=[{}]), ENTRY_AT),
    (with_entry(alg="none"), ENTRY_AT),
    (changed(lambda value: entry_of(value).pop("sig")), ENTRY_AT),
    (changed(lambda value: entry_of(value).pop("signer")), ENTRY_AT),
]
UNREADABLE_MEMBERS = [
    *(
        (with_entry(**{name: member}), f"{ENTRY_AT}/{name}")
        for name in ("keyid", "signer", "signed_at", "sig")
        for member in (None, 7, True, [], {}, "\ud800", "ü")
    ),
    (with_entry(keyid=""), f"{ENTRY_AT}/keyid"),
    (with_entry(keyid=KEY.public.keyid[1:]), f"{ENTRY_AT}/keyid"),
    (with_entry(keyid="A" * 64), f"{ENTRY_AT}/keyid"),
    (with_entry(keyid=KEY.public.keyid + "\n"), f"{ENTRY_AT}/keyid"),
    (with_entry(signer="indicator--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"), f"{ENTRY_AT}/signer"),
    (with_entry(signer=SIGNER.upper()), f"{ENTRY_AT}/signer"),
    (with_entry(sig=entry_of(signed())["sig"].rstrip("=")), f"{ENTRY_AT}/sig"),
    (with_entry(sig=entry_of(signed())["sig"] + "\n"), f"{ENTRY_AT}/sig"),
    (with_entry(sig=encode_base64(bytes([255] * 64)).replace("/", "_")), f"{ENTRY_AT}/sig"),
    *(
        (with_entry(signed_at=text), f"{ENTRY_AT}/signed_at")
        for text in (
            "",
            "2026-11-01",
            "2026-11-01T12:00:00Z",
            "2026-11-01T12:00:00.1Z",
            "2026-11-01T12:00:00.123456Z",
            "2026-11-01T12:00:00.123",
            "2026-11-01T12:00:00.123+00:00",
            "2026-11-01T13:00:00.123+01:00",
            "2026-11-01T12:00:00,123Z",
            "2026-11-01t12:00:00.123z",
            "2026-11-01 12:00:00.123Z",
            "2026-02-30T12:00:00.123Z",
            "2026-11-01T24:00:00.000Z",
            "2026-11-01T23:59:60.000Z",
            "20261101T120000.123Z",
            "2026-11-01T12:00:00.123Z\n",
            "٢٠٢٦-11-01T12:00:00.123Z",
        )
    ),
]


@pytest.mark.parametrize("read", [read_signature, signed_payload])
@pytest.mark.parametrize(("value", "pointer"), UNREADABLE_EXTENSIONS)
def test_an_extension_of_any_other_shape_is_refused(
    value: dict[str, Any],
    pointer: str,
    read: Callable[[dict[str, Any]], object],
) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        read(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNATURE_INVALID, pointer)


@pytest.mark.parametrize(("value", "pointer"), UNREADABLE_MEMBERS)
def test_a_malformed_member_is_refused_with_its_place(value: dict[str, Any], pointer: str) -> None:
    with pytest.raises(UntrustedSignatureError) as refusal:
        read_signature(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.SIGNATURE_INVALID, pointer)


def test_pointers_lead_to_what_they_name() -> None:
    value: Any = signed()
    for step in f"{ENTRY_AT}/sig".split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    assert value == entry_of(signed())["sig"]


def test_what_is_left_without_a_signature_is_what_was_signed() -> None:
    bare = {name: member for name, member in INDICATOR.items() if name != "extensions"}
    for value in (INDICATOR, bare):
        assert unsigned(signed(value)) == value
        assert unsigned(value) is value
