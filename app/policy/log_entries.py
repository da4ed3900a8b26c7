"""Who may see what a leaf of the log commits to, beside object versions. Kept by ``tests/policy/test_log_entries.py``."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.partner import Principal
from app.policy.administration import kinds_of
from app.policy.scopes import PrincipalKind

_SEE_ALL = frozenset({PrincipalKind.AUDITOR, PrincipalKind.OPERATOR})


def why_hidden(principal: Principal, about: Collection[str]) -> str | None:
    """Give why what was recorded stays hidden from the caller, or None. ``about``: the partners that may know of it, if any."""
    if kinds_of(principal) & _SEE_ALL:
        return None
    if principal.partner is None:
        return "role"
    return None if principal.partner.partner_id in about else "about somebody else"
