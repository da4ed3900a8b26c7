"""Credentials (API tokens, of which only a digest is kept) and partners' keys with their registration challenges.

Kept by ``tests/storage/test_credentials.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select, update

from app.domain.partner import Credential, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, Purpose, Tlp
from app.storage import documents, members
from app.storage.prepared import Prepared
from app.storage.tables import credential, key_challenge, partner, partner_key, person


def add_credential(connection: Connection, value: Credential, token_digest: bytes | None) -> None:
    """Keep a new credential and the SHA-256 digest of its token; None for that of a key, which has a ``keyid`` instead."""
    row = asdict(value) | {"scopes": documents.dump(value.scopes)}
    connection.execute(insert(credential).values(**row, token_digest=token_digest))


_BEHIND = (credential, partner, person)


def _holder(*tables: Table) -> Select[Any]:
    """Give the statement for credentials and whoever is behind them, with the columns of all these tables in a row."""
    return (
        select(*(column.label(f"{table.name}/{column.name}") for table in tables for column in table.c))
        .select_from(credential)
        .outerjoin(partner, partner.c.partner_id == credential.c.partner_id)
        .outerjoin(person, person.c.person_id == credential.c.person_id)
    )


_HOLDER = Prepared(_holder(*_BEHIND).where(credential.c.token_digest == bindparam("token_digest")))
_HOLDER_BY_ID = Prepared(_holder(*_BEHIND).where(credential.c.credential_id == bindparam("credential_id")))
_KEY_HOLDER = Prepared(
    _holder(*_BEHIND, partner_key)
    .join(partner_key, partner_key.c.keyid == credential.c.keyid)
    .where(credential.c.keyid == bindparam("keyid"))
)


def principal_by_digest(connection: Connection, token_digest: bytes) -> Principal | None:
    """Give the credential whose token has this digest, revoked and expired ones included, and whoever is behind it now.

    One statement, so that no more than one stands before every request.
    """
    row = _HOLDER.row(connection, token_digest=token_digest)
    return None if row is None else _principal(*_apart(row, _BEHIND))


def principal_by_keyid(connection: Connection, keyid: str) -> tuple[Principal, PartnerKey] | None:
    """Give the credential of a key that signs requests, whoever is behind it now, and the key, in whatever state they are."""
    row = _KEY_HOLDER.row(connection, keyid=keyid)
    if row is None:
        return None
    *behind, key = _apart(row, (*_BEHIND, partner_key))
    return _principal(*behind), _key(key)


def principal_by_id(connection: Connection, credential_id: str) -> Principal | None:
    """Give a credential, revoked and expired ones included, and whoever is behind it now."""
    row = _HOLDER_BY_ID.row(connection, credential_id=credential_id)
    return None if row is None else _principal(*_apart(row, _BEHIND))


def _apart(row: Any, tables: tuple[Table, ...]) -> list[dict[str, Any]]:
    values = iter(row)
    return [{column.name: next(values) for column in table.c} for table in tables]


def _principal(held: Mapping[str, Any], its_partner: Mapping[str, Any], its_person: Mapping[str, Any]) -> Principal:
    return Principal(
        credential_of_row(held),
        members.partner_of(its_partner) if its_partner["partner_id"] else None,
        members.person_of(its_person) if its_person["person_id"] else None,
    )


def credential_by_id(connection: Connection, credential_id: str) -> Credential | None:
    """Give one credential."""
    row = connection.execute(select(credential).where(credential.c.credential_id == credential_id)).one_or_none()
    return None if row is None else credential_of_row(row._asdict())


def credentials(connection: Connection, partner_id: str | None) -> list[Credential]:
    """List credentials, newest last: one partner's, or all (None: for operators)."""
    statement = select(credential).order_by(credential.c.created_at, credential.c.credential_id)
    if partner_id is not None:
        statement = statement.where(credential.c.partner_id == partner_id)
    return [credential_of_row(row._asdict()) for row in connection.execute(statement)]


