"""The exchange's own object types, each defined by one of its extensions (STIX 2.1 §7.3, ``schemas/extensions/``).

Owns which extension makes which type, and what the schemas cannot say of them: times, and the objects that references may name.
Kept by ``tests/stix/test_exchange_types.py`` and, with their examples, by ``tests/client/documents/test_published.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.partner_request import OFFER_TYPE
from app.domain.stix_object import JsonObject
from app.stix.object_types import CUSTOM_TYPES, Kind, ObjectType, Targets
from breakwater_client import extensions

_VERSIONED = ("created", "modified")
_ABOUT = ("about_refs", Targets())
_RECIPIENTS = ("recipient_refs", Targets(only=frozenset({"identity"}), words="identity"))
_CONTACT = ("contact_ref", Targets(only=frozenset({"identity"}), words="identity"))
_HOST = ("host_ref", Targets(only=frozenset({"user-account"}), words="user-account"))
_RECALL = ("recall_ref", Targets(only=frozenset({"recall-notice"}), words="recall-notice"))
_CORE = CUSTOM_TYPES[Kind.DOMAIN].schema
_OBSERVABLE_CORE = CUSTOM_TYPES[Kind.OBSERVABLE].schema


@dataclass(frozen=True, slots=True)
class ExchangeType:
    """One of the exchange's own types: the id of the extension that defines it, and what the table of types says of others."""

    extension_id: str
    about: ObjectType


EXCHANGE_TYPES: Mapping[str, ExchangeType] = {
    OFFER_TYPE: ExchangeType(extensions.ACCESS_OFFER, ObjectType(Kind.DOMAIN, _CORE, _VERSIONED)),
    "blinded-identifier": ExchangeType(extensions.BLINDED_IDENTIFIER, ObjectType(Kind.OBSERVABLE, _OBSERVABLE_CORE, ())),
    "deconfliction-notice": ExchangeType(
        extensions.DECONFLICTION_NOTICE, ObjectType(Kind.DOMAIN, _CORE, (*_VERSIONED, "notice_until"), (_ABOUT, _CONTACT))
    ),
    "information-request": ExchangeType(
        extensions.INFORMATION_REQUEST, ObjectType(Kind.DOMAIN, _CORE, (*_VERSIONED, "respond_by"), (_ABOUT, _RECIPIENTS))
    ),
    "live-room": ExchangeType(
        extensions.LIVE_ROOM, ObjectType(Kind.OBSERVABLE, _OBSERVABLE_CORE, ("opened_at", "closed_at"), (_HOST,))
    ),
    "payment-handle": ExchangeType(extensions.PAYMENT_HANDLE, ObjectType(Kind.OBSERVABLE, _OBSERVABLE_CORE, ())),
    "perceptual-hash": ExchangeType(extensions.PERCEPTUAL_HASH, ObjectType(Kind.OBSERVABLE, _OBSERVABLE_CORE, ())),
    "preservation-request": ExchangeType(
        extensions.PRESERVATION_REQUEST,
        ObjectType(Kind.DOMAIN, _CORE, (*_VERSIONED, "respond_by", "preserve_until"), (_ABOUT, _RECIPIENTS)),
    ),
    "recall-acknowledgement": ExchangeType(
        extensions.RECALL_ACKNOWLEDGEMENT,
        ObjectType(Kind.DOMAIN, _CORE, references=(_RECALL,), deep_times=(("outcomes", "version"),)),
    ),
    "recall-notice": ExchangeType(
        extensions.RECALL_NOTICE,
        ObjectType(Kind.DOMAIN, _CORE, (*_VERSIONED, "acknowledge_by"), deep_times=(("recalled", "version"),)),
    ),
}
"""Type name -> the exchange's own type of that name."""


def exchange_type(value: JsonObject) -> ExchangeType | None:
    """Give the exchange's own type of an object (strictly parsed, unverified) that its extension defines; else None.

    Another author's extension may define a type of the same name: that one is not ours.
    """
    own = EXCHANGE_TYPES.get(value["type"])
    extensions_of = value.get("extensions")
    return own if own and isinstance(extensions_of, dict) and own.extension_id in extensions_of else None
