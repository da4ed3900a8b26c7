"""Signatures of whole requests: HTTP message signatures (RFC 9421) over a plain value, with Content-Digest (RFC 9530).

Owns what such a signature has to cover and say, and the signing side of the same. Does not know whose a key is, whether it still
counts, or whether a nonce was used before: ``services.authenticate_signed`` asks that. The signature base is built by the library
``http-message-signatures`` (``docs/adr/0028-signed-requests.md``). Kept by ``tests/client/trust/test_request_signature.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import http_sf
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)

from breakwater_client.errors import Code, UnauthenticatedError
from breakwater_client.trust.keys import PublicKey, SigningKey
from breakwater_client.vocabulary import KeyAlgorithm

WINDOW_SECONDS = 60
"""How far the time that a signature says may be from ours, either way."""

TAG = "breakwater"
ALWAYS_COVERED = ("@method", "@authority", "@target-uri")
COVERED_IF_SENT = ("content-digest", "idempotency-key", "breakwater-purpose")
COVERED_WITH_A_BODY = ("content-digest", "content-type")
ALGORITHMS: Mapping[KeyAlgorithm, str] = {KeyAlgorithm.ED25519: "ed25519", KeyAlgorithm.P256: "ecdsa-p256-sha256"}
"""What RFC 9421 §3.3 calls the algorithm of a key."""

_DERIVED = frozenset({*ALWAYS_COVERED, "@path", "@query", "@request-target", "@scheme"})
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)
_PARAMETERS: Mapping[str, type] = {"alg": str, "created": int, "expires": int, "keyid": str, "nonce": str, "tag": str}
_KEYID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NONCE = re.compile(r"[\x21-\x7e]{16,64}")
_MOST_CHARACTERS = {"signature-input": 2048, "signature": 256, "content-digest": 512}
_MOST_COMPONENTS = 32
_SIGNATURE_BYTES = 64
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True)
class RequestParts:
    """A request, as far as a signature can cover it: unverified text.

    ``target_uri`` is the absolute URI at the exchange's own origin, path and query spelled as they were sent. ``headers`` have
    names in lower case, one value each.
    """

    method: str
    target_uri: str
    headers: Mapping[str, str]

    @classmethod
    def at(cls, origin: str, method: str, target: str, headers: Iterable[tuple[str, str]]) -> RequestParts:
        """Give the parts of a request for ``target`` (path and query as they are sent) at ``origin``.

        The port that the scheme has anyway is left out, as clients do (RFC 9110 §4.2.3).
        """
        port = _DEFAULT_PORTS.get(origin.partition(":")[0], "")
        return cls(method, origin.removesuffix(port) + target, {name.lower(): value for name, value in headers})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request's signature says of itself, in the form and of the coverage that it must have; NOT verified."""

    keyid: str
    nonce: str
    created: int
    covered: frozenset[str]


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """A request whose signature verified; its body is still to be shown to ``check_body``."""

    keyid: str
    nonce: str
    created: int
    covered: frozenset[str]
    content_digest: str | None

    def check_body(self, body: bytes) -> bytes:
        """Give the body back if it is the one that was signed for; ``body`` is the whole of it, before any decoding.

        Raises:
            UnauthenticatedError: another body, or one whose digest or media type the signature does not cover.
        """
        missing = [name for name in COVERED_WITH_A_BODY if body and name not in self.covered]
        if missing:
            _refuse(f"The signature of a request with a body covers {' and '.join(missing)}.")
        if self.content_digest is not None:
            try:
                ContentDigest.verify(self.content_digest, body)
            except Exception:  # noqa: BLE001  # whatever it stumbles over is not the digest of this body
                _refuse("Content-Digest is not the SHA-256 or SHA-512 of the body (RFC 9530).")
        return body


