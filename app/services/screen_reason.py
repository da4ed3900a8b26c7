"""Reasons in people's own words, screened as an object's texts are before anything is kept of them.

Owns what is refused in every such reason, and that what must never be here alarms as a refused object does. Kept by
``tests/services/test_screen_reason.py``.
"""

from __future__ import annotations

from app.domain.errors import BreakwaterError, Code, ForbiddenContentError, MalformedInputError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.plain_text import is_legible
from app.services.exchange import Exchange
from app.services.raise_alarm import record_events
from app.stix.screen import screen
from app.stix.told_text import what_is_told

POINTER = "/reason"
_ILLEGIBLE = (
    "This has characters that turn the direction of what follows, or that nobody sees. Type it anew instead of pasting it."
)


def screen_reason(exchange: Exchange, principal: Principal, reason: str) -> None:
    """Return if a reason (unverified) carries no encoded content and no data of a person, as far as forms tell.

    Raises:
        ForbiddenContentError: ``content-forbidden`` or ``person-data-forbidden``; the operators are alarmed.
        MalformedInputError: as ``check_legible``.
    """
    try:
        screen({"type": "note", "content": reason})
        _refuse_told(reason)
    except ForbiddenContentError as refusal:
        _record(exchange, principal, refusal)
        raise ForbiddenContentError(refusal.sentence, code=refusal.code, pointer=POINTER) from None
    check_legible(reason, POINTER)


def check_legible(text: str, pointer: str) -> None:
    """Return if a text (unverified) shows what it holds to whoever reads it before they agree; raises ``MalformedInputError``."""
    if not is_legible(text):
        raise MalformedInputError(_ILLEGIBLE, pointer=pointer)


def _refuse_told(reason: str) -> None:
    told = what_is_told(reason)
    if told:
        sentence = f"This reason seems to hold {', and '.join(told)}: say what was done, not to whom."
        raise ForbiddenContentError(sentence, code=Code.PERSON_DATA_FORBIDDEN)


def _record(exchange: Exchange, principal: Principal, refusal: BreakwaterError) -> None:
    partner_id = None if principal.partner is None else principal.partner.partner_id
    who = principal.credential.credential_id
    record = EventRecord(Event.OBJECT_REFUSE, exchange.clock(), partner_id, who, code=refusal.code, pointer=POINTER)
    with exchange.database.write() as connection:
        record_events(connection, [record])
