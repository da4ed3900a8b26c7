"""Partners, the people and services that act for them, their keys and credentials, and who is asking.

Owns the values only. Kept by ``tests/domain/test_partner.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.permissions import Permission
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, MemberRole, PartnerState, Purpose, Role, StaffRole, Tlp


@dataclass(frozen=True, slots=True)
class Partner:
    """A member organisation. ``jurisdiction`` is an ISO 3166-1 alpha-2 code; role and jurisdiction do not change.

    ``parent_id`` is the partner that it is a part of, None for one that stands alone.
    """

    partner_id: str
    name: str
    role: Role
    jurisdiction: str
    identity_id: str
    state: PartnerState
    enrolled_at: datetime
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A human being at the exchange (``partner_id`` None, with staff roles) or at a partner (with roles within it).

    Who has left (``left_at``) stays on record. ``added_at`` None: before that was kept.
    """

    person_id: str
    name: str
    partner_id: str | None
    staff_roles: frozenset[StaffRole] = frozenset()
    member_roles: frozenset[MemberRole] = frozenset()
    added_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A partner's machine that acts for it."""

    account_id: str
    name: str
    partner_id: str


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """A partner's public key. ``keyid`` is the hexadecimal SHA-256 of ``public_key`` (DER SubjectPublicKeyInfo).

    Validity is judged by the exchange's clock; ``not_after`` None is open-ended. ``changed_at`` is when ``state`` was last set,
    ``activated_at`` when the key first counted (None: never).
    ``compromised_since`` and ``reported_at`` are of a compromised key. ``replaces`` is the key that signed for this one, in the
    DSSE envelope ``rotation`` (JSON text).
    """

    keyid: str
    partner_id: str
    usage: KeyUsage
    algorithm: KeyAlgorithm
    public_key: bytes
    state: KeyState
    registered_at: datetime
    changed_at: datetime
    not_before: datetime | None = None
    not_after: datetime | None = None
    compromised_since: datetime | None = None
    reported_at: datetime | None = None
    activated_at: datetime | None = None
    replaces: str | None = None
    rotation: str | None = None

    def counts(self, now: datetime) -> bool:
        """Whether the key counts at ``now``, by the exchange's clock; a signer's claim of when it signed is not asked."""
        begun = self.not_before is None or self.not_before <= now
        return self.state is KeyState.ACTIVE and begun and (self.not_after is None or now < self.not_after)

    def state_at(self, now: datetime) -> KeyState:
        """Give the state at ``now``: an active key whose time is over is retired, without anybody doing anything."""
        over = self.state is KeyState.ACTIVE and self.not_after is not None and self.not_after <= now
        return KeyState.RETIRED if over else self.state


@dataclass(frozen=True, slots=True)
class ExchangeKey:
    """A public key of the exchange itself, kept so that what it signed can be verified for ever; times as ``PartnerKey``'s.

    ``replaces`` is the key that it took the place of.
    """

    keyid: str
    usage: KeyUsage
    algorithm: KeyAlgorithm
    public_key: bytes
    state: KeyState
    registered_at: datetime
    changed_at: datetime
    not_before: datetime | None = None
    not_after: datetime | None = None
    compromised_since: datetime | None = None
    reported_at: datetime | None = None
    activated_at: datetime | None = None
    replaces: str | None = None

    def state_at(self, now: datetime) -> KeyState:
        """Give the state at ``now``, as ``PartnerKey.state_at``."""
        over = self.state is KeyState.ACTIVE and self.not_after is not None and self.not_after <= now
        return KeyState.RETIRED if over else self.state


@dataclass(frozen=True, slots=True)
class Credential:
    """An API token's record (the token itself is shown once and kept nowhere), or that of a key that signs requests (``keyid``).

    ``partner_id`` None belongs to a person of the exchange. ``purpose`` None lets the caller name one per request. ``issued_by``
    is the credential with which it was issued; None: on the exchange's machine, or before that was kept.
    """

    credential_id: str
    name: str
    partner_id: str | None
    person_id: str | None
    account_id: str | None
    scopes: frozenset[Permission]
    purpose: Purpose | None
    tlp_ceiling: Tlp
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    keyid: str | None = None
    issued_by: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, once authenticated: a credential, and the partner or the person of the exchange behind it."""

    credential: Credential
    partner: Partner | None
    person: Person | None

    @property
    def is_staff(self) -> bool:
        """Whether this is a person of the exchange itself; a partner's person is not, even where no partner was loaded."""
        return self.partner is None and self.person is not None and self.person.partner_id is None