def read_claim(request: RequestParts, now: datetime) -> Claim:
    """Read what a request's signature says of itself, and ask whether it says enough; no key is looked at.

    Raises:
        UnauthenticatedError: ``request-signature-invalid``: not exactly one signature in one well-formed header each, or it
            covers too little or says too little of itself. ``request-clock-skew``: made at another time than now.
    """
    label, (components, parameters) = _only_member(request.headers, "signature-input")
    signature_label, (signature, _) = _only_member(request.headers, "signature")
    if label != signature_label or not isinstance(components, list):
        _refuse("Signature and Signature-Input name the same one signature.")
    if not isinstance(signature, bytes) or len(signature) != _SIGNATURE_BYTES:
        _refuse(f"Signature holds {_SIGNATURE_BYTES} bytes: of P-256 the numbers r and s, not DER.")
    covered = _covered(components)
    _check_coverage(covered, request.headers)
    _check_parameters(parameters)
    _check_time(parameters, now)
    return Claim(parameters["keyid"], parameters["nonce"], parameters["created"], covered)


def verify_request(request: RequestParts, claim: Claim, key: PublicKey) -> VerifiedRequest:
    """Give the verified request if its signature was made with this key; ``claim`` is what ``read_claim`` gave of it.

    NOT checked: the body (``VerifiedRequest.check_body``), whether the key counts, and whether the nonce was used before. The
    algorithm is the key's: one that the signature names must be the same. One request has several signatures of one P-256 key
    (r, n-s): it is known by its nonce, never by its signature.

    Raises:
        UnauthenticatedError: it does not verify.
    """
    verifier = _Verifier(signature_algorithm=_algorithm(key.algorithm), key_resolver=_OneKey(key))
    message = _Message(request.method, request.target_uri, dict(request.headers))
    try:
        [result] = verifier.verify(message, max_age=None)
    except Exception:  # noqa: BLE001  # the library lets through what it stumbles over; nothing of that may pass for verified
        address = "{0.scheme}://{0.netloc}".format(urlsplit(request.target_uri))
        _refuse(f"The signature names no key that counts here, or does not verify over what was sent, to {address} and no other.")
    # What was judged must be what was verified: the library has read the same two headers once more.
    said = (result.parameters["keyid"], result.parameters["nonce"], result.parameters["created"])
    covered = {f'"{name}"' for name in claim.covered} | {'"@signature-params"'}
    if said != (claim.keyid, claim.nonce, claim.created) or result.covered_components.keys() != covered:
        _refuse("The signature can be read in two ways.")
    digest = request.headers.get("content-digest")
    return VerifiedRequest(claim.keyid, claim.nonce, claim.created, claim.covered, digest)


def sign_request(request: RequestParts, body: bytes, key: SigningKey, now: datetime, nonce: str) -> dict[str, str]:
    """Give the headers that sign a request: ``Signature``, ``Signature-Input`` and, with a body, ``Content-Digest``.

    ``nonce`` is 16 to 64 printable characters that this key never used before.
    """
    headers = {name: value for name, value in request.headers.items() if name not in {"signature", "signature-input"}}
    named = [name for name in (*COVERED_IF_SENT, "content-type") if name in headers and name != "content-digest"]
    signer = HTTPMessageSigner(signature_algorithm=_algorithm(key.public.algorithm), key_resolver=_OneKey(key))
    message = _Message(request.method, request.target_uri, headers)
    signer.sign(
        message,
        key_id=key.public.keyid,
        created=now,
        nonce=nonce,
        label=TAG,
        tag=TAG,
        covered_component_ids=(*ALWAYS_COVERED, *named),
        body=body or None,
    )
    added = ("Content-Digest", "Signature-Input", "Signature")
    return {name: message.headers[name] for name in added if name in message.headers}


# --- what a signature says of itself ------------------------------------------------------------------------------------------


def _refuse(sentence: str) -> NoReturn:
    raise UnauthenticatedError(sentence, code=Code.REQUEST_SIGNATURE_INVALID)


def _only_member(headers: Mapping[str, str], name: str) -> tuple[str, Any]:
    """Give the one member of a dictionary field (RFC 9651 §3.2); repeated headers make several of it, or one name twice."""
    spoken = name.title()
    value = headers.get(name, "")
    if not value or len(value) > _MOST_CHARACTERS[name]:
        _refuse(f"A signed request has one header {spoken}, of at most {_MOST_CHARACTERS[name]} characters.")
    try:
        members = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_repetition)
    except (ValueError, RecursionError):
        _refuse(f"{spoken} is no dictionary of structured fields (RFC 9421 §4).")
    if not isinstance(members, dict) or len(members) != 1:
        _refuse("A request has exactly one signature.")
    [member] = members.items()
    return member


