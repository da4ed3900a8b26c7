"""What people sign in with: names, password hashes, sealed secrets, passkeys, invitations, and challenges that serve once.

Owns the rows; what may be changed when is the services' (``app/services/signing_in``). Kept by
``tests/storage/test_sign_ins.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from app.domain.sign_in import Ceremony, Invitation, InvitationKind, Passkey, SignIn
from app.storage.batches import batches
from app.storage.tables import invitation, passkey, sign_in, sign_in_challenge


def sign_in_by_login(connection: Connection, login: str) -> SignIn | None:
    """Give what the person with this name signs in with; the name is compared as it is."""
    row = connection.execute(select(sign_in).where(sign_in.c.login == login)).one_or_none()
    return None if row is None else SignIn(**row._asdict())


def sign_in_of(connection: Connection, person_id: str) -> SignIn | None:
    """Give what a person signs in with, None if they were never set up."""
    row = connection.execute(select(sign_in).where(sign_in.c.person_id == person_id)).one_or_none()
    return None if row is None else SignIn(**row._asdict())


def set_up_among(connection: Connection, person_ids: Collection[str]) -> set[str]:
    """Give which of these persons have set up how they sign in; a few hundred at most."""
    return set(connection.execute(select(sign_in.c.person_id).where(sign_in.c.person_id.in_(sorted(person_ids)))).scalars())


def open_invitations(connection: Connection, person_ids: Collection[str], now: datetime) -> dict[str, datetime]:
    """Give until when those of these persons are invited whose invitation can still be used."""
    c = invitation.c
    asked = select(c.person_id, func.max(c.expires_at)).where(
        c.person_id.in_(sorted(person_ids)), c.used_at.is_(None), c.expires_at > now
    )
    return dict(connection.execute(asked.group_by(c.person_id)).all())


def save_sign_in(connection: Connection, value: SignIn) -> None:
    """Keep what a person signs in with, in the place of what there was."""
    row = asdict(value)
    changed = connection.execute(update(sign_in).where(sign_in.c.person_id == value.person_id).values(**row)).rowcount
    if not changed:
        connection.execute(insert(sign_in).values(**row))


def passkeys_of(connection: Connection, person_id: str) -> list[Passkey]:
    """Give a person's passkeys, in the order in which they came."""
    asked = select(passkey).where(passkey.c.person_id == person_id).order_by(passkey.c.added_at, passkey.c.passkey_id)
    return [Passkey(**row._asdict()) for row in connection.execute(asked)]


def passkey_by_id(connection: Connection, passkey_id: str) -> Passkey | None:
    """Give one passkey."""
    row = connection.execute(select(passkey).where(passkey.c.passkey_id == passkey_id)).one_or_none()
    return None if row is None else Passkey(**row._asdict())


def add_passkey(connection: Connection, value: Passkey) -> None:
    """Keep a new passkey."""
    connection.execute(insert(passkey).values(**asdict(value)))


def note_use(connection: Connection, passkey_id: str, uses: int, now: datetime) -> None:
    """Keep a passkey's signature counter and when it was used."""
    connection.execute(update(passkey).where(passkey.c.passkey_id == passkey_id).values(uses=uses, used_at=now))


def drop_passkeys(connection: Connection, person_id: str, passkey_id: str | None = None) -> int:
    """Forget a person's passkeys, or one of them. Gives how many."""
    where = passkey.c.person_id == person_id
    if passkey_id is not None:
        where &= passkey.c.passkey_id == passkey_id
    return connection.execute(delete(passkey).where(where)).rowcount


def add_invitation(connection: Connection, value: Invitation, digest: bytes) -> None:
    """Keep an invitation and the SHA-256 digest of its secret."""
    connection.execute(insert(invitation).values(**asdict(value), digest=digest))


def invitation_by_digest(connection: Connection, digest: bytes) -> Invitation | None:
    """Give the invitation whose secret has this digest, used and expired ones included."""
    row = connection.execute(select(invitation).where(invitation.c.digest == digest)).one_or_none()
    return None if row is None else _invitation(row._asdict())


