"""Looking the catalogue up: releases, and what they are in STIX. Public: nobody is asked who they are.

Owns which forms there are; each is the same bytes for everybody, and those of a numbered release never change. Kept by
``tests/services/cataloguing/test_look_up.py``.
"""

from __future__ import annotations

import json
import uuid

from app.domain.errors import NotFoundError, UnavailableError
from app.services.exchange import Exchange
from app.storage import catalogue_releases
from app.storage.catalogue_releases import CatalogueObject, KeptRelease
from app.storage.session import Connection

__all__ = ["KeptRelease", "find_release", "list_releases", "newest_objects", "stix_bundle"]


def list_releases(exchange: Exchange) -> list[KeptRelease]:
    """List all releases, oldest first."""
    with exchange.database.read() as connection:
        return catalogue_releases.releases(connection)


def find_release(exchange: Exchange, number: int | None = None) -> KeptRelease:
    """Give a release, the newest if no number is given.

    Raises:
        NotFoundError: there is none of this number.
        UnavailableError: the first one is not installed yet.
    """
    with exchange.database.read() as connection:
        return found_release(connection, number)


def found_release(connection: Connection, number: int | None) -> KeptRelease:
    """Give a release. Raises as ``find_release``."""
    if number is None:
        newest = catalogue_releases.newest_release(connection)
        if newest is None:
            raise UnavailableError("The catalogue is being installed; try again shortly.")
        return newest
    found = catalogue_releases.release_by_number(connection, number)
    if found is None:
        raise NotFoundError
    return found


def stix_bundle(exchange: Exchange, number: int | None = None) -> bytes:
    """Give a release as a STIX bundle of signed objects, as they were stored; the same release, the same bytes.

    Raises as ``find_release``.
    """
    with exchange.database.read() as connection:
        release = found_release(connection, number)
        objects = newest_objects(catalogue_releases.objects_until(connection, release.release))
    head = json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid5(uuid.NAMESPACE_OID, release.digest)}"})
    return head[:-1].encode() + b', "objects": [' + b",".join(one.content for one in objects) + b"]}"


def newest_objects(versions: list[CatalogueObject]) -> list[CatalogueObject]:
    """Give of each object the newest of these versions, in the order of their places."""
    newest = {one.stix_id: one for one in versions}
    return sorted(newest.values(), key=lambda one: one.position)
