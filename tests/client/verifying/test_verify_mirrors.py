"""Mirrors: every tile of every size, each step both ways, and what a whole tree shows of earlier checkpoints."""

from __future__ import annotations

import pytest

from breakwater_client.log_tile import tiles_of
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_checkpoints import LogKeys
from breakwater_client.verifying.verify_mirrors import MIRROR_STEPS, verify_mirror
from tests.factories.small_logs import EXCHANGE, SmallLog

LOG = SmallLog().fill(600)
KEYS = LogKeys([ExchangeKey(LOG.key.public)], EXCHANGE)


def mirror_of(log: SmallLog, size: int) -> dict[str, bytes]:
    """The files of a mirror."""
    tree = log.tree(size)
    files = {f"tile/{one.path}": b"".join(tree.tiles(one.level, one.number)[: one.width]) for one in tiles_of(size)}
    return files | {"checkpoint": log.checkpoint(size).encode()}


def step_of(files: dict[str, bytes]) -> int:
    with pytest.raises(FailedStepError) as caught:
        verify_mirror(files.get, KEYS)
    return caught.value.number


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 600])
def test_a_whole_mirror_tells_of_every_tree_before(size: int) -> None:
    mirror = verify_mirror(mirror_of(LOG, size).get, KEYS)
    assert mirror.checkpoint.head.size == size
    for before in {0, size // 3, size // 2, size}:
        assert mirror.root_at(before) == LOG.tree(before).root()


def test_each_step_fails_by_its_number() -> None:
    good = mirror_of(LOG, 600)
    assert step_of(good | {"checkpoint": SmallLog().fill(3).checkpoint().encode()}) == 1
    assert step_of({name: content for name, content in good.items() if name != "checkpoint"}) == 1
    for name in good.keys() - {"checkpoint"}:
        assert step_of({other: content for other, content in good.items() if other != name}) == 2
        assert step_of(good | {name: good[name][:-1]}) == 2
    assert step_of(good | {"tile/0/000": good["tile/0/001"]}) == 3
    last = good["tile/0/002.p/88"]
    assert step_of(good | {"tile/0/002.p/88": last[32:] + last[:32]}) == 4
    assert [step.number for step in MIRROR_STEPS] == [1, 2, 3, 4]
