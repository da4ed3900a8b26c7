"""Who is told of a recall, of all whom the ledger names.

Owns what a kind of recall leaves out and adds: a correction leaves out who sees the version that corrects; a contest is told to
the publisher as well, since only it can mend what it published. Kept by ``tests/services/intake/test_who_is_told.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.handling import HandlingClass
from app.domain.object_vocabulary import RecallKind
from app.domain.recall import Recall
from app.domain.vocabulary import PartnerState, Tlp
from app.policy.visibility import sees_somehow
from app.services.reading.visible_set import viewer_of
from app.storage import members, narrowings, objects, recalls
from app.storage.recalls import Recipient
from app.storage.session import Connection


def who_is_told(connection: Connection, recall: Recall, now: datetime) -> Sequence[Recipient]:
    """Give who is told of a recall for which the whole ledger was looked through."""
    found = recalls.recipients(connection, recall.recall_id)
    if recall.kind is RecallKind.CONTEST:
        versions = frozenset(one.version_id for one in recalls.recalled_versions(connection, recall.recall_id))
        return [*found, Recipient(recall.owner_id, 0, versions)]
    if recall.kind is RecallKind.CORRECTION and recall.successor_id is not None:
        successor = _class_of(connection, recall.successor_id, now)
        see_it = {one for one in {each.partner_id for each in found} if _sees(connection, one, successor, now)}
        return [one for one in found if one.partner_id not in see_it]
    return found


def _class_of(connection: Connection, version_id: int, now: datetime) -> HandlingClass | None:
    """Give the class of the version that corrects; None if it is withdrawn, over, or under embargo: nobody sees it."""
    standings = [one for one in objects.standings(connection, [version_id], now) if one.is_released and one.is_in_time]
    return next(iter(narrowings.classes_of(connection, standings).values()), None)


def _sees(connection: Connection, partner_id: str, successor: HandlingClass | None, now: datetime) -> bool:
    partner = members.partner_by_id(connection, partner_id)
    if successor is None or partner is None or partner.state is not PartnerState.ACTIVE:
        return False
    return sees_somehow(viewer_of(connection, partner, Tlp.RED, now), successor, now)
