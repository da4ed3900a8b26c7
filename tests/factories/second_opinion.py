"""Verifying what the exchange signs and logs once more, with nothing of ours: for tests that ask a second opinion.

Imports the standard library only; signatures are checked by the ``openssl`` command. Transcribed from RFC 8785 (canonical JSON),
RFC 6962 §2.1 (Merkle tree), DSSE, C2SP signed-note and tlog-checkpoint, and our documents. Everything returns or asserts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# --- canonical JSON, RFC 8785 -------------------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """Give the canonical form of a JSON value."""
    return _spelled(value).encode()


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_spelled(name)}:{_spelled(one)}" for name, one in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelled, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Spell a number as ECMAScript does: shortest digits, plain from 1e-7 to below 1e21."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    part = part.rstrip("0") if part != "0" else ""
    point, digits = len(whole) + int(exponent or 0), (whole + part)
    stripped = digits.lstrip("0")
    point, digits = point - (len(digits) - len(stripped)), stripped.rstrip("0")
    sign = "-" if value < 0 else ""
    if 0 < point <= 21:
        left, right = digits[:point].ljust(point, "0"), digits[point:]
        return sign + left + (f".{right}" if right else "")
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"


# --- signatures, by openssl ---------------------------------------------------------------------------------------------------


def public_bytes(pem: str) -> bytes:
    """Give the SubjectPublicKeyInfo of a public key, as openssl writes it."""
    return _openssl("pkey", "-pubin", "-outform", "DER", given=pem.encode()).stdout


def keyid_of(pem: str) -> str:
    """Give the id of a public key."""
    return hashlib.sha256(public_bytes(pem)).hexdigest()


def is_signed(pem: str, signature: bytes, message: bytes) -> bool:
    """Whether openssl verifies a signature: Ed25519, or P-256 whose signature is r and s of 32 bytes each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key").write_text(pem)
        (folder / "message").write_bytes(message)
        if b"ED25519" in _openssl("pkey", "-pubin", "-text", "-noout", given=pem.encode()).stdout.upper():
            (folder / "signature").write_bytes(signature)
            command = ["pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "message", "-sigfile", "signature"]
        else:
            assert len(signature) == 64
            (folder / "signature").write_bytes(_der(signature[:32], signature[32:]))
            command = ["dgst", "-sha256", "-verify", "key", "-signature", "signature", "message"]
        return _openssl(*command, folder=folder).returncode == 0


def _openssl(*arguments: str, given: bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], input=given, cwd=folder, capture_output=True, check=False)  # noqa: S607  # that of the machine


def _der(*numbers: bytes) -> bytes:
    encoded = b""
    for number in numbers:
        plain = number.lstrip(b"\0") or b"\0"
        plain = b"\0" + plain if plain[0] & 0x80 else plain
        encoded += b"\x02" + bytes([len(plain)]) + plain
    return b"\x30" + bytes([len(encoded)]) + encoded


def encoded(kind: str, payload: bytes) -> bytes:
    """Give DSSE's pre-authentication encoding."""
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind.encode(), str(len(payload)).encode(), payload])


def opened(envelope: Mapping[str, Any], kind: str, pems: Mapping[str, str]) -> Any:
    """Give the document in an envelope, all of whose signatures are by keys of ours (PEM by id)."""
    assert envelope["payloadType"] == kind
    payload = base64.b64decode(envelope["payload"], validate=True)
    assert envelope["signatures"]
    for one in envelope["signatures"]:
        pem = pems[one["keyid"]]
        assert keyid_of(pem) == one["keyid"]
        assert is_signed(pem, base64.b64decode(one["sig"], validate=True), encoded(kind, payload))
    document = json.loads(payload)
    assert canonical(document) == payload
    return document


def object_digest(value: Mapping[str, Any], extension: str, pem: str) -> str:
    """Give the payload digest (hexadecimal) of an object that the key of ``pem`` signed in its extension."""
    entry = value["extensions"][extension]["signatures"][0]
    assert keyid_of(pem) == entry["keyid"]
    unsigned = {name: one for name, one in entry.items() if name != "sig"}
    inner = {**value["extensions"][extension], "signatures": [unsigned]}
    payload = canonical({**value, "extensions": {**value["extensions"], extension: inner}})
    message = encoded("application/vnd.breakwater.stix-object+json", payload)
    assert is_signed(pem, base64.b64decode(entry["sig"], validate=True), message)
    return hashlib.sha256(payload).hexdigest()


