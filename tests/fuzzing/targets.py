"""What is fuzzed: each reader of bytes from outside, the inputs that a run starts from, and what must hold of what it takes.

Owns the list, one target for each reader. An attempt returns if the input was taken and raises ``BreakwaterError`` if it was
refused; whatever else it raises is a defect, as is an ``AssertionError``: the reader took what it must not. Keys are made of
fixed bytes, so that a seeded run is the same each time. Kept by ``tests/promises/test_fuzzing.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.cli.verify_report import report
from app.crypto.seal import CursorSealer
from app.domain.errors import UntrustedSignatureError
from app.domain.stix_object import timestamp_key
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.offline.verify_files import Trust, verify_files
from app.stix.patterns import check_pattern
from app.taxii.timestamps import instant, version_key
from app.web.auth import presented_token
from breakwater_client.documents.strict_json import parse, parse_envelope
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import Checkpoint, cosign_checkpoint, open_checkpoint, open_cosignatures, sign_checkpoint
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.key_directory import (
    Directory,
    DirectoryKey,
    Pinned,
    directory_payload,
    open_directory,
    read_directory,
    sign_directory,
)
from breakwater_client.trust.keys import PrivateKey, load_public_key
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from breakwater_client.trust.merkle import TILE_WIDTH, Tree, TreeHead, verify_consistency, verify_inclusion
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.trust.possession import check_possession, prove_possession
from breakwater_client.trust.request_signature import RequestParts, read_claim, sign_request, verify_request
from breakwater_client.trust.signed_note import read_note
from breakwater_client.trust.strict_base64 import encode_base64, encode_base64url
from breakwater_client.verifying.compare_checkpoints import read_growth
from breakwater_client.verifying.directory_keys import DirectoryTrust
from breakwater_client.verifying.known_keys import ExchangeKey, KnownSigner
from breakwater_client.verifying.verify_checkpoints import LogKeys
from breakwater_client.verifying.verify_log import verify_log_proof, verify_submission_proof, where_logged
from breakwater_client.verifying.verify_receipts import read_attestations, verify_receipt
from tests.fuzzing.exports import EXPORT_TARGETS
from tests.fuzzing.target import Target

KEY, OTHER = (PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
P256 = PrivateKey(ec.derive_private_key(3, ec.SECP256R1()))
SIGNER = "identity--0d1c7b0e-7a54-4d8f-9a39-3f1f2d9f5b10"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


# --- JSON -------------------------------------------------------------------------------------------------------------------

_JSON_WORDS = (*(b"{}", b"[]", b'":"', b'","', b"null", b"true", b"1e308", b"-0", b"9007199254740993", b"\\u0000", b"\\ud800"),)
_JSON_WORDS += (b"\\udc00", b"\xef\xbb\xbf", b"\xff", b"[" * 33, b'{"":' * 33, b"1" * 65, b"NaN", b"Infinity", b"\xed\xa0\x80")


def _json(data: bytes) -> None:
    value = parse(data)
    again = canonical_bytes(value)
    assert canonical_bytes(parse(again)) == again, "the canonical form of what was read is read otherwise"


def _json_seeds() -> list[bytes]:
    value: Any = {"a": [1, -0.5, 1e10, True, None, "é😀\n"], "b": {"c": {}, "d": []}, "é": "x" * 30}
    return [json.dumps(value).encode(), canonical_bytes(value), b"0", b'""', b"[[[[]]]]", b'{"a":1,"b":[{"a":2}]}']


def _submission(data: bytes) -> None:
    for pointer, member in parse_envelope(data):
        assert pointer.startswith("/objects/")
        canonical_bytes(member)


def _submission_seeds() -> list[bytes]:
    bundle = {"type": "bundle", "id": "bundle--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "objects": [{"type": "url"}]}
    return [json.dumps(one).encode() for one in (bundle, {"objects": [{}, {"a": 1}]}, {"more": False, "objects": [{}]})]


# --- what is signed ---------------------------------------------------------------------------------------------------------

_OBJECT = {
    "type": "url",
    "id": "url--2b7c2d4a-26a4-5d3e-8f0c-54a6f5f6a111",
    "value": "https://example.org/",
    "x": [1, {"y": None}],
}
_RECEIPT = {"type": "submission-receipt", "objects": [{"decision": "stored", "payload_digest": "ab", "log_index": 7}]}
_ATTESTATION = {"type": "object-attestation", "payload_digest": "ab" * 32}
_SIGNED_WORDS = (*_JSON_WORDS, KEY.public.keyid.encode(), OTHER.public.keyid.encode(), P256.public.keyid.encode(), b"=", b"==")
_SIGNED_WORDS += (*(kind.value.encode() for kind in PayloadType), b'"keyid":', b'"sig":', b'"signatures":', b'"payload":""')
_KEYS = {key.public.keyid: key.public for key in (KEY, P256)}
_EXCHANGE_KEYS = [ExchangeKey(key) for key in _KEYS.values()]


@cache
def _signed_object(key: PrivateKey) -> dict[str, Any]:
    return sign_object(_OBJECT, key, signer=SIGNER, signed_at=NOW)


@cache
def _object_digests() -> set[bytes]:
    return {verify_object(one, read_signature(one), key.public) for key in (KEY, P256) for one in [_signed_object(key)]}


def _object(data: bytes) -> None:
    value = parse(data)
    if not isinstance(value, dict):
        raise UntrustedSignatureError("No object.")
    entry = read_signature(value)
    key = _KEYS.get(entry.keyid)
    if key is None:
        raise UntrustedSignatureError("An unknown key.")
    assert verify_object(value, entry, key) in _object_digests(), "what nobody signed is verified"


def _envelope(data: bytes) -> None:
    value = parse(data)
    if not isinstance(value, dict):
        raise UntrustedSignatureError("No envelope.")
    opened = open_envelope(value, PayloadType.RECEIPT, _KEYS)
    assert opened.payload == canonical_bytes(_RECEIPT), "what nobody signed is opened"


def _receipt(data: bytes) -> None:
    assert verify_receipt(data, _EXCHANGE_KEYS).document == _RECEIPT, "what nobody signed is a receipt"


def _attestations(data: bytes) -> None:
    found = read_attestations(data, _EXCHANGE_KEYS)
    assert all(one.document == _ATTESTATION for one in found.values()), "what nobody signed is an attestation"


def _envelopes(kind: PayloadType, document: dict[str, Any]) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        made = [sign_envelope(kind, canonical_bytes(document), key) for key in (KEY, P256, OTHER)]
        made.append(sign_envelope(PayloadType.AUDIENCE, canonical_bytes(document), KEY))
        return [canonical_bytes(one) for one in made]

    return seeds


_CHALLENGE = "3q2-7wMzQ0"


def _possession(data: bytes) -> None:
    proof = data.decode("latin-1")
    check_possession(KEY.public, _CHALLENGE, SIGNER, proof)
    assert proof == prove_possession(KEY, _CHALLENGE, SIGNER), "another spelling of a proof is taken"


# --- notes and trees --------------------------------------------------------------------------------------------------------

_ORIGIN = "breakwater-exchange/1"
_CHECKPOINT = Checkpoint(_ORIGIN, 37, hashlib.sha256(b"root").digest())
_NOTE_WORDS = (*("— ".encode(), b"\n\n", b"\n", _ORIGIN.encode(), b"example.org/witness", b"+", b"\r", b"\xc2\xa0", b"0", b"=="),)


def _note(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    read = read_note(text)
    lines = "".join(f"— {one.name} {encode_base64(one.key_hash + one.signature)}\n" for one in read.lines)
    assert f"{read.text}\n{lines}" == text, "a note has a second spelling"


def _checkpoint(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    assert open_checkpoint(text, _ORIGIN, KEY.public) == _CHECKPOINT, "what nobody signed is a checkpoint"
    assert set(open_cosignatures(text, {"example.org/witness": OTHER.public})) <= {("example.org/witness", NOW)}


def _notes() -> list[bytes]:
    note = sign_checkpoint(_CHECKPOINT, KEY)
    return [
        one.encode()
        for one in (note, cosign_checkpoint(note, "example.org/witness", OTHER, NOW), sign_checkpoint(_CHECKPOINT, OTHER))
    ]


_LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(70)]
_NUMBERS = 2


def _tree(size: int) -> Tree:
    return Tree(size, lambda level, number: _LEAVES[number * TILE_WIDTH : (number + 1) * TILE_WIDTH] if level == 0 else [])


@cache
def _head(size: int) -> TreeHead:
    return _tree(size).head()


def _split(data: bytes) -> tuple[list[int], list[bytes]]:
    """Read two numbers of a byte each, and hashes of 32 bytes; what is left over is a hash as well."""
    numbers = [one % (len(_LEAVES) + 2) - 1 for one in data[:_NUMBERS].ljust(_NUMBERS, b"\0")]
    rest = data[_NUMBERS:]
    return numbers, [rest[place : place + 32] for place in range(0, len(rest), 32)]


def _inclusion(data: bytes) -> None:
    (index, size), hashes = _split(data)
    size, leaf, path = max(size, 0), *(hashes[:1] or [b""]), hashes[1:]
    verify_inclusion(leaf, index, path, _head(size))
    assert (leaf, path) == (_LEAVES[index], _tree(size).inclusion_path(index)), "a leaf is shown to be where it is not"


def _inclusions() -> list[bytes]:
    places = [(0, 1), (36, 37), (5, 64), (63, 64), (69, 70)]
    return [bytes([index + 1, size + 1]) + _LEAVES[index] + b"".join(_tree(size).inclusion_path(index)) for index, size in places]


def _consistency(data: bytes) -> None:
    (first, second), path = _split(data)
    first, second = max(first, 0), max(second, 0)
    verify_consistency(_head(first), _head(second), path)
    assert path == _tree(second).consistency_path(first), "a tree is shown to extend another in a second way"


def _consistencies() -> list[bytes]:
    sizes = [(1, 2), (3, 7), (36, 37), (32, 64), (37, 70), (70, 70), (0, 5)]
    return [bytes([first + 1, second + 1]) + b"".join(_tree(second).consistency_path(first)) for first, second in sizes]


# --- keys, cursors, words ---------------------------------------------------------------------------------------------------

_PEM_WORDS = (b"-----BEGIN PUBLIC KEY-----\n", b"-----END PUBLIC KEY-----\n", b"-----BEGIN PRIVATE KEY-----\n", b"\r\n", b"=")


def _public_key(data: bytes) -> None:
    key = load_public_key(data)
    assert load_public_key(key.spki) == load_public_key(key.to_pem()) == key, "a key is not the one that it is written as"


def _public_keys() -> list[bytes]:
    return [form for key in (KEY, P256) for form in (key.public.spki, key.public.to_pem())]


def _private_key(data: bytes) -> None:
    key = PrivateKey.from_pem(data)
    assert PrivateKey.from_pem(key.to_pem()).public == key.public, "a key is not the one that it is written as"


_SEALER, _PLACE = CursorSealer([bytes(range(64))]), b"a partner's place"
_SEALED = {_SEALER.seal(text, _PLACE): text for text in (b"", b"\0" * 8, b"position 00000042 and filters")}


def _cursor(data: bytes) -> None:
    # One half of the inputs are texts as they come, the other bytes that are spelled as a cursor is, so that they get further.
    text = encode_base64url(data[1:]) if data[:1] == b"\0" else data.decode("utf-8", "surrogateescape")
    assert _SEALER.open(text, _PLACE) == _SEALED.get(text), "what was never sealed is opened"


def _pattern(data: bytes) -> None:
    check_pattern(data.decode("utf-8", "replace"), "stix")


def _patterns() -> list[bytes]:
    texts = [
        "[url:value = 'https://example.org/']",
        "([file:hashes.ssdeep = '3:a:b'] AND [a:b[*].c LIKE 'x%']) REPEATS 2 TIMES WITHIN 5 SECONDS",
        "[a:b = 2.5 OR c:d NOT MATCHES '^a'] START t'2026-01-31T23:59:59Z' STOP t'2026-02-01T00:00:00Z'",
        f"[file:hashes.'SHA-256' = '{'ab' * 32}' AND x:y = h'ab' AND x:z != b'YWI=' AND EXISTS a:b]",
        "[a:b = 1] FOLLOWEDBY [ipv4-addr:value ISSUBSET '192.0.2.0/24']",
    ]
    return [text.encode() for text in texts]


_PATTERN_WORDS = tuple(
    word.encode()
    for word in [
        "[",
        "]",
        "(",
        ")",
        "[*]",
        "'",
        "\\'",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "MATCHES",
        "EXISTS",
        "FOLLOWEDBY",
        "START",
        "STOP",
        "t'",
        "h'",
        "b'",
        "/*",
        "*/",
        "//",
        "=",
        "<=",
        "(",
        "[a:b=1]",
    ]
)


def _timestamp(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    key, other, moment = timestamp_key(text), version_key(text), instant(text)
    assert (other is None) == (moment is None)
    if key is None:
        raise UntrustedSignatureError("No time.")
    assert key == other, "one instant has two keys"


def _timestamps() -> list[bytes]:
    return [b"2026-01-05T10:00:00Z", b"2026-01-05T10:00:00.123456Z", b"2026-01-05T12:00:00+02:00", b"0001-01-01T00:00:00+23:59"]


def _authorization(data: bytes) -> None:
    token = presented_token(data.decode("latin-1"))
    if token is None:
        raise UntrustedSignatureError("No token.")


_FIELD_WORDS = tuple(
    word.encode()
    for word in (
        *('"@method"', '"@authority"', '"@target-uri"', '"content-digest"', '"content-type"', '"@query-param";name="x"'),
        *(
            ";created=",
            ";expires=1795698723",
            ";keyid=",
            ";nonce=",
            ';alg="ed25519"',
            ';tag="breakwater"',
            ";sf",
            ';key="sha-256"',
        ),
        *("breakwater=", "sha-512=:", ", ", ":", "?1", "@1", '%"%c3%bc"', "((", ")", "\\"),
    )
)
_PARTS = RequestParts("POST", "https://exchange.example.org/api/v1/submissions", {"content-type": "application/json"})


def _request_signatures() -> list[bytes]:
    """Give the three headers of signed requests, a line each."""
    signed = [sign_request(_PARTS, b"{}", KEY, NOW, nonce) for nonce in ("0123456789abcdef", "~" * 64)]
    return ["\n".join(one[name] for name in ("Signature-Input", "Signature", "Content-Digest")).encode() for one in signed]


def _request_signature(data: bytes) -> None:
    names = ("signature-input", "signature", "content-digest")
    lines = dict(zip(names, data.decode("latin-1").split("\n"), strict=False))
    request = RequestParts(_PARTS.method, _PARTS.target_uri, {**_PARTS.headers, **lines})
    claim = read_claim(request, NOW)
    verified = verify_request(request, claim, KEY.public)
    verified.check_body(b"{}")
    # Headers may be spelled otherwise; what they say is what was signed.
    assert verified.nonce in {"0123456789abcdef", "~" * 64}
    assert verified.covered == {"@method", "@authority", "@target-uri", "content-digest", "content-type"}


# --- directories, proofs -----------------------------------------------------------------------------------------------------

_LISTED = DirectoryKey(KEY.public, KeyUsage.DIRECTORY_SIGNING, SIGNER, KeyState.ACTIVE, NOW, NOW)
_OTHERS = replace(_LISTED, public_key=P256.public, usage=KeyUsage.OBJECT_SIGNING)
_DIRECTORY = Directory("1", 3, NOW, NOW + timedelta(days=7), _ORIGIN, (), (_LISTED, _OTHERS))
_MEMBERS_OF_DOCUMENTS = (
    b'"type":',
    b'"keys":[]',
    b'"rotations":[1]',
    b'"exchange":"1"',
    b'"path":[]',
    b'"log_index":',
    b'"tree_size":',
)


def _directory(data: bytes) -> None:
    assert directory_payload(read_directory(data)) == data, "a directory has a second spelling"


def _signed_directory(data: bytes) -> None:
    value = parse(data)
    if not isinstance(value, dict):
        raise UntrustedSignatureError("No envelope.")
    trusted = Pinned(frozenset({KEY.public.keyid}))
    assert open_directory(value, trusted, NOW) == _DIRECTORY, "what nobody signed is the directory"


def _signed_directories() -> list[bytes]:
    return [canonical_bytes(sign_directory(_DIRECTORY, signers)) for signers in ([KEY], [KEY, OTHER])]


_PROOF_WORDS = (*_JSON_WORDS, *_NOTE_WORDS, *_MEMBERS_OF_DOCUMENTS)
_PROVEN, _SALT, _DIGEST = 5, bytes(32), bytes(range(32))
_LOG = LogKeys([ExchangeKey(KEY.public)])


@cache
def _small_log() -> tuple[Tree, str]:
    """Give a log with a leaf of which all is known, and its checkpoint."""
    leaves = list(_LEAVES)
    leaves[_PROVEN] = leaf_hash(leaf_bytes(LeafKind.OBJECT_VERSION, _SALT, _DIGEST))
    tree = Tree(len(leaves), lambda level, _: leaves if level == 0 else [])
    return tree, sign_checkpoint(Checkpoint(_ORIGIN, tree.size, tree.root()), KEY)


def _proof_document() -> dict[str, Any]:
    tree, checkpoint = _small_log()
    return {
        "type": "log-proof",
        "exchange": "1",
        "kind": "object-version",
        "log_index": _PROVEN,
        "salt": _SALT.hex(),
        "digest": _DIGEST.hex(),
        "tree_size": tree.size,
        "path": [encode_base64(one) for one in tree.inclusion_path(_PROVEN)],
        "checkpoint": checkpoint,
    }


def _log_proof(data: bytes) -> None:
    proof = verify_log_proof(data, _LOG)
    assert (proof.kind, proof.digest, proof.index) == (LeafKind.OBJECT_VERSION, _DIGEST.hex(), _PROVEN), (
        "a leaf is where it is not"
    )


def _growth_document() -> dict[str, Any]:
    tree, checkpoint = _small_log()
    path = [encode_base64(one) for one in tree.consistency_path(37)]
    return {"type": "log-consistency", "first": 37, "second": tree.size, "path": path, "checkpoint": checkpoint}


def _growth(data: bytes) -> None:
    grown = read_growth(data, _LOG)
    assert grown.later.checkpoint.size == _small_log()[0].size, "what nobody signed is a checkpoint"


def _submission_document() -> dict[str, Any]:
    stored = {"decision": "stored", "payload_digest": _DIGEST.hex(), "log_index": _PROVEN}
    receipt = {"type": "submission-receipt", "exchange": "1", "submission": "s", "objects": [stored]}
    envelope = sign_envelope(PayloadType.RECEIPT, canonical_bytes(receipt), KEY)
    return {"type": "submission-proof", "submission": "s", "receipt": envelope, "proofs": [_proof_document()]}


def _submission_proof(data: bytes) -> None:
    proven = verify_submission_proof(data, _EXCHANGE_KEYS, _LOG)
    assert proven.receipt.digests == {_DIGEST.hex(): _PROVEN}
    assert [one.index for one in proven.proofs][:1] == [_PROVEN]


# --- whole files, as ``breakwater verify`` takes them --------------------------------------------------------------------------


def _said_seeds() -> list[bytes]:
    held = {"decision": "stored", "payload_digest": "ab" * 32, "log_index": 7}
    receipt = {"type": "submission-receipt", "exchange": "1", "received_at": "2026-11-26T12:00:00Z", "objects": [held]}
    return [canonical_bytes(one) for one in (receipt, {"type": "object-receipt", "exchange": "1", **held})]


def _said(data: bytes) -> None:
    """Read a receipt in which the exchange signed whatever stands there: its own word is read with care, too."""
    envelope = canonical_bytes(sign_envelope(PayloadType.RECEIPT, data, KEY))
    said = verify_receipt(envelope, _EXCHANGE_KEYS, "1")
    where_logged([], [said])


@cache
def _trust() -> Trust:
    signers = [KnownSigner(key, SIGNER, "active") for key in _KEYS.values()]
    directory = DirectoryTrust(Pinned(frozenset({KEY.public.keyid})), NOW)
    return Trust(signers, _EXCHANGE_KEYS, _LOG, directory=directory)


def _whole_file(data: bytes) -> None:
    found = verify_files({"-": data}, _trust())
    document = report(found, _trust(), steps=False)
    json.dumps(document)
    if found.failed or not any(document[kind] for kind in ("objects", "receipts", "proofs", "submissions", "directories")):
        raise UntrustedSignatureError("Not verified.")
    digests = {one["payload_digest"] for one in document["objects"] if one["level"] != "published"}
    assert digests <= {one.hex() for one in _object_digests()}, "what nobody signed is verified"


def _whole_files() -> list[bytes]:
    signed = [canonical_bytes(_signed_object(key)) for key in (KEY, P256)]
    lines, bundle = b"\n".join(signed) + b"\n", b'{"type":"bundle","objects":[%s]}' % b",".join(signed)
    documents = [_proof_document(), {"proofs": [_proof_document()]}, _submission_document()]
    others = [*_signed_directories(), *_envelopes(PayloadType.RECEIPT, _RECEIPT)(), *_notes()]
    return [*signed, lines, bundle, *map(canonical_bytes, documents), *others]


TARGETS = EXPORT_TARGETS | {
    "attestations": Target(_attestations, _envelopes(PayloadType.ATTESTATION, _ATTESTATION), _SIGNED_WORDS),
    "authorization": Target(
        _authorization, lambda: [b"Bearer bw_abc", b"Basic dXNlcjpid19hYmM=", b"Token x"], (b"Basic ", b"Token ")
    ),
    "checkpoint": Target(_checkpoint, _notes, _NOTE_WORDS),
    "consistency": Target(_consistency, _consistencies),
    "cursor": Target(_cursor, lambda: [text.encode() for text in _SEALED]),
    "directory": Target(
        _directory, lambda: [directory_payload(_DIRECTORY)], (*_JSON_WORDS, *_MEMBERS_OF_DOCUMENTS), longest=4096
    ),
    "envelope": Target(_envelope, _envelopes(PayloadType.RECEIPT, _RECEIPT), _SIGNED_WORDS),
    "growth": Target(_growth, lambda: [canonical_bytes(_growth_document())], _PROOF_WORDS, longest=4096),
    "inclusion": Target(_inclusion, _inclusions),
    "json": Target(_json, _json_seeds, _JSON_WORDS),
    "log-proof": Target(_log_proof, lambda: [canonical_bytes(_proof_document())], _PROOF_WORDS, longest=4096),
    "note": Target(_note, _notes, _NOTE_WORDS),
    "object": Target(_object, lambda: [canonical_bytes(_signed_object(key)) for key in (KEY, P256)], _SIGNED_WORDS),
    "pattern": Target(_pattern, _patterns, _PATTERN_WORDS, longest=4200),
    "possession": Target(_possession, lambda: [prove_possession(KEY, _CHALLENGE, SIGNER).encode()], (b"=", b"\n"), longest=128),
    "private-key": Target(_private_key, lambda: [KEY.to_pem(), P256.to_pem()], _PEM_WORDS),
    "public-key": Target(_public_key, _public_keys, _PEM_WORDS, longest=4200),
    "receipt": Target(_receipt, _envelopes(PayloadType.RECEIPT, _RECEIPT), _SIGNED_WORDS),
    "request-signature": Target(_request_signature, _request_signatures, _FIELD_WORDS, longest=2600),
    "said": Target(_said, _said_seeds, (*_JSON_WORDS, b'"payload_digest":', b'"log_index":', b'"received_at":')),
    "signed-directory": Target(_signed_directory, _signed_directories, _SIGNED_WORDS, longest=4096),
    "submission": Target(_submission, _submission_seeds, (*_JSON_WORDS, b'"objects":', b'"type":"bundle"', b'"more":true')),
    "submission-proof": Target(_submission_proof, lambda: [canonical_bytes(_submission_document())], _PROOF_WORDS, longest=4096),
    "timestamp": Target(
        _timestamp, _timestamps, (b"+00:00", b"-23:59", b".", b"0" * 20, b"9999-12-31", b"t", b"z", b":60"), longest=64
    ),
    "whole-file": Target(_whole_file, _whole_files, (*_SIGNED_WORDS, *_PROOF_WORDS, b'"extensions":5'), longest=6144),
}
