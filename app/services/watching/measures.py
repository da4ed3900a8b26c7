"""The measures of an exchange, read when somebody asks: from the database, hence the same on all servers and after a restart.

Owns which there are, but for those of requests (``web.metrics``). What workers do is read here too, so that they need no port of
their own. None costs more the more is stored. Kept by ``tests/services/watching/test_measures.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import MappingProxyType

from app.domain.errors import UnavailableError
from app.domain.measure import Measure
from app.domain.partner import Principal
from app.domain.webhook import WebhookState
from app.services.exchange import Exchange
from app.services.proving.kept_checkpoint import why_read_only
from app.services.raise_alarm import alarm_counts
from app.services.watching.exports import of_exports
from app.services.watching.queued_work import of_work
from app.storage import checkpoints, cosignatures, figures
from app.storage.counter import read_order
from app.storage.session import Connection

Part = Callable[[Connection, datetime], Iterator[Measure]]
_NOTHING = MappingProxyType({"active": 0, "idle": 0, "idle-in-transaction": 0})


def read_measures(exchange: Exchange, principal: Principal) -> list[Measure]:
    """Give all measures of the exchange.

    Raises:
        ForbiddenError: the caller may not read metrics, or is not of the exchange's staff.
    """
    alarms = {(code,): count for code, count in alarm_counts(exchange, principal).items()}
    now = exchange.clock()
    with exchange.database.read() as connection:
        found = [measure for part in PARTS for measure in part(connection, now)]
    alarming = Measure("breakwater_alarms", "Events that alarmed the operator.", alarms, ("code",), only_grows=True)
    return [alarming, *found, *_of_this_server(exchange)]


def _of_what_is_stored(connection: Connection, now: datetime) -> Iterator[Measure]:
    order = read_order(connection)
    newest = checkpoints.newest_checkpoint(connection)
    yield Measure.single("breakwater_object_versions", "Object versions stored since the exchange began.", order.version_id)
    yield Measure.single("breakwater_ledger_rows", "Number of the newest row of the ledger.", figures.last_disclosure(connection))
    yield Measure.single("breakwater_log_leaves", "Leaves of the log.", order.log_index + 1)
    covered = newest.tree_size if newest else 0
    yield Measure.single("breakwater_checkpoint_leaves", "Leaves of the log that its newest checkpoint covers.", covered)
    cosigned = cosignatures.newest_size(connection, 1) or 0
    yield Measure.single("breakwater_cosigned_leaves", "Leaves that the newest cosigned checkpoint covers.", cosigned)
    age = (now - newest.made_at).total_seconds() if newest else 0.0
    yield Measure.single("breakwater_checkpoint_age_seconds", "Age of the newest checkpoint of the log.", age)


def _of_mails(connection: Connection, now: datetime) -> Iterator[Measure]:
    due = figures.mails_waiting(connection, now)
    yield Measure.single("breakwater_mails_due", "Mails that are due and not handed over.", due.count)
    age = (now - due.since).total_seconds() if due.since else 0.0
    yield Measure.single("breakwater_mails_oldest_seconds", "How long the oldest of them is due; 0 without any.", age)


def _of_webhooks(connection: Connection, _now: datetime) -> Iterator[Measure]:
    counts = {(state.value,): 0 for state in WebhookState}
    counts |= {(state,): count for state, count in figures.webhooks_by_state(connection).items()}
    yield Measure("breakwater_webhooks", "Webhooks, by their state.", counts, ("state",))


def _of_connections(connection: Connection, _now: datetime) -> Iterator[Measure]:
    found = figures.connections(connection)
    if found is None:
        return
    by_state = {(state,): count for state, count in {**_NOTHING, **found.by_state}.items()}
    sentence = "Connections to the database, of all servers and workers."
    yield Measure("breakwater_database_connections", sentence, by_state, ("state",))
    sentence = "Connections that wait for a lock: writers queue at one row."
    yield Measure.single("breakwater_database_lock_waits", sentence, found.waiting_for_lock)
    yield Measure.single("breakwater_database_connections_limit", "Connections that PostgreSQL allows.", found.most)


def _of_this_server(exchange: Exchange) -> Iterator[Measure]:
    wrong = why_read_only(exchange) is not None
    yield Measure.single("breakwater_read_only", "1 while the exchange takes nothing in.", wrong)
    try:
        exchange.keys.check()
        answers = True
    except UnavailableError:
        answers = False
    yield Measure.single("breakwater_signer_up", "1 if the signer that this server asks answers with its key.", answers)
    sentence = "1 if this server hands mails over; 0: nobody is paged."
    yield Measure.single("breakwater_paging_up", sentence, exchange.relay is not None)


PARTS: tuple[Part, ...] = (_of_what_is_stored, _of_mails, of_exports, of_work, _of_webhooks, _of_connections)
"""Who gives measures; each has a snapshot and the time, and asks for nothing that takes long."""
