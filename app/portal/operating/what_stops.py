"""How much of a partner stops when it, or its agreement, is stopped: what pages say before it is done.

Kept by ``tests/portal/operating/test_what_stops.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.webhook import WebhookState
from app.services.calling.keep_webhooks import list_webhooks
from app.services.exporting.look_up import list_exports
from app.services.membership.issue_credentials import list_credentials
from app.services.membership.keep_persons import list_persons
from app.web.context import exchange, principal


@dataclass(frozen=True, slots=True)
class Stopping:
    """How many of a partner's persons are in office, credentials open, exports defined and webhooks called now."""

    persons: int
    credentials: int
    exports: int
    webhooks: int


def what_stops(partner_id: str) -> Stopping:
    """Give the counts, for operators."""
    now = exchange().clock()
    persons = [one for one in list_persons(exchange(), principal(), partner_id) if one.person.left_at is None]
    opened = [one for one in list_credentials(exchange(), principal()) if one.partner_id == partner_id and one.revoked_at is None]
    exports = [one.definition for one in list_exports(exchange(), principal()) if one.definition.partner_id == partner_id]
    called = [one.webhook for one in list_webhooks(exchange(), principal()) if one.webhook.partner_id == partner_id]
    return Stopping(
        persons=len(persons),
        credentials=sum(one.expires_at > now for one in opened),
        exports=sum(one.ended_at is None for one in exports),
        webhooks=sum(one.state is WebhookState.ACTIVE for one in called),
    )
