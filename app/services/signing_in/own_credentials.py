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
from app.services.membership.issue_credentials import revoke_credential
from app.storage import credentials, ledger_search, portal_sessions


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
    require(principal, Permission.CREDENTIALS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have credentials of their own.")
    with exchange.database.read() as connection:
        known = credentials.credentials(connection, principal.partner.partner_id)
        ids = [one.credential_id for one in known]
        sessions = portal_sessions.sessions_among(connection, ids)
        read = ledger_search.last_read_with(connection, ids)
    found = [OwnCredential(one, sessions.get(one.credential_id), read.get(one.credential_id)) for one in known]
    return sorted(found, key=lambda one: one.credential.created_at, reverse=True)


def end_credentials_of(exchange: Exchange, principal: Principal, person_id: str) -> int:
    """End every session and token of a person of the caller's own, one after another; gives how many ended.

    Raises as ``revoke_credential``.
    """
    now = exchange.clock()
    doomed = [one for one in own_credentials(exchange, principal) if one.credential.person_id == person_id and one.counts(now)]
    for one in doomed:
        revoke_credential(exchange, principal, one.credential.credential_id)
    return len(doomed)
