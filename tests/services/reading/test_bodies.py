from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import Harm
from app.services.reading import bodies
from app.services.reading.bodies import Bodies, read_bodies
from app.storage.session import Connection, Database
from tests.storage import samples


@pytest.fixture
def exchange(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    samples.found_exchange(database)
    yield database
    database.dispose()


@pytest.fixture
def version_ids(exchange: Database) -> list[int]:
    return samples.publish(exchange, [Harm.CSAM], *(samples.checked() for _ in range(7)))


def _read(database: Database, version_ids: list[int]) -> Bodies:
    with database.read() as connection:
        return read_bodies(lambda _rest: database.read(), connection, version_ids)


def test_bodies_come_in_the_order_asked_for(exchange: Database, version_ids: list[int]) -> None:
    forwards, backwards = (list(_read(exchange, ids).objects) for ids in (version_ids, version_ids[::-1]))
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 7


def test_what_is_more_than_is_held_is_read_while_it_leaves(
    exchange: Database, version_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = _read(exchange, version_ids).objects
    assert isinstance(at_once, list)
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 3 * len(at_once[0]))
    streamed = _read(exchange, version_ids).objects
    assert not isinstance(streamed, list)
    assert len(streamed) == 7
    assert list(streamed) == list(streamed) == at_once
    assert at_once[-1] in streamed
    assert b"another" not in streamed


def test_what_may_not_be_given_any_more_ends_it(
    exchange: Database, version_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 1)
    asked: list[list[int]] = []

    def again(rest: Sequence[int]) -> AbstractContextManager[Connection]:
        asked.append(list(rest))
        if len(asked) > 1:
            raise ForbiddenError("No more.")
        return exchange.read()

    with exchange.read() as connection:
        objects = iter(read_bodies(again, connection, version_ids).objects)
    first = next(objects)
    assert asked == []
    second = next(objects)
    assert len({first, second}) == 2
    with pytest.raises(ForbiddenError):
        next(objects)
    assert asked == [version_ids[1:], version_ids[2:]]


def test_no_versions_have_no_bodies(exchange: Database) -> None:
    assert _read(exchange, []) == Bodies([], [])


def test_what_is_first_in_a_page_comes_first_though_older_ones_fill_what_is_held(
    exchange: Database, version_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = list(_read(exchange, version_ids[::-1]).objects)
    monkeypatch.setattr(bodies, "MAX_HELD_BYTES", 1)
    assert list(_read(exchange, version_ids[::-1]).objects) == at_once
