"""What else of one's own hangs together with an object that is taken back, and stays shared until it is taken back by itself.

Owns that nobody thinks a whole case gone with one of its objects: one look, as far as the object's own page looks, is listed.
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
from app.services.showing.look_around import ObjectInContext, look_around
from app.web.context import exchange

_LINK = "relationship"


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
    """Give what of one's own refers to an object, is named by it or is linked with it; nothing where it cannot be looked up."""
    reader = own_reader()
    try:
        found = look_around(exchange(), reader, stix_id)
    except ExhaustedError:
        return SameCase()
    own = {one: value for owner_id, one, value in _around(found) if owner_id == reader.partner.partner_id and one != stix_id}
    return SameCase([StillShared(one, type_words(one), title_of(value)) for one, value in sorted(own.items())], not found.is_cut)


def _around(found: ObjectInContext) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for one, value in found.referring:
        if one.type != _LINK:
            yield one.owner_id, one.stix_id, value
    for some in found.around.values():
        for each in some:
            yield each.owner_id, each.stix_id, each.value
