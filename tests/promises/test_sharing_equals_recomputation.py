"""What is posted to the exchange and into groups is read by whom plain sets say, and once by each, in every feed.

The worlds and their model are in ``sharing_world.py``; here stand how many are played, how small batches are, and on which
database.
"""

from __future__ import annotations

import pytest

from app.services.intake import narrow_later
from app.services.working import do_batches
from tests.factories.members import started_hub
from tests.promises.sharing_world import SharingWorld

STEPS = 30


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let back-filling and narrowing take as many batches as they can."""
    monkeypatch.setattr(do_batches, "BATCH", 2)
    monkeypatch.setattr(narrow_later, "_BATCH", 1)


def _play(url: str, seed: int) -> None:
    with started_hub(url) as hub:
        world = SharingWorld(hub, seed)
        for _ in range(2):
            for _ in range(STEPS):
                world.step()
            world.check()
        world.check_followers()


@pytest.mark.parametrize("seed", range(2))
def test_sharing_is_what_recomputation_says(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)


@pytest.mark.parametrize("seed", range(100, 101))
def test_sharing_is_what_recomputation_says_on_postgresql(postgres_url: str, seed: int) -> None:
    _play(postgres_url, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_sharing_is_what_recomputation_says_for_long(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)
