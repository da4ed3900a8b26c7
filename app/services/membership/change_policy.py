"""Agreements: making a new version of one, and asking what one's own terms are.

Owns the transaction: a new version starts a policy epoch for its partner, and the visible sets follow at the next look. At first
one operator makes them; approval by two persons comes later. Kept by ``tests/services/membership/test_change_policy.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.crypto.log_leaf import LeafKind
from app.domain.agreement import Agreement, ReadTerms, RecallTerms, WriteTerms
from app.domain.errors import Code, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.handling import DefaultHandling
from app.domain.instant import instant_text
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.policy.agreements import agreement_in_force
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.proving.record import Recorded, record_in_log
from app.storage import agreements, events, handling, members, submissions, viewpoints, work
from app.storage.counter import save_order, take_order_lock
from app.storage.submissions import KeyUse

EVALUATE = "evaluate-viewpoints"


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A version to be. ``starts_at`` None: now. ``ends_at`` is exclusive, None: open."""

    partner_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    read: ReadTerms
    write: WriteTerms
    default_handling: DefaultHandling
    recall: RecallTerms = field(default_factory=RecallTerms)
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What a partner may know of the policy: itself, and its agreement in force (None: nothing may be read or submitted)."""

    partner: Partner
    agreement: Agreement | None


def make_agreement(exchange: Exchange, principal: Principal, new: NewAgreement, use: KeyUse | None = None) -> Agreement:
    """Make the next version of a partner's agreement.

    Raises:
        MalformedInputError: it would end before it starts, or its default audience is not one of the partner's own.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.AGREEMENTS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        known = agreements.agreements(connection, new.partner_id)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return next(one for one in known if str(one.version) == earlier)
        if members.partner_by_id(connection, new.partner_id) is None:
            raise NotFoundError
        audience_id = new.default_handling.audience_id
        named = handling.audiences(connection, [audience_id] if audience_id else [])
        if audience_id is not None and (audience_id not in named or named[audience_id].owner_id != new.partner_id):
            sentence = "The partner has registered no such audience."
            raise MalformedInputError(sentence, code=Code.AUDIENCE_NOT_FOUND, pointer="/default_handling/audience_id")
        starts_at = new.starts_at or now
        if new.ends_at is not None and new.ends_at <= starts_at:
            raise MalformedInputError("An agreement ends after it starts.", pointer="/ends_at")
        agreement = Agreement(
            partner_id=new.partner_id,
            version=known[-1].version + 1 if known else 1,
            starts_at=starts_at,
            ends_at=new.ends_at,
            read=new.read,
            write=new.write,
            default_handling=new.default_handling,
            created_at=now,
            created_by=principal.credential.credential_id,
            recall=new.recall,
            is_listed=new.is_listed,
        )
        agreements.add_agreement(connection, agreement)
        record_in_log(connection, order, Recorded(LeafKind.AGREEMENT_VERSION, subject_of(agreement), _logged(agreement)), now)
        save_order(connection, order)
        viewpoints.start_epoch(connection, new.partner_id, "agreement", now)
        work.add_work(connection, EVALUATE, {"partner_id": new.partner_id}, max(starts_at, now))
        record = EventRecord(
            Event.AGREEMENT_CREATE, now, new.partner_id, principal.credential.credential_id, str(agreement.version)
        )
        events.add_events(connection, [record])
        if use is not None:
            submissions.add_key_use(connection, use, str(agreement.version), now)
    return agreement


def subject_of(agreement: Agreement) -> str:
    """Give the subject under which the log's statement of an agreement version is found."""
    return f"{agreement.partner_id}/{agreement.version}"


def _logged(agreement: Agreement) -> dict[str, Any]:
    """Give what the log commits to: the whole terms, so that neither side can say later that they were others."""
    return {
        "type": "agreement-version",
        "partner": agreement.partner_id,
        "version": agreement.version,
        "starts_at": instant_text(agreement.starts_at),
        "ends_at": None if agreement.ends_at is None else instant_text(agreement.ends_at),
        "created_at": instant_text(agreement.created_at),
        "terms": agreements.spelled_terms(agreement),
    }


def list_agreements(exchange: Exchange, principal: Principal, partner_id: str | None) -> list[Agreement]:
    """List agreement versions: a partner's own, or for staff those of one partner or of all."""
    require(principal, Permission.AGREEMENTS_READ)
    if principal.partner is not None:
        if partner_id not in {None, principal.partner.partner_id}:
            raise NotFoundError
        partner_id = principal.partner.partner_id
    with exchange.database.read() as connection:
        return agreements.agreements(connection, partner_id)


def own_terms(exchange: Exchange, principal: Principal) -> OwnTerms:
    """Give the caller's own terms in force now."""
    require(principal, Permission.POLICY_READ)
    if principal.partner is None:
        raise NotFoundError
    with exchange.database.read() as connection:
        known = agreements.agreements(connection, principal.partner.partner_id)
    return OwnTerms(principal.partner, agreement_in_force(known, exchange.clock()))
