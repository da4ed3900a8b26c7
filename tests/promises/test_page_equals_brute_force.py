"""Every page is what a plain evaluation of every version says, for every partner, purpose, way and ceiling.

What staff are told of it (explain) is the same. The worlds and their model are in ``brute_force_world.py``; here stand how many
are played, and on which database.
"""

from __future__ import annotations

import pytest

from app.storage import feed
from tests.factories.members import started_hub
from tests.promises.brute_force_world import World

STEPS = 28


def _play(url: str, seed: int) -> None:
    with started_hub(url) as hub:
        world = World(hub, seed)
        for _ in range(2):
            for _ in range(STEPS):
                world.step()
            world.check()
        world.check_followers()
        world.check_explained()


@pytest.mark.parametrize("seed", range(3))
def test_pages_are_what_brute_force_says(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)


@pytest.mark.parametrize("seed", range(200, 201))
def test_pages_in_bulk_are_the_same(sqlite_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(feed, "_BULK", 1)  # as exports read
    _play(sqlite_url, seed)
    _play(postgres_url, seed)


@pytest.mark.parametrize("seed", range(100, 101))
def test_pages_are_what_brute_force_says_on_postgresql(postgres_url: str, seed: int) -> None:
    _play(postgres_url, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_pages_are_what_brute_force_says_for_long(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)
