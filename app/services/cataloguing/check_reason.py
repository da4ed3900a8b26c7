"""The reasons of proposals and reviews, which everybody who proposes or reviews reads: screened as an object's texts are.

Owns what is refused in one and that it alarms as a refused object does; nothing of it is kept. Kept by
``tests/services/cataloguing/test_check_reason.py``.
"""

from __future__ import annotations

from app.domain.errors import BreakwaterError, Code, ForbiddenContentError, RefusedError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.services.exchange import Exchange
from app.services.raise_alarm import record_events
from app.stix.catalogue_texts import Rule, broken_rules
from app.stix.screen import screen

_POINTER = "/reason"


def check_reason(exchange: Exchange, principal: Principal, reason: str) -> None:
    """Return if a reason (unverified) carries no address, no encoded content and no data of a person, as far as forms tell.

    Raises:
        ForbiddenContentError: ``content-forbidden`` or ``person-data-forbidden``; the operators are alarmed.
        RefusedError: ``catalogue-text-refused``: there is an address in it.
    """
    try:
        screen({"type": "note", "content": reason})
    except ForbiddenContentError as refusal:
        _record(exchange, principal, refusal)
        raise ForbiddenContentError(refusal.sentence, code=refusal.code, pointer=_POINTER) from None
    for rule, sentence in broken_rules(reason):
        if rule is Rule.ADDRESS:
            raise RefusedError(sentence, code=Code.CATALOGUE_TEXT_REFUSED, pointer=_POINTER)


def _record(exchange: Exchange, principal: Principal, refusal: BreakwaterError) -> None:
    partner_id = None if principal.partner is None else principal.partner.partner_id
    who = principal.credential.credential_id
    record = EventRecord(Event.OBJECT_REFUSE, exchange.clock(), partner_id, who, code=refusal.code, pointer=_POINTER)
    with exchange.database.write() as connection:
        record_events(connection, [record])
