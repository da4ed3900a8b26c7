"""From a token to a principal, and from a principal to "may it do this at all".

Owns the look-up and the refusals; which permissions a credential may hold is ``policy.administration``'s. Tokens are compared by
the SHA-256 of 256 random bits: nothing to guess, and no slow hash on each request. Signed requests are
``authenticate_signed``'s. Kept by ``tests/services/test_authenticate.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.crypto.tokens import has_token_form, token_digest
from app.domain.errors import Code, ForbiddenError, MalformedInputError, UnauthenticatedError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Purpose
from app.policy.administration import why_forbidden
from app.services.exchange import Exchange
from app.storage import credentials
from app.storage.session import Connection

_WHO = "Send a valid API token, as Bearer, Token or Basic password, or sign the request with an active key for requests."


def authenticate(exchange: Exchange, token: str | None) -> Principal:
    """Give the principal behind a token.

    ``token`` is unverified. Unknown, expired and revoked tokens get one and the same refusal. What does not have a token's form
    is not looked up: a digest that staff bring along could else be that of a word which others guess.

    Raises:
        UnauthenticatedError: nobody, or nobody whose token is good now.
        ForbiddenError: ``partner-not-active``: the token is good, its partner is suspended or has ended.
    """
    if token is None or not has_token_form(token):
        raise UnauthenticatedError(_WHO)
    digest = token_digest(token)
    now = exchange.clock()
    with exchange.database.look() as connection:
        principal = credentials.principal_by_digest(connection, digest)
    if principal is None or principal.credential.revoked_at is not None or principal.credential.expires_at <= now:
        raise UnauthenticatedError(_WHO)
    require_active(principal)
    return principal


def require_active(principal: Principal) -> None:
    """Let a principal pass whose partner is active, or who has none; raises ``ForbiddenError`` otherwise."""
    if principal.partner is not None and principal.partner.state is not PartnerState.ACTIVE:
        raise ForbiddenError("Your organisation is not active here.", code=Code.PARTNER_NOT_ACTIVE)


def purpose_of(principal: Principal, stated: Purpose | None) -> Purpose:
    """Give why a caller asks: the purpose fixed on its credential, else what its request stated.

    Raises:
        ForbiddenError: it states another than the one that is fixed.
        MalformedInputError: ``purpose-missing``: neither names one.
    """
    fixed = principal.credential.purpose
    if fixed is not None and stated not in {None, fixed}:
        sentence = "This credential reads for one fixed purpose, and the request states another."
        raise ForbiddenError(sentence, code=Code.PURPOSE_NOT_PERMITTED)
    purpose = fixed or stated
    if purpose is None:
        sentence = "Reading needs a purpose: send it in the header Breakwater-Purpose, or have it fixed on the credential."
        raise MalformedInputError(sentence, code=Code.PURPOSE_MISSING)
    return purpose


def require(principal: Principal, permission: Permission) -> None:
    """Let a principal pass that may do this at all; raises ``ForbiddenError`` otherwise."""
    forbidden = why_forbidden(principal, permission)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def require_still(connection: Connection, principal: Principal, permission: Permission, now: datetime) -> Principal:
    """Give the caller as it is in this transaction, that may still do this: who waited for a lock may be shut out meanwhile.

    Raises:
        ForbiddenError: partner, person, roles or scopes no longer allow it.
        UnauthenticatedError: the credential was revoked or has ended.
    """
    held = credentials.principal_by_id(connection, principal.credential.credential_id)
    if held is None or held.credential.revoked_at is not None or held.credential.expires_at <= now:
        raise UnauthenticatedError("This credential is no longer good.")
    require(held, permission)
    return held
