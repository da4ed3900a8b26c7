"""Making one version of an agreement, in the transaction of whoever may: stored, signed, logged, and in force at its time.

Owns what goes together whenever a version is made, and the checks that hold for every version. Who may make which version is
asked before (``change_policy``, ``propose_agreement``, ``suspend_agreement``). Kept by
``tests/services/membership/test_agreement_versions.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.agreement import Agreement, ReadTerms, RecallTerms, WriteTerms
from app.domain.errors import Code, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.handling import DefaultHandling
from app.services.exchange import Exchange
from app.services.membership.agreement_documents import (
    KeptAgreement,
    agreement_document,
    document_digest,
    kept,
    sign_agreement,
)
from app.services.proving.record import Recorded, record_in_log
from app.storage import agreements, events, handling, members, viewpoints, work
from app.storage.counter import Order
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.log_leaf import LeafKind

EVALUATE = "evaluate-viewpoints"


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A version to be. ``starts_at`` None: at once. ``ends_at`` is exclusive, None: open."""

    partner_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    read: ReadTerms
    write: WriteTerms
    default_handling: DefaultHandling
    recall: RecallTerms = field(default_factory=RecallTerms)
    is_listed: bool = False
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Making:
    """One transaction in which versions are made: under the order lock, at ``now``, with the credential of whoever decided."""

    exchange: Exchange
    connection: Connection
    order: Order
    now: datetime
    credential_id: str

    def known(self, partner_id: str) -> list[KeptAgreement]:
        """Give the versions of a partner, oldest first; raises ``NotFoundError`` where there is no such partner."""
        return known_agreements(self.connection, partner_id)

    def version_of(self, new: NewAgreement, known: list[KeptAgreement]) -> Agreement:
        """Give the next version as it would be made now; raises as ``next_version``."""
        return next_version(self.connection, new, known, self.now, self.credential_id)

    def add(self, agreement: Agreement, approval_id: str | None = None) -> None:
        """Make a version: row, signed document, leaf, epoch, and the work of evaluating anew. The caller saves the order."""
        partner_id = agreement.partner_id
        exchange_id = members.this_exchange(self.connection).exchange_id
        document = agreement_document(agreement, exchange_id, approval_id)
        envelope = sign_agreement(document, self.exchange.keys.statements)
        agreements.add_agreement(self.connection, agreement, envelope)
        recorded = Recorded(LeafKind.AGREEMENT_VERSION, subject_of(agreement), _logged(agreement, document))
        record_in_log(self.connection, self.order, recorded, self.now)
        viewpoints.start_epoch(self.connection, partner_id, "agreement", self.now)
        work.add_work(self.connection, EVALUATE, {"partner_id": partner_id}, max(agreement.starts_at, self.now))
        subject = str(agreement.version)
        record = EventRecord(Event.AGREEMENT_CREATE, self.now, partner_id, self.credential_id, subject)
        events.add_events(self.connection, [record])


def next_version(
    connection: Connection, new: NewAgreement, known: list[KeptAgreement], now: datetime, created_by: str
) -> Agreement:
    """Give the next version of an agreement after the checks that hold for every version; nothing is kept.

    Raises:
        MalformedInputError: it would start in the past, or end before it starts, or its default audience is not one of the
            partner's own.
    """
    starts_at = new.starts_at or now
    if starts_at < now:
        raise MalformedInputError("An agreement starts now (without starts_at) or later.", pointer="/starts_at")
    if new.ends_at is not None and new.ends_at <= starts_at:
        raise MalformedInputError("An agreement ends after it starts.", pointer="/ends_at")
    check_audience(connection, new.partner_id, new.default_handling)
    return Agreement(
        partner_id=new.partner_id,
        version=known[-1].agreement.version + 1 if known else 1,
        starts_at=starts_at,
        ends_at=new.ends_at,
        read=new.read,
        write=new.write,
        default_handling=new.default_handling,
        created_at=now,
        created_by=created_by,
        recall=new.recall,
        is_listed=new.is_listed,
        is_suspended=new.is_suspended,
    )


def check_audience(connection: Connection, partner_id: str, default: DefaultHandling) -> None:
    """Return if the default audience is one that the partner has registered itself; raises ``MalformedInputError``."""
    audience_id = default.audience_id
    named = handling.audiences(connection, [audience_id] if audience_id else [])
    if audience_id is not None and (audience_id not in named or named[audience_id].owner_id != partner_id):
        sentence = "The partner has registered no such audience."
        raise MalformedInputError(sentence, code=Code.AUDIENCE_NOT_FOUND, pointer="/default_handling/audience_id")


def known_agreements(connection: Connection, partner_id: str) -> list[KeptAgreement]:
    """Give the versions of a partner, oldest first; raises ``NotFoundError`` where there is no such partner."""
    if members.partner_by_id(connection, partner_id) is None:
        raise NotFoundError
    return kept_agreements(connection, partner_id)


def kept_agreements(connection: Connection, partner_id: str) -> list[KeptAgreement]:
    """Give the versions of one partner with their documents, oldest first."""
    exchange_id = members.this_exchange(connection).exchange_id
    envelopes = agreements.envelopes(connection, partner_id)
    return [kept(one, envelopes[one.version], exchange_id) for one in agreements.agreements(connection, partner_id)]


def subject_of(agreement: Agreement) -> str:
    """Give the subject under which the log's statement of an agreement version is found."""
    return f"{agreement.partner_id}/{agreement.version}"


def _logged(agreement: Agreement, document: dict[str, Any]) -> dict[str, Any]:
    """Give what the log commits to: the whole terms, and the digest of the document, so that neither can become another."""
    return {
        "type": "agreement-version",
        "partner": agreement.partner_id,
        "version": agreement.version,
        "starts_at": instant_text(agreement.starts_at),
        "ends_at": None if agreement.ends_at is None else instant_text(agreement.ends_at),
        "created_at": instant_text(agreement.created_at),
        "terms": agreements.spelled_terms(agreement),
        "document_digest": document_digest(document),
    }
