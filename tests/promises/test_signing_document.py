"""``docs/signing-by-hand.md`` is true: its vectors verify without our code and with it, and its own programs make them.

The blocks are found by the words behind their fences, e.g. ``json audience-envelope``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key, load_pem_private_key

from app.domain.errors import UntrustedSignatureError
from app.domain.stix_object import ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, KeyUsage
from app.services.membership.manage_keys import CHALLENGE_LIFE, PARTNER_USAGES
from app.services.membership.register_audience import read_audience
from app.services.read_document import MAX_DOCUMENT_BYTES
from app.stix.profile import check_object
from breakwater_client.documents.json_limits import MAX_BODY_BYTES, MAX_DEPTH, MAX_NUMBER_LENGTH, MAX_STRING_BYTES, MAX_VALUES
from breakwater_client.documents.strict_json import MAX_OBJECT_BYTES, MAX_OBJECTS, parse
from breakwater_client.extensions import SIGNATURE
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope, pae
from breakwater_client.trust.key_rotation import open_rotation
from breakwater_client.trust.keys import PublicKey, load_public_key
from breakwater_client.trust.object_signature import read_signature, signed_payload, verify_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.possession import check_possession, possession_payload
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_receipts import verify_receipt

TEXT = (Path(__file__).parents[2] / "docs" / "signing-by-hand.md").read_text()
BLOCKS = dict(re.findall(r"^```\w+ ([a-z0-9-]+)\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL))
FACTS = dict(line.split() for line in BLOCKS["key"].splitlines())
_ROW = re.compile(r"^\| `([a-z0-9-]+)` \| (\d+) \| `([0-9a-f]{64})` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
NUMBERS = {name: tuple(numbers) for name, *numbers in _ROW.findall(TEXT)}
VERIFIER = Ed25519PublicKey.from_public_bytes(bytes.fromhex(FACTS["public"]))
KINDS = {
    "audience": PayloadType.AUDIENCE,
    "indicator": PayloadType.STIX_OBJECT,
    "marking": PayloadType.STIX_OBJECT,
    "possession": PayloadType.POSSESSION,
    "receipt": PayloadType.RECEIPT,
    "rotation": PayloadType.KEY_ROTATION,
}
OBJECTS = ("indicator", "marking")
ENVELOPES = ("audience", "receipt", "rotation")


def document(name: str) -> Any:
    return json.loads(BLOCKS[name])


def our_key() -> PublicKey:
    return load_public_key(document("possession-request")["public_key"].encode())


def plain_pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's encoding once more, piece by piece: this file must not trust ``app.crypto`` here."""
    kind = payload_type.encode()
    return b" ".join((b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))


def plain_signed(name: str) -> tuple[bytes, bytes]:
    """Payload and signature of a vector, taken apart with nothing of ours."""
    if name == "possession":
        request = document("possession-request")
        statement = {"challenge": request["challenge"], "keyid": FACTS["keyid"], "partner_id": FACTS["partner_id"]}
        return rfc8785.dumps(statement), base64.b64decode(request["proof"], validate=True)
    if name in ENVELOPES:
        envelope = document(f"{name}-envelope")
        return base64.b64decode(envelope["payload"]), base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
    value = document(f"{name}-object")
    sig = value["extensions"][SIGNATURE]["signatures"][0].pop("sig")
    return rfc8785.dumps(value), base64.b64decode(sig, validate=True)


def our_payload(name: str, changed: dict[str, Any] | None = None) -> bytes:
    """The payload of a vector, if our code verifies it; ``changed`` stands for the document's own block."""
    if name == "possession":
        request = changed or document("possession-request")
        check_possession(our_key(), request["challenge"], FACTS["partner_id"], request["proof"])
        return possession_payload(request["challenge"], our_key().keyid, FACTS["partner_id"])
    if name in ENVELOPES:
        envelope = changed or document(f"{name}-envelope")
        return open_envelope(envelope, KINDS[name], {our_key().keyid: our_key()}).payload
    value = changed or document(f"{name}-object")
    verify_object(value, read_signature(value), our_key())
    return signed_payload(value)


def altered(name: str) -> dict[str, Any]:
    """A vector with one thing changed after signing."""
    if name == "possession":
        return document("possession-request") | {"challenge": "A" * 43}
    if name in ENVELOPES:
        envelope = document(f"{name}-envelope")
        payload = base64.b64decode(envelope["payload"]).replace(b'"', b' "', 1)
        return envelope | {"payload": base64.b64encode(payload).decode()}
    return document(f"{name}-object") | {"name": "Another name"}


# --- the vectors ------------------------------------------------------------------------------------------------------------


