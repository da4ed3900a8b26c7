"""Drafts for tests of pages: of somebody who has entered the portal, begun and handed over by the services."""

from __future__ import annotations

from typing import Any

from app.domain.draft import Draft
from app.domain.partner import Principal
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
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
