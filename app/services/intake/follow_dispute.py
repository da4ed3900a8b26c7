"""As long as something is disputed, whoever is given it is told; and when it is disputed no more, whoever was told is told that.

Owns the work on one call about a dispute after its first notices: others are given the object meanwhile, and a notice of a call
that has ended becomes a newer version of itself that is revoked (STIX 2.1 §3.2), for the same addressees. Kept by
``tests/services/intake/test_follow_dispute.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.recall import Recall
from app.services.intake.call_back import FOLLOWED_EVERY
from app.services.intake.notify_recall import Sender, letters_to, look_on, send_letter, store_notice
from app.services.intake.recall_notice import sign_revocation
from app.services.intake.who_is_told import who_is_told
from app.storage import contents, disclosures, disputed, handling, members, notices, recalls
from app.storage.counter import save_order, take_order_lock
from app.storage.session import Connection
from breakwater_client.trust.keys import SigningKey

_SOON = timedelta(minutes=1)


def follow_dispute(key: SigningKey, connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Tell whoever was given since what is disputed, or that it is disputed no more. Gives when to come back, None: never."""
    recall = recalls.recall_by_number(connection, payload["recall_id"])
    if recall.ended_at is not None:
        return None
    if recall.notified_at is None or recall.look_to is None:
        return now + _SOON
    if disputed.is_called_for(connection, recall.recall_id, now):
        return _tell_newcomers(key, connection, recall, now)
    _unmark(key, connection, recall, now)
    return None


def _tell_newcomers(key: SigningKey, connection: Connection, recall: Recall, now: datetime) -> datetime:
    to = disclosures.settled_without_holding_up(connection)
    if look_on(connection, recall, to) < to:
        return now
    told = set(recalls.notified_partners(connection, [recall.recall_id])[recall.recall_id])
    new = [one for one in who_is_told(connection, recall) if one.partner_id not in told]
    if new:
        order = take_order_lock(connection)
        sender = Sender(key, members.this_exchange(connection).identity_id, order, now)
        for letter in letters_to(connection, recall, new, now):
            send_letter(connection, sender, letter)
        save_order(connection, order)
    return now + FOLLOWED_EVERY


def _unmark(key: SigningKey, connection: Connection, recall: Recall, now: datetime) -> None:
    order = take_order_lock(connection)
    if recalls.recall_by_number(connection, recall.recall_id).ended_at is not None:
        return  # somebody else did it while this waited for the lock
    sender = Sender(key, members.this_exchange(connection).identity_id, order, now)
    sent = disputed.notices_of(connection, recall.recall_id)
    classes = handling.classes_by_id(connection, {one.class_id for one in sent})
    bodies = contents.contents(connection, [one.version_id for one in sent], _ALL_OF_THEM) if sent else {}
    for one in sent:
        facets = recalls.facets_of(connection, [one.version_id])
        checked = sign_revocation(bodies[one.version_id].body, recall.owner_id, facets, key, now)
        version_id, place = store_notice(connection, sender, checked, classes[one.class_id])
        recalls.post_where(connection, one.version_id, version_id, place)
        disputed.supersede(connection, one.version_id)
    for addressee in notices.addressees_of(connection, [one.version_id for one in sent]):
        notices.keep_answered(connection, addressee.version_id, addressee.partner_id, addressee.answered_at or now, None)
    disputed.keep_ended(connection, recall.recall_id, now)
    save_order(connection, order)


_ALL_OF_THEM = 1 << 40
