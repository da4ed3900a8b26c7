"""The purposes that the first page offers: which the organisation's agreement allows, and which one is its own to begin with.

Owns that nobody has to guess: what the agreement does not allow is marked as such. Kept by
``tests/portal/home/test_offered_purposes.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Role
from app.policy.administration import why_forbidden
from app.portal.plain_words import called, offered
from app.portal.words import gettext
from app.services.membership.change_policy import own_terms
from app.web.context import exchange, principal

USUAL: Mapping[Role, Purpose] = MappingProxyType(
    {
        Role.HOTLINE: Purpose.VICTIM_PROTECTION,
        Role.LAW_ENFORCEMENT: Purpose.INVESTIGATION,
        Role.NGO: Purpose.VICTIM_PROTECTION,
        Role.PAYMENT_PROVIDER: Purpose.DETECTION,
        Role.PLATFORM: Purpose.DETECTION,
        Role.REGULATOR: Purpose.RESEARCH_AGGREGATE,
        Role.RESEARCHER: Purpose.RESEARCH_AGGREGATE,
    }
)
"""For what an organisation of a role reads first, where its agreement allows it."""
_PURPOSES = tuple(offered(Purpose))


@dataclass(frozen=True, slots=True)
class Offered:
    """The purposes with their words, in order, and which one stands chosen while nobody has chosen."""

    choices: list[tuple[Purpose, str]]
    first: Purpose | None


def offered_purposes() -> Offered:
    """Give what is offered to who is signed in; where they may not know their agreement, nothing is marked."""
    partner, agreed = principal().partner, _agreed()
    if partner is None or agreed is None:
        return Offered([(one, called(one)) for one in _PURPOSES], None)
    allowed = [one for one in (USUAL[partner.role], *_PURPOSES) if one in agreed]
    return Offered([(one, _spoken(one, one in agreed)) for one in _PURPOSES], next(iter(allowed), None))


def _agreed() -> frozenset[Purpose] | None:
    if principal().partner is None or why_forbidden(principal(), Permission.POLICY_READ) is not None:
        return None
    agreement = own_terms(exchange(), principal()).agreement
    return frozenset() if agreement is None else frozenset(agreement.read.purposes)


def _spoken(purpose: Purpose, is_agreed: bool) -> str:  # noqa: FBT001  # whether the agreement has it
    words = called(purpose)
    return words if is_agreed else gettext("%(purpose)s (not in your agreement)") % {"purpose": words}
