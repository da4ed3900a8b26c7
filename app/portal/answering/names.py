"""Organisations by name, as far as who is signed in may be told of them.

Kept by ``tests/portal/answering/test_names.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.portal.words import gettext
from app.services.explaining.members_told import members_told
from app.web.context import exchange, principal


@dataclass(frozen=True, slots=True)
class Names:
    """Names of members, by the ids of their partners and by those of their identities."""

    by_id: dict[str, str]

    def of(self, named_id: str | None) -> str:
        """Give the name of a partner, or what stands for one whose name is not told."""
        return self.by_id.get(named_id or "", gettext("An organisation that is not listed"))


def names() -> Names:
    """Give the names of the members of whom the caller may be told."""
    told = members_told(exchange(), principal())
    return Names({one.partner_id: one.name for one in told} | {one.identity_id: one.name for one in told})
