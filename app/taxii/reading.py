"""Where a page of a collection comes from: what the caller may see of the feed, or the catalogue, which everybody may.

Kept by ``tests/taxii/test_reading.py``.
"""

from __future__ import annotations

from app.services.cataloguing import read_collection
from app.services.reading import pull
from app.services.reading.pull import Manifest, Page, PageRequest, Place
from app.services.reading.readers import Reader
from app.web.context import exchange


def read_page(reader: Reader | None, asked: PageRequest) -> Page:
    """Give a page of objects; ``reader`` None: of the catalogue."""
    if reader is None:
        return read_collection.catalogue_page(exchange(), asked)
    return pull.pull_page(exchange(), reader, asked)


def read_manifest(reader: Reader | None, asked: PageRequest) -> Manifest:
    """Give a page of a manifest; as ``read_page``."""
    if reader is None:
        return read_collection.catalogue_manifest(exchange(), asked)
    return pull.pull_manifest(exchange(), reader, asked)


def has_object(reader: Reader | None, place: Place, stix_id: str) -> bool:
    """Say whether there is anything under an id; as ``read_page``."""
    if reader is None:
        return read_collection.has_catalogue_object(exchange(), stix_id)
    return pull.has_object(exchange(), reader, place, stix_id)
