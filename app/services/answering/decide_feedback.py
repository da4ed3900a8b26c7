"""Giving feedback as a person: what was decided is composed, frozen, and waits for the partner's signature.

Owns that the same said twice while it waits is one task. Who may say what of what is ``weighing``'s. Kept by
``tests/services/answering/test_decide_feedback.py``.
"""

from __future__ import annotations

import json
from typing import Any

from app.domain.errors import ForbiddenError
from app.domain.signing_task import NewTask, SigningTask, TaskKind, TaskState
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.reading.readers import Reader
from app.services.signing_tasks.freeze import freeze_objects
from app.services.signing_tasks.keep import keep_task
from app.services.weighing.compose_feedback import FeedbackAsked, compose_feedback
from app.storage import signing_tasks
from app.storage.session import Connection
from app.storage.signing_tasks import Sought

_OWN_OF_EACH = frozenset({"id", "created", "modified"})
_MOST_WAITING = 100


def decide_feedback(exchange: Exchange, reader: Reader, stix_id: str, asked: FeedbackAsked) -> SigningTask:
    """Keep feedback on an object, to be signed; the same again, while it waits, changes nothing. Raises as ``compose_feedback``.

    Raises:
        ForbiddenError: the caller is no person as well.
    """
    if reader.principal.person is None:
        raise ForbiddenError("Persons of a partner decide this here; programs sign feedback and submit it.")
    composed = compose_feedback(exchange, reader, stix_id, asked)
    document = freeze_objects([composed.value])
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, reader.principal)
        now = exchange.clock()
        sought = Sought(reader.partner.partner_id, now, TaskState.WAITING, subject=stix_id)
        same = _same(connection, sought, document)
        if same is not None:
            return same
        person_id = reader.principal.person.person_id
        return keep_task(connection, NewTask(TaskKind.OBJECTS, sought.partner_id, stix_id, document, person_id, now))


def _same(connection: Connection, sought: Sought, document: dict[str, Any]) -> SigningTask | None:
    """Give the task that waits and says the same, but for its id and time."""
    waiting = signing_tasks.list_tasks(connection, sought, None, _MOST_WAITING)
    said = _said(document)
    return next((one for one in waiting if one.document is not None and _said(json.loads(one.document)) == said), None)


def _said(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: each for name, each in one.items() if name not in _OWN_OF_EACH} for one in document["objects"]]
