"""From a signed request to a principal: whose key it is, whether that counts now, and that the request came once.

Owns the look-up and the order: signature, partner, then (``take_once``, when the body is there) body and nonce. What a signature
must cover is ``crypto.request_signature``'s; tokens are ``authenticate``'s. Kept by
``tests/services/test_authenticate_signed.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import Code, ConflictError, UnauthenticatedError
from app.domain.partner import PartnerKey, Principal
from app.domain.vocabulary import KeyUsage
from app.services.authenticate import require_active
from app.services.exchange import Exchange
from app.storage import credentials, nonces
from breakwater_client.trust.keys import PrivateKey, PublicKey, public_key_from_spki
from breakwater_client.trust.request_signature import WINDOW_SECONDS, RequestParts, VerifiedRequest, read_claim, verify_request

__all__ = ["RequestParts", "SignedCaller", "authenticate_signed", "take_once"]

_NONCE_IS_KEPT = timedelta(seconds=3 * WINDOW_SECONDS)
"""A request passes for twice the window at most, if it says a time ahead of ours; the rest is for clocks that differ."""

_NOBODYS_KEY = PrivateKey.generate().public
"""Verified with where no key counts, so that an unknown keyid costs what a revoked one costs; nobody can sign for it."""


@dataclass(frozen=True, slots=True)
class SignedCaller:
    """Who signed a request; whether its body is the signed one, and whether it came before, is NOT asked yet."""

    principal: Principal
    request: VerifiedRequest


def authenticate_signed(exchange: Exchange, request: RequestParts) -> SignedCaller:
    """Give the principal behind the signature of a request, whose parts are unverified.

    Keys that are unknown, pending, retired, revoked, or for another use get one and the same refusal, after the same work.

    Raises:
        UnauthenticatedError: as ``read_claim`` and ``verify_request``.
        ForbiddenError: ``partner-not-active``: the signature is good, its partner is suspended or has ended.
    """
    now = exchange.clock()
    claim = read_claim(request, now)
    with exchange.database.look() as connection:
        found = credentials.principal_by_keyid(connection, claim.keyid)
    verified = verify_request(request, claim, _counting_key(found, now) or _NOBODYS_KEY)
    if found is None:
        raise UnauthenticatedError("The signature names no key.", code=Code.REQUEST_SIGNATURE_INVALID)
    require_active(found[0])
    return SignedCaller(found[0], verified)


def _counting_key(found: tuple[Principal, PartnerKey] | None, now: datetime) -> PublicKey | None:
    if found is None:
        return None
    credential, key = found[0].credential, found[1]
    counts = (
        key.usage is KeyUsage.REQUEST_SIGNING
        and key.counts(now)
        and credential.partner_id == key.partner_id
        and credential.revoked_at is None
        and now < credential.expires_at
    )
    return public_key_from_spki(key.public_key) if counts else None


def take_once(exchange: Exchange, caller: SignedCaller, body: bytes) -> None:
    """Let a signed request pass that has the body that was signed for, and that no request was before.

    Raises:
        UnauthenticatedError: another body; or ``request-nonce-used``: this key used the nonce before, on whatever server.
    """
    verified = caller.request
    verified.check_body(body)
    try:
        with exchange.database.stroke() as connection:
            nonces.use_nonce(connection, verified.keyid, verified.nonce, exchange.clock() + _NONCE_IS_KEPT)
    except ConflictError:
        sentence = "This key used the nonce before. Sign each request anew, also one that is sent again."
        raise UnauthenticatedError(sentence, code=Code.REQUEST_NONCE_USED) from None
