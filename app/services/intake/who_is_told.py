"""Who is told of a recall, of all whom the ledger names.

Owns what a kind of recall adds: a contest or a dispute is told to the publisher as well, since only it can mend what it states,
and no dispute to whoever disputes. Who sees a version that corrects another is told of the correction like everybody else who had
the older one: or its publisher, to whom the names are shown, would learn what the agreement of each allows. Kept by
``tests/services/intake/test_who_is_told.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.object_vocabulary import RecallKind
from app.domain.recall import Recall
from app.storage import disputed, recalls
from app.storage.recalls import Recipient
from app.storage.session import Connection


def who_is_told(connection: Connection, recall: Recall) -> Sequence[Recipient]:
    """Give who is told of a recall for which the whole ledger was looked through."""
    found = recalls.recipients(connection, recall.recall_id)
    if recall.kind.is_question:
        giver_id = disputed.giver_of(connection, recall.successor_id) if recall.kind is RecallKind.DISPUTE else None
        found = [one for one in found if one.partner_id != giver_id]
        versions = frozenset(one.version_id for one in recalls.recalled_versions(connection, recall.recall_id))
        return [*found, Recipient(recall.owner_id, 0, versions)]
    return found
