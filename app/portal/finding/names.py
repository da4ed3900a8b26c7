"""Names of partners that whoever reads may be told of, and of behaviours; of other partners the beginning of their id.

Owns how a partner without a name is shown. Kept by ``tests/portal/finding/test_names.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import url_for

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.cookies import signed_in
from app.portal.words import gettext
from app.services.cataloguing.current import catalogue_in_force, ids_of
from app.services.explaining.members_told import members_told
from app.web.context import exchange

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Names:
    """Names of partners by ids and identities, behaviours by codes, and what the catalogue has by ids: titles and pages."""

    partners: Mapping[str, str] = field(default_factory=dict)
    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)
    catalogue: Mapping[str, tuple[str, str]] = field(default_factory=dict)

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
    catalogue = catalogue_in_force(exchange())
    return Names(partners, catalogue.behaviours_by_code, dict(_catalogued(catalogue)))


def _catalogued(catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, str]]]:
    behaviours, countermeasures = catalogue.behaviours_by_code, {one.code: one for one in catalogue.countermeasures}
    for stix_id, code in ids_of(catalogue):
        if code in behaviours:
            yield stix_id, (f"{code} {behaviours[code].name}", url_for("behaviours.show", code=code))
        else:
            yield stix_id, (f"{code} {countermeasures[code].name}", url_for("countermeasures.show", code=code))
