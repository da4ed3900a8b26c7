from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest

from app.domain.errors import BreakwaterError, Code, UnprovenError
from breakwater_client.log_tile import read_path
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, sign_checkpoint
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.merkle import EMPTY_ROOT, Tree, subtree_hash
from breakwater_client.verifying.keep_mirror import Mirrored, update_mirror
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_checkpoints import LogKeys
from tests.factories.policy_values import NOW
from tests.factories.runaway import no_runaway

KEY = PrivateKey.generate()
KEYS = LogKeys([ExchangeKey(KEY.public)])
ORIGIN = log_origin("7c5b4c0e-0000-4000-8000-000000000001")


@dataclass
class Log:
    """A log at a size; leaves from ``forked_at`` on are others. Serves checkpoint and tiles, and counts what is asked."""

    size: int
    forked_at: int = 10**9
    origin: str = ORIGIN
    key: PrivateKey = KEY
    spoil: Callable[[str, bytes], bytes] = lambda _, content: content
    asked: list[str] = field(default_factory=list)

    def hashes(self, level: int, number: int) -> list[bytes]:
        return subtrees(level, number, self.forked_at)

    def fetch(self, path: str) -> bytes:
        self.asked.append(path)
        if path == "checkpoint":
            root = Tree(self.size, self.hashes).root() if self.size else EMPTY_ROOT
            return self.spoil(path, sign_checkpoint(Checkpoint(self.origin, self.size, root), self.key, NOW).encode())
        tile = read_path(path.removeprefix("tile/"))
        assert tile is not None
        assert tile.first_size <= self.size
        return self.spoil(path, b"".join(self.hashes(tile.level, tile.number)[: tile.width]))


@cache
def subtrees(level: int, number: int, forked_at: int) -> list[bytes]:
    places = range(number * 256, number * 256 + 256)
    if level == 0:
        return [hashlib.sha256(b"%d %d" % (one, one >= forked_at)).digest() for one in places]
    return [subtree_hash(subtrees(level - 1, one, forked_at)) for one in places] if level == 1 else []


class Shelf:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def has(self, path: str) -> bool:
        return path in self.files

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = content

    def remove(self, path: str) -> None:
        self.files.pop(path, None)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def update(shelf: Shelf, log: Log) -> Mirrored:
    return update_mirror(shelf, log.fetch, KEYS)


def refusal_of(shelf: Shelf, log: Log) -> Code:
    before = dict(shelf.files)
    with pytest.raises(BreakwaterError) as refusal:
        update(shelf, log)
    evidence = {path for path in shelf.files if path.startswith("evidence/")}
    assert {path: content for path, content in shelf.files.items() if path not in evidence - set(before)} == before, "it stays"
    if refusal.value.code in {Code.LOG_FORKED, Code.LOG_ROLLED_BACK}:
        folder = re.findall("evidence/[0-9]+-[0-9a-f]{16}", refusal.value.sentence)[0]
        assert shelf.files[f"{folder}/checkpoint"] == log.fetch("checkpoint"), "what was shown is kept"
    else:
        assert not evidence - set(before)
    return refusal.value.code


def test_a_mirror_holds_what_the_checkpoint_signs(shelf: Shelf) -> None:
    log = Log(600)
    held = update(shelf, log)
    assert (held.checkpoint.head.size, held.earlier_size, held.fetched) == (600, 0, 4)
    assert set(shelf.files) == {
        "checkpoint",
        "checkpoints/600",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
    }
    assert shelf.files["tile/0/001"] == b"".join(log.hashes(0, 1))


def test_only_what_is_new_is_fetched(shelf: Shelf) -> None:
    update(shelf, Log(600))
    log = Log(1_100)
    held = update(shelf, log)
    assert log.asked == ["checkpoint", "tile/0/004.p/76", "tile/1/000.p/4", "tile/0/002", "tile/0/003"]
    assert (held.earlier_size, held.fetched) == (600, 4)
    assert "tile/0/002.p/88" not in shelf.files
    assert "checkpoints/600" in shelf.files
    again = Log(1_100)
    update(shelf, again)
    assert again.asked[0] == "checkpoint"
    assert not any(path == "tile/0/002" for path in again.asked)


