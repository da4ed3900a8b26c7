"""Which members have set up how they sign in, and which are invited, for who keeps an organisation's persons.

Owns nothing of how they do: no names to sign in with, no devices. Kept by
``tests/services/signing_in/test_who_signs_in.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import persons, sign_ins


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Whether a person has set up how they sign in, and until when they are invited (None: they are not)."""

    is_set_up: bool
    invited_until: datetime | None


def who_signs_in(exchange: Exchange, principal: Principal, among: Collection[str] | None = None) -> Mapping[str, SigningIn]:
    """Give for each person of the caller's own organisation how far they are, by their ids; who left included.

    ``among``: of these persons alone.

    Raises ``ForbiddenError`` without the right to see persons.
    """
    require(principal, Permission.PERSONS_READ)
    now = exchange.clock()
    with exchange.database.read() as connection:
        known = persons.persons(connection, principal.partner.partner_id if principal.partner else None)
        ids = {one.person_id for one in known if among is None or one.person_id in among}
        set_up, invited = sign_ins.set_up_among(connection, ids), sign_ins.open_invitations(connection, ids, now)
    return {one: SigningIn(one in set_up, invited.get(one)) for one in ids}
