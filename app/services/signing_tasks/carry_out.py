"""Carrying out what was signed: the frozen document with signatures of the partner's key, done once.

Owns the order: that it is the task's document, that a key of the partner signed it, and then the same road as anything that
programs send. A task is settled in the very transaction that does what it says, so that neither a kill in between nor two signers
at once do it twice; whoever comes second is told what came of it. Kept by ``tests/services/signing_tasks/test_carry_out.py``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from app.domain.errors import (
    BreakwaterError,
    ConflictError,
    MalformedInputError,
    NotFoundError,
)
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskState, digest_of
from app.services.authenticate import require_still
from app.services.draft_outcome import keep_outcome, refuse_outdated_task
from app.services.exchange import Exchange
from app.services.intake.usable_keys import is_usable
from app.services.signing_tasks.deciders import why_undecided
from app.services.signing_tasks.kinds import KINDS, Became, Signers
from app.services.signing_tasks.look_up import SeenTask, partner_of
from app.storage import credentials, events, signing_tasks
from app.storage.session import Connection
from breakwater_client.submission import Refusal
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import public_key_from_spki


class _StoppedError(Exception):
    """Nothing is to be done: the task was settled meanwhile, or for the ``reason`` it must not be carried out now."""

    def __init__(self, reason: BreakwaterError | None = None) -> None:
        super().__init__()
        self.reason = reason


def carry_out(exchange: Exchange, principal: Principal, task_id: str, signed: Mapping[str, Any]) -> SeenTask:
    """Do what a task says, given its document as it was signed (untrusted). The same again gives what came of it.

    Raises:
        ConflictError: the task was taken back or has lapsed, or whoever decided it has left or may not any more.
        ExhaustedError, UnavailableError: not now; the task still waits.
        ForbiddenError: the caller may not hand in what was signed.
        MalformedInputError: the document is not the task's.
        NotFoundError: no such task of the caller's partner.
        UntrustedSignatureError: not signed with an active key for objects of the caller's partner; the task still waits.
    """
    partner_id = partner_of(principal, Permission.SIGNING_TASKS_SIGN)
    with exchange.database.read() as connection:
        task = _task(connection, partner_id, task_id)
        signers = _signers(connection, principal, exchange.clock())
    read = KINDS[task.kind].read(signed, signers)
    if not hmac.compare_digest(digest_of(canonical_bytes(dict(read.document))), task.digest):
        raise MalformedInputError("This is not what was to be signed: nothing but signatures may be added.")
    if _is_open(task, exchange.clock()):
        _do(exchange, principal, replace(task, keyid=read.keyid), signed)
    with exchange.database.read() as connection:
        task = _task(connection, partner_id, task_id)
    _is_open(task, exchange.clock())
    return SeenTask(task, task.state)


def _task(connection: Connection, partner_id: str, task_id: str) -> SigningTask:
    found = signing_tasks.find_task(connection, partner_id, task_id)
    if found is None:
        raise NotFoundError
    return found


def _signers(connection: Connection, principal: Principal, now: datetime) -> Signers:
    if principal.partner is None:
        raise NotFoundError
    usable = [key for key in credentials.keys(connection, principal.partner.partner_id) if is_usable(key, now)]
    return Signers(principal.partner, {key.keyid: public_key_from_spki(key.public_key) for key in usable})


def _is_open(task: SigningTask, now: datetime) -> bool:
    """Whether a task waits; False if it was carried out. Raises ``ConflictError`` for what is never carried out."""
    state = task.state_at(now)
    if state in (TaskState.LAPSED, TaskState.TAKEN_BACK):
        raise ConflictError(f"This task is {state.replace('-', ' ')}, and is not carried out any more.")
    return state is TaskState.WAITING


def _do(exchange: Exchange, principal: Principal, task: SigningTask, signed: Mapping[str, Any]) -> None:
    kind, settle = KINDS[task.kind], partial(_settle, exchange, principal, task)
    try:
        try:
            kind.carry_out(exchange, principal, signed, settle)
        except kind.never as refusal:
            # However often it came, it would not be taken: whoever made the task is told why.
            with exchange.database.write() as connection:
                settle(connection, Became(None, (Refusal.of(refusal),)))
    except _StoppedError as stopped:
        if stopped.reason is not None:
            raise stopped.reason from None


def _settle(exchange: Exchange, principal: Principal, task: SigningTask, connection: Connection, became: Became) -> None:
    """Keep what became of a task. Asked again here: that it waits, and that whoever decided and whoever signs still may."""
    now = exchange.clock()
    try:
        require_still(connection, principal, Permission.SIGNING_TASKS_SIGN, now)
    except BreakwaterError as reason:
        raise _StoppedError(reason) from None
    undecided = why_undecided(connection, task)
    if undecided is not None:
        raise _StoppedError(ConflictError(undecided))
    if not became.refusals:
        refuse_outdated_task(connection, task)  # undoes what was done: the task is settled as refused instead
    state = TaskState.REFUSED if became.refusals else TaskState.DONE
    settled = replace(task, state=state, settled_at=now, credential_id=principal.credential.credential_id)
    settled = replace(settled, reference=became.reference, refusals=became.refusals)
    if task.lapses_at <= now or not signing_tasks.settle(connection, settled):
        raise _StoppedError
    keep_outcome(connection, settled, now)
    kind = Event.SIGNING_TASK_REFUSE if became.refusals else Event.SIGNING_TASK_DONE
    code = became.refusals[0].code if became.refusals else task.kind
    who = (task.partner_id, principal.credential.credential_id)
    events.add_events(connection, [EventRecord(kind, now, *who, task.task_id, code)])
