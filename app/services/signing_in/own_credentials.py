"""An organisation's credentials with what is known of their use: tokens, keys' credentials, and sessions of the portal.

Owns telling them apart; issuing and revoking are ``membership.issue_credentials``'. Kept by
``tests/services/signing_in/test_own_credentials.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError
from app.domain.partner import Credential, Principal
from app.domain.permissions import Permission
from app.domain.sign_in import Session
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.services.membership.end_issued import end_made_for_others
from app.services.membership.issue_credentials import revoke_credential
from app.storage import credential_lists, credentials, ledger_search, members, portal_sessions
from app.storage.credential_lists import CredentialsSought
from app.storage.stretches import Found


@dataclass(frozen=True, slots=True)
class OwnCredential:
    """A credential, the session that it is (None: a token, or a key's), and when something was last read with it."""

    credential: Credential
    session: Session | None
    last_read_at: datetime | None

    @property
    def last_seen_at(self) -> datetime | None:
        """When it was last used as far as that is kept: of a session when somebody came, else when something was read."""
        return self.session.seen_at if self.session else self.last_read_at

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything at ``now``."""
        held = self.credential
        idle = self.session is not None and self.session.has_idled(now)
        return held.revoked_at is None and now < held.expires_at and not idle


def own_credentials(exchange: Exchange, principal: Principal) -> list[OwnCredential]:
    """List the credentials of the caller's own organisation, newest first; those that ended as well.

    Raises ``ForbiddenError`` for whoever is no partner's, or without the right.
    """
    partner_id = _own_partner(principal)
    with exchange.database.read() as connection:
        known = credentials.credentials(connection, partner_id)
        ids = [one.credential_id for one in known]
        sessions = portal_sessions.sessions_among(connection, ids)
        read = ledger_search.last_read_with(connection, ids)
    found = [OwnCredential(one, sessions.get(one.credential_id), read.get(one.credential_id)) for one in known]
    return sorted(found, key=lambda one: one.credential.created_at, reverse=True)


def page_of_own_tokens(
    exchange: Exchange, principal: Principal, asked: ListAsked, *, ended: bool = False
) -> ListPage[OwnCredential]:
    """Give a page of the same without sessions: those that count, or those that ``ended``; the newest first.

    Raises as ``own_credentials``, and ``MalformedInputError`` (``cursor-invalid``).
    """
    partner_id = _own_partner(principal)
    listing: Listing[OwnCredential] = Listing(
        ("own-tokens", partner_id, str(ended)), lambda one: credential_lists.place_of(one.credential), AN_INSTANT
    )
    sought = CredentialsSought(partner_id, exchange.clock(), not ended, without_sessions=True, newest_first=True)
    with exchange.database.read() as connection:
        found = credential_lists.credentials_listed(connection, sought, stretch_asked(exchange, listing, asked))
        read = ledger_search.last_read_with(connection, [one.credential_id for one in found.rows])
    own = [OwnCredential(one, None, read.get(one.credential_id)) for one in found.rows]
    return page_of(exchange, listing, asked, Found(own, found.before, found.count))


def count_own_sessions(exchange: Exchange, principal: Principal) -> int:
    """Count the sessions of the caller's own organisation that count. Raises as ``own_credentials``."""
    partner_id = _own_partner(principal)
    with exchange.database.read() as connection:
        return credential_lists.count_sessions(connection, partner_id, exchange.clock())


def end_credentials_of(exchange: Exchange, principal: Principal, person_id: str) -> int:
    """End every session and token of a person of the caller's own, one after another; gives how many ended.

    As of a device that was lost: first ends what was made with them for others (``end_made_for_others``).

    Raises as ``revoke_credential``.
    """
    now = exchange.clock()
    doomed = [one for one in own_credentials(exchange, principal) if one.credential.person_id == person_id and one.counts(now)]
    with exchange.database.write(while_read_only=True) as connection:
        take_order_for(exchange, connection, principal, while_read_only=True)
        require(principal, Permission.PERSONS_WRITE)
        person = members.person_by_id(connection, person_id)
        if person is not None and doomed:
            held = {one.credential.credential_id for one in doomed}
            end_made_for_others(connection, person, principal.credential, now, held=held)
    doomed.sort(key=lambda one: one.credential.credential_id == principal.credential.credential_id)  # who acts, last
    for one in doomed:
        revoke_credential(exchange, principal, one.credential.credential_id)
    return len(doomed)


def _own_partner(principal: Principal) -> str:
    require(principal, Permission.CREDENTIALS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have credentials of their own.")
    return principal.partner.partner_id
