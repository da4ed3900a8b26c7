"""How far a partner has come on its way in: which steps are done, by what is there, and which is next.

Owns the steps and their order; each is done elsewhere, by the operators or by the partner itself. Writes nothing. Kept by
``tests/services/membership/test_onboarding.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from app.domain.agreement import Agreement
from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import NotFoundError
from app.domain.partner import Partner, PartnerKey, Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage, MemberRole, PartnerState
from app.policy.agreements import agreement_in_force
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import agreements, approvals, credentials, handling, members, persons, sign_ins, usage
from app.storage.session import Connection


@unique
class Step(StrEnum):
    """The steps after the record, in their order."""

    ADMINISTRATOR = "administrator"
    SIGN_IN = "sign-in"
    KEY = "key"
    ACTIVATION = "activation"
    AUDIENCE = "audience"
    AGREEMENT = "agreement"
    SUBMISSION = "submission"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Administrator:
    """A partner's administrator in office. ``invited_until``: until when an open invitation serves; None: there is none."""

    person: Person
    has_signed_in: bool
    invited_until: datetime | None


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What is there of a partner. ``keys`` sign objects and have not ended; ``proposal`` waits for a second person.

    ``agreement`` is the one in force. ``next`` None: nothing is missing.
    """

    partner: Partner
    administrators: tuple[Administrator, ...]
    keys: tuple[PartnerKey, ...]
    audience_ids: tuple[str, ...]
    agreement: Agreement | None
    proposal: Approval | None
    first_sent_at: datetime | None
    first_given_at: datetime | None

    @property
    def done(self) -> frozenset[Step]:
        """The steps that are done."""
        is_done = {
            Step.ADMINISTRATOR: bool(self.administrators),
            Step.SIGN_IN: any(one.has_signed_in for one in self.administrators),
            Step.KEY: bool(self.keys),
            Step.ACTIVATION: any(one.state is KeyState.ACTIVE for one in self.keys),
            Step.AUDIENCE: bool(self.audience_ids),
            Step.AGREEMENT: self.agreement is not None,
            Step.SUBMISSION: self.first_sent_at is not None,
            Step.READING: self.first_given_at is not None,
        }
        return frozenset(step for step, done in is_done.items() if done)

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in Step if step not in self.done), None)

    @property
    def may_exchange(self) -> bool:
        """Whether the partner may submit and read: it has a key that counts and an agreement in force, and is let in."""
        is_in = self.partner.state is PartnerState.ACTIVE
        return is_in and {Step.ACTIVATION, Step.AGREEMENT} <= self.done


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner in a list: what it is, and what is missing until it may exchange."""

    partner: Partner
    missing: tuple[Step, ...]


def look_at_onboarding(exchange: Exchange, principal: Principal, partner_id: str) -> Onboarding:
    """Say how far a partner has come, for operators.

    Raises:
        ForbiddenError: the caller does not enrol partners.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.PARTNERS_WRITE)
    now = exchange.clock()
    with exchange.database.read() as connection:
        partner = members.partner_by_id(connection, partner_id)
        if partner is None:
            raise NotFoundError
        return Onboarding(
            partner=partner,
            administrators=tuple(_administrators(connection, partner_id, now)),
            keys=tuple(one for one in credentials.keys(connection, partner_id) if _signs(one, now)),
            audience_ids=tuple(one.audience_id for one, _envelope in handling.audience_records(connection, partner_id)),
            agreement=agreement_in_force(agreements.agreements(connection, partner_id), now),
            proposal=approvals.find_open(connection, ApprovalKind.AGREEMENT_VERSION, partner_id, now),
            first_sent_at=usage.first_sent(connection, partner_id),
            first_given_at=usage.first_given(connection, partner_id),
        )


def list_standings(exchange: Exchange, principal: Principal) -> list[Standing]:
    """Say of every partner, by name, what is missing until it may exchange; for operators."""
    require(principal, Permission.PARTNERS_WRITE)
    now = exchange.clock()
    with exchange.database.read() as connection:
        partners = members.partners(connection)
        kept = {
            str(one.partner_id) for one in persons.members_in_office(connection) if MemberRole.ADMINISTRATOR in one.member_roles
        }
        keys = [one for one in credentials.keys(connection, None) if _signs(one, now)]
        every = agreements.agreements(connection, None)
    brought = {one.partner_id for one in keys}
    active = {one.partner_id for one in keys if one.state is KeyState.ACTIVE}
    versions: dict[str, list[Agreement]] = {}
    for one in every:
        versions.setdefault(one.partner_id, []).append(one)
    agreed = {partner_id for partner_id, known in versions.items() if agreement_in_force(known, now) is not None}
    has = {Step.ADMINISTRATOR: kept, Step.KEY: brought, Step.ACTIVATION: active, Step.AGREEMENT: agreed}
    return [Standing(one, tuple(step for step, those in has.items() if one.partner_id not in those)) for one in partners]


def _signs(key: PartnerKey, now: datetime) -> bool:
    return key.usage is KeyUsage.OBJECT_SIGNING and key.state_at(now) in {KeyState.PENDING, KeyState.ACTIVE}


def _administrators(connection: Connection, partner_id: str, now: datetime) -> Iterable[Administrator]:
    for one in persons.persons(connection, partner_id):
        if one.left_at is None and MemberRole.ADMINISTRATOR in one.member_roles:
            open_ones = [made for made in sign_ins.invitations_of(connection, one.person_id) if made.is_open(now)]
            until = open_ones[0].expires_at if open_ones else None
            yield Administrator(one, sign_ins.sign_in_of(connection, one.person_id) is not None, until)
