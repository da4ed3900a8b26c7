"""The first page of one's own organisation: what stands well, what ends soon, and where to go on.

Owns what of each part is worth a warning; each part is shown to whom its own page opens for. Kept by
``tests/portal/organisation/test_overview.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.portal.organisation.blueprint import OrganisationBlueprint, may, own_partner, principal
from app.portal.pages import page
from app.services.membership.keep_persons import list_persons
from app.services.signing_in.who_signs_in import who_signs_in
from app.web.context import exchange

blueprint = OrganisationBlueprint("organisation")


@dataclass(frozen=True, slots=True)
class Members:
    """How many are members, how many of them administrators, and how many have not set up how they sign in."""

    count: int
    administrators: int
    waiting: int


@blueprint.page("/organisation", for_everybody=True)
def show() -> Response:
    """Show how everything stands that who is signed in may see."""
    told: dict[str, Any] = {name: look() if may(permission) else None for name, permission, look in _PARTS}
    return page("organisation/overview.html", partner=own_partner(), **told)


def _members() -> Members:
    here = [one.person for one in list_persons(exchange(), principal()) if one.person.left_at is None]
    signing = who_signs_in(exchange(), principal())
    administrators = sum("administrator" in one.member_roles for one in here)
    return Members(len(here), administrators, sum(not signing[one.person_id].is_set_up for one in here))


_PARTS: tuple[tuple[str, Permission, Callable[[], Any]], ...] = (("members", Permission.PERSONS_READ, _members),)
