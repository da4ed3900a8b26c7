"""Of whom a caller may be told by name: itself and listed members; staff of everybody. So that people read names and not ids.

Owns nothing but the question; who is listed is ``app/policy/telling.py``'s. Kept by
``tests/services/explaining/test_members_told.py``.
"""

from __future__ import annotations

from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.explaining.membership import Membership
from app.services.explaining.statements import asker_of


def members_told(exchange: Exchange, principal: Principal) -> list[Partner]:
    """Give the partners that the caller may be told of by name, by name. That one is not there says nothing.

    Raises:
        ForbiddenError: the caller may not ask about policy at all.
    """
    require(principal, Permission.POLICY_READ)
    with exchange.database.read() as connection:
        known = Membership.load(connection, exchange.clock()).known_to(asker_of(principal))
    return [one.partner for one in known.values()]
