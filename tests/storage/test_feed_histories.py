"""Random histories of an exchange: nothing visible is lost, nothing hidden is served, nothing is served twice.

The moves and their checks are in ``feed_world.py``; here stand which histories are played, and how many.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.storage.session import Database
from app.storage.tables import metadata
from tests.storage.feed_world import HARMS, KEYS, World

Move = Callable[[World], object]


def _move(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(st.just(name), *arguments)


which = st.integers(0, 20)
looker = st.integers(0, len(KEYS) - 1)
harms = st.frozensets(st.sampled_from(HARMS), min_size=1, max_size=2)
hours = st.sampled_from((0, 0, 0, 1, 2))

# A move stands here several times where a good history has many of its kind.
moves = st.one_of(
    _move("check_feeds"),
    *[_move("publish", harms, hours, hours)] * 3,
    *[_move("supersede", which, harms, hours)] * 3,
    *[_move("narrow", which, st.integers(1, 4), harms)] * 2,
    *[_move("change_terms", looker, st.sampled_from(HARMS))] * 3,
    *[_move("read", which, st.sampled_from((1, 2, 3, 50, 50)))] * 4,
    *[_move("back_fill", looker, st.integers(1, 3))] * 3,
    _move("withdraw", which),
    _move("release", st.integers(1, 3)),
    _move("pass_time", st.integers(0, 2)),
    _move("join", looker),
)


def play(world: World, history: list[tuple[object, ...]]) -> None:
    for name, *arguments in history:
        getattr(world, name)(*arguments)
        world.watch()
    world.settle()


@contextmanager
def _unsafe_but_fast(url: str) -> Iterator[Database]:
    """Open SQLite without waiting for the disk: these tests are about order, not about power cuts."""
    database = Database(url)
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    try:
        yield database
    finally:
        database.dispose()


class TestOnSqlite:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(history=st.lists(moves, min_size=60, max_size=80))
    def test_readers_get_what_they_may_see_exactly_once(self, tmp_path_factory, sqlite_template, history) -> None:
        path = tmp_path_factory.mktemp("history") / "history.db"
        with _unsafe_but_fast(f"sqlite:///{shutil.copy(sqlite_template, path)}") as database:
            play(World(database), history)
