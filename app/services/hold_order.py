"""The order lock for somebody who asks: it is given only to who may still do what they might when their request came in.

Owns that whoever waited for the lock is looked at once more under it: a credential that was revoked or has ended meanwhile, a
partner that was suspended, a role or a scope that was taken do not count any more, whatever was asked before. What runs without a
principal (jobs, commands of the machine) takes the lock itself. Kept by ``tests/services/test_hold_order.py``, and
``tests/promises/test_who_waits_is_asked_again.py`` has no service forget it.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import Code, ForbiddenError, UnauthenticatedError
from app.domain.partner import Principal
from app.policy.administration import kinds_of
from app.services.authenticate import require_active
from app.services.exchange import Exchange
from app.storage import credentials
from app.storage.counter import Order, take_order_lock
from app.storage.session import Connection


def take_order_for(exchange: Exchange, connection: Connection, principal: Principal, *, while_read_only: bool = False) -> Order:
    """Take the order lock as ``take_order_lock`` for a caller, and look once more that the caller counts as before.

    Raises:
        ForbiddenError: the partner is active no more, or the caller may do less than before.
        ReadOnlyError: as ``take_order_lock``.
        UnauthenticatedError: the credential was revoked or has ended.
    """
    order = take_order_lock(connection, while_read_only=while_read_only)
    require_no_less(connection, principal, exchange.clock())
    return order


def require_no_less(connection: Connection, principal: Principal, now: datetime) -> None:
    """Return if a caller may do in this transaction all that it might when it was authenticated; raises as ``take_order_for``."""
    held = credentials.principal_by_id(connection, principal.credential.credential_id)
    if held is None or held.credential.revoked_at is not None or held.credential.expires_at <= now:
        raise UnauthenticatedError("This credential is no longer good.")
    require_active(held)
    if not principal.credential.scopes <= held.credential.scopes or not kinds_of(principal) <= kinds_of(held):
        sentence = "What you may do here has changed while this waited. Ask once more."
        raise ForbiddenError(sentence, code=Code.PERMISSION_MISSING)