def invitations_of(connection: Connection, person_id: str) -> list[Invitation]:
    """Give a person's invitations, the newest first."""
    asked = select(invitation).where(invitation.c.person_id == person_id).order_by(invitation.c.made_at.desc())
    return [_invitation(row._asdict()) for row in connection.execute(asked)]


def end_invitations(connection: Connection, person_id: str, now: datetime) -> None:
    """Let a person's open invitations be used no more."""
    where = (invitation.c.person_id == person_id) & invitation.c.used_at.is_(None)
    connection.execute(update(invitation).where(where).values(used_at=now))


def end_invitations_by(connection: Connection, by_person_id: str | None, credential_ids: Collection[str], now: datetime) -> None:
    """Let open invitations be used no more that a person (None: nobody) made, or that were made with some credentials."""
    for made in _made_by(by_person_id, credential_ids):
        connection.execute(update(invitation).where(made, invitation.c.used_at.is_(None)).values(used_at=now))


def open_invitations_by(connection: Connection, by_person_id: str, credential_ids: Collection[str], now: datetime) -> set[str]:
    """Give for whom, but that person, invitations can still be used that a person made, or that were made with credentials."""
    c, found = invitation.c, set[str]()
    for made in _made_by(by_person_id, credential_ids):
        asked = select(c.person_id).where(made, c.person_id != by_person_id, c.used_at.is_(None), c.expires_at > now)
        found.update(connection.execute(asked).scalars())
    return found


def _made_by(by_person_id: str | None, credential_ids: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """Give conditions for who made an invitation and with what: several, since a statement takes so many values and no more."""
    if by_person_id is not None:
        yield invitation.c.by_person_id == by_person_id
    for some in batches(sorted(credential_ids)):
        yield invitation.c.by_credential_id.in_(some)


def _invitation(row: Mapping[str, Any]) -> Invitation:
    values = dict(row)
    del values["digest"]
    values["kind"] = InvitationKind(values["kind"])
    return Invitation(**values)


def forget(connection: Connection, person_id: str, now: datetime) -> None:
    """Keep nothing that a person signs in with; their invitations end."""
    end_invitations(connection, person_id, now)
    drop_passkeys(connection, person_id)
    drop_challenges(connection, person_id)
    connection.execute(delete(sign_in).where(sign_in.c.person_id == person_id))


def add_challenge(connection: Connection, digest: bytes, person_id: str | None, ceremony: Ceremony, expires_at: datetime) -> None:
    """Keep the digest of random bytes that a browser is to sign in one ceremony, for one person or (None) whoever signs in."""
    row = {"digest": digest, "person_id": person_id, "ceremony": ceremony, "expires_at": expires_at}
    connection.execute(insert(sign_in_challenge).values(row))


def use_challenge(connection: Connection, digest: bytes, person_id: str | None, ceremony: Ceremony, now: datetime) -> bool:
    """Take a challenge away; False if there is none such for this person and ceremony, or it has expired. Each serves once."""
    c = sign_in_challenge.c
    own = c.person_id.is_(None) if person_id is None else c.person_id == person_id
    where = (c.digest == digest) & own & (c.ceremony == ceremony)
    taken = connection.execute(delete(sign_in_challenge).where(where).returning(c.expires_at)).scalar_one_or_none()
    return taken is not None and taken > now


def drop_challenges(connection: Connection, person_id: str) -> None:
    """Let nothing serve any more that a person's browser was given to sign."""
    connection.execute(delete(sign_in_challenge).where(sign_in_challenge.c.person_id == person_id))


def drop_expired_challenges(connection: Connection, now: datetime) -> int:
    """Forget challenges that serve no more. Gives how many."""
    return connection.execute(delete(sign_in_challenge).where(sign_in_challenge.c.expires_at <= now)).rowcount
