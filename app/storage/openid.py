"""Accounts elsewhere with which people sign in, and attempts on their way to a provider, each of which serves once.

Owns the rows; what may be changed when is the services' (``app/services/signing_in``). Kept by ``tests/storage/test_openid.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.openid import OpenIdAccount, OpenIdAttempt
from app.storage.tables import credential, openid_account, openid_attempt


def accounts_of(connection: Connection, person_id: str) -> list[OpenIdAccount]:
    """Give a person's accounts, in the order in which they came."""
    c = openid_account.c
    asked = select(openid_account).where(c.person_id == person_id).order_by(c.added_at, c.account_id)
    return [OpenIdAccount(**row._asdict()) for row in connection.execute(asked)]


def account_of(connection: Connection, issuer: str, subject: str) -> OpenIdAccount | None:
    """Give the account of a subject of an issuer; both are compared as they are."""
    c = openid_account.c
    row = connection.execute(select(openid_account).where(c.issuer == issuer, c.subject == subject)).one_or_none()
    return None if row is None else OpenIdAccount(**row._asdict())


def add_account(connection: Connection, value: OpenIdAccount) -> None:
    """Keep a new account. The caller holds the order lock and has looked that it is nobody's."""
    connection.execute(insert(openid_account).values(**asdict(value)))


def note_use(connection: Connection, account_id: str, now: datetime) -> None:
    """Keep when somebody signed in with an account."""
    connection.execute(update(openid_account).where(openid_account.c.account_id == account_id).values(used_at=now))


def drop_accounts(connection: Connection, person_id: str, account_id: str | None = None) -> int:
    """Forget a person's accounts and attempts to add one, or one account. Gives how many accounts."""
    where = openid_account.c.person_id == person_id
    if account_id is not None:
        where &= openid_account.c.account_id == account_id
    else:
        own = select(credential.c.credential_id).where(credential.c.person_id == person_id)
        connection.execute(delete(openid_attempt).where(openid_attempt.c.credential_id.in_(own)))
    return connection.execute(delete(openid_account).where(where)).rowcount


def add_attempt(connection: Connection, digests: Sequence[bytes], value: OpenIdAttempt) -> None:
    """Keep an attempt, by the SHA-256 digests of its state and of the secret in its browser."""
    state, browser = digests
    connection.execute(insert(openid_attempt).values(state_digest=state, browser_digest=browser, **asdict(value)))


def use_attempt(connection: Connection, digests: Sequence[bytes], now: datetime) -> OpenIdAttempt | None:
    """Take an attempt away and give it; None if there is none such of this browser, or it has expired. Each serves once."""
    state, browser = digests
    t = openid_attempt
    taken = connection.execute(
        delete(t)
        .where((t.c.state_digest == state) & (t.c.browser_digest == browser))
        .returning(t.c.provider, t.c.credential_id, t.c.back, t.c.expires_at)
    ).one_or_none()
    found = None if taken is None else OpenIdAttempt(**taken._asdict())
    return found if found is not None and now < found.expires_at else None


def drop_expired_attempts(connection: Connection, now: datetime) -> int:
    """Forget attempts that serve no more. Gives how many."""
    return connection.execute(delete(openid_attempt).where(openid_attempt.c.expires_at <= now)).rowcount
