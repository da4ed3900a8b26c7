"""The catalogue as a collection: pages of its signed objects, version by version, as ``reading.pull`` gives those of the feed.

Owns choosing among a few hundred versions, which are read whole. It is public, so that nothing here depends on who reads, and no
ledger says who did (decision 50). Kept by ``tests/services/cataloguing/test_read_collection.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.services.exchange import Exchange
from app.services.reading.cursors import Continuation, PageRequest, continuation
from app.services.reading.pull import Manifest, ManifestEntry, Page
from app.storage import catalogue_releases
from app.storage.catalogue_releases import CatalogueObject
from app.storage.filters import Filters


def catalogue_page(exchange: Exchange, request: PageRequest) -> Page:
    """Give the next objects of the catalogue; raises ``MalformedInputError`` (``cursor-invalid``)."""
    going_on, found, more = _find(exchange, request)
    last = found[-1].position if found else None
    dates = (found[0].added_at, found[-1].added_at) if found else (None, None)
    return Page([one.content for one in found], going_on.next(last), more, [], *dates)


def catalogue_manifest(exchange: Exchange, request: PageRequest) -> Manifest:
    """Give the next versions of objects of the catalogue, without their bodies. Raises as ``catalogue_page``."""
    going_on, found, more = _find(exchange, request)
    last = found[-1].position if found else None
    dates = (found[0].added_at, found[-1].added_at) if found else (None, None)
    entries = [ManifestEntry(one.stix_id, one.version, one.added_at) for one in found]
    return Manifest(entries, going_on.next(last), more, *dates)


def has_catalogue_object(exchange: Exchange, stix_id: str) -> bool:
    """Say whether the catalogue states anything under an id, which may be anything."""
    return any(one.stix_id == stix_id for one in _all(exchange))


def _find(exchange: Exchange, request: PageRequest) -> tuple[Continuation, list[CatalogueObject], bool]:
    going_on = continuation(exchange.sealer, None, request)
    wanted = [one for one in _wanted(_all(exchange), going_on.narrowing) if one.position > going_on.after]
    return going_on, wanted[: request.limit], len(wanted) > request.limit


def _all(exchange: Exchange) -> list[CatalogueObject]:
    with exchange.database.look() as connection:
        return catalogue_releases.all_objects(connection)


def _wanted(objects: Sequence[CatalogueObject], filters: Filters) -> Iterator[CatalogueObject]:
    """Give what the filters of TAXII leave (TAXII 2.1 §3.4), in order of places. Versions of an object come oldest first."""
    newest = {one.stix_id: one.position for one in objects}
    oldest = {one.stix_id: one.position for one in reversed(objects)}
    for one in objects:
        chosen = filters.versions
        is_chosen = chosen is None or (
            one.version_key in chosen.keys
            or (chosen.last and newest[one.stix_id] == one.position)
            or (chosen.first and oldest[one.stix_id] == one.position)
        )
        is_asked = not filters.stix_ids or one.stix_id in filters.stix_ids
        is_of_type = not filters.types or one.stix_id.partition("--")[0] in filters.types
        is_later = filters.added_after is None or one.added_at > filters.added_after
        if is_chosen and is_asked and is_of_type and is_later:
            yield one
