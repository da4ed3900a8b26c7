"""What else of one's own hangs together with an object that is taken back, and stays shared until it is taken back by itself.

Owns that nobody thinks a whole case gone with one of its objects: what stands around it is listed, and what is held together with
it in a note of when it was seen, a collection or a report; so an indicator leads to the address or account that it detects.
Kept by ``tests/portal/answering/test_same_case.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import ExhaustedError
from app.portal.finding.titles import title_of
from app.portal.plain_words import type_words
from app.portal.reading import own_reader
from app.services.reading.readers import Reader
from app.services.showing.look_around import ObjectInContext, look_around
from app.web.context import exchange

_LINK = "relationship"
_HOLDING = ("grouping--", "observed-data--", "report--")
_MOST_HELD = 5
"""So many of what holds things together are followed to these things."""


@dataclass(frozen=True, slots=True)
class StillShared:
    """An object of one's own that stays: what kind of thing it is, and what it is called."""

    stix_id: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class SameCase:
    """What stays; ``is_whole``: nothing more was there to be looked up."""

    still_shared: Sequence[StillShared] = ()
    is_whole: bool = False


def same_case(stix_id: str) -> SameCase:
    """Give what of one's own hangs together with an object; nothing where it cannot be looked up."""
    reader = own_reader()
    try:
        found = [look_around(exchange(), reader, stix_id)]
        own = dict(_own(found[0], reader))
        held = sorted(one for one in own if one.startswith(_HOLDING))
        for one in held[:_MOST_HELD]:
            found.append(look_around(exchange(), reader, one))
            own.update(_own(found[-1], reader))
    except ExhaustedError:
        return SameCase()
    own.pop(stix_id, None)
    shared = [StillShared(one, type_words(one), title_of(value)) for one, value in sorted(own.items())]
    return SameCase(shared, len(held) <= _MOST_HELD and not any(one.is_cut for one in found))


def _own(found: ObjectInContext, reader: Reader) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give what of one's own stands around an object."""
    return ((one, value) for owner_id, one, value in _around(found) if owner_id == reader.partner.partner_id)


def _around(found: ObjectInContext) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for one, value in found.referring:
        if one.type != _LINK:
            yield one.owner_id, one.stix_id, value
    for some in found.around.values():
        for each in some:
            yield each.owner_id, each.stix_id, each.value
