"""The catalogue in force: its newest release.

Kept by ``tests/services/cataloguing/test_current.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from app.domain.catalogue import Catalogue
from app.domain.vocabulary import Phase, Surface
from app.services.cataloguing.founding import founding
from app.services.exchange import Exchange
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_objects import behaviour_id, countermeasure_id
from app.storage import catalogue_releases
from app.storage.session import Connection


def current_catalogue(connection: Connection) -> Catalogue:
    """Give the newest release; the founding one where an exchange of an earlier version has installed none yet."""
    document = catalogue_releases.newest_document(connection)
    return founding() if document is None else read_release(document)


def catalogue_in_force(exchange: Exchange) -> Catalogue:
    """Give the same in a snapshot of its own, for whoever only shows names and definitions."""
    with exchange.database.read() as connection:
        return current_catalogue(connection)


def ids_of(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Give the STIX id and the code of each behaviour and countermeasure."""
    yield from ((behaviour_id(one.code), one.code) for one in catalogue.behaviours)
    yield from ((countermeasure_id(one.code), one.code) for one in catalogue.countermeasures)


@lru_cache(maxsize=4)
def read_release(document: str) -> Catalogue:
    """Give the release that its kept document (RFC 8785 text) says, its phases and surfaces in their own order."""
    read = read_catalogue(json.loads(document))
    phases = {one: read.phases[one] for one in Phase if one in read.phases}
    return replace(read, phases=phases, surfaces={one: read.surfaces[one] for one in Surface if one in read.surfaces})
