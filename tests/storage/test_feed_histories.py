"""Random histories of an exchange: nothing visible is lost, nothing hidden is served, nothing is served twice.

The moves and their checks are in ``feed_world.py``; here stand which histories are played, and how many. One example in twenty
finds a mistake in the rule of places, so forty mostly find it; the campaign is for mistakes that hide better.
"""

from __future__ import annotations

import itertools
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.domain.vocabulary import Harm
from app.storage import counter, feed, objects
from app.storage.feed import Entry, Filters, Window
from app.storage.session import Database
from app.storage.tables import metadata
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.feed_world import HARMS, KEYS, World

Move = tuple[object, ...]


def _move(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Move]:
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
histories = st.lists(moves, min_size=60, max_size=80)
# Each example empties or copies its own database, so sharing fixtures between examples is right.
few = settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=40)
campaign = settings(few, max_examples=5_000)


def play(world: World, history: list[Move]) -> None:
    """Play a history move by move, then let everything come to rest."""
    for name, *arguments in history:
        getattr(world, name)(*arguments)
        world.watch()
    world.settle()


@contextmanager
def _copy_of(template: Path, folder: Path) -> Iterator[Database]:
    """Give a fresh SQLite database that does not wait for the disk: these tests are about order, not about power cuts."""
    for leftover in folder.glob("history.db*"):
        leftover.unlink()
    database = Database(f"sqlite:///{shutil.copy(template, folder / 'history.db')}")
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _emptied(url: str) -> Iterator[Database]:
    """Give the database at ``url`` without any row."""
    database = Database(url)
    try:
        with database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        yield database
    finally:
        database.dispose()


@many
@given(history=histories)
def test_readers_get_what_they_may_see_exactly_once(sqlite_template: Path, tmp_path: Path, history: list[Move]) -> None:
    with _copy_of(sqlite_template, tmp_path) as database:
        play(World(database), history)


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be put together from as many steps as possible: a history is short, and so would be read in one."""
    monkeypatch.setattr(feed, "_FAR", 0)
    monkeypatch.setattr(feed, "_OF_EACH_CLASS", 1)


@few
@given(history=histories)
@pytest.mark.usefixtures("short_steps")
def test_readers_on_postgresql_get_what_they_may_see_exactly_once(postgres_url: str, history: list[Move]) -> None:
    with _emptied(postgres_url) as database:
        play(World(database), history)


@pytest.mark.campaign
@campaign
@given(history=histories)
def test_campaign_of_histories(sqlite_template: Path, tmp_path: Path, history: list[Move]) -> None:
    with _copy_of(sqlite_template, tmp_path) as database:
        play(World(database), history)


@pytest.mark.campaign
@pytest.mark.usefixtures("short_steps")
@settings(campaign, max_examples=300)
@given(history=histories)
def test_campaign_of_histories_on_postgresql(postgres_url: str, history: list[Move]) -> None:
    with _emptied(postgres_url) as database:
        play(World(database), history)


# --- writers at once ----------------------------------------------------------------------------------------------------------

_WRITERS = 3
_BATCHES = 8
_BATCH = 3


def test_followers_lose_nothing_while_several_write_at_once(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        class_id = samples.class_id_of(connection, order, Harm.CSAM)
        counter.save_order(connection, order)
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {class_id: 0})
    done = threading.Event()
    streams: list[list[Entry]] = [[], []]

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(_BATCHES):
            with exchange.write() as connection:
                order = counter.take_order_lock(connection)
                made = [samples.numbered(order, samples.checked(), class_id, NOW) for _ in range(_BATCH)]
                objects.add_versions(connection, made, samples.SUBMISSION, NOW)
                counter.save_order(connection, order)
                time.sleep(dice.random() / 200)  # numbers are given, the commit is still to come

    def follow(stream: list[Entry]) -> None:
        last_round = False
        while not last_round:
            last_round = done.is_set()
            page = [None]
            while page:
                with exchange.read() as connection:
                    after = stream[-1].position if stream else 0
                    page = feed.page(connection, viewpoint, Window(after, 4, NOW), Filters())
                stream += page

    followers = [threading.Thread(target=follow, args=(stream,)) for stream in streams]
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(_WRITERS)]
    for thread in followers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in followers:
        thread.join()
    for stream in streams:
        assert sorted(entry.version_id for entry in stream) == list(range(1, _WRITERS * _BATCHES * _BATCH + 1))
        assert all(earlier.added_at < later.added_at for earlier, later in itertools.pairwise(stream))
