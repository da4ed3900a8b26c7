"""The alarms of the last while, for operators: of what, whose, how often. Writes nothing.

What alarms is ``raise_alarm``'s. Kept by ``tests/services/watching/test_recent_alarms.py``.
"""

from __future__ import annotations

from datetime import timedelta

from app.domain.errors import ForbiddenError
from app.domain.paging import Alarm
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import alarms

SHOWN_FOR = timedelta(days=30)


def recent_alarms(exchange: Exchange, principal: Principal, limit: int) -> list[Alarm]:
    """List the alarms that something was counted into within ``SHOWN_FOR``, newest first.

    Raises:
        ForbiddenError: the caller may not read metrics, or is not of the exchange's staff.
    """
    require(principal, Permission.METRICS_READ)
    if not principal.is_staff:
        raise ForbiddenError("Alarms are for the exchange's staff.")
    with exchange.database.read() as connection:
        return alarms.raised_since(connection, exchange.clock() - SHOWN_FOR, limit)
