"""Volume: what a partner is given and sends in a day, counted by what is kept anyway.

A page that begins below the limit is given whole, so that a limit is passed by what is in flight at most. Kept by
``tests/services/limiting/test_count_usage.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import ExhaustedError
from app.domain.paging import AlarmCode
from app.domain.partner import Principal
from app.domain.usage import seconds_left_today, start_of_day
from app.policy.agreements import agreement_in_force
from app.policy.volume import is_exhausted, objects_per_day, passes_edge, versions_per_day
from app.services.exchange import Exchange
from app.services.limiting.ask import alarm_of_use
from app.storage import agreements, usage
from app.storage.session import Connection

_GIVEN = "Your organisation was given as many object versions today as it may be."
_SENT = "Your organisation has sent as many objects today as it may."


@dataclass(frozen=True, slots=True)
class Use:
    """What was used today when an answer or a submission came, and how much may be."""

    used: int
    limit: int


def check_given(exchange: Exchange, connection: Connection, partner_id: str, now: datetime) -> Use:
    """Give how many versions a partner was given today, and may be.

    Raises:
        ExhaustedError: it was given as many as it may be; the answer must not leave.
    """
    return _checked(given_today(exchange, connection, partner_id, now), _GIVEN, now)


def given_today(exchange: Exchange, connection: Connection, partner_id: str, now: datetime) -> Use:
    """Give the same, also where it was given as many as it may be: for what began before."""
    limit = versions_per_day(_agreement(connection, partner_id, now), exchange.budgets)
    return Use(usage.versions_given(connection, partner_id, start_of_day(now)), limit)


def note_given(exchange: Exchange, principal: Principal, use: Use, more: int, now: datetime) -> None:
    """Alarm the operators if what was given now reached an edge."""
    if passes_edge(use.used, more, use.limit):
        with exchange.database.write(while_read_only=True) as connection:
            alarm_of_use(connection, principal, AlarmCode.MUCH_READ, now)


def check_sent(exchange: Exchange, connection: Connection, partner_id: str, now: datetime) -> Use:
    """Give how many objects a partner sent today, and may send.

    Raises:
        ExhaustedError: it sent as many as it may; nothing of the submission is looked at.
    """
    limit = objects_per_day(_agreement(connection, partner_id, now), exchange.budgets)
    return _checked(Use(usage.objects_sent(connection, partner_id, start_of_day(now)), limit), _SENT, now)


def note_sent(connection: Connection, principal: Principal, use: Use, more: int, now: datetime) -> None:
    """Alarm the operators if what was sent now reached an edge, in the submission's own transaction."""
    if passes_edge(use.used, more, use.limit):
        alarm_of_use(connection, principal, AlarmCode.MUCH_SENT, now)


def _checked(use: Use, sentence: str, now: datetime) -> Use:
    if is_exhausted(use.used, use.limit):
        raise ExhaustedError(sentence, retry_after_seconds=seconds_left_today(now))
    return use


def _agreement(connection: Connection, partner_id: str, now: datetime) -> Agreement | None:
    return agreement_in_force(agreements.agreements(connection, partner_id), now)
