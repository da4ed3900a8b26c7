"""What can be chosen while one enters something: behaviours of the catalogue in force, audiences and groups of one's own.

Kept by ``tests/services/drafting/test_pick.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.catalogue import Behaviour
from app.domain.partner import Principal
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.explaining.members_told import members_told
from app.services.membership.look_at_groups import GroupRecord, list_groups
from app.services.membership.register_audience import AudienceRecord, list_audiences


@dataclass(frozen=True, slots=True)
class Choices:
    """What the author can name: audiences, groups where they may write, and organisations they are told of, by their ids."""

    audiences: list[AudienceRecord]
    groups: list[GroupRecord]
    organisations: dict[str, str]


def behaviours_to_pick(exchange: Exchange, chosen: Collection[str] = ()) -> list[Behaviour]:
    """Give the behaviours in force; of those that were retired only chosen ones."""
    with exchange.database.look() as connection:
        catalogue = current_catalogue(connection)
    return [one for one in catalogue.behaviours if one.code in chosen or one.retired_in is None]


def choices(exchange: Exchange, principal: Principal) -> Choices:
    """Give what can be named as who may know."""
    return Choices(
        list_audiences(exchange, principal),
        [one for one in list_groups(exchange, principal) if one.can_write],
        {one.partner_id: one.name for one in members_told(exchange, principal)},
    )
