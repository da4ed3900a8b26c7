"""How the log stands, for the exchange's own people: how much is in it, how much of that is signed, whether it is taken in.

Writes nothing. Kept by ``tests/services/proving/test_look_at_log.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import ForbiddenError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import kept_size, why_read_only
from app.storage import checkpoints
from app.storage.counter import read_order


@dataclass(frozen=True, slots=True)
class LogStanding:
    """Leaves of the log, and the newest checkpoint: its size, its signed note, and when it was made (None: there is none yet).

    ``kept_size`` is the size of the checkpoint outside the database, as its file claims; None: none is kept, or it is unreadable.
    """

    leaves: int
    covered: int
    note: str | None
    made_at: datetime | None
    kept_size: int | None
    read_only: ReadOnlyReason | None


def look_at_log(exchange: Exchange, principal: Principal) -> LogStanding:
    """Say how the log stands.

    Raises:
        ForbiddenError: the caller is not of the exchange's staff, or may not read the log.
    """
    require(principal, Permission.LOG_READ)
    if not principal.is_staff:
        raise ForbiddenError("How the log stands is for the exchange's staff; partners are given its checkpoints.")
    with exchange.database.read() as connection:
        order, newest = read_order(connection), checkpoints.newest_checkpoint(connection)
    return LogStanding(
        leaves=order.log_index + 1,
        covered=newest.tree_size if newest else 0,
        note=newest.note if newest else None,
        made_at=newest.made_at if newest else None,
        kept_size=kept_size(exchange),
        read_only=why_read_only(exchange),
    )