def _refuse_repetition(_key: str, _context: str) -> NoReturn:
    _refuse("A signature names everything once.")


def _covered(components: list[Any]) -> frozenset[str]:
    """Give the names of what is covered: fields as they are and parts of the request, without parameters (RFC 9421 §2)."""
    names = [name for name, parameters in components if type(name) is str and not parameters]
    known = all(name in _DERIVED or _FIELD.fullmatch(name) for name in names)
    if len(names) != len(components) or len(names) > _MOST_COMPONENTS or len(set(names)) != len(names) or not known:
        _refuse("A signature covers components by name, in lower case, each once and without parameters.")
    return frozenset(names)


def _check_coverage(covered: frozenset[str], headers: Mapping[str, str]) -> None:
    needed = [*ALWAYS_COVERED, *(name for name in COVERED_IF_SENT if name in headers)]
    missing = [name for name in needed if name not in covered]
    if missing:
        _refuse(f"The signature does not cover {', '.join(missing)}.")
    # A server joins repeated headers into one, and where one value is meant nobody could say which of them was.
    if any("," in headers.get(name, "") for name in ("content-type", "idempotency-key", "breakwater-purpose")):
        _refuse("Content-Type, Idempotency-Key and Breakwater-Purpose of a signed request come once and without commas.")
    if len(headers.get("content-digest", "")) > _MOST_CHARACTERS["content-digest"]:
        _refuse("Content-Digest is longer than its digests.")


def _check_parameters(parameters: Mapping[str, Any]) -> None:
    strange = [name for name, value in parameters.items() if type(value) is not _PARAMETERS.get(name)]
    if strange or not {"created", "keyid", "nonce"} <= parameters.keys():
        _refuse("A signature says created, keyid and nonce, and may say alg, expires and tag; nothing else.")
    if not _KEYID.fullmatch(parameters["keyid"]):
        _refuse("keyid is the SHA-256 of the public key's SubjectPublicKeyInfo, in lower-case hexadecimal.")
    if not _NONCE.fullmatch(parameters["nonce"]):
        _refuse("nonce is 16 to 64 printable ASCII characters without blanks.")
    if parameters.get("tag", TAG) != TAG:
        _refuse(f"tag is {TAG}, if it is there.")


def _check_time(parameters: Mapping[str, Any], now: datetime) -> None:
    ahead = parameters["created"] - now.timestamp()
    if abs(ahead) > WINDOW_SECONDS:
        words = f"{round(abs(ahead))} seconds {'after' if ahead > 0 else 'before'}"
        sentence = (
            f"The signature says that it was made {words} the time here, which the Date header of this answer shows; "
            f"{WINDOW_SECONDS} are allowed. Set your clock, and sign each request when you send it."
        )
        raise UnauthenticatedError(sentence, code=Code.REQUEST_CLOCK_SKEW)
    if parameters.get("expires", now.timestamp() + 1) <= now.timestamp():
        _refuse("The signature has expired, by what it says itself.")


# --- what the library is given ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    """Gives the key that was found, whatever id is asked for."""

    def __init__(self, key: PublicKey | SigningKey) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:
        del key_id
        return self._key

    resolve_private_key = resolve_public_key


class _Ours(HTTPSignatureAlgorithm):
    """Signing and verifying with our own keys, which refuse what the library's would take (``p256``, ``edwards25519``)."""

    def __init__(self, public_key: Any = None, private_key: Any = None) -> None:
        self._public: PublicKey = public_key
        self._private: SigningKey = private_key

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def verify(self, signature: bytes, message: bytes) -> None:
        self._public.verify(signature, message)


class _Ed25519(_Ours):
    algorithm_id = ALGORITHMS[KeyAlgorithm.ED25519]


class _P256(_Ours):
    algorithm_id = ALGORITHMS[KeyAlgorithm.P256]


def _algorithm(algorithm: KeyAlgorithm) -> type[_Ours]:
    return _Ed25519 if algorithm is KeyAlgorithm.ED25519 else _P256


class _Verifier(HTTPMessageVerifier):
    """The library's, but for its clock: it would read the machine's, and allow for a skew of its own."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Leave it to ``read_claim``, which has judged the same parameters by the exchange's clock."""
