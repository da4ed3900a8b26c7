"""The audiences of one's own organisation in words, and the command that registers one, which takes its key.

Kept by ``tests/portal/organisation/test_audiences.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.policy.agreements import agreement_in_force
from app.portal.organisation.blueprint import OrganisationBlueprint, may, own_partner, principal
from app.portal.pages import page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.sharing.audience_words import audience_words
from app.services.explaining.members_told import members_told
from app.services.membership.change_policy import list_agreements
from app.services.membership.register_audience import get_audience, page_of_audiences
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_audiences")


@blueprint.page("/organisation/audiences", Permission.AUDIENCES_READ, query=[NEXT])
def show() -> Response:
    """List whom the organisation's audiences admit; the default one of its agreement stands first, on each page."""
    listed = page_of_audiences(exchange(), principal(), asked_by_address())
    names, default_id = _names(), _default_id()
    found = sorted(
        (audience_words(one.audience, names), one.audience.audience_id)
        for one in listed.rows
        if one.audience.audience_id != default_id
    )
    default = None if default_id is None else get_audience(exchange(), principal(), default_id).audience
    words = default and audience_words(default, names)
    return page("organisation/audiences.html", found=found, passage=passage_of(listed), default_id=default_id, default=words)


def _names() -> dict[str, str]:
    if not may(Permission.POLICY_READ):
        return {own_partner().partner_id: own_partner().name}
    return {one.partner_id: one.name for one in members_told(exchange(), principal())}


def _default_id() -> str | None:
    if not may(Permission.AGREEMENTS_READ):
        return None
    in_force = agreement_in_force(list_agreements(exchange(), principal(), None), exchange().clock())
    return None if in_force is None else in_force.default_handling.audience_id
