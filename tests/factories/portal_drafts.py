"""Drafts for tests of pages: of somebody who has entered the portal, begun and handed over by the services."""

from __future__ import annotations

from typing import Any

from app.domain.draft import Draft
from app.domain.partner import Principal
from app.domain.vocabulary import Channel, Purpose
from app.services.drafting.correct import Correction, begin_correction
from app.services.drafting.correctable import correctable
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
from app.services.reading.readers import reader
from app.services.signing_in.sessions import find_session
from tests.factories.drafting import URL
from tests.factories.exchanges import FakePartner
from tests.factories.observation_forms import form
from tests.factories.portal_visitors import Visitor


def principal_of(visitor: Visitor) -> Principal:
    """Give somebody who has entered, as services see them."""
    return find_session(visitor.running.exchange, visitor.secret).principal


def complete_form(partner: FakePartner, *observables: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give a form that can be handed over."""
    document = form(*(observables or (URL,)), who_may_know={"audience_id": partner.audience_id}, **more)
    return {name: value for name, value in document.items() if name not in {"type", "review"}}


def begun(visitor: Visitor, document: dict[str, Any]) -> Draft:
    """Begin a draft of somebody's."""
    return begin_draft(visitor.running.exchange, principal_of(visitor), document)


def handed_over(visitor: Visitor, document: dict[str, Any]) -> Draft:
    """Begin a draft and hand it over."""
    draft = begun(visitor, document)
    return hand_over(visitor.running.exchange, principal_of(visitor), draft.draft_id, draft.revision)


def corrected(visitor: Visitor, stix_id: str, **changes: Any) -> Draft:
    """Begin a correction of an object of somebody's organisation, of its name unless changes are given."""
    exchange = visitor.running.exchange
    reading = reader(principal_of(visitor), Purpose.DETECTION, Channel.PORTAL)
    version = correctable(exchange, reading, stix_id).version
    said = Correction(version, "outdated", changes or {"name": "Said better"})
    return begin_correction(exchange, reading, stix_id, said)
