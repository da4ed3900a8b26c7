"""Agreements as one person changes them: making a version that widens nothing, and asking what one's own terms are.

Owns the transaction of a narrowing, which waits for nobody; what widens anything is proposed (``propose_agreement``) and takes a
second person. Kept by ``tests/services/membership/test_change_policy.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import OverdueRecall
from app.policy.agreement_changes import Direction
from app.policy.agreements import agreement_in_force
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.agreement_documents import Comparison, compare
from app.services.membership.agreement_versions import EVALUATE, Making, NewAgreement
from app.storage import agreements, notices, submissions
from app.storage.counter import save_order
from app.storage.submissions import KeyUse

__all__ = ["EVALUATE", "NewAgreement", "OwnTerms", "list_agreements", "make_agreement", "making", "own_terms"]

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What a partner may know of the policy: itself, and its agreement in force (None: nothing may be read or submitted).

    ``overdue`` are the notices by which it has lost access to what is others', each with when it was due; none if it has not.
    """

    partner: Partner
    agreement: Agreement | None
    overdue: tuple[tuple[str, datetime], ...] = ()


@contextmanager
def making(exchange: Exchange, principal: Principal) -> Iterator[Making]:
    """Open the transaction in which the caller makes versions, under the order lock; the order is saved at its end."""
    require(principal, Permission.AGREEMENTS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        yield Making(exchange, connection, order, now, principal.credential.credential_id)
        save_order(connection, order)


def make_agreement(exchange: Exchange, principal: Principal, new: NewAgreement, use: KeyUse | None = None) -> Agreement:
    """Make the next version of a partner's agreement at once, as one person, if it widens nothing that would govern else.

    Raises:
        ForbiddenError: ``approval-needed``: it widens something.
        MalformedInputError: as ``agreement_versions.next_version``.
        NotFoundError: there is no such partner.
    """
    with making(exchange, principal) as act:
        known = act.known(new.partner_id)
        earlier = earlier_outcome(act.connection, use)
        if earlier is not None:
            return next(one.agreement for one in known if str(one.agreement.version) == earlier)
        agreement = act.version_of(new, known)
        check_narrows(compare(known, agreement))
        act.add(agreement)
        if use is not None:
            submissions.add_key_use(act.connection, use, str(agreement.version), act.now)
    return agreement


def check_narrows(comparison: Comparison) -> None:
    """Return if a version widens nothing; raises ``ForbiddenError`` with the terms that it widens."""
    widened = [one.pointer for _kept, against in comparison.against for one in against if one.direction is Direction.WIDENS]
    if not widened:
        return
    pointers = [one for one in dict.fromkeys(widened) if one]
    named = ", ".join(pointers[:_MOST_NAMED]) + (" and more" if len(pointers) > _MOST_NAMED else "")
    what = f"This widens what is agreed ({named})" if named else "This agreement begins where none governs"
    sentence = f"{what}, which takes two persons: propose it (POST /agreements/proposals), and another operator approves it."
    raise ForbiddenError(sentence, code=Code.APPROVAL_NEEDED, pointer=next(iter(pointers), None))


def list_agreements(exchange: Exchange, principal: Principal, partner_id: str | None) -> list[Agreement]:
    """List agreement versions: a partner's own, or for staff those of one partner or of all."""
    require(principal, Permission.AGREEMENTS_READ)
    if principal.partner is not None:
        if partner_id not in {None, principal.partner.partner_id}:
            raise NotFoundError
        partner_id = principal.partner.partner_id
    with exchange.database.read() as connection:
        return agreements.agreements(connection, partner_id)


def own_terms(exchange: Exchange, principal: Principal) -> OwnTerms:
    """Give the caller's own terms in force now."""
    require(principal, Permission.POLICY_READ)
    if principal.partner is None:
        raise NotFoundError
    with exchange.database.read() as connection:
        now = exchange.clock()
        agreement = agreement_in_force(agreements.agreements(connection, principal.partner.partner_id), now)
        late = notices.late_notices(connection, principal.partner.partner_id, now)
    loses = agreement is not None and agreement.recall.overdue is OverdueRecall.LOSE_ACCESS
    return OwnTerms(principal.partner, agreement, tuple(late) if loses else ())
