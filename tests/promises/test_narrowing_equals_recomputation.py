"""What an owner narrows is lost at once by everybody who may lose it, and nothing else is: against a recomputation by plain sets.

The worlds are in ``narrowing_world.py``; the model moves handlings along references at once and keeps no classes, veils or work.
Here stand how many are played, how small the batches are, and on which database.
"""

from __future__ import annotations

from collections import Counter

import pytest

from app.services.intake import narrow_later
from app.storage import narrowings
from tests.factories.members import started_hub
from tests.promises.narrowing_world import NarrowingWorld

STEPS = 40


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let narrowings take as many batches as they can."""
    monkeypatch.setattr(narrow_later, "_BATCH", 1)
    monkeypatch.setattr(narrow_later, "_STEPS", 1_000)
    monkeypatch.setattr(narrowings, "_FOUND_AT_ONCE", 2)
    monkeypatch.setattr(narrowings, "_EXPANDED_AT_ONCE", 2)


def _play(url: str, seed: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    with started_hub(url) as hub:
        world = NarrowingWorld(hub, seed)
        for _ in range(2):
            for _ in range(STEPS):
                world.step()
                seen["under way" if world.is_narrowing() else "at rest"] += 1
            world.check()
        world.check_followers()
    return seen


@pytest.mark.parametrize("seed", range(2))
def test_narrowing_is_what_recomputation_says(sqlite_url: str, seed: int) -> None:
    assert _play(sqlite_url, seed)["under way"] > STEPS / 5


@pytest.mark.parametrize("seed", range(100, 101))
def test_narrowing_is_what_recomputation_says_on_postgresql(postgres_url: str, seed: int) -> None:
    _play(postgres_url, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_narrowing_is_what_recomputation_says_for_long(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)


@pytest.mark.parametrize("seed", range(2000, 2001))
def test_nothing_is_shown_too_long_while_it_is_still_traced(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """One transaction follows one reference here, so that all else happens in between; what is shown is never too much.

    What refers to something that is to be hidden from its author, and is not traced yet, becomes too narrow: so nothing is
    said of what is lacking.
    """
    monkeypatch.setattr(narrow_later, "_STEPS", 1)
    with started_hub(sqlite_url) as hub:
        world = NarrowingWorld(hub, seed)
        for _ in range(STEPS):
            world.step()
        hub.work()
        assert not world.is_narrowing()
        for _ in range(10):
            world.check_closed()
