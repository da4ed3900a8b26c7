"""What a restore would undo: what the database that is replaced holds beyond the backup.

Owns which events took something away from somebody, and the file that names them, so that operators do it again. Kept by
``tests/services/retention/test_find_lost.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.errors import BreakwaterError
from app.domain.events import Event, EventRecord
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import kept_size
from app.services.retention.back_up import Manifest, write_private
from app.storage import copies, counter, log_check, members, taken_away
from app.storage.session import Connection
from app.storage.taken_away import TakenAway
from breakwater_client.instant import instant_text

NARROWING = frozenset(
    {
        Event.AGREEMENT_CREATE,
        Event.CREDENTIAL_REVOKE,
        Event.GROUP_CHANGE,
        Event.GROUP_DELETE,
        Event.HOLD_PLACE,
        Event.KEY_COMPROMISE,
        Event.KEY_RETIRE,
        Event.KEY_REVOKE,
        Event.OBJECT_CORRECT,
        Event.OBJECT_NARROW,
        Event.OBJECT_WITHDRAW,
        Event.PARTNER_STATE_CHANGE,
        Event.PERSON_CHANGE,
        Event.PERSON_LEAVE,
        Event.RECALL_OVERDUE,
        Event.SUBJECT_RESTRICT,
    }
)
"""What may have taken something away from somebody. Erasures are not among them: the journal does them again."""

_EARLIER = timedelta(days=1)
"""How long before its end a backup may have begun whose manifest does not say which event was its last."""
_SLOW_CLOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lost:
    """What goes with the replaced database; ``tree_size`` is None if there was none, or it cannot be read.

    ``published`` is the size that the kept checkpoint claims. ``accept``: nothing is served before somebody accepts the loss.
    """

    accept: bool = False
    is_readable: bool = True
    tree_size: int | None = None
    published: int | None = None
    withdrawn: tuple[TakenAway, ...] = ()
    restricted: tuple[TakenAway, ...] = ()
    events: tuple[EventRecord, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """Give how many of each kind of event there are, and of the versions that were withdrawn."""
        kinds = Counter(str(one.event) for one in self.events)
        return dict(sorted(kinds.items())) | {"withdrawn": len(self.withdrawn), "restricted": len(self.restricted)}


def find_lost(exchange: Exchange, manifest: Manifest) -> Lost:
    """Compare a backup with the database that it is to replace and with the kept checkpoint. Reads alone."""
    published = kept_size(exchange)
    is_behind = (published or 0) > manifest.tree_size
    try:
        if not copies.has_tables(exchange.database):
            return Lost(is_behind, published=published)
        with exchange.database.read() as connection:
            if members.find_exchange(connection) is None:
                return Lost(is_behind, published=published)
            return _compared(connection, manifest, published)
    except BreakwaterError:
        return Lost(accept=True, is_readable=False, published=published)


def _compared(connection: Connection, manifest: Manifest, published: int | None) -> Lost:
    size = log_check.tree_size(connection)
    began = datetime.fromisoformat(manifest.made_at) - (_EARLIER if manifest.last_event is None else _SLOW_CLOCK)
    records = tuple(taken_away.events_since(connection, manifest.last_event, began, NARROWING))
    requests = {str(one.subject) for one in records if one.event is Event.SUBJECT_RESTRICT}
    # One that was brought back before, and nobody accepted it: what was lost then is lost still.
    was_behind = counter.why_read_only(connection) is ReadOnlyReason.RESTORED_BEHIND
    return Lost(
        accept=was_behind or bool(records) or max(size, published or 0) > manifest.tree_size,
        tree_size=size,
        published=published,
        withdrawn=tuple(taken_away.withdrawn_since(connection, began, manifest.tree_size)),
        restricted=tuple(taken_away.restricted_by(connection, requests)),
        events=records,
    )


def write_lost(lost: Lost, manifest: Manifest, target: Path) -> None:
    """Write what is to be done again to a private file: ids alone.

    Raises:
        UnavailableError: it cannot be written.
    """
    document = {
        "exchange": manifest.exchange,
        "backup_made_at": manifest.made_at,
        "backup_tree_size": manifest.tree_size,
        "replaced_tree_size": lost.tree_size,
        "published": lost.published,
        "withdrawn": [{"owner_id": one.owner_id, "id": one.stix_id, "version": one.version} for one in lost.withdrawn],
        "restricted": [{"owner_id": one.owner_id, "id": one.stix_id, "request": one.request_id} for one in lost.restricted],
        "events": [asdict(one) | {"at": instant_text(one.at)} for one in lost.events],
    }
    write_private(target, (json.dumps(document, indent=2) + "\n").encode())
