from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text, update

from app.domain.errors import UnavailableError
from app.domain.vocabulary import Harm
from app.storage import feed, schema
from app.storage.feed import Filters, Window
from app.storage.session import Database
from app.storage.tables import metadata, object_content, object_version
from app.storage.text_tables import FTS5_TABLES
from tests.factories.policy_values import NOW
from tests.storage import samples


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    """A database without any table."""
    with closing(_Closing(empty_database_url)) as database:
        yield database


class _Closing(Database):
    def close(self) -> None:
        self.dispose()


def _url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return {name for name in inspect(connection).get_table_names() if not name.startswith(FTS5_TABLES)}


def test_a_database_that_was_migrated_has_the_tables_of_the_code(database: Database) -> None:
    assert schema.differences(database) == []
    assert _tables(database) == metadata.tables.keys() | {"alembic_version"}
    assert schema.current_revision(database) == schema.head_revision()


def test_an_empty_database_has_no_revision_and_lacks_everything(empty: Database) -> None:
    assert schema.current_revision(empty) is None
    assert len(schema.differences(empty)) >= len(metadata.tables)


def test_a_difference_is_found(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("ALTER TABLE exchange ADD COLUMN surplus INTEGER"))
    [[difference]] = [[one] for one in schema.differences(database)]
    assert difference[0] == "remove_column"


def _described(database: Database) -> dict[str, Any]:
    """Describe what differences() does not compare: checks, keys, references, and what indexes are partial or include."""
    with database.read() as connection:
        seen = inspect(connection)
        return {
            table: {
                "checks": sorted(str(one["name"]) + one["sqltext"] for one in seen.get_check_constraints(table)),
                "key": seen.get_pk_constraint(table)["constrained_columns"],
                "references": sorted((one["constrained_columns"], one["referred_table"]) for one in seen.get_foreign_keys(table)),
                "unique": sorted(one["column_names"] for one in seen.get_unique_constraints(table)),
                "indexes": sorted(_index(one) for one in seen.get_indexes(table)),
                "columns": [(one["name"], str(one["type"]), one["nullable"]) for one in seen.get_columns(table)],
            }
            for table in metadata.tables
        }


def _index(one: Any) -> tuple[str, list[str]]:
    return str(one["name"]), sorted(f"{name}={option}" for name, option in one.get("dialect_options", {}).items())


def test_migrations_make_just_what_the_tables_make(empty: Database) -> None:
    with empty.write() as connection:
        metadata.create_all(connection)
    expected = _described(empty)
    with empty.write() as connection:
        metadata.drop_all(connection)
    schema.migrate(_url(empty))
    assert _described(empty) == expected


def test_sort_keys_have_their_collation_and_indexes_what_they_cover(postgres_url: str) -> None:
    with closing(_Closing(postgres_url)) as database, database.read() as connection:
        columns = {one["name"]: one["type"] for one in inspect(connection).get_columns("object_version")}
        collations = {name: columns[name].collation for name in ("version_key", "valid_from_key", "valid_until_key")}
        assert set(collations.values()) == {"C"}
        indexes = {one["name"]: one for one in inspect(connection).get_indexes("object_version")}
        covered = indexes["ix_object_version_position"]["dialect_options"]["postgresql_include"]
        assert covered == ["class_id", "visible_until", "version_id", "added_at", "is_superseded"]
        late = {one["name"]: one for one in inspect(connection).get_indexes("visible_class")}["ix_visible_class_class_id"]
        assert "since > 0" in late["dialect_options"]["postgresql_where"]


def test_migrating_again_changes_nothing(database: Database) -> None:
    samples.found_exchange(database)
    schema.migrate(_url(database))
    assert schema.differences(database) == []
    with database.read() as connection:
        assert connection.execute(select(metadata.tables["partner"])).all()


def test_a_failed_migration_leaves_nothing(empty: Database) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE work (in_the_way INTEGER)"))
    with pytest.raises(Exception, match=r"refused a statement|cannot reach"):
        schema.migrate(_url(empty))
    assert _tables(empty) == {"work"}
    assert schema.current_revision(empty) is None


