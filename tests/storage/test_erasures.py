from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Table, func, insert, select

from app.domain.erasure import ErasedVersion, ErasureReason
from app.domain.vocabulary import Harm
from app.storage import erasures, objects
from app.storage.session import Connection, Database
from app.storage.tables import metadata, narrowed_by, object_content, object_version
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER


@pytest.fixture
def stix_id() -> str:
    return samples.new_id()


@pytest.fixture
def row(exchange: Database, stix_id: str) -> int:
    """A version of one object."""
    [row] = samples.publish(exchange, [Harm.CSAM], samples.checked(stix_id))
    return row


def erased(version_id: int, **values: object) -> ErasedVersion:
    usual = {"log_index": version_id, "owner_id": OWNER, "reason": ErasureReason.ERASURE, "received_at": NOW, "erased_at": NOW}
    return ErasedVersion(**{"version_id": version_id, **usual, "logged_in": None, "finished_at": None, **values})  # type: ignore[arg-type]  # as given


def holding(connection: Connection, version_id: int) -> set[str]:
    """Name the tables that have a row of a version."""
    tables: list[Table] = [one for one in metadata.tables.values() if "version_id" in one.c]
    counted = {one.name: select(func.count()).select_from(one).where(one.c.version_id == version_id) for one in tables}
    return {name for name, statement in counted.items() if connection.execute(statement).scalar_one()}


def test_the_content_goes_first_and_then_all_of_it_but_what_is_remembered(exchange: Database, row: int) -> None:
    with exchange.write() as connection:
        erasures.add_erased(connection, [erased(row)])
        erasures.drop_contents(connection, [row])
        assert "object_version" in holding(connection, row)
        assert "object_content" not in holding(connection, row)
        erasures.drop_versions(connection, [row], NOW)
        assert holding(connection, row) == {"erased_version", "position_counter"}  # which counts what was ever given
        assert erasures.erased_among(connection, [row]) == {row: erased(row, finished_at=NOW)}


def test_another_version_stays_as_it_is(exchange: Database, row: int) -> None:
    [other] = samples.publish(exchange, [Harm.CSAM], samples.checked(samples.new_id(), owner_id=OTHER_OWNER))
    with exchange.write() as connection:
        before = connection.execute(select(object_version).where(object_version.c.version_id == other)).one()
        erasures.drop_contents(connection, [row])
        erasures.drop_versions(connection, [row], NOW)
        assert connection.execute(select(object_version).where(object_version.c.version_id == other)).one() == before
        assert connection.execute(select(func.count()).select_from(object_content)).scalar_one() == 1


def test_what_names_a_version_is_known_while_its_row_is_there(exchange: Database, row: int, stix_id: str) -> None:
    with exchange.write() as connection:
        names = erasures.names_of(connection, [row])
        assert names is not None
        assert (names.stix_ids, names.all_ids, names.first_received_at) == ({OWNER: {stix_id}}, {stix_id}, NOW)
        assert erasures.still_stated(connection, OWNER, [stix_id, "other"]) == {stix_id}
        erasures.drop_versions(connection, [row], NOW)
        assert erasures.names_of(connection, [row]) is None
        assert erasures.still_stated(connection, OWNER, [stix_id]) == frozenset()


def test_leaves_tell_versions_apart(exchange: Database, row: int, stix_id: str) -> None:
    with exchange.read() as connection:
        [leaf] = erasures.stored_leaves(connection, [row, row + 1])
        [version] = objects.own_versions(connection, OWNER, [stix_id])
    assert (leaf.version_id, leaf.log_index, leaf.owner_id, len(leaf.leaf_hash)) == (row, version.log_index, OWNER, 32)


def test_dependence_on_an_id_is_forgotten_for_its_owner_alone(exchange: Database, row: int, stix_id: str) -> None:
    depends = [{"version_id": row, "owner_id": owner_id, "stix_id": stix_id} for owner_id in (OWNER, OTHER_OWNER)]
    with exchange.write() as connection:
        connection.execute(insert(narrowed_by), depends)
        erasures.forget_dependence(connection, OWNER, [stix_id])
        assert list(connection.execute(select(narrowed_by.c.owner_id)).scalars()) == [OTHER_OWNER]


def test_what_is_remembered_is_found_by_what_is_asked(exchange: Database) -> None:
    rows = [erased(1, finished_at=NOW, logged_in=7), erased(2, logged_in=7), erased(3, owner_id=OTHER_OWNER)]
    with exchange.write() as connection:
        erasures.add_erased(connection, rows)
        assert erasures.unfinished(connection, 0, 10) == rows[1:2]  # the third is not logged yet
        assert erasures.unfinished(connection, 2, 10) == []
        assert erasures.unlogged(connection, 10) == rows[2:]
        assert erasures.erased_between(connection, 1, 3) == {1: rows[0], 2: rows[1]}
        assert erasures.erased_owners(connection, 2, 9) == {2: OWNER, 3: OTHER_OWNER}
        assert erasures.are_erased(connection, [1, 3])
        assert not erasures.are_erased(connection, [1, 4])
        erasures.log_erased(connection, [3], 9)
        assert erasures.unfinished(connection, 2, 10) == [replace(rows[2], logged_in=9)]
        assert erasures.unlogged(connection, 10) == []
