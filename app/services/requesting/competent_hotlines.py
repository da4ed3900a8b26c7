"""Which hotline is competent: members that are hotlines of a jurisdiction, by the identity under which they can be asked.

Owns the look-up and nothing of the referral, which is a signed object as any other. Hotlines are public bodies, and members see
each other by name where their agreement lists them. Kept by
``tests/services/requesting/test_competent_hotlines.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.jurisdictions import JURISDICTIONS
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Role, Tlp
from app.policy.telling import is_listed_member
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.visible_set import viewer_of
from app.storage import members
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Hotline:
    """A member that is a hotline; ``jurisdiction`` is an ISO 3166-1 alpha-2 code."""

    identity_id: str
    name: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Competent:
    """The hotlines of one jurisdiction, and all jurisdictions (ascending) that have one, so that nobody tries out codes."""

    hotlines: list[Hotline]
    jurisdictions: list[str]


def competent_hotlines(exchange: Exchange, principal: Principal, jurisdiction: str) -> Competent:
    """Give the hotlines of a jurisdiction that are listed members, by name, and which jurisdictions have such.

    Raises:
        ForbiddenError: not a partner, or without the right.
        MalformedInputError: no jurisdiction has this code.
    """
    require(principal, Permission.REQUESTS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners refer to hotlines.")
    if jurisdiction not in JURISDICTIONS:
        sentence = "No jurisdiction has this code: it is two capital letters that ISO 3166-1 assigned."
        raise MalformedInputError(sentence, pointer="/jurisdiction")
    with exchange.database.read() as connection:
        listed = [
            Hotline(one.identity_id, one.name, one.jurisdiction)
            for one in members.partners(connection)
            if one.role is Role.HOTLINE and _is_listed(connection, one, exchange.clock())
        ]
    return Competent([one for one in listed if one.jurisdiction == jurisdiction], sorted({one.jurisdiction for one in listed}))


def _is_listed(connection: Connection, one: Partner, now: datetime) -> bool:
    return is_listed_member(viewer_of(connection, one, Tlp.CLEAR, now), now)
