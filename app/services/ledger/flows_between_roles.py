"""Who is told by whom, by roles: how many answers held something of the one side and went to the other.

Owns that a partner is told of its own objects alone, and that staff's asking is an event. Names and objects are in no answer
here: they are ``look_up_disclosures``'. Kept by ``tests/services/ledger/test_flows_between_roles.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Role
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import events, ledger_flows, members

COUNTED_FOR = timedelta(days=28)
MOST_ANSWERS = 20_000
"""So many answers of each publisher, the newest, are counted."""


@dataclass(frozen=True, slots=True)
class RoleFlow:
    """So many answers with something of a role's (None: of one's own) went to partners of another."""

    giver: Role | None
    receiver: Role
    answers: int


@dataclass(frozen=True, slots=True)
class RoleFlows:
    """The counts, the largest first; ``is_cut``: there are more answers than were counted."""

    flows: Sequence[RoleFlow]
    since: datetime
    is_cut: bool


def own_flows(exchange: Exchange, principal: Principal) -> RoleFlows:
    """Count to which roles the caller's own objects went.

    Raises:
        ForbiddenError: not a partner, or without the right to its own disclosures.
    """
    require(principal, Permission.DISCLOSURES_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners have disclosures of their own.")
    return _counted(exchange, principal.partner.partner_id)


def all_flows(exchange: Exchange, principal: Principal) -> RoleFlows:
    """Count between all roles, for staff; that they asked is an event.

    Raises:
        ForbiddenError: without the right, which staff alone can hold.
    """
    require(principal, Permission.DISCLOSURES_SEARCH)
    who = principal.credential.credential_id
    with exchange.database.write(while_read_only=True) as connection:
        events.add_events(connection, [EventRecord(Event.DISCLOSURE_REPORT, exchange.clock(), None, who)])
    return _counted(exchange, None)


def _counted(exchange: Exchange, owner_id: str | None) -> RoleFlows:
    since = exchange.clock() - COUNTED_FOR
    with exchange.database.read() as connection:
        roles = {one.partner_id: one.role for one in members.partners(connection)}
        asked = roles.keys() if owner_id is None else {owner_id}
        given, is_cut = ledger_flows.answers_given(connection, asked, since, MOST_ANSWERS)
    counts: Counter[tuple[Role | None, Role]] = Counter()
    for one in given:
        counts[roles[one.owner_id] if owner_id is None else None, roles[one.reader_id]] += one.answers
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][0] or "", item[0][1]))
    return RoleFlows([RoleFlow(giver, receiver, answers) for (giver, receiver), answers in ordered], since, is_cut)
