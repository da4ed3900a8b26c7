"""Who was given any of an object of one's own, before something is done that they are told of.

Owns that it is told to nobody who may not see the ledger. Kept by ``tests/portal/test_given_to.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.services.ledger.look_up_disclosures import LedgerQuestion, PageAsked, disclosures_of_own
from app.web.context import exchange, principal

_ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class GivenTo:
    """Organisations by name, None if whoever asks may not know; ``has_more``: there may be others."""

    names: list[str] | None
    has_more: bool = False


def given_to(stix_id: str) -> GivenTo:
    """Give who was given any version of an object."""
    if why_forbidden(principal(), Permission.DISCLOSURES_READ) is not None:
        return GivenTo(None)
    rows = disclosures_of_own(exchange(), principal(), LedgerQuestion(stix_id), PageAsked(None, _ROWS_AT_ONCE))
    return GivenTo(sorted({one.recipient_name for one in rows.rows}), rows.more)
