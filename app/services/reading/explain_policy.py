"""Explaining: may this partner see this object for this purpose now, and if not, by whose word.

Owns who may ask: operators about everything, an owner about its own objects; nobody is told what it may not know by asking.
Nothing is disclosed, so nothing goes on the ledger. Kept by ``tests/services/reading/test_explain_policy.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.policy.visibility import Hidden, why_hidden
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.visible_set import viewer_of
from app.storage import members, narrowings, objects


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """May the partner see the newest version of this id, for this purpose and by this channel?"""

    stix_id: str
    partner_id: str
    purpose: Purpose
    channel: Channel = Channel.REST


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer about one owner's statement. ``hidden`` None: policy lets the partner see it, unless it is still under embargo.

    The ceiling of a credential is left out: the question is about a partner. Expired versions are given as embargoed ones are,
    as out of time.
    """

    owner_id: str
    hidden: Hidden | None
    is_out_of_time: bool


def explain(exchange: Exchange, principal: Principal, question: PolicyQuestion) -> list[Explanation]:
    """Give an explanation for each owner that states the id and that the caller may ask about; at least one.

    Raises:
        ForbiddenError: the caller may not ask about policy at all.
        NotFoundError: no such partner or object, or not one the caller may ask about.
    """
    require(principal, Permission.POLICY_READ)
    now = exchange.clock()
    with exchange.database.read() as connection:
        partner = members.partner_by_id(connection, question.partner_id)
        heads = objects.heads_of(connection, [question.stix_id])
        if not principal.is_staff:
            own = principal.partner.partner_id if principal.partner else None
            heads = [head for head in heads if head.owner_id == own]
        if partner is None or not heads:
            raise NotFoundError
        viewer = viewer_of(connection, partner, Tlp.RED, now)
        classes = narrowings.classes_of(connection, heads)
    return [
        Explanation(
            owner_id=head.owner_id,
            hidden=why_hidden(viewer, classes[head.version_id], question.purpose, question.channel, now),
            is_out_of_time=head.visible_until <= now or (head.position is None and head.owner_id != partner.partner_id),
        )
        for head in heads
    ]
