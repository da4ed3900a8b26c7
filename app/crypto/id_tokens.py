"""ID tokens of OpenID Connect: an unverified text and the provider's keys in, the subject it vouches for out.

Owns which algorithms and keys count, and each claim that is asked (OpenID Connect Core §3.1.3.7). Fetches nothing: keys that a
token names or carries itself (``jku``, ``x5u``, ``jwk``) are not looked at. What is not checked: ``acr``, ``amr``, ``auth_time``;
nothing here rests on how somebody signed in there. Kept by ``tests/crypto/test_id_tokens.py``.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from app.domain.openid import OpenIdFault, OpenIdRefusedError, is_subject
from breakwater_client.trust.strict_base64 import decode_base64url

LONGEST_TOKEN = 16 * 1024  # characters
LEEWAY = timedelta(seconds=60)
"""So far clocks may differ."""
ISSUED_WITHIN = timedelta(minutes=10)
"""So old a token may be; it was asked for a moment ago."""
_MOST_KEYS = 50
_FEWEST_BITS, _MOST_BITS = 2048, 8192
# Signatures with a key of two halves alone: with HS256 the provider's public key would be a secret that everybody knows, and
# "none" is no signature (RFC 8725 §2.1, §3.1). By what each asks of its key: kty, and the curve.
_ALGORITHMS: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "RS256": ("RSA", None),
        "PS256": ("RSA", None),
        "ES256": ("EC", "P-256"),
        "ES384": ("EC", "P-384"),
        "Ed25519": ("OKP", "Ed25519"),
    }
)
_PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say: who made it, for whom, and the nonce that this one browser's attempt was given."""

    issuer: str
    client_id: str
    nonce: str


def subject_of(token: str, keys: bytes, expected: Expected, now: datetime) -> str:
    """Give the subject of a ``token`` (unverified), by a document of the provider's ``keys`` (JSON of RFC 7517, unverified).

    Raises:
        OpenIdRefusedError: with the first of its faults; ``KEY_UNKNOWN`` where the document has no key for it.
    """
    header, claims = _parts(token)
    # (1) An algorithm of the list, with the one key that fits it.
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS or "crit" in header or "b64" in header:
        raise OpenIdRefusedError(OpenIdFault.ALGORITHM)
    key = _key(_members(keys), header.get("kid"), algorithm)
    # (2) The signature.
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError) as exc:
        raise OpenIdRefusedError(OpenIdFault.SIGNATURE) from exc
    # (3) What it says.
    fault = _why_not(claims, expected, now)
    if fault is not None:
        raise OpenIdRefusedError(fault)
    subject: str = claims["sub"]
    return subject


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".") if len(token) <= LONGEST_TOKEN and token.isascii() else []
    if len(parts) != len(("header", "payload", "signature")):
        raise OpenIdRefusedError(OpenIdFault.TOKEN_FORM)
    return _object(parts[0]), _object(parts[1])


def _object(part: str) -> dict[str, Any]:
    content = decode_base64url(part)
    try:
        found = json.loads(content or b"", object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OpenIdRefusedError(OpenIdFault.TOKEN_FORM)
    return found


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that comes twice: two readers would take two different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _members(keys: bytes) -> list[dict[str, Any]]:
    try:
        document = json.loads(keys)
    except (ValueError, RecursionError):
        document = None
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list) or len(members) > _MOST_KEYS:
        raise OpenIdRefusedError(OpenIdFault.UNREADABLE)
    return [one for one in members if isinstance(one, dict)]


def _key(members: Sequence[Mapping[str, Any]], kid: object, algorithm: str) -> RSAKey | ECKey | OKPKey:
    """Give the key that a token names, or the only one that fits where it names none; two under one name are none."""
    fitting = [one for one in members if _fits(one, algorithm) and (kid is None or one.get("kid") == kid)]
    if len(fitting) != 1:
        raise OpenIdRefusedError(OpenIdFault.KEY_UNKNOWN)
    # Its public members alone: neither private ones, nor a certificate that nobody looks at.
    public = {name: fitting[0][name] for name in _PUBLIC_MEMBERS if name in fitting[0]}
    if public["kty"] == "RSA" and not _is_strong(public):
        raise OpenIdRefusedError(OpenIdFault.ALGORITHM)
    try:
        made = JWKRegistry.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as exc:
        raise OpenIdRefusedError(OpenIdFault.UNREADABLE) from exc
    if not isinstance(made, RSAKey | ECKey | OKPKey):
        raise OpenIdRefusedError(OpenIdFault.UNREADABLE)
    return made


def _fits(member: Mapping[str, Any], algorithm: str) -> bool:
    kty, curve = _ALGORITHMS[algorithm]
    signs = member.get("use", "sig") == "sig" and member.get("alg", algorithm) == algorithm
    operations = member.get("key_ops", ["verify"])
    verifies = isinstance(operations, list) and "verify" in operations
    return signs and verifies and member.get("kty") == kty and (curve is None or member.get("crv") == curve)


def _is_strong(public: Mapping[str, Any]) -> bool:
    """Whether an RSA key is neither short, nor so long that looking at a signature takes long."""
    modulus = decode_base64url(public["n"]) if isinstance(public.get("n"), str) else None
    return modulus is not None and _FEWEST_BITS <= int.from_bytes(modulus).bit_length() <= _MOST_BITS


def _why_not(claims: Mapping[str, Any], expected: Expected, now: datetime) -> OpenIdFault | None:
    nonce, subject = claims.get("nonce"), claims.get("sub")
    if claims.get("iss") != expected.issuer:
        return OpenIdFault.ISSUER
    # For us alone: whoever else it is for could bring it here.
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        return OpenIdFault.AUDIENCE
    if claims.get("azp", expected.client_id) != expected.client_id:
        return OpenIdFault.AUDIENCE
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(errors="replace"), expected.nonce.encode()):
        return OpenIdFault.NONCE
    if not is_subject(subject):
        return OpenIdFault.SUBJECT
    return _why_not_now(claims, now)


def _why_not_now(claims: Mapping[str, Any], now: datetime) -> OpenIdFault | None:
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    ends, issued, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _is_number(ends) or not _is_number(issued) or not (begins is None or _is_number(begins)):
        return OpenIdFault.TIME
    if moment >= ends + leeway:
        return OpenIdFault.EXPIRED
    is_new = moment - ISSUED_WITHIN.total_seconds() - leeway <= issued <= moment + leeway
    return None if is_new and (begins is None or begins <= moment + leeway) else OpenIdFault.TIME


def _is_number(value: object) -> TypeGuard[float]:
    """Whether this is a date as JSON web tokens have it: seconds, and no word, NaN or boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12  # noqa: PLR2004  # the year 33658
