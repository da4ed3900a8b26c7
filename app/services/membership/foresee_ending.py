"""What ends with a key that is retired or revoked: said before it is done.

Owns the counts; nothing changes. A key in other hands is ``report_compromise``'s. Kept by
``tests/services/membership/test_foresee_ending.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.vocabulary import KeyState
from app.services.exchange import Exchange
from app.services.membership.end_issued import issued_by_key
from app.services.membership.key_life import require_to_end
from app.storage import credentials


@dataclass(frozen=True, slots=True)
class KeyEnding:
    """How many ``others`` for the same use go on counting, and how many open credentials came of it, which revoking ends."""

    others: int
    credentials: int


def foresee_ending(exchange: Exchange, principal: Principal, keyid: str) -> KeyEnding:
    """Give what ends with a key, if it were ended now.

    Raises:
        ForbiddenError: the caller may not end keys.
        NotFoundError: there is no such key, or it is another partner's.
    """
    require_to_end(principal)
    now = exchange.clock()
    with exchange.database.read() as connection:
        key = credentials.key_by_id(connection, keyid)
        if key is None or (principal.partner is not None and key.partner_id != principal.partner.partner_id):
            raise NotFoundError
        others = [one for one in credentials.keys(connection, key.partner_id) if one.usage is key.usage and one.keyid != keyid]
        came = [one for one in issued_by_key(connection, key) if one.revoked_at is None and one.expires_at > now]
    return KeyEnding(sum(one.state_at(now) is KeyState.ACTIVE for one in others), len(came))
