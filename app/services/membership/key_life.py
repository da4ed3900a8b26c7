"""One act in the life of a partner's key: its transaction, what it changes, and that everybody can learn of it.

Owns what all such acts have in common: the order lock, the repeated request, whose key it is, the credential of a key that signs
requests, and the record of it. Kept by ``tests/services/membership/test_key_life.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.partner import Credential, Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage, Tlp
from app.policy.administration import permitted_scopes
from app.policy.scopes import PrincipalKind
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange, ExchangeKeys
from app.services.hold_order import take_order_for
from app.services.membership.end_issued import end_issued
from app.services.membership.key_quotas import check_changes
from app.services.proving.key_events import KeyEvent, record_key_events
from app.storage import credentials, log, submissions
from app.storage.columns import FOREVER
from app.storage.counter import Order, save_order
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.trust.log_leaf import LeafKind


@dataclass(frozen=True, slots=True)
class KeyAct:
    """The transaction of one act: who acts and when (by the clock once the order lock is held)."""

    exchange: Exchange
    connection: Connection
    order: Order
    principal: Principal
    now: datetime

    def repeated(self, use: KeyUse | None) -> str | None:
        """Give what this request brought about before, None if it is new; raises ``ConflictError`` as ``earlier_outcome``."""
        return earlier_outcome(self.connection, use)

    def bind(self, use: KeyUse | None, reference: str) -> None:
        """Remember what this request brought about."""
        if use is not None:
            submissions.add_key_use(self.connection, use, reference, self.now)

    def existing(self, keyid: str) -> PartnerKey:
        """Give a key; raises ``NotFoundError`` where there is none."""
        key = credentials.key_by_id(self.connection, keyid)
        if key is None:
            raise NotFoundError
        return key

    def own_or_staffs(self, keyid: str) -> PartnerKey:
        """Give a key that the caller may end: a partner its own, staff anybody's; another's is as absent."""
        key = self.existing(keyid)
        if self.principal.partner is not None and key.partner_id != self.principal.partner.partner_id:
            raise NotFoundError
        return key

    def check_changes(self, key: PartnerKey) -> None:
        """Raise ``ConflictError`` if the caller is a partner, and changed this key too often."""
        if self.principal.partner is not None:
            check_changes(len(log.statements(self.connection, LeafKind.KEY_EVENT, key.keyid)))

    def record(self, changes: Sequence[tuple[Event, PartnerKey]]) -> None:
        """Keep what became of keys, let their credentials and what was issued with those follow, and record it for everybody."""
        keep_changes(self.connection, [key for _, key in changes], self.now)
        who = self.principal.credential.credential_id
        for _, key in changes:
            end_issued(self.connection, key, who, self.now)
        happened = [KeyEvent(event, key, who) for event, key in changes]
        record_key_events(self.connection, self.order, self.exchange.keys, happened, self.now)


@contextmanager
def acting(exchange: Exchange, principal: Principal) -> Iterator[KeyAct]:
    """Give one act its transaction, under the order lock; nothing of it stays if it raises."""
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        yield KeyAct(exchange, connection, order, principal, exchange.clock())
        save_order(connection, order)


def own_partner(principal: Principal) -> Partner:
    """Give the caller's partner; raises ``ForbiddenError`` for staff, who have no keys."""
    if principal.partner is None:
        raise ForbiddenError("Only partners have signing keys.")
    return principal.partner


def require_to_end(principal: Principal) -> None:
    """Let partners that may write keys end their own, and operators anybody's."""
    require(principal, Permission.KEYS_WRITE if principal.partner else Permission.KEYS_ACTIVATE)


def keep_changes(connection: Connection, changed: Sequence[PartnerKey], now: datetime) -> None:
    """Keep states and dates of keys; that of a key which signs requests is followed by its credential."""
    for key in changed:
        credentials.change_key(connection, key)
        if key.usage is KeyUsage.REQUEST_SIGNING:
            _follow(connection, key, now)


def recover(connection: Connection, order: Order, keys: ExchangeKeys | None, key: PartnerKey, now: datetime) -> None:
    """Let a key count that two operators agreed on. ``keys`` None: the directory is owed until the work ledger comes to it."""
    keep_changes(connection, [key], now)
    record_key_events(connection, order, keys, [KeyEvent(Event.KEY_RECOVER, key)], now)


def _follow(connection: Connection, key: PartnerKey, now: datetime) -> None:
    """A key that signs requests has a credential with all that a partner may do, from its activation until it ends."""
    held = credentials.credential_of_key(connection, key.keyid)
    if key.state is KeyState.ACTIVE and held is None:
        credentials.add_credential(connection, _credential(key, now), None)
    elif key.state is KeyState.ACTIVE and held is not None and key.not_after is not None:
        credentials.shorten_credential(connection, held.credential_id, key.not_after)
    elif key.state is not KeyState.ACTIVE and held is not None:
        credentials.revoke_credential(connection, held.credential_id, now)


def _credential(key: PartnerKey, now: datetime) -> Credential:
    return Credential(
        credential_id=str(uuid.uuid4()),
        name=f"key {key.keyid[:16]}",
        partner_id=key.partner_id,
        person_id=None,
        account_id=None,
        scopes=permitted_scopes({PrincipalKind.PARTNER}),
        purpose=None,
        tlp_ceiling=Tlp.RED,
        created_at=now,
        expires_at=key.not_after or FOREVER,
        keyid=key.keyid,
    )