@pytest.mark.parametrize("sizes", [(0, 1), (1, 256), (256, 257), (255, 512), (1, 3, 256, 300, 1_024)])
def test_logs_of_all_shapes_are_mirrored(shelf: Shelf, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        assert update(shelf, Log(size)).checkpoint.head.size == size


def test_what_a_kill_left_is_not_fetched_again(shelf: Shelf) -> None:
    log = Log(1_100)

    def dying(path: str) -> bytes:
        if path == "tile/0/003":
            raise KeyboardInterrupt
        return log.fetch(path)

    with pytest.raises(KeyboardInterrupt):
        update_mirror(shelf, dying, KEYS)
    assert "checkpoint" not in shelf.files
    log.asked.clear()
    update(shelf, log)
    assert {"tile/0/000", "tile/0/001", "tile/0/002"}.isdisjoint(log.asked)


def test_what_somebody_spoiled_in_the_folder_of_an_unfinished_run_is_fetched_again(shelf: Shelf) -> None:
    shelf.files["tile/0/001"] = bytes(256 * 32)
    update(shelf, Log(600))
    assert shelf.files["tile/0/001"] == b"".join(Log(600).hashes(0, 1))


def test_a_log_that_shrank_is_refused(shelf: Shelf) -> None:
    update(shelf, Log(600))
    assert refusal_of(shelf, Log(599)) is Code.LOG_ROLLED_BACK


@pytest.mark.parametrize("size", [600, 601, 1_100])
@pytest.mark.parametrize("forked_at", [3, 300, 599])
def test_another_log_is_refused(shelf: Shelf, size: int, forked_at: int) -> None:
    update(shelf, Log(600))
    assert refusal_of(shelf, Log(size, forked_at=forked_at)) is Code.LOG_FORKED
    assert update(shelf, Log(1_200)).checkpoint.head.size == 1_200, "what a forked log left does not stand in the way"


def test_the_log_of_another_exchange_is_refused(shelf: Shelf) -> None:
    update(shelf, Log(600))
    assert refusal_of(shelf, Log(700, origin=log_origin("another"))) is Code.LOG_FORKED


def test_a_checkpoint_of_another_key_is_refused(shelf: Shelf) -> None:
    assert refusal_of(shelf, Log(600, key=PrivateKey.generate())) is Code.KEY_NOT_ACCEPTED


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_a_tile_with_one_bit_changed_or_of_another_length_is_refused(shelf: Shelf, path: str) -> None:
    for spoiled in (lambda one: bytes([one[0] ^ 1]) + one[1:], lambda one: one[:-1], lambda one: one + bytes(32), lambda _: b""):
        log = Log(600, spoil=lambda asked, content, how=spoiled: how(content) if asked == path else content)  # type: ignore[misc]  # mypy knows no defaults
        assert refusal_of(shelf, log) is Code.PROOF_INVALID


def test_a_tile_that_was_taken_from_the_mirror_is_fetched_again(shelf: Shelf) -> None:
    update(shelf, Log(600))
    del shelf.files["tile/0/001"]
    log = Log(700)
    update(shelf, log)
    assert log.asked[-1] == "tile/0/001"
    assert shelf.files["tile/0/001"] == b"".join(log.hashes(0, 1))


def test_evidence_of_a_fork_has_the_tiles_that_show_it_and_is_never_written_over(shelf: Shelf) -> None:
    update(shelf, Log(600))
    log = Log(1_100, forked_at=3)
    refusal_of(shelf, log)
    [folder] = {path.split("/")[1] for path in shelf.files if path.startswith("evidence/")}
    assert {f"evidence/{folder}/tile/0/002", f"evidence/{folder}/tile/1/000.p/4"} <= set(shelf.files)
    kept = dict(shelf.files)
    refusal_of(shelf, log)
    assert shelf.files == kept


@dataclass
class Endless:
    """A log of any size whose leaves are all alike: whoever has the key can sign it, and give each of its tiles."""

    size: int
    asked: list[str] = field(default_factory=list)

    def fetch(self, path: str) -> bytes:
        self.asked.append(path)
        if path == "checkpoint":
            return sign_checkpoint(Checkpoint(ORIGIN, self.size, Tree(self.size, alike).root()), KEY).encode()
        tile = read_path(path.removeprefix("tile/"))
        assert tile is not None
        return b"".join(alike(tile.level, tile.number)[: tile.width])


@cache
def alike(level: int, _number: int) -> list[bytes]:
    return [bytes(32) if level == 0 else subtree_hash(alike(level - 1, 0))] * 256


@pytest.mark.parametrize("size", [2**63 - 1, 2**62, 2**40 + 7])
def test_a_size_that_no_log_has_is_refused_after_a_few_tiles(shelf: Shelf, size: int) -> None:
    log = Endless(size)
    with no_runaway(), pytest.raises(UnprovenError, match="at most 268435456"):
        update_mirror(shelf, log.fetch, KEYS)
    assert len(log.asked) <= 9
    assert not shelf.files


def test_a_size_that_no_log_has_does_not_hide_a_fork(shelf: Shelf) -> None:
    update(shelf, Log(600))
    with no_runaway(), pytest.raises(UnprovenError) as refusal:
        update_mirror(shelf, Endless(2**63 - 1).fetch, KEYS)
    assert refusal.value.code is Code.LOG_FORKED


def test_how_much_is_taken_at_once_can_be_said(shelf: Shelf) -> None:
    with pytest.raises(UnprovenError, match="grew by 600 leaves"):
        update_mirror(shelf, Log(600).fetch, KEYS, 599)
    assert update_mirror(shelf, Log(600).fetch, KEYS, 600).checkpoint.head.size == 600