def revoke_credential(connection: Connection, credential_id: str, now: datetime) -> None:
    """Revoke from now on; a second revocation keeps the first one's time."""
    where = (credential.c.credential_id == credential_id) & credential.c.revoked_at.is_(None)
    connection.execute(update(credential).where(where).values(revoked_at=now))


def credential_of_key(connection: Connection, keyid: str) -> Credential | None:
    """Give the credential of a key that signs requests, None if it never counted."""
    row = connection.execute(select(credential).where(credential.c.keyid == keyid)).one_or_none()
    return None if row is None else credential_of_row(row._asdict())


def shorten_credential(connection: Connection, credential_id: str, expires_at: datetime) -> None:
    """Let a credential expire at a moment, unless it does before."""
    where = (credential.c.credential_id == credential_id) & (credential.c.expires_at > expires_at)
    connection.execute(update(credential).where(where).values(expires_at=expires_at))


def credential_of_row(row: Mapping[str, Any]) -> Credential:
    """Give the credential of a row of its table."""
    values = dict(row)
    del values["token_digest"]
    values["scopes"] = frozenset(map(Permission, documents.load(values["scopes"])))
    values["purpose"] = Purpose(values["purpose"]) if values["purpose"] else None
    values["tlp_ceiling"] = Tlp(values["tlp_ceiling"])
    return Credential(**values)


def add_challenge(connection: Connection, challenge: str, partner_id: str, expires_at: datetime) -> None:
    """Keep a nonce over which a partner is to prove possession of a key."""
    connection.execute(insert(key_challenge).values(challenge=challenge, partner_id=partner_id, expires_at=expires_at))


def use_challenge(connection: Connection, challenge: str, partner_id: str, now: datetime) -> bool:
    """Take a partner's challenge out of the store; False if it has none such, or it has expired. Each serves once."""
    where = (key_challenge.c.challenge == challenge) & (key_challenge.c.partner_id == partner_id)
    expires_at = connection.execute(delete(key_challenge).where(where).returning(key_challenge.c.expires_at)).scalar_one_or_none()
    return expires_at is not None and expires_at > now


def drop_expired_challenges(connection: Connection, now: datetime) -> int:
    """Forget challenges that can no longer be used. Gives how many."""
    return connection.execute(delete(key_challenge).where(key_challenge.c.expires_at <= now)).rowcount


def add_key(connection: Connection, value: PartnerKey) -> None:
    """Keep a newly registered key."""
    connection.execute(insert(partner_key).values(**asdict(value)))


def key_by_id(connection: Connection, keyid: str) -> PartnerKey | None:
    """Give one key, whatever its state."""
    row = connection.execute(select(partner_key).where(partner_key.c.keyid == keyid)).one_or_none()
    return None if row is None else _key(row._asdict())


_ALL_KEYS = select(partner_key).order_by(partner_key.c.registered_at, partner_key.c.keyid)
_KEYS = Prepared(_ALL_KEYS.where(partner_key.c.partner_id == bindparam("partner_id")))


def keys(connection: Connection, partner_id: str | None) -> list[PartnerKey]:
    """List keys, oldest first: one partner's, or all (None: for operators and for verifiers of public keys)."""
    rows = connection.execute(_ALL_KEYS) if partner_id is None else _KEYS.rows(connection, partner_id=partner_id)
    return [_key(row._asdict()) for row in rows]


def change_key(connection: Connection, value: PartnerKey) -> None:
    """Keep what became of a key: its state and its dates, and which key signed for it."""
    dates = ("changed_at", "not_before", "not_after", "activated_at", "compromised_since", "reported_at")
    values = {name: getattr(value, name) for name in ("state", *dates, "replaces", "rotation")}
    connection.execute(update(partner_key).where(partner_key.c.keyid == value.keyid).values(values))


def _key(row: Mapping[str, Any]) -> PartnerKey:
    values = dict(row)
    for name, words in (("algorithm", KeyAlgorithm), ("state", KeyState), ("usage", KeyUsage)):
        values[name] = words(values[name])
    return PartnerKey(**values)
