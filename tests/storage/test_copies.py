from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.storage import copies
from app.storage.session import Database
from tests.storage import samples


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An empty private file."""
    path = tmp_path / "copy"
    path.touch(0o600)
    return path


def test_a_copy_is_what_was_committed_and_is_whole(database: Database, target: Path) -> None:
    samples.found_exchange(database)
    with database.read() as connection:
        copies.copy_to(connection, database, target)
    copies.check(target, is_sqlite=database.is_sqlite)
    assert copies.is_copy_of_sqlite(target) is database.is_sqlite
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["cut", "empty"])
def test_a_damaged_copy_is_found(database: Database, target: Path, damage: str) -> None:
    samples.found_exchange(database)
    with database.read() as connection:
        copies.copy_to(connection, database, target)
    content = target.read_bytes()
    broken = {"cut": content[: len(content) // 2], "empty": b"no database at all"}
    target.write_bytes(broken[damage])
    with pytest.raises(BreakwaterError):
        copies.check(target, is_sqlite=database.is_sqlite)


def test_a_database_in_use_is_told_from_one_that_is_not(database: Database) -> None:
    samples.found_exchange(database)
    url = database.engine.url.render_as_string(hide_password=False)
    database.dispose()
    alone = Database(url)
    copies.refuse_if_in_use(alone)
    assert copies.has_tables(alone)
    alone.dispose()
    another = Database(url)
    with database.read(), pytest.raises(ConflictError, match="has the database open"):
        copies.refuse_if_in_use(another)
    another.dispose()


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert not copies.has_tables(database)
    copies.refuse_if_in_use(database)
    database.dispose()


def test_a_copy_takes_a_databases_place_in_one_step(tmp_path: Path, target: Path) -> None:
    place = tmp_path / "place.db"
    for path, word in ((place, "before"), (target, "after")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"CREATE TABLE {word} (a)")
            connection.commit()
    place.with_name("place.db-wal").write_bytes(b"of before")
    with copies.staged_sqlite(target, place) as staged:
        assert staged.stat().st_mode & 0o777 == 0o600
        copies.drop_leftover(place)
        assert staged.exists()  # it is in use
        copies.swap_sqlite(staged, place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "place.db"]
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("after",)]


def test_what_the_tools_of_the_database_say_is_not_passed_on(postgres_url: str, target: Path) -> None:
    database = Database(postgres_url)
    target.write_bytes(b"PGDMP")
    with pytest.raises(BreakwaterError) as failure:
        copies.restore_postgres(target, database)
    assert failure.value.sentence.startswith("pg_restore failed")
    database.dispose()


def test_what_a_killed_restore_left_goes_with_its_logs(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        (tmp_path / f".place.db.restoring{suffix}").touch()
    copies.drop_leftover(tmp_path / "place.db")
    assert list(tmp_path.iterdir()) == []
    copies.drop_leftover(tmp_path / "place.db")


def test_a_full_disk_is_the_same_failure_on_the_way_out_and_back(sqlite_url: str, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    database = Database(sqlite_url)
    samples.found_exchange(database)
    with database.read() as connection, pytest.raises(UnavailableError):
        copies.copy_to(connection, database, full)
    database.dispose()
