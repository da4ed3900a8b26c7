"""Composing for a partner at the exchange: its identity, the catalogue in force, and whether the audiences are its own.

Owns the order. Nothing is written but that somebody sent what must never be here, as at a submission; and of that code and place
alone. Kept by ``tests/services/composing/test_compose.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.domain.composed import Composed
from app.domain.errors import Code, ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.paging import ALARMING
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.cataloguing.current import current_catalogue
from app.services.composing.compose_form import compose_form
from app.services.exchange import Exchange
from app.services.raise_alarm import record_events
from app.stix.compose import Writing
from app.storage import handling
from app.storage.session import Connection
from breakwater_client.submission import Refusal

_NAMES = ("audience_id", "protected_audience_id")


def compose_for(exchange: Exchange, principal: Principal, document: Any) -> Composed:
    """Give what a form (strictly parsed JSON, unverified) comes to for the caller's organisation, by the catalogue in force.

    Raises:
        ForbiddenError: the caller is no partner, or may not submit objects.
    """
    require(principal, Permission.OBJECTS_SUBMIT)
    if principal.partner is None:
        raise ForbiddenError("Only partners compose what they would submit.")
    with exchange.database.look() as connection:
        catalogue = current_catalogue(connection)
        strange = list(_strange_audiences(connection, principal.partner.partner_id, document))
    composed = compose_form(document, Writing(exchange.clock(), catalogue, principal.partner.identity_id))
    record_forbidden(exchange, principal, composed.refusals)
    if not strange or _is_forbidden(composed.refusals):
        return composed
    return Composed(refusals=(*composed.refusals, *strange), imminent_risk=composed.imminent_risk)


def _strange_audiences(connection: Connection, partner_id: str, document: Any) -> Iterator[Refusal]:
    """Give a refusal for each audience that is named and not the caller's; another's is answered as an absent one."""
    offer = document.get("offer") if isinstance(document, dict) else None
    named = {**_named(document, ""), **_named(offer, "/offer")}
    found = handling.audiences(connection, set(named.values())) if named else {}
    for pointer, audience_id in named.items():
        own = found.get(audience_id)
        if own is None or own.owner_id != partner_id:
            sentence = "The handling names an audience that you have not registered."
            yield Refusal(Code.AUDIENCE_NOT_FOUND, sentence, pointer)


def _named(part: Any, within: str) -> dict[str, str]:
    """Give the audiences that a part of a form (of any shape) names, by their places."""
    who = part.get("who_may_know") if isinstance(part, dict) else None
    if not isinstance(who, dict):
        return {}
    return {f"{within}/who_may_know/{name}": who[name] for name in _NAMES if isinstance(who.get(name), str)}


def _is_forbidden(refusals: Sequence[Refusal]) -> bool:
    return any(one.code in ALARMING for one in refusals)


def record_forbidden(exchange: Exchange, principal: Principal, refusals: Sequence[Refusal]) -> None:
    """Alarm the operators of what must never be sent here, as a submission would: a form is no place to try disguises."""
    first = {one.code: one for one in reversed(refusals) if one.code in ALARMING}
    if not first:
        return
    who = EventRecord(
        Event.OBJECT_REFUSE,
        exchange.clock(),
        partner_id=principal.credential.partner_id,
        credential_id=principal.credential.credential_id,
    )
    records = [replace(who, code=code, pointer=one.pointer) for code, one in first.items()]
    with exchange.database.write(while_read_only=True) as connection:
        record_events(connection, records)
