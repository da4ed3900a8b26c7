"""The daily round in which the notices of contests go out: at a fixed time, with a fixed number of leaves, whatever is contested.

Everybody can count the leaves of the log. Whoever enters a contest of an id could so learn whether anybody has anything under it;
therefore every round adds as many leaves as the next, blank ones in the place of notices, in random order, and it is held every
day, contests or none. Notices for which it has no leaf wait for the next. Kept by
``tests/services/recalling/test_contest_round.py``; decision 36 has the alternatives.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.domain.usage import start_of_day
from app.services.intake.notify_recall import Letter, Sender, keep_all_told, letters_to, send_letter
from app.services.intake.who_is_told import who_is_told
from app.services.proving.record import Recorded, record_in_log
from app.storage import members, recalls, work
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.log_leaf import LeafKind

CONTEST_ROUND = "contest-round"
LEAVES = 128
"""So many leaves a round adds to the log: notices, and blank ones for the rest."""
_AT = timedelta(minutes=30)
_DAY = timedelta(days=1)


def next_round(now: datetime) -> datetime:
    """Give when the next round is after ``now``: half past midnight, UTC."""
    today = start_of_day(now) + _AT
    return today if now < today else today + _DAY


def ensure_round(connection: Connection, now: datetime) -> None:
    """Put the next round on the work ledger if none is there. The caller holds the order lock."""
    if not work.has_waiting(connection, CONTEST_ROUND):
        work.add_work(connection, CONTEST_ROUND, {}, next_round(now))


def hold_round(key: SigningKey, connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime:
    """Send the notices of contests that wait, and add blank leaves up to the fixed number. Gives when the next round is."""
    order = take_order_lock(connection)
    sender = Sender(key, members.this_exchange(connection).identity_id, order, now)
    letters = _letters(connection, now)
    slots = [*letters, *([None] * (LEAVES - len(letters)))]
    random.SystemRandom().shuffle(slots)  # or whoever gets one notice would learn from its index how many there were before it
    for letter in slots:
        if letter is None:
            _add_blank(connection, order, now)
        else:
            send_letter(connection, sender, letter)
    save_order(connection, order)
    return next_round(now)


def _letters(connection: Connection, now: datetime) -> list[Letter]:
    """Give the notices for this round, at most so many; contests of which these are the last are told of in full with it."""
    found: list[Letter] = []
    for recall in recalls.contests_to_tell(connection):
        recipients = who_is_told(connection, recall)
        told = set(recalls.notified_partners(connection, [recall.recall_id])[recall.recall_id])
        waiting = letters_to(connection, recall, [one for one in recipients if one.partner_id not in told], now)
        found += islice(waiting, LEAVES - len(found))
        if next(waiting, None) is not None:
            break
        keep_all_told(connection, recall, {one.partner_id for one in recipients}, now)
    return found


def _add_blank(connection: Connection, order: Order, now: datetime) -> None:
    blank_id = str(uuid.uuid4())
    record_in_log(connection, order, Recorded(LeafKind.BLANK, blank_id, {"type": "blank", "blank": blank_id}), now)