def test_the_published_seed_gives_the_key_and_its_names() -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(FACTS["seed"])).public_key()
    assert public == VERIFIER
    assert FACTS["spki"] == "302a300506032b6570032100" + FACTS["public"]
    assert FACTS["keyid"] == hashlib.sha256(bytes.fromhex(FACTS["spki"])).hexdigest()
    assert (our_key().spki.hex(), our_key().keyid) == (FACTS["spki"], FACTS["keyid"])


@pytest.mark.parametrize("name", KINDS)
def test_a_vector_verifies_without_our_code(name: str) -> None:
    payload, signature = plain_signed(name)
    encoded = plain_pae(KINDS[name].value, payload)
    VERIFIER.verify(signature, encoded)
    assert NUMBERS[name] == (str(len(payload)), hashlib.sha256(payload).hexdigest(), hashlib.sha256(encoded).hexdigest())


@pytest.mark.parametrize("name", KINDS)
def test_a_vector_verifies_with_our_code_over_the_same_bytes(name: str) -> None:
    payload, _ = plain_signed(name)
    assert our_payload(name) == payload
    assert pae(KINDS[name], payload) == plain_pae(KINDS[name].value, payload)


@pytest.mark.parametrize("name", ["audience", "indicator", "possession", "receipt", "rotation"])
def test_a_payload_that_is_shown_is_the_one_that_is_signed(name: str) -> None:
    shown = BLOCKS[f"{name}-payload"].encode()
    assert shown == plain_signed(name)[0] == canonical_bytes(parse(shown))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("bit", [0, 300, 511])
def test_a_vector_with_one_bit_of_its_signature_turned_does_not_verify(name: str, bit: int) -> None:
    payload, signature = plain_signed(name)
    turned = (int.from_bytes(signature, "little") ^ 1 << bit).to_bytes(64, "little")
    with pytest.raises(InvalidSignature):
        VERIFIER.verify(turned, plain_pae(KINDS[name].value, payload))
    with pytest.raises(UntrustedSignatureError):
        our_key().verify(turned, pae(KINDS[name], payload))


@pytest.mark.parametrize("name", KINDS)
def test_a_vector_does_not_verify_as_another_kind(name: str) -> None:
    payload, signature = plain_signed(name)
    for other in set(PayloadType) - {KINDS[name]}:
        with pytest.raises(InvalidSignature):
            VERIFIER.verify(signature, plain_pae(other.value, payload))


@pytest.mark.parametrize("name", KINDS)
def test_a_vector_that_was_altered_after_signing_does_not_verify(name: str) -> None:
    with pytest.raises(UntrustedSignatureError):
        our_payload(name, altered(name))


def test_the_indicator_has_more_bytes_than_characters() -> None:
    assert len(BLOCKS["indicator-payload"].encode()) > len(BLOCKS["indicator-payload"])


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_of_the_document_is_one_that_the_exchange_takes(name: str) -> None:
    value = document(f"{name}-object")
    digest = verify_object(value, read_signature(value), our_key())
    parsed = ParsedObject("/objects/0", value, canonical_bytes(value))
    checked = check_object(VerifiedObject(parsed, FACTS["partner_id"], FACTS["keyid"], digest, Assurance.PUBLISHER_SIGNED))
    assert checked.facts.created_by_ref == read_signature(value).signer == FACTS["signer"]


def test_audience_marking_and_indicator_lead_to_each_other() -> None:
    audience = read_audience(document("audience-payload"), FACTS["partner_id"])
    marking = document("marking-object")
    assert audience.audience_id in {extension.get("audience_id") for extension in marking["extensions"].values()}
    assert document("indicator-object")["object_marking_refs"] == [marking["id"]]


def test_the_receipt_names_the_objects_by_their_payload_digests() -> None:
    verified = verify_receipt(BLOCKS["receipt-envelope"].encode(), [ExchangeKey(our_key())])
    assert verified.document["partner"] == FACTS["partner_id"]
    assert set(verified.digests) == {NUMBERS[name][1] for name in OBJECTS}


def test_the_rotation_is_one_that_the_exchange_takes_between_the_two_keys_of_the_document() -> None:
    rotation = open_rotation(document("rotation-envelope"), our_key())
    assert (rotation.old_keyid, rotation.new_keyid) == (FACTS["keyid"], P256["keyid"])
    assert (rotation.usage, rotation.partner_id) == (KeyUsage.OBJECT_SIGNING, FACTS["partner_id"])
    assert {f"`{usage}`" for usage in PARTNER_USAGES} <= set(re.findall(r"`[a-z-]+`", TEXT))