def _fill(database: Database) -> None:
    """Put a row into every table."""
    samples.found_exchange(database)
    viewpoint = samples.look(database)
    samples.publish(database, [Harm.CSAM], samples.checked(references=["url--1"], facets=[("harm", "csam")]))
    samples.back_filled(database, samples.evaluated(database, viewpoint, {1: 1}))
    with database.write() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(select(table)).first() is None:
                connection.execute(insert(table).values({column.name: _value(column) for column in table.columns}))
        for table in metadata.sorted_tables:
            assert connection.execute(select(table)).first() is not None, table.name


def _value(column: Any) -> Any:
    values = {
        "partner_id": samples.READER,
        "owner_id": samples.READER,
        "submitter_id": samples.READER,
        "manager_id": samples.READER,
        "client_of": samples.OWNER,
        "first_partner": samples.READER,
        "second_partner": samples.OWNER,
        "group_id": "1",
        "person_id": "1",
        "account_id": "1",
        "only": 1,
        "words": "1",
    }
    kinds = {int: 1, str: "1", bytes: b"1", bool: False}
    return values.get(column.name, kinds.get(column.type.python_type, NOW))


def test_stepping_down_and_up_again_works_with_data(database: Database) -> None:
    _fill(database)
    schema.downgrade(_url(database), "base")
    assert _tables(database) == {"alembic_version"}
    assert schema.current_revision(database) is None
    schema.migrate(_url(database))
    assert schema.differences(database) == []
    samples.found_exchange(database)
    samples.publish(database, [Harm.CSAM], samples.checked())
    viewpoint = samples.evaluated(database, samples.look(database), {1: 0})
    with database.read() as connection:
        assert len(feed.page(connection, viewpoint, Window(0, 10, NOW), Filters())) == 1


def test_what_was_admitted_before_depends_on_every_statement_that_was_there(database: Database) -> None:
    """Whose statements its author saw was not kept then; where the author states an id itself, that alone counts."""
    samples.found_exchange(database)
    theirs, both, later = (samples.new_id() for _ in range(3))
    other = samples.OTHER_OWNER
    for stix_id, owner_id in ((theirs, other), (both, other), (both, samples.OWNER)):
        samples.publish(database, [Harm.CSAM], samples.checked(stix_id, owner_id=owner_id))
    (about,) = samples.publish(database, [Harm.CSAM], samples.checked(references=[theirs, both, later]))
    schema.downgrade(_url(database), "0001")
    with database.write() as connection:
        # In a submission of its own, as all would be.
        connection.execute(text("UPDATE object_version SET submission_id = 'another' WHERE version_id = :one"), {"one": about})
    schema.migrate(_url(database))
    samples.publish(database, [Harm.CSAM], samples.checked(later, owner_id=other))
    with database.read() as connection:
        rows = connection.execute(select(metadata.tables["narrowed_by"])).all()
    assert sorted(rows) == sorted([(about, other, theirs), (about, samples.OWNER, both)])


def test_processes_that_migrate_at_once_wait_for_one_another(empty: Database) -> None:
    program = "import sys; from app.storage.schema import migrate; migrate(sys.argv[1])"
    running = [
        subprocess.Popen([sys.executable, "-c", program, _url(empty)], stderr=subprocess.PIPE, text=True) for _number in range(3)
    ]
    for process in running:
        _output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert schema.differences(empty) == []


def test_a_database_that_is_away_has_no_revision_to_tell(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'file.db'}")
    with pytest.raises(UnavailableError):
        schema.current_revision(database)


def test_versions_from_before_are_told_when_they_were_created_and_whether_they_revoke(database: Database) -> None:
    samples.found_exchange(database)
    said = {"created": "2026-01-01T00:00:00.100Z", "modified": "2026-01-02T00:00:00Z"}
    contents = [said, said | {"revoked": True}, {"value": "192.0.2.1", "created": "never"}]
    published = samples.publish(database, [Harm.CSAM], *(samples.checked() for _ in contents))
    with database.write() as connection:
        for version_id, content in zip(published, contents, strict=True):
            where = object_content.c.version_id == version_id
            connection.execute(update(object_content).where(where).values(content=json.dumps(content).encode()))
    schema.downgrade(_url(database), "0004")
    schema.migrate(_url(database))
    ov = object_version.c
    with database.read() as connection:
        rows = connection.execute(select(ov.created_key, ov.is_revoked).order_by(ov.version_id)).all()
    assert [tuple(row) for row in rows] == [("2026-01-01T00:00:00.1", False), ("2026-01-01T00:00:00.1", True), (None, False)]
