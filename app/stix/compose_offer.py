"""The offer of access beside what a form says: kinds, a count in bands and months, under a handling of its own.

Owns what it tells of the observables: nothing that stands in one of them. Whoever sees it learns that there is something. Kept by
``tests/stix/test_compose_offer.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.composed import Made, Tier
from app.domain.object_vocabulary import CountBand
from app.domain.observation import Observation, Offer
from app.domain.partner_request import OFFER_TYPE
from app.domain.vocabulary import Sensitivity
from app.stix.composed_handling import handling_words, marking_of, marking_refs
from breakwater_client.extensions import ACCESS_OFFER, OCSEA_CONTEXT

_MONTH = "%Y-%m"


def compose_offer(form: Observation, offer: Offer, common: Mapping[str, Any], modified: str) -> list[Made]:
    """Give a form's offer behind its marking, if it has one of its own; ``common`` are the members that every object has.

    Where an account may be a child's or was taken over, the offer says so too, and goes to those who may see such accounts.
    """
    who = offer.who_may_know
    marking = marking_of(who, Tier.SHARED, common)
    value = {
        "type": OFFER_TYPE,
        "id": f"{OFFER_TYPE}--{uuid.uuid4()}",
        **common,
        "modified": modified,
        **_told(form),
        "considered_purposes": sorted(offer.considered_purposes),
        "respond_within_days": offer.respond_within_days,
        "object_marking_refs": marking_refs(who, Tier.SHARED, marking),
        "extensions": {ACCESS_OFFER: {"extension_type": "new-sdo"}, OCSEA_CONTEXT: _context(form)},
    }
    words = f"Who may know that there is something. {handling_words(who, Tier.SHARED, Sensitivity.AGGREGATE)}"
    made = [Made(value, "/offer", Tier.SHARED, Sensitivity.AGGREGATE, words)]
    if marking is None:
        return made
    named = {**marking, "name": "Handling of an offer of access"}
    told = "Says how the offer is handled, and names nobody."
    return [Made(named, "/offer/who_may_know", Tier.SHARED, Sensitivity.AGGREGATE, told), *made]


def _told(form: Observation) -> dict[str, Any]:
    months = {"first_month": form.first_seen or form.last_seen, "last_month": form.last_seen or form.first_seen}
    told: dict[str, Any] = {name: _month(moment) for name, moment in months.items() if moment is not None}
    if form.observables:
        told |= {"observable_kinds": sorted({one.kind.value for one in form.observables})}
        told |= {"count_band": CountBand.of(len(form.observables)).value}
    return told


def _month(moment: datetime) -> str:
    return moment.strftime(_MONTH)


def _context(form: Observation) -> dict[str, Any]:
    statuses = [form.status_of(one) for one in form.observables]
    status = max((each for each in statuses if each), key=lambda each: each.rank, default=None)
    return {
        "extension_type": "property-extension",
        "harm_types": sorted(form.harm_types),
        "surfaces": sorted(form.surfaces),
        **({"behaviours": list(form.behaviours)} if form.behaviours else {}),
        **({"subject_status": status.value} if status else {}),
        "sensitivity": Sensitivity.AGGREGATE.value,
    }
