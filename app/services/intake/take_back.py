"""Taking an object back from a collection: out of one sharing group, or out of everything.

Owns which of the two it is. In the exchange's own collection an owner withdraws its versions everywhere; in a group's it ends
their posting there, and only what is then in no collection any more is withdrawn. Kept by
``tests/services/intake/test_take_back.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.permissions import Permission
from app.domain.recall import Choice
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake.post import check_target, end_posting
from app.services.intake.withdraw import Withdrawal, WithdrawalRequest, withdraw, withdraw_versions, without_notices
from app.services.reading.readers import Place, Reader
from app.storage import events, objects, sharing
from app.storage.counter import save_order


@dataclass(frozen=True, slots=True)
class TakingBack:
    """What is taken back: an id (it may be anything), which of its versions, and from where.

    ``group_id`` None: from the exchange, which is everything. ``place`` is where the caller reads the same collection.
    """

    stix_id: str
    choice: Choice
    group_id: str | None
    place: Place


def take_back(exchange: Exchange, reader: Reader, asked: TakingBack) -> None:
    """Take versions of the caller's own object back. Whoever was given what is withdrawn is told.

    Raises:
        ForbiddenError: the caller may not submit or write there.
        NotFoundError: no such object or version of the caller's own there; also when it was taken back before.
    """
    if asked.group_id is None:
        withdraw(exchange, reader.principal, WithdrawalRequest(asked.stix_id, asked.choice))
    elif not _end_in_group(exchange, reader, asked, asked.group_id):
        raise NotFoundError


def _end_in_group(exchange: Exchange, reader: Reader, asked: TakingBack, group_id: str) -> bool:
    """End the postings that are meant; False if nothing under this id was posted there by the caller.

    Raises:
        NotFoundError: something was, but not the versions that are meant.
    """
    require(reader.principal, Permission.OBJECTS_SUBMIT)
    partner_id, credential_id = reader.partner.partner_id, reader.principal.credential.credential_id
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, reader.principal)
        now = exchange.clock()
        feed = check_target(connection, partner_id, group_id).group.feed
        held = objects.own_versions(connection, partner_id, [asked.stix_id])
        own = without_notices([one for one in held if one.withdrawn_at is None])
        posted = sharing.postings_of(connection, [one.version_id for one in own])
        here = [one for one in own if feed in posted.get(one.version_id, {})]
        if not here:
            return False
        chosen = asked.choice.of(here)
        if not chosen:
            raise NotFoundError
        nowhere = set(end_posting(connection, order, chosen, feed, now))
        events.add_events(connection, [EventRecord(Event.POSTING_END, now, partner_id, credential_id, subject=group_id)])
        left = [one for one in chosen if one.version_id in nowhere]
        if left:
            withdrawal = Withdrawal(partner_id, left, RecallReason.WITHDRAWN, RecallAct.STOP_USING, credential_id)
            withdraw_versions(connection, order, withdrawal, now)
        save_order(connection, order)
    return True
