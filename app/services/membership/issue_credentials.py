"""Credentials: issuing API tokens (shown once), listing and revoking them.

Owns who may issue for whom; what a credential may hold is ``policy.administration``'s. Kept by
``tests/services/membership/test_issue_credentials.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.crypto.tokens import new_token, token_digest
from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Partner, Principal, ServiceAccount
from app.domain.permissions import Permission
from app.domain.stated_reason import Stop
from app.domain.vocabulary import Purpose, Tlp
from app.policy.administration import CredentialTerms, why_not_issued
from app.policy.scopes import PrincipalKind, member_kinds
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.services.membership.end_issued import LIFE_BY_KEY, came_of
from app.services.membership.keep_persons import kept_person
from app.services.membership.state_reason import Stopped, checked_reason, keep_reason
from app.storage import credential_lists, credentials, events, members, sign_ins, submissions
from app.storage.credential_lists import CredentialsSought
from app.storage.session import Connection
from app.storage.submissions import KeyUse

_USUAL_LIFE = timedelta(days=365)
_STOP = Stop.CREDENTIAL_REVOCATION


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A token to be issued to a partner's service account (made if it is new), or to one of its persons: one of the two is named.

    ``partner_id`` None: the caller's own, or the person's. ``expires_at`` None: in a year, and of a partner's that is issued by
    itself no later than the credential it asks with.
    """

    partner_id: str | None
    account: str | None
    scopes: frozenset[Permission]
    purpose: Purpose | None
    tlp_ceiling: Tlp
    expires_at: datetime | None
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose the credential will be."""

    name: str
    partner_id: str
    account_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A credential and its token; the token is None where the request was a repetition, since it is shown once only."""

    credential: Credential
    token: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a credential is revoked.

    ``issued_too``: also those that were issued with it, and with those, and invitations that were made with any of them, as for a
    token that leaked. ``reason`` (unverified) is kept of each that ends now.
    """

    issued_too: bool = False
    reason: str | None = None


_ALONE = Ending()


def issue_credential(
    exchange: Exchange, principal: Principal, new: NewCredential, use: KeyUse | None = None, *, until: datetime | None = None
) -> IssuedCredential:
    """Issue a token to a partner's service account or person: by an operator, or by the partner to itself within its own terms.

    A person's token holds no more than their roles allow at each time; operators give tokens to administrators alone.
    ``until``: it may last so long, longer than the caller's own; for whoever issues in person (``signing_in.issue_in_person``).

    Raises:
        ConflictError: the person has left.
        ForbiddenError: it would allow more than the caller may give, or the caller does not keep this person.
        MalformedInputError: it would have expired already, or not one of account and person is named.
        NotFoundError: there is no such partner or person, or it is another one than the caller's own.
    """
    now = exchange.clock()
    ends_at = new.expires_at or _usual_end(principal, now)
    if (new.account is None) is (new.person_id is None):
        raise MalformedInputError("A credential is for a service account (account) or for a person (person_id).")
    if new.person_id is None:
        _check_terms(principal, frozenset({PrincipalKind.PARTNER}), new, _Life(ends_at, until))
    if ends_at <= now:
        raise MalformedInputError("A credential expires in the future.", pointer="/expires_at")
    _check_life(principal, ends_at, now)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return IssuedCredential(_existing(credentials.credential_by_id(connection, earlier)), None)
        life = _Life(ends_at, until)
        holder = _account(connection, principal, new) if new.person_id is None else _person(connection, principal, new, life)
        credential = Credential(
            credential_id=str(uuid.uuid4()),
            name=holder.name,
            partner_id=holder.partner_id,
            person_id=holder.person_id,
            account_id=holder.account_id,
            scopes=new.scopes,
            purpose=new.purpose,
            tlp_ceiling=new.tlp_ceiling,
            created_at=now,
            expires_at=ends_at,
            issued_by=principal.credential.credential_id,
        )
        token = new_token()
        credentials.add_credential(connection, credential, token_digest(token))
        _record(connection, principal, Event.CREDENTIAL_CREATE, credential, now)
        if use is not None:
            submissions.add_key_use(connection, use, credential.credential_id, now)
    return IssuedCredential(credential, token)


def _usual_end(principal: Principal, now: datetime) -> datetime:
    usual = now + _USUAL_LIFE
    if principal.credential.keyid is not None:
        usual = now + LIFE_BY_KEY
    return usual if principal.partner is None else min(usual, principal.credential.expires_at)


def _check_life(principal: Principal, ends_at: datetime, now: datetime) -> None:
    if principal.credential.keyid is not None and ends_at > now + LIFE_BY_KEY:
        sentence = f"A credential that is issued with a key lasts {LIFE_BY_KEY.days} days at most."
        raise ForbiddenError(sentence, pointer="/expires_at")


@dataclass(frozen=True, slots=True)
class _Life:
    """When a credential ends, and how long it may last where that is not the end of the one it is issued with."""

    ends_at: datetime
    until: datetime | None


def _check_terms(principal: Principal, kinds: frozenset[PrincipalKind], new: NewCredential, life: _Life) -> None:
    terms = CredentialTerms(kinds, new.scopes, new.purpose, new.tlp_ceiling, life.ends_at, life.until)
    forbidden = why_not_issued(principal, terms)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def _account(connection: Connection, principal: Principal, new: NewCredential) -> _Holder:
    partner_id, name = _partner_for(connection, principal, new.partner_id).partner_id, str(new.account)
    account = members.find_service_account(connection, partner_id, name)
    if account is None:
        account = ServiceAccount(str(uuid.uuid4()), name, partner_id)
        members.add_service_account(connection, account)
    return _Holder(name, partner_id, account_id=account.account_id)


def _person(connection: Connection, principal: Principal, new: NewCredential, life: _Life) -> _Holder:
    require(principal, Permission.CREDENTIALS_WRITE)
    person = kept_person(connection, principal, str(new.person_id))
    if new.partner_id not in {None, person.partner_id}:
        raise NotFoundError
    if person.partner_id is None:
        raise ForbiddenError("Tokens of staff are made on the exchange's machine, or by the proposal that adds them.")
    _check_terms(principal, member_kinds(person.member_roles), new, life)
    return _Holder("person", person.partner_id, person_id=person.person_id)  # not the name, which is personal data


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


@dataclass(frozen=True, slots=True)
class CredentialsWanted:
    """Which credentials: those that are open alone, or all; the oldest first, or the newest."""

    open_alone: bool = False
    newest_first: bool = False


def page_of_credentials(
    exchange: Exchange, principal: Principal, wanted: CredentialsWanted, asked: ListAsked
) -> ListPage[Credential]:
    """Give a page of what ``list_credentials`` lists. Raises as that, and ``MalformedInputError`` (``cursor-invalid``)."""
    require(principal, Permission.CREDENTIALS_READ)
    partner_id = principal.partner.partner_id if principal.partner else None
    words = ("credentials", partner_id, str(wanted.open_alone), str(wanted.newest_first))
    listing = Listing(words, credential_lists.place_of, AN_INSTANT)
    is_open = True if wanted.open_alone else None
    sought = CredentialsSought(partner_id, exchange.clock(), is_open, newest_first=wanted.newest_first)
    with exchange.database.read() as connection:
        found = credential_lists.credentials_listed(connection, sought, stretch_asked(exchange, listing, asked))
    return page_of(exchange, listing, asked, found)


def revoke_credential(
    exchange: Exchange, principal: Principal, credential_id: str, use: KeyUse | None = None, ending: Ending = _ALONE
) -> Credential:
    """Revoke a credential for every request that starts after this; again is no error. Goes on while nothing is taken in.

    A partner's machine ends itself and other machines; people's credentials and those of keys are ended by who may write persons.
    Raises for a reason as ``state_reason.checked_reason``, and:

    Raises:
        ForbiddenError: it is, or what it issued is, a person's or a key's, and the caller is a partner's machine.
        NotFoundError: there is no such credential, or it is not the caller's to revoke.
    """
    said = checked_reason(exchange, principal, Permission.CREDENTIALS_WRITE, ending.reason)
    now = exchange.clock()
    own = principal.partner.partner_id if principal.partner else None
    with exchange.database.write(while_read_only=True) as connection:
        take_order_for(exchange, connection, principal, while_read_only=True)
        credential = _existing(credentials.credential_by_id(connection, credential_id))
        if own is not None and credential.partner_id != own:
            raise NotFoundError
        if earlier_outcome(connection, use) is None and use is not None:
            submissions.add_key_use(connection, use, credential_id, now)
        doomed = [credential, *(came_of(credential, credentials.credentials(connection, own)) if ending.issued_too else [])]
        for one in doomed:
            _check_may_end(principal, one)
            if one.revoked_at is None:
                credentials.revoke_credential(connection, one.credential_id, now)
                _record(connection, principal, Event.CREDENTIAL_REVOKE, one, now)
        if ending.issued_too:
            sign_ins.end_invitations_by(connection, None, [one.credential_id for one in doomed], now)
        ended = [Stopped(_STOP, one.partner_id, one.credential_id) for one in doomed if one.revoked_at is None]
        keep_reason(connection, principal, said, now, ended)
        return _existing(credentials.credential_by_id(connection, credential_id))


def _check_may_end(principal: Principal, doomed: Credential) -> None:
    """A leaked token of a machine must not throw out the people who could end it, nor the keys that sign requests."""
    of_machine = doomed.person_id is None and doomed.keyid is None
    if principal.partner is not None and not of_machine and doomed.credential_id != principal.credential.credential_id:
        require(principal, Permission.PERSONS_WRITE)


def _existing(credential: Credential | None) -> Credential:
    if credential is None:
        raise NotFoundError
    return credential


def _record(connection: Connection, principal: Principal, event: Event, credential: Credential, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, credential.partner_id, who, subject=credential.credential_id)])
