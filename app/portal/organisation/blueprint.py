"""The blueprint of the pages of one's own organisation: for partners' people alone, with links to each other.

Owns which pages there are, in their order, and that each is offered to whom it opens for. The exchange's own people find nothing
here: what they see of partners is elsewhere. Kept by ``tests/portal/organisation/test_blueprint.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.domain.errors import NotFoundError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import find_signed_in, signed_in
from app.portal.words import gettext

SECTION = "organisation.show"


@dataclass(frozen=True, slots=True)
class Place:
    """A page beside the others: its endpoint, what it is called, and the permission that it takes (None: every member)."""

    endpoint: str
    title: str
    permission: Permission | None = None


PLACES = (
    Place(SECTION, "Overview"),
    Place("own_members.show", "Members", Permission.PERSONS_READ),
    Place("own_keys.show", "Keys", Permission.KEYS_READ),
    Place("own_credentials.show", "Credentials", Permission.CREDENTIALS_READ),
    Place("own_exports.show", "Exports", Permission.EXPORTS_READ),
    Place("own_webhooks.show", "Webhooks", Permission.WEBHOOKS_READ),
    Place("own_agreement.show", "Agreement", Permission.AGREEMENTS_READ),
    Place("own_audiences.show", "Audiences", Permission.AUDIENCES_READ),
    Place("own_policy.show", "Who sees it", Permission.POLICY_READ),
    Place("own_disclosures.show", "Disclosures", Permission.DISCLOSURES_READ),
    Place("own_contacts.show", "Contacts", Permission.CONTACTS_READ),
    Place("own_contacts.groups", "Groups", Permission.GROUPS_READ),
)


class OrganisationBlueprint(PortalBlueprint):
    """Pages of one part of the organisation."""

    def __init__(self, name: str) -> None:
        """Take the part's name; all parts hang below one entry of the head."""
        super().__init__(name, SECTION)
        self.before_request(require_partner)
        self.context_processor(about_the_organisation)


def require_partner() -> None:
    """Raise ``NotFoundError`` for people of the exchange; runs after the gate."""
    if signed_in().principal.partner is None:
        raise NotFoundError


def own_partner() -> Partner:
    """Give the organisation whose pages these are."""
    found = signed_in().principal.partner
    if found is None:
        raise NotFoundError
    return found


def may(permission: Permission) -> bool:
    """Whether who is signed in may use a permission."""
    return why_forbidden(principal(), permission) is None


def principal() -> Principal:
    """Give who is signed in."""
    return signed_in().principal


def about_the_organisation() -> dict[str, Any]:
    """Give what every template of these pages knows: the pages beside it, and what its reader may do.

    Nothing where nobody was let in: the page of that refusal is rendered here, too.
    """
    if find_signed_in() is None:
        return {}
    offered = [one for one in PLACES if one.permission is None or may(one.permission)]
    return {"places": [(url_for(one.endpoint), gettext(one.title)) for one in offered], "may": may, "Permission": Permission}
