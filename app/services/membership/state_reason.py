"""Why a partner, an agreement or a credential was stopped: what whoever did it said, kept with what they did, and who reads it.

Owns that a reason is looked at before the order is locked, and its readers: the exchange's staff, and of a partner's credentials
those who keep its persons. Kept by ``tests/services/membership/test_state_reason.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.stated_reason import LONGEST_REASON, StatedReason, Stop
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.screen_reason import POINTER, screen_reason
from app.storage import credentials, members, stated_reasons
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was stopped: as ``StatedReason``."""

    stop: Stop
    partner_id: str | None
    subject: str


def checked_reason(exchange: Exchange, principal: Principal, permission: Permission, reason: str | None) -> str | None:
    """Give the reason (unverified) that somebody states who may do what takes this permission; None: they say nothing.

    Raises:
        ForbiddenContentError: as ``screen_reason``.
        ForbiddenError: the caller lacks the permission; nothing is looked at then.
        MalformedInputError: it is blank, or too long.
    """
    require(principal, permission)
    if reason is None:
        return None
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise MalformedInputError(f"A reason has 1 to {LONGEST_REASON} characters.", pointer=POINTER)
    screen_reason(exchange, principal, reason)
    return reason.strip()


def keep_reason(
    connection: Connection, principal: Principal, said: str | None, now: datetime, stopped: Iterable[Stopped]
) -> None:
    """Keep what was said of what was stopped just now, in its transaction; ``said`` as ``checked_reason`` gave it."""
    if said is not None:
        by = principal.credential.person_id
        told = [StatedReason(one.stop, one.subject, one.partner_id, by, now, said) for one in stopped]
        stated_reasons.add_reasons(connection, told)


def reasons_about_partner(exchange: Exchange, principal: Principal, partner_id: str) -> list[StatedReason]:
    """Give the newest 200 reasons about a partner, its agreement and its credentials, for staff; raises ``NotFoundError``."""
    require(principal, Permission.PARTNERS_READ)
    with exchange.database.read() as connection:
        if members.partner_by_id(connection, partner_id) is None:
            raise NotFoundError
        return stated_reasons.reasons_of(connection, partner_id)


def reason_of_credential(exchange: Exchange, principal: Principal, credential_id: str) -> StatedReason | None:
    """Give why a credential was revoked, None where nobody said so: to whoever keeps persons, of their own organisation's.

    Raises:
        ForbiddenError: the caller keeps no persons.
        NotFoundError: there is no such credential that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    if principal.partner is None and not principal.is_staff:
        raise ForbiddenError("Reasons are for persons.")
    with exchange.database.read() as connection:
        found = credentials.credential_by_id(connection, credential_id)
        own = None if principal.partner is None else principal.partner.partner_id
        if found is None or (own is not None and found.partner_id != own):
            raise NotFoundError
        return stated_reasons.reasons_about(connection, Stop.CREDENTIAL_REVOCATION, [credential_id]).get(credential_id)
