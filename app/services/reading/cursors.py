"""Cursors: where a reader goes on, sealed for it, for its viewpoint and for the place it reads.

Owns what is sealed. A cursor of ``/objects`` is good together with the same filters alone. One of any other place is
self-contained: it carries its filters, so that ``next`` alone goes on. Neither carries an epoch or expires. Kept by
``tests/services/reading/test_cursors.py``.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.crypto.seal import MAX_PLAINTEXT_BYTES, CursorSealer
from app.domain.errors import Code, MalformedInputError
from app.services.reading.readers import OBJECTS, Place, Reader
from app.storage import documents
from app.storage.filters import Filters, Versions
from breakwater_client.trust.canonical import canonical_bytes

_POSITION_BYTES = 8
_SETS = ("stix_ids", "types", "owner_ids")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: ``cursor`` is an earlier page's ``next`` (untrusted) or None for the start; ``limit`` at least 1.

    ``stated`` are the names of those filters that the request itself names. Beside a self-contained cursor these must be the
    cursor's, and the others are not looked at, but for ``added_after``: of two dates the later one counts.
    """

    filters: Filters
    cursor: str | None
    limit: int
    place: Place = field(default_factory=Place)
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Continuation:
    """From where a page goes on, through which filters, and how its own ``next`` is made."""

    after: int
    filters: Filters
    place: Place
    sealer: CursorSealer
    context: bytes

    @property
    def narrowing(self) -> Filters:
        """The filters of the request and of the place together."""
        return replace(self.filters, facets=self.filters.facets + self.place.facets)

    def next(self, position: int | None) -> str:
        """Seal where to go on: after ``position``, or None: where this page began, for it was empty."""
        if position is None:
            return self._sealed(self.after, self.filters)
        # What comes later in the feed has a later date as well, so that nothing is left for this filter to take away.
        return self._sealed(position, replace(self.filters, added_after=None))

    def _sealed(self, position: int, filters: Filters) -> str:
        packed = _packed(filters) if self.place.name != OBJECTS else b""
        return self.sealer.seal(position.to_bytes(_POSITION_BYTES, "big") + packed, self.context)


def continuation(sealer: CursorSealer, reader: Reader | None, request: PageRequest) -> Continuation:
    """Give where a request goes on; ``reader`` None: in what is public, so that its cursors are good for everybody.

    Raises:
        MalformedInputError: ``cursor-invalid``: the cursor is not one of ours, or belongs to another reader, another place or
            other filters; ``request-invalid``: more filters than a cursor can carry.
    """
    place, filters = request.place, request.filters
    if place.name == OBJECTS:
        context = context_of(reader, place.name, plain(filters))
        after = 0 if request.cursor is None else _position(sealer.open(request.cursor, context))
        return Continuation(after, filters, place, sealer, context)
    context = context_of(reader, place.name, None)
    if request.cursor is None:
        if len(_packed(filters)) > MAX_PLAINTEXT_BYTES - _POSITION_BYTES:
            raise MalformedInputError("These are more filters than one request can have.")
        return Continuation(0, filters, place, sealer, context)
    plaintext = sealer.open(request.cursor, context)
    carried = _unpacked(plaintext[_POSITION_BYTES:])
    if any(getattr(filters, name) != getattr(carried, name) for name in request.stated - {"added_after"}):
        raise MalformedInputError("The cursor goes on with other filters than these.", code=Code.CURSOR_INVALID)
    dates = [one.added_after for one in (filters, carried) if one.added_after is not None]
    carried = replace(carried, added_after=max(dates, default=None))
    return Continuation(_position(plaintext), carried, place, sealer, context)


def context_of(reader: Reader | None, name: str, filters: str | None) -> bytes:
    """Give what a cursor is sealed to: the reader's viewpoint, the place it reads and, where they are not in it, the filters.

    Without a reader it is sealed to the place alone.
    """
    key = None if reader is None else reader.key
    parts = [name] if key is None else [name, key.partner_id, key.purpose, key.channel, key.tlp_ceiling]
    return hashlib.sha256(canonical_bytes(parts if filters is None else [*parts, filters])).digest()


def _position(plaintext: bytes) -> int:
    return int.from_bytes(plaintext[:_POSITION_BYTES], "big")


def plain(filters: Filters) -> str:
    """Give filters as text: the same for the same."""
    return documents.dump(replace(filters, facets=tuple(sorted(filters.facets, key=lambda facet: facet[0]))))


def _packed(filters: Filters) -> bytes:
    """Give filters in short; they are the reader's own words, so their length tells nothing that it does not know."""
    return zlib.compress(plain(filters).encode(), 9)


def _unpacked(packed: bytes) -> Filters:
    values: dict[str, Any] = documents.load(zlib.decompress(packed).decode())
    versions = values["versions"]
    return Filters(
        **values
        | {name: frozenset(values[name]) for name in _SETS}
        | {name: _instant(values[name]) for name in ("added_after", "added_before")}
        | {"facets": tuple((kind, frozenset(words)) for kind, words in values["facets"])}
        | {"versions": versions and Versions(versions["first"], versions["last"], frozenset(versions["keys"]))}
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
