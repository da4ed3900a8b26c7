"""How partners belong together: operators say whose part and whose client one is; it and staff may look.

Recorded only: no decision reads it yet (TLP:AMBER's clients are not served, ``docs/policy-in-detail.md``). Owns that nothing goes
in a circle. Kept by ``tests/services/membership/test_relate_partners.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import members, organisations
from app.storage.session import Connection

MOST_RELATIONS = 100


@dataclass(frozen=True, slots=True)
class Relations:
    """Whose part a partner is (None: nobody's), and whose client; by partner ids."""

    parent_id: str | None
    client_of: frozenset[str]


def relate_partner(exchange: Exchange, principal: Principal, partner_id: str, relations: Relations) -> Relations:
    """Keep these relations of a partner and no others; operators only.

    Raises:
        ConflictError: it would become, over some steps, its own parent or its own client.
        MalformedInputError: a related partner does not exist, or there are too many.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.PARTNERS_WRITE)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        known = {one.partner_id for one in members.partners(connection)}
        if partner_id not in known:
            raise NotFoundError
        named = relations.client_of | ({relations.parent_id} if relations.parent_id else frozenset())
        if not named <= known or len(relations.client_of) > MOST_RELATIONS:
            raise MalformedInputError("A related partner is not enrolled, or there are too many.")
        above = {child: frozenset({parent}) for child, parent in organisations.parents(connection).items()}
        _check_no_circle(partner_id, {relations.parent_id} - {None}, above)
        _check_no_circle(partner_id, relations.client_of, organisations.clients(connection))
        organisations.set_parent(connection, partner_id, relations.parent_id)
        organisations.set_client_of(connection, partner_id, relations.client_of, exchange.clock())
    return relations


def relations_of(exchange: Exchange, principal: Principal, partner_id: str) -> Relations:
    """Give a partner's relations, to staff and to itself; raises ``NotFoundError`` for anybody else's."""
    own = principal.partner
    require(principal, Permission.PARTNERS_READ if own is None else Permission.POLICY_READ)
    if own is not None and own.partner_id != partner_id:
        raise NotFoundError
    with exchange.database.read() as connection:
        return _relations(connection, partner_id)


def _relations(connection: Connection, partner_id: str) -> Relations:
    partner = members.partner_by_id(connection, partner_id)
    if partner is None:
        raise NotFoundError
    return Relations(partner.parent_id, organisations.clients(connection).get(partner_id, frozenset()))


def _check_no_circle(start: str, first: Collection[str | None], above: Mapping[str, frozenset[str]]) -> None:
    pending, seen = list(first), set[str | None]()
    while pending:
        reached = pending.pop()
        if reached == start:
            raise ConflictError("Partners do not belong together in a circle.")
        if reached not in seen:
            seen.add(reached)
            pending += above.get(str(reached), frozenset())
