"""Credentials: issuing API tokens (shown once), listing and revoking them.

Owns who may issue for whom; what a credential may hold is ``policy.administration``'s. Kept by
``tests/services/membership/test_issue_credentials.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.crypto.tokens import new_token, token_digest
from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Partner, Principal, ServiceAccount
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp
from app.policy.administration import CredentialTerms, PrincipalKind, why_not_issued
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import credentials, events, members, submissions
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeyUse


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A token to be issued to a partner's service account (made if it is new). ``partner_id`` None: the caller's own."""

    partner_id: str | None
    account: str
    scopes: frozenset[Permission]
    purpose: Purpose | None
    tlp_ceiling: Tlp
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A credential and its token; the token is None where the request was a repetition, since it is shown once only."""

    credential: Credential
    token: str | None


def issue_credential(exchange: Exchange, principal: Principal, new: NewCredential, use: KeyUse | None = None) -> IssuedCredential:
    """Issue a token to a partner's service account: by an operator, or by the partner to itself within its own terms.

    Raises:
        ForbiddenError: it would allow more than the caller may give.
        MalformedInputError: it would have expired already.
        NotFoundError: there is no such partner, or it is another one than the caller's own.
    """
    now = exchange.clock()
    terms = CredentialTerms(frozenset({PrincipalKind.PARTNER}), new.scopes, new.purpose, new.tlp_ceiling, new.expires_at)
    forbidden = why_not_issued(principal, terms)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)
    if new.expires_at <= now:
        raise MalformedInputError("A credential expires in the future.", pointer="/expires_at")
    with exchange.database.write() as connection:
        take_order_lock(connection)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return IssuedCredential(_existing(credentials.credential_by_id(connection, earlier)), None)
        partner = _partner_for(connection, principal, new.partner_id)
        account = members.find_service_account(connection, partner.partner_id, new.account)
        if account is None:
            account = ServiceAccount(str(uuid.uuid4()), new.account, partner.partner_id)
            members.add_service_account(connection, account)
        credential = Credential(
            credential_id=str(uuid.uuid4()),
            name=new.account,
            partner_id=partner.partner_id,
            person_id=None,
            account_id=account.account_id,
            scopes=new.scopes,
            purpose=new.purpose,
            tlp_ceiling=new.tlp_ceiling,
            created_at=now,
            expires_at=new.expires_at,
        )
        token = new_token()
        credentials.add_credential(connection, credential, token_digest(token))
        _record(connection, principal, Event.CREDENTIAL_CREATE, credential, now)
        if use is not None:
            submissions.add_key_use(connection, use, credential.credential_id, now)
    return IssuedCredential(credential, token)


def _partner_for(connection: Connection, principal: Principal, partner_id: str | None) -> Partner:
    own = principal.partner
    if own is not None:
        if partner_id not in {None, own.partner_id}:
            raise NotFoundError
        return own
    partner = members.partner_by_id(connection, partner_id) if partner_id else None
    if partner is None:
        raise NotFoundError
    return partner


def list_credentials(exchange: Exchange, principal: Principal) -> list[Credential]:
    """List the caller's partner's credentials; operators see all. Tokens are not kept and not shown."""
    require(principal, Permission.CREDENTIALS_READ)
    with exchange.database.read() as connection:
        return credentials.credentials(connection, principal.partner.partner_id if principal.partner else None)


def revoke_credential(exchange: Exchange, principal: Principal, credential_id: str, use: KeyUse | None = None) -> Credential:
    """Revoke a credential for every request that starts after this; again is no error.

    Raises:
        NotFoundError: there is no such credential, or it is not the caller's to revoke.
    """
    require(principal, Permission.CREDENTIALS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_lock(connection)
        credential = _existing(credentials.credential_by_id(connection, credential_id))
        if principal.partner is not None and credential.partner_id != principal.partner.partner_id:
            raise NotFoundError
        if earlier_outcome(connection, use) is None and use is not None:
            submissions.add_key_use(connection, use, credential_id, now)
        if credential.revoked_at is None:
            credentials.revoke_credential(connection, credential_id, now)
            _record(connection, principal, Event.CREDENTIAL_REVOKE, credential, now)
        return _existing(credentials.credential_by_id(connection, credential_id))


def _existing(credential: Credential | None) -> Credential:
    if credential is None:
        raise NotFoundError
    return credential


def _record(connection: Connection, principal: Principal, event: Event, credential: Credential, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, credential.partner_id, who, subject=credential.credential_id)])
