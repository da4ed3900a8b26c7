"""What can be chosen while one enters something: behaviours of the catalogue in force, audiences and groups of one's own.

Owns looking for behaviours by words. Kept by ``tests/services/drafting/test_pick.py``.
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

_AKIN = (
    ("video", "videos", "live", "stream", "camera", "webcam"),
    ("money", "payment", "pay", "paid"),
    ("blackmail", "extortion", "sextortion", "threat", "coercion"),
    ("grooming", "groom", "trust", "approach"),
    ("photo", "photos", "picture", "pictures", "image", "images"),
)
"""Words by which people look for the same; the catalogue says one of them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the author can name: audiences, groups where they may write, and organisations they are told of, by their ids."""

    audiences: list[AudienceRecord]
    groups: list[GroupRecord]
    organisations: dict[str, str]


def behaviours_to_pick(exchange: Exchange, words: str = "", chosen: Collection[str] = ()) -> list[Behaviour]:
    """Give the behaviours in force that have all of some words, or words akin to them; chosen ones always."""
    with exchange.database.look() as connection:
        catalogue = current_catalogue(connection)
    wanted = [_akin(one) for one in words.casefold().split()]
    return [one for one in catalogue.behaviours if one.code in chosen or (one.retired_in is None and _has(one, wanted))]


def choices(exchange: Exchange, principal: Principal) -> Choices:
    """Give what can be named as who may know."""
    return Choices(
        list_audiences(exchange, principal),
        [one for one in list_groups(exchange, principal) if one.can_write],
        {one.partner_id: one.name for one in members_told(exchange, principal)},
    )


def _akin(word: str) -> tuple[str, ...]:
    return (word, *(other for akin in _AKIN if word in akin for other in akin if other != word))


def _has(one: Behaviour, wanted: list[tuple[str, ...]]) -> bool:
    text = " ".join((one.code, one.name, one.definition, one.phase.replace("-", " "))).casefold()
    return all(any(word in text for word in each) for each in wanted)