# --- the log, RFC 6962 §2.1 -----------------------------------------------------------------------------------------------------


def leaf(kind: str, salt: bytes, digest: bytes) -> bytes:
    """Give the tree's hash of a leaf of ours."""
    return _hash(b"\x00" + kind.encode() + b"\x00" + _hash(salt + digest))


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Give MTH(D[n]) over hashes of leaves."""
    if not leaves:
        return _hash(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = _largest_power_below(len(leaves))
    return _node(tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def root_by_path(m: int, n: int, hashed: bytes, path: Sequence[bytes]) -> bytes:
    """Give the root that PATH(m, D[n]) leads to from a leaf's hash (§2.1.1, read backwards)."""
    if n == 1:
        assert not path
        return hashed
    k = _largest_power_below(n)
    if m < k:
        return _node(root_by_path(m, k, hashed, path[:-1]), path[-1])
    return _node(path[-1], root_by_path(m - k, n - k, hashed, path[:-1]))


def roots_by_path(m: int, n: int, path: Sequence[bytes], known: bytes) -> tuple[bytes, bytes]:
    """Give the two roots that PROOF(m, D[n]) leads to (§2.1.2, read backwards); ``known`` is the root of the first m."""
    return _subroots(m, n, path, known, whole=True)


def _subroots(m: int, n: int, path: Sequence[bytes], known: bytes, *, whole: bool) -> tuple[bytes, bytes]:
    if m == n:
        assert len(path) == (0 if whole else 1)
        return (known, known) if whole else (path[0], path[0])
    k = _largest_power_below(n)
    if m <= k:
        old, new = _subroots(m, k, path[:-1], known, whole=whole)
        return old, _node(new, path[-1])
    old, new = _subroots(m - k, n - k, path[:-1], known, whole=False)
    return _node(path[-1], old), _node(path[-1], new)


def _largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def _node(left: bytes, right: bytes) -> bytes:
    return _hash(b"\x01" + left + right)


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


# --- checkpoints, C2SP ----------------------------------------------------------------------------------------------------------


def checkpoint(note: str, pem: str) -> tuple[str, int, bytes]:
    """Give origin, size and root of a checkpoint that the key of ``pem`` signed under its origin."""
    text, _, below = note.partition("\n\n")
    origin, size, root = text.split("\n")
    key_hash = _hash(origin.encode() + b"\n\x01" + public_bytes(pem)[-32:])[:4]
    for line in below.splitlines():
        dash, name, content = line.split(" ")
        signature = base64.b64decode(content, validate=True)
        if (dash, name, signature[:4]) == ("—", origin, key_hash):
            assert is_signed(pem, signature[4:], f"{text}\n".encode())
            return origin, int(size), base64.b64decode(root, validate=True)
    raise AssertionError("no signature of this key")


def proven(proof: Mapping[str, Any], pem: str) -> str:
    """Give the digest (hexadecimal) of what a log proof shows the log to hold."""
    origin, size, root = checkpoint(proof["checkpoint"], pem)
    assert (origin, size) == (f"breakwater-exchange/{proof['exchange']}", proof["tree_size"])
    hashed = leaf(proof["kind"], bytes.fromhex(proof["salt"]), bytes.fromhex(proof["digest"]))
    path = [base64.b64decode(one, validate=True) for one in proof["path"]]
    assert root_by_path(proof["log_index"], size, hashed, path) == root
    digest: str = proof["digest"]
    return digest


def grown(proof: Mapping[str, Any], before: str, pem: str) -> int:
    """Give the size of a log that is shown to have grown from the checkpoint ``before``."""
    _, first, old_root = checkpoint(before, pem)
    _, second, new_root = checkpoint(proof["checkpoint"], pem)
    assert (first, second) == (proof["first"], proof["second"])
    path = [base64.b64decode(one, validate=True) for one in proof["path"]]
    assert roots_by_path(first, second, path, old_root) == (old_root, new_root)
    return second
