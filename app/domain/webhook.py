"""Webhooks: addresses of partners that are called at a fixed cadence, and the messages that go there.

Owns the nouns and the closed list of cadences. A message says "poll" and nothing else. Kept by ``tests/domain/test_webhook.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique

CADENCES = (1, 5, 15, 60)
"""How many minutes may lie between two messages; whoever chose is called that often, whatever is or is not there."""

MOST_URL_CHARACTERS = 1_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@unique
class WebhookState(StrEnum):
    """Whether a webhook is called."""

    ACTIVE = "active"
    PAUSED = "paused"


@unique
class MessageState(StrEnum):
    """What has become of a message. One that failed and is tried again waits; a dead one is sent again if somebody asks."""

    DEAD = "dead"
    DELIVERED = "delivered"
    WAITING = "waiting"


@unique
class Outcome(StrEnum):
    """What became of one call. It says how it ended, and never what the other side answered."""

    ADDRESS_REFUSED = "address-refused"
    CERTIFICATE_REFUSED = "certificate-refused"
    DELIVERED = "delivered"
    GONE = "gone"
    NO_ANSWER = "no-answer"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    SECRET_UNREADABLE = "secret-unreadable"  # noqa: S105  # a word, no secret
    SERVER_FAILED = "server-failed"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A partner's address that is called. ``sealed`` holds its URL and secrets, which are nowhere else; ``host`` is for people.

    ``next_at`` is when it is called next, ``called_until`` set while it is, ``turn`` the number of the piece of work that calls
    it. ``cause`` says why it is paused: ``partner``, or ``gone``, as its receiver answered.
    """

    webhook_id: str
    partner_id: str
    host: str
    cadence_minutes: int
    sealed: str
    state: WebhookState
    created_at: datetime
    next_at: datetime
    cause: str | None = None
    tested_at: datetime | None = None
    called_until: datetime | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message: its id is the same however often it is sent. ``said_at`` is the time that it bears.

    ``tried_since`` is when it was first due, or due again after somebody asked for it; ``due_at`` when it is tried next.
    """

    message_id: str
    webhook_id: str
    said_at: datetime
    tried_since: datetime
    due_at: datetime
    state: MessageState = MessageState.WAITING
    attempts: int = 0
    outcome: Outcome | None = None
    ended_at: datetime | None = None


def next_tick(cadence_minutes: int, offset_seconds: int, after: datetime) -> datetime:
    """Give the first tick after ``after``: ticks lie on a grid from 1970 on, moved by an offset, and on nothing else.

    ``offset_seconds`` spreads webhooks in time; it is taken modulo the cadence.
    """
    step = timedelta(minutes=cadence_minutes)
    start = _EPOCH + timedelta(seconds=offset_seconds % (cadence_minutes * 60))
    return start + ((after - start) // step + 1) * step
