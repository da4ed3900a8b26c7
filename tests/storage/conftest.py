"""Opened databases for the tests of storage. Where they come from is the business of ``tests/conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.storage.session import Database
from tests.storage import samples


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with tables and no rows, on SQLite and on PostgreSQL."""
    with _opened(database_url) as database:
        yield database


@pytest.fixture
def exchange(database: Database) -> Database:
    """The same, with the counter, two publishers and two readers in it (``samples``)."""
    samples.found_exchange(database)
    return database


@pytest.fixture
def exchange_at_postgres(postgres_url: str) -> Iterator[Database]:
    """The same on PostgreSQL alone: for what SQLite's one writer cannot show."""
    with _opened(postgres_url) as database:
        samples.found_exchange(database)
        yield database
