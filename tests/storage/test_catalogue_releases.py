"""Releases and their objects, as they are kept."""

from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.storage import catalogue_releases
from app.storage.session import Database
from tests.factories.catalogue_rows import catalogue_object, kept_release


def test_the_newest_release_is_the_one_of_the_highest_number(database: Database) -> None:
    with database.write() as connection:
        assert catalogue_releases.newest_document(connection) is None
        assert catalogue_releases.newest_release(connection) is None
        for number in (1, 2):
            catalogue_releases.add_release(connection, kept_release(number))
        assert catalogue_releases.newest_document(connection) == '{"release":2}'
        assert catalogue_releases.newest_release(connection) == kept_release(2)
        assert catalogue_releases.release_by_number(connection, 1) == kept_release(1)
        assert catalogue_releases.release_by_number(connection, 3) is None
        assert catalogue_releases.releases(connection) == [kept_release(1), kept_release(2)]


def test_of_a_release_there_are_its_objects_and_those_before(database: Database) -> None:
    first, second = catalogue_object(1), catalogue_object(2, release=2)
    with database.write() as connection:
        for number in (1, 2):
            catalogue_releases.add_release(connection, kept_release(number))
        catalogue_releases.add_objects(connection, [])
        catalogue_releases.add_objects(connection, [second, first])
        assert catalogue_releases.objects_until(connection, 1) == [first]
        assert catalogue_releases.objects_until(connection, 2) == [first, second]


def test_a_version_of_an_object_is_stated_once(database: Database) -> None:
    with database.write() as connection:
        catalogue_releases.add_release(connection, kept_release())
        catalogue_releases.add_objects(connection, [catalogue_object(1)])
    again = catalogue_object(2, stix_id=catalogue_object(1).stix_id)
    with pytest.raises(ConflictError), database.write() as connection:
        catalogue_releases.add_objects(connection, [again])
