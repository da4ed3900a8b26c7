"""Feedback on one object, ready to be signed by whoever gives it.

Owns who may have one. Only who sees what it is about is given one; hidden and absent are one. Nothing is stored here:
feedback comes in like any other object, signed. Kept by ``tests/services/weighing/test_compose_feedback.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import Code, ConflictError, MalformedInputError, NotFoundError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.policy.organisations import is_one_organisation
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.stix.object_types import OBJECT_TYPES, Kind
from app.storage import feed, organisations
from app.storage.feed import VisibleVersion
from breakwater_client.signing.feedback_objects import FeedbackAsked, check_feedback, feedback_object

__all__ = ["Composed", "FeedbackAsked", "compose_feedback"]


@dataclass(frozen=True, slots=True)
class Composed:
    """An unsigned object, and whose statements (partner ids) it is about."""

    value: dict[str, Any]
    owner_ids: Sequence[str]


def compose_feedback(exchange: Exchange, reader: Reader, stix_id: str, asked: FeedbackAsked) -> Composed:
    """Give the unsigned object that says this of what the reader sees under an id, which may be anything.

    Raises:
        ConflictError: ``self-dispute``: the reader, or another part of its organisation, states it.
        ForbiddenError: the caller may not submit.
        MalformedInputError: no word of the kind, or a sighting of a cyber-observable, which STIX has not.
        NotFoundError: absent or hidden.
    """
    require(reader.principal, Permission.OBJECTS_SUBMIT)
    check_feedback(asked)
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[VisibleVersion], tuple[list[str], bool]]:
        found = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
        owner_ids = sorted({one.owner_id for one in found})
        parents, own = organisations.parents(look.connection), reader.partner.partner_id
        return found, (owner_ids, any(is_one_organisation(own, one, parents) for one in owner_ids))

    owner_ids, is_own = disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))
    if not owner_ids:
        raise NotFoundError
    if asked.kind is FeedbackKind.DISPUTE and is_own:
        raise ConflictError("Your organisation states this itself: correct or withdraw it.", code=Code.SELF_DISPUTE)
    return Composed(_value(reader.principal, stix_id, asked, exchange.clock()), owner_ids)


def _value(principal: Principal, stix_id: str, asked: FeedbackAsked, now: datetime) -> dict[str, Any]:
    if asked.kind in {FeedbackKind.SIGHTING, FeedbackKind.OUTCOME}:
        about = OBJECT_TYPES.get(stix_id.partition("--")[0])
        if about is not None and about.kind is Kind.OBSERVABLE:
            sentence = "STIX has no sightings of cyber-observables: say it of the indicator, or give an opinion."
            raise MalformedInputError(sentence, pointer="/kind")
    return feedback_object(stix_id, asked, principal.partner.identity_id if principal.partner else None, now)