# --- the vectors of P-256 ---------------------------------------------------------------------------------------------------

P256 = dict(line.split() for line in BLOCKS["key-p256"].splitlines())
NO_P256_SIGNATURES = dict(re.findall(r"^\| `([0-9a-f]{128,})` \| ([^|]+) \|$", TEXT, re.MULTILINE))


def signatures_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    signatures: list[dict[str, Any]] = value["extensions"][SIGNATURE]["signatures"]
    return signatures


def p256_key() -> PublicKey:
    return load_public_key(document("possession-p256-request")["public_key"].encode())


def p256_audience() -> dict[str, Any]:
    return document("audience-envelope") | {"signatures": [document("audience-p256-entry")]}


def p256_indicator(sig: bytes | None = None) -> dict[str, Any]:
    value: dict[str, Any] = document("indicator-object")
    entry = document("indicator-p256-entry")
    signatures_of(value)[0] = entry if sig is None else entry | {"sig": base64.b64encode(sig).decode()}
    return value


def p256_payload(name: str) -> tuple[bytes, PayloadType, bytes]:
    """Payload, kind and signature of a vector, taken apart with nothing of ours."""
    if name == "possession-p256":
        request = document("possession-p256-request")
        statement = {"challenge": request["challenge"], "keyid": P256["keyid"], "partner_id": FACTS["partner_id"]}
        return rfc8785.dumps(statement), PayloadType.POSSESSION, base64.b64decode(request["proof"], validate=True)
    if name == "audience-p256":
        envelope = p256_audience()
        sig = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        return base64.b64decode(envelope["payload"]), PayloadType.AUDIENCE, sig
    value = p256_indicator()
    sig = base64.b64decode(signatures_of(value)[0].pop("sig"), validate=True)
    return rfc8785.dumps(value), PayloadType.STIX_OBJECT, sig


def test_the_published_secret_gives_the_p256_key_and_its_names() -> None:
    public = ec.derive_private_key(int(P256["secret"], 16), ec.SECP256R1()).public_key()
    assert public == load_der_public_key(bytes.fromhex(P256["spki"]))
    assert P256["keyid"] == hashlib.sha256(bytes.fromhex(P256["spki"])).hexdigest()
    assert (p256_key().spki.hex(), p256_key().keyid) == (P256["spki"], P256["keyid"])
    [prefix] = re.findall(r"of 91 bytes: `([0-9a-f ]+)`", TEXT)
    assert bytes.fromhex(P256["spki"]).startswith(bytes.fromhex(prefix))
    assert len(bytes.fromhex(prefix)) == 91 - 64


