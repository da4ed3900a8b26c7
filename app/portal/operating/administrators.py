"""A partner's first administrator: added and invited by an operator, who hands the link over.

The link is shown in the answer to the form, and nowhere else. Kept by ``tests/portal/operating/test_administrators.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.partners import shown_partner
from app.portal.operating.plain_text import checked_name
from app.portal.operating.room import StaffBlueprint
from app.portal.pages import page
from app.services.membership.enrol_partner import get_partner
from app.services.membership.keep_persons import NewPerson, SeenPerson, add_person, get_person
from app.services.signing_in.invite import invite_person
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_administrators")
_ADMINISTRATOR = frozenset({MemberRole.ADMINISTRATOR})


@blueprint.form(
    "/exchange/partners/<partner_id>/administrator",
    Permission.PERSONS_WRITE,
    fresh_at="operating_partners.one",
    does="Add an administrator of this partner",
    anew=True,
)
def add(partner_id: str) -> Response:
    """Add a partner's first administrator, and show the link that invites them."""
    given = fields("name", ONCE_FIELD)
    try:
        new = NewPerson(partner_id, checked_name(given["name"]), _ADMINISTRATOR)
        made = add_person(exchange(), principal(), new, use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return shown_partner(partner_id, exc, given["name"])
    return _invited(partner_id, made)


@blueprint.form(
    "/exchange/partners/<partner_id>/invitation",
    Permission.PERSONS_WRITE,
    fresh_at="operating_partners.one",
    does="Invite an administrator of this partner",
    anew=True,
)
def invite(partner_id: str) -> Response:
    """Invite an administrator anew; the link that was made before ends."""
    given = fields("person_id", ONCE_FIELD)
    return _invited(partner_id, get_person(exchange(), principal(), given["person_id"]))


def _invited(partner_id: str, seen: SeenPerson) -> Response:
    partner = get_partner(exchange(), principal(), partner_id)
    invited = invite_person(exchange(), principal(), seen.person.person_id)
    return page("operating/invited.html", partner=partner, name=seen.name, invited=invited)
