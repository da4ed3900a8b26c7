"""Who may start the clock of a request. Kept by ``tests/policy/test_partner_requests.py``."""

from __future__ import annotations

from app.domain.errors import Code
from app.domain.partner import Partner
from app.domain.partner_request import RequestKind
from app.domain.vocabulary import Role
from app.policy.administration import Forbidden

_MAY_ASK_TO_PRESERVE = frozenset({Role.LAW_ENFORCEMENT})
_MAY_ASK = frozenset(Role) - {Role.REGULATOR, Role.RESEARCHER}


def why_not_asked(partner: Partner, kind: RequestKind) -> Forbidden | None:
    """Give the reason why a partner may not have such a request's clock run, or None.

    To preserve something is asked under a law, which law enforcement alone has; information and access are asked by whoever
    works on cases or on the safety of a service.
    """
    allowed = _MAY_ASK_TO_PRESERVE if kind is RequestKind.PRESERVATION else _MAY_ASK
    if partner.role in allowed:
        return None
    return Forbidden(Code.REQUEST_NOT_PERMITTED, "Your organisation's role does not ask others for this.")