@pytest.mark.parametrize("name", ["possession-p256", "audience-p256", "indicator-p256"])
def test_a_p256_vector_verifies_without_our_code(name: str) -> None:
    payload, kind, signature = p256_payload(name)
    encoded = plain_pae(kind.value, payload)
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public = load_der_public_key(bytes.fromhex(P256["spki"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(der, encoded, ec.ECDSA(SHA256()))
    assert len(signature) == 64
    assert NUMBERS[name] == (str(len(payload)), hashlib.sha256(payload).hexdigest(), hashlib.sha256(encoded).hexdigest())


def test_the_p256_vectors_verify_with_our_code() -> None:
    request = document("possession-p256-request")
    check_possession(p256_key(), request["challenge"], FACTS["partner_id"], request["proof"])
    opened = open_envelope(p256_audience(), PayloadType.AUDIENCE, {p256_key().keyid: p256_key()})
    assert opened.payload == p256_payload("audience-p256")[0]
    verify_object(p256_indicator(), read_signature(p256_indicator()), p256_key())


@pytest.mark.parametrize("sig", NO_P256_SIGNATURES, ids=list(NO_P256_SIGNATURES.values()))
def test_what_the_document_calls_no_signature_is_refused(sig: str) -> None:
    value = p256_indicator(bytes.fromhex(sig))
    with pytest.raises(UntrustedSignatureError):
        verify_object(value, read_signature(value), p256_key())


def test_the_document_tells_of_eight_false_signatures_and_of_one_more_that_is_true() -> None:
    assert len(NO_P256_SIGNATURES) == 8
    [other] = re.findall(r"^This one is: `([0-9a-f]{128})`", TEXT, re.MULTILINE)
    value = p256_indicator(bytes.fromhex(other))
    assert signatures_of(value) != signatures_of(p256_indicator())
    assert verify_object(value, read_signature(value), p256_key()) == bytes.fromhex(NUMBERS["indicator-p256"][1])


# --- the programs -----------------------------------------------------------------------------------------------------------


def test_the_python_of_the_document_makes_its_vectors() -> None:
    program: dict[str, Any] = {}
    exec(BLOCKS["sign"], program)  # noqa: S102  # it is our own document, and whether it runs is the question
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(FACTS["seed"]))
    request = document("possession-request")
    assert program["keyid"](key) == FACTS["keyid"]
    assert program["prove_possession"](key, request["challenge"], FACTS["partner_id"]) == request["proof"]
    assert program["sign_audience"](key, document("audience-payload")) == document("audience-envelope")
    for name in OBJECTS:
        signed = document(f"{name}-object")
        draft = document(f"{name}-object")
        [entry] = draft["extensions"].pop(SIGNATURE)["signatures"]
        assert program["sign_object"](key, draft, entry["signer"], entry["signed_at"]) == signed


def test_the_python_of_the_document_signs_with_p256_too() -> None:
    program: dict[str, Any] = {}
    exec(BLOCKS["sign"], program)  # noqa: S102  # as above
    request, [entry] = document("possession-p256-request"), signatures_of(p256_indicator())
    key = ec.derive_private_key(int(P256["secret"], 16), ec.SECP256R1())
    assert program["keyid"](key) == P256["keyid"]
    assert program["prove_possession"](key, request["challenge"], FACTS["partner_id"]) == request["proof"]
    assert program["sign_audience"](key, document("audience-payload")) == p256_audience()
    draft = document("indicator-object")
    del draft["extensions"][SIGNATURE]
    assert program["sign_object"](key, draft, entry["signer"], entry["signed_at"]) == p256_indicator()


def test_the_shell_of_the_document_makes_a_p256_key_and_its_proof(tmp_path: Path) -> None:
    """With the machine's own OpenSSL: the bytes that it signs are those that the document's first program puts together."""
    (tmp_path / "proof.pae").write_bytes(plain_pae(PayloadType.POSSESSION.value, b"{}"))
    script = f'set -eu\n{BLOCKS["register-p256"]}\nprintf %s "$proof"'
    done = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    key = load_pem_private_key((tmp_path / "signing.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    public = load_public_key(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    public.verify(base64.b64decode(done.stdout, validate=True), (tmp_path / "proof.pae").read_bytes())


@pytest.mark.parametrize("numbers", [(1, 2), (1 << 240, 1 << 255), (2**256 - 1, 1 << 247)])
def test_the_shell_of_the_document_keeps_leading_zeros_and_drops_those_of_der(numbers: tuple[int, int]) -> None:
    [function] = re.findall(r"^raw\(\) .*$", BLOCKS["register-p256"], re.MULTILINE)
    done = subprocess.run(
        ["/bin/sh", "-c", f"{function}\nraw"], input=encode_dss_signature(*numbers), capture_output=True, check=True
    )
    assert done.stdout == b"".join(number.to_bytes(32) for number in numbers)


@pytest.mark.parametrize("name", KINDS)
def test_the_shell_of_the_document_makes_the_same_encoding(name: str) -> None:
    [function] = re.findall(r"^pae\(\) .*$", BLOCKS["register"], re.MULTILINE)
    payload, _ = plain_signed(name)
    script = f'{function}\npae "$1" "$2"'
    done = subprocess.run(["/bin/sh", "-c", script, "sh", KINDS[name].value, payload], capture_output=True, check=True)
    assert done.stdout == plain_pae(KINDS[name].value, payload)


# --- the words --------------------------------------------------------------------------------------------------------------


def test_the_document_names_every_payload_type_and_no_other() -> None:
    assert set(re.findall(r"^\| `(application/[^`]+)`", TEXT, re.MULTILINE)) == {kind.value for kind in PayloadType}


@pytest.mark.parametrize(
    "words",
    [
        f"at most {MAX_BODY_BYTES >> 20} MiB for a submission and {MAX_DOCUMENT_BYTES >> 10} KiB for other bodies",
        f"at most {MAX_VALUES:,} values",
        f"at most {MAX_NUMBER_LENGTH} characters",
        f"at most {MAX_STRING_BYTES >> 10} KiB each",
        f"at most {MAX_DEPTH} deep",
        f"1 to {MAX_OBJECTS:,} objects",
        f"at most {MAX_OBJECT_BYTES >> 20} MiB in canonical bytes",
    ],
)
def test_the_limits_of_the_document_are_those_of_the_code(words: str) -> None:
    assert words in TEXT


def test_a_challenge_lives_as_long_as_the_document_says() -> None:
    assert CHALLENGE_LIFE.total_seconds() == 10 * 60
    assert "ten minutes later" in TEXT
