"""Names of partners that whoever reads may be told of, and of behaviours; of other partners the beginning of their id.

Owns how a partner without a name is shown. Kept by ``tests/portal/finding/test_names.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.catalogue import Behaviour
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.cookies import signed_in
from app.portal.words import gettext
from app.services.cataloguing.current import catalogue_in_force
from app.services.explaining.members_told import members_told
from app.web.context import exchange

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Names:
    """Names of partners by their ids and identities, and behaviours by their codes."""

    partners: Mapping[str, str] = field(default_factory=dict)
    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)

    def partner(self, one_id: str | None) -> str:
        """Give the name of a partner (its id, or that of its identity), else what tells it from others."""
        if one_id is None:
            return gettext("Nobody named")
        return self.partners.get(one_id) or gettext("Partner %(id)s…") % {"id": one_id.rpartition("--")[2][:_SHORT]}

    def behaviour(self, code: str) -> str:
        """Give a behaviour's code and name."""
        return f"{code} {self.behaviours[code].name}" if code in self.behaviours else code


def names_told() -> Names:
    """Give the names for whoever is signed in."""
    principal = signed_in().principal
    told = [] if why_forbidden(principal, Permission.POLICY_READ) else members_told(exchange(), principal)
    partners = {key: one.name for one in told for key in (one.partner_id, one.identity_id)}
    return Names(partners, catalogue_in_force(exchange()).behaviours_by_code)
