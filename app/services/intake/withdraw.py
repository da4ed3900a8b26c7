"""Withdrawing: an owner takes versions back, and from that commit on they are there for nobody, not even for itself.

Owns who may withdraw what, and the one transaction: the versions end, the newest that is left is the newest again, what refers to
a withdrawn identifying object goes with it, and a recall is kept, about which ``notify_recall`` then tells whoever was given any
of it. Receipts and the ledger stay. See ``docs/policy-in-detail.md``, decision 23. Kept by
``tests/services/intake/test_withdraw.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.handling import HandlingClass
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recall import NOTICE_TYPE, Choice
from app.domain.vocabulary import Sensitivity
from app.policy.handling import closed_handling
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake.call_back import call_back
from app.services.intake.narrow_later import begin_narrowings
from app.services.intake.settle_feedback import follow_soon
from app.storage import events, export_files, handling, members, narrowings, objects, submissions, withdrawals, work
from app.storage.counter import Order, save_order
from app.storage.objects import StoredVersion
from app.storage.recalls import NewRecall
from app.storage.session import Connection
from app.storage.submissions import KeyUse

FORGET_EXPORTED = "export-forget"
"""The kind of work that takes files of exports away."""


@dataclass(frozen=True, slots=True)
class WithdrawalRequest:
    """What to withdraw: an id (it may be anything), which of its versions, why, and what whoever has them is asked to do."""

    stix_id: str
    choice: Choice = field(default_factory=Choice)
    reason: RecallReason = RecallReason.WITHDRAWN
    act: RecallAct = RecallAct.STOP_USING


def withdraw(exchange: Exchange, principal: Principal, request: WithdrawalRequest, use: KeyUse | None = None) -> str:
    """Withdraw versions of the caller's own object. Gives the id of the recall, under which the caller follows it.

    Versions under embargo, and those that expired, can be withdrawn too: who had them is told all the same.

    Raises:
        ForbiddenError: the caller may not submit.
        NotFoundError: no such object or version of the caller's own; also when it was withdrawn before. That somebody else has
            one is told to nobody here: to ask is not to read, and stands in no ledger.
        ConflictError: the idempotency key came with another body before.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    partner = principal.partner
    if partner is None:
        raise ForbiddenError("Only partners withdraw objects.")
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return earlier
        own = objects.own_versions(connection, partner.partner_id, [request.stix_id])
        left = without_notices([one for one in own if one.withdrawn_at is None])
        chosen = request.choice.of(left)
        if not chosen:
            raise NotFoundError
        withdrawal = Withdrawal(partner.partner_id, chosen, request.reason, request.act, principal.credential.credential_id)
        recall_id = withdraw_versions(connection, order, withdrawal, now)
        if use is not None:
            submissions.add_key_use(connection, use, recall_id, now)
        save_order(connection, order)
    return recall_id


def withdrawn_before(exchange: Exchange, use: KeyUse | None) -> str | None:
    """Give the recall that a key has brought about before, None if it is new; raises ``ConflictError`` as ``withdraw``."""
    with exchange.database.read() as connection:
        return earlier_outcome(connection, use)


def without_notices(versions: Sequence[StoredVersion]) -> list[StoredVersion]:
    """Give what its owner stated itself: of a notice about its withdrawal, the exchange is the author."""
    return [one for one in versions if not one.stix_id.startswith(f"{NOTICE_TYPE}--")]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Versions of one owner that are to be withdrawn, at least one, none of them withdrawn before; and by which credential."""

    owner_id: str
    versions: Sequence[StoredVersion]
    reason: RecallReason
    act: RecallAct
    credential_id: str | None


def withdraw_versions(connection: Connection, order: Order, withdrawal: Withdrawal, now: datetime) -> str:
    """Withdraw versions; the caller holds the order lock and saves the order. Gives the public id of the recall.

    They leave every group that they were posted to. Older versions that are left stay as narrow as they are: withdrawing opens
    nothing.
    """
    owner_id, version_ids = withdrawal.owner_id, [one.version_id for one in withdrawal.versions]
    withdrawals.end_versions(connection, order, version_ids, now)
    follow_soon(connection, version_ids, now)
    gone = withdrawals.settle_heads(connection, owner_id, {one.stix_id for one in withdrawal.versions})
    new = NewRecall(str(uuid.uuid4()), owner_id, withdrawal.reason, withdrawal.act, version_ids)
    recall_id = call_back(connection, order, new, [one.log_index for one in withdrawal.versions], now)
    _take_along(connection, order, owner_id, [one for one in withdrawal.versions if one.stix_id in gone], now)
    forget_exported(connection, version_ids, now)
    record = EventRecord(
        Event.OBJECT_WITHDRAW, now, owner_id, withdrawal.credential_id, subject=str(recall_id), code=withdrawal.reason
    )
    events.add_events(connection, [record])
    return new.public_id


def forget_exported(connection: Connection, version_ids: Sequence[int], now: datetime, *, names: bool = False) -> None:
    """Let files of exports that hold versions which are no more be taken away; with ``names``, those that name them too."""
    if export_files.may_hold(connection, version_ids):
        work.add_work(connection, FORGET_EXPORTED, {"versions": list(version_ids), "names": names}, now)


def _take_along(connection: Connection, order: Order, owner_id: str, ended: Collection[StoredVersion], now: datetime) -> None:
    """Close what refers to an identifying object of which nothing is left: it would go on pointing at a person.

    Whatever else refers to a withdrawn object stays, with a dangling reference.
    """
    classes = handling.classes_by_id(connection, {one.class_id for one in ended})
    identifying = [one.version_id for one in ended if _is_identifying(owner_id, classes[one.class_id])]
    roots = narrowings.depended_on(connection, identifying, before=order.version_id + 1)
    if not roots:
        return
    owner = members.partner_by_id(connection, owner_id)
    if owner is None:
        raise LookupError("versions of no partner")
    closed = HandlingClass(owner_id, frozenset({closed_handling(members.publisher(owner))}))
    class_ids: Mapping[HandlingClass, int] = handling.ensure_classes(connection, order, [closed])
    begin_narrowings(connection, order, {class_ids[closed]: sorted(roots)}, now)


def _is_identifying(owner_id: str, handling_class: HandlingClass) -> bool:
    own = [one for one in handling_class.handlings if one.publisher.partner_id == owner_id]
    return any(one.sensitivity is Sensitivity.IDENTIFYING for one in own)
