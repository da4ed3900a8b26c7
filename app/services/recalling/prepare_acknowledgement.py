"""Preparing the answer to a notice that a person decided on, for their partner's key to sign.

Owns that what waits to be signed is an answer which ``acknowledge`` would take now: of a notice to the partner, about versions
that it names, in words of its kind. Nothing is answered here: that is what the signature does. Kept by
``tests/services/recalling/test_prepare_acknowledgement.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import ForbiddenError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.recalling.acknowledgement import (
    Acknowledgement,
    Answered,
    acknowledgement_payload,
    outcomes_for,
    read_acknowledgement,
)
from app.services.recalling.look_up_notices import NoticeRecord, get_notice


@dataclass(frozen=True, slots=True)
class PreparedAcknowledgement:
    """The payload that is to be signed, and the notice that it answers."""

    payload: bytes
    record: NoticeRecord


def prepare_acknowledgement(
    exchange: Exchange, principal: Principal, notice_id: str, said: Sequence[Answered]
) -> PreparedAcknowledgement:
    """Give the answer of the caller's own partner as it is to be signed; ``notice_id`` and ``said`` may be anything.

    Raises:
        ForbiddenError: the caller may not answer.
        MalformedInputError: what is said is no answer to this notice.
        NotFoundError: no such notice is addressed to the caller.
    """
    require(principal, Permission.RECALLS_ANSWER)
    if principal.partner is None:
        raise ForbiddenError("Only partners answer notices.")
    record = get_notice(exchange, principal, notice_id)
    stated = Acknowledgement(record.sent.notice_id, principal.partner.partner_id, exchange.clock(), said)
    payload = acknowledgement_payload(stated)
    outcomes_for(record.versions, read_acknowledgement(payload, record.recall.kind).outcomes)
    return PreparedAcknowledgement(payload, record)
