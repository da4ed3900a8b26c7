"""Answering a notice as a person: what was decided is checked, frozen, and waits for the partner's signature.

Owns that one answer to a notice waits at a time, and that what waits is an answer which would be taken now. Nothing is answered
before it is signed. Kept by ``tests/services/answering/test_decide_acknowledgement.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import ConflictError, ForbiddenError
from app.domain.partner import Principal
from app.domain.signing_task import NewTask, SigningTask, TaskKind, TaskState
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.recalling.acknowledgement import Answered
from app.services.recalling.prepare_acknowledgement import prepare_acknowledgement
from app.services.signing_tasks.freeze import freeze_acknowledgement
from app.services.signing_tasks.keep import keep_task
from app.storage import signing_tasks
from app.storage.signing_tasks import Sought


def decide_acknowledgement(exchange: Exchange, principal: Principal, notice_id: str, said: Sequence[Answered]) -> SigningTask:
    """Keep what the caller's partner answers to a notice, to be signed; ``notice_id`` and ``said`` may be anything.

    Raises:
        ConflictError: an answer to this notice waits for the signature already.
        ForbiddenError: the caller may not answer, or is no person.
        MalformedInputError: what is said is no answer to this notice.
        NotFoundError: no such notice is addressed to the caller.
    """
    prepared = prepare_acknowledgement(exchange, principal, notice_id, said)
    if principal.partner is None or principal.person is None:
        raise ForbiddenError("Persons of a partner decide this here; programs sign an answer and send it.")
    partner_id, person_id = principal.partner.partner_id, principal.person.person_id
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        waiting = Sought(partner_id, now, TaskState.WAITING, subject=notice_id)
        if signing_tasks.list_tasks(connection, waiting, None, 1):
            raise ConflictError("An answer to this notice waits for your organisation's signature already.")
        document = freeze_acknowledgement(prepared.payload)
        kind = TaskKind.RECALL_ACKNOWLEDGEMENT
        return keep_task(connection, NewTask(kind, partner_id, notice_id, document, person_id, now))
