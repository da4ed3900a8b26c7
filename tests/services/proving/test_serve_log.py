from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.record import Recorded, record_in_log
from app.services.proving.serve_log import checkpoint_note, consistency_proof, number, tile_bytes
from app.storage.counter import save_order, take_order_lock
from breakwater_client.log_tile import LogTile, read_path, tiles_of
from breakwater_client.trust.checkpoint import read_checkpoint
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.merkle import Tree, TreeHead, verify_consistency
from breakwater_client.trust.strict_base64 import decode_base64
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW


def grow(hub: Hub, count: int) -> int:
    """Log so many statements. Gives the size of the checkpoint that is made then."""
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        for _ in range(count):
            record_in_log(connection, order, Recorded(LeafKind.APPROVAL, "a", {"nothing": None}), NOW)
        save_order(connection, order)
    return checkpoint_now(hub.exchange, hub.operator).tree_size


def head(hub: Hub, member: Member, size: int | None = None) -> TreeHead:
    told = read_checkpoint(checkpoint_note(hub.exchange, member.principal, size))
    return TreeHead(told.size, told.root)


@pytest.fixture
def member(hub: Hub) -> Member:
    return hub.enrol("Partner")


def test_the_newest_checkpoint_and_each_earlier_one_are_given(hub: Hub, member: Member) -> None:
    sizes = [grow(hub, count) for count in (3, 4)]
    assert head(hub, member).size == sizes[-1]
    assert [head(hub, member, size).size for size in sizes] == sizes
    for size in (sizes[0] + 1, 10**15):
        with pytest.raises(NotFoundError):
            checkpoint_note(hub.exchange, member.principal, size)


def test_before_the_first_checkpoint_there_is_nothing(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Partner")
    with pytest.raises(NotFoundError):
        checkpoint_note(quick_hub.exchange, member.principal)
    with pytest.raises(NotFoundError):
        tile_bytes(quick_hub.exchange, member.principal, "0/000.p/1")


def test_every_checkpoint_is_proved_to_extend_every_earlier_one(hub: Hub, member: Member) -> None:
    sizes = [grow(hub, count) for count in (1, 254, 2, 300)]
    for second in sizes:
        for first in [0, *(one for one in sizes if one <= second)]:
            proof = consistency_proof(hub.exchange, member.principal, first, second)
            path = [decode_base64(one) for one in proof["path"]]
            before = head(hub, member, first) if first else Tree(0, lambda *_: []).head()
            verify_consistency(before, head(hub, member, second), [one for one in path if one is not None])
            assert read_checkpoint(proof["checkpoint"]).size == proof["second"] == second
    assert consistency_proof(hub.exchange, member.principal, sizes[0])["second"] == sizes[-1]


def test_only_sizes_of_checkpoints_have_proofs(hub: Hub, member: Member) -> None:
    first, second = grow(hub, 3), grow(hub, 3)
    for asked in ((first + 1, second), (first, second - 1), (first, second + 1)):
        with pytest.raises(NotFoundError):
            consistency_proof(hub.exchange, member.principal, *asked)
    with pytest.raises(MalformedInputError):
        consistency_proof(hub.exchange, member.principal, second, first)


def test_the_tiles_of_a_checkpoint_give_its_root(hub: Hub, member: Member) -> None:
    for count in (3, 300, 400):
        size = grow(hub, count)
        tiles = {}
        for tile in tiles_of(size):
            content = tile_bytes(hub.exchange, member.principal, tile.path)
            assert len(content) == 32 * tile.width
            tiles[tile.level, tile.number] = [content[at : at + 32] for at in range(0, len(content), 32)]
        rebuilt = Tree(size, lambda level, number, have=tiles: have[level, number])  # type: ignore[misc]  # mypy knows no defaults
        assert rebuilt.head() == head(hub, member)


def test_no_spelling_of_a_tile_makes_anything_but_a_tile_or_nothing(hub: Hub, member: Member) -> None:
    given = set(tiles_of(grow(hub, 300)))
    made_up = Random(7)  # numbers for a test
    numbers = {made_up.randrange(10**digits) for digits in range(1, 22)} | {0, 10**21 - 1}
    for level in range(8):
        edge = 2**63 >> 8 * (level + 1)  # the first number that is none of a tree that any log can have, or one beside it
        for number_of_tile in {*numbers, *(max(edge + by, 0) for by in (-1, 0, 1))}:
            for width in (1, 127, 255, 256):
                tile = LogTile(level, number_of_tile, width)
                assert read_path(tile.path) == tile
                if tile in given:
                    continue
                with pytest.raises(NotFoundError):
                    tile_bytes(hub.exchange, member.principal, tile.path)


def test_a_tile_that_no_checkpoint_has_is_not_there(hub: Hub, member: Member) -> None:
    sizes = [grow(hub, count) for count in (3, 300)]
    with hub.exchange.database.write() as connection:  # logged, and in no checkpoint yet
        order = take_order_lock(connection)
        for _ in range(300):
            record_in_log(connection, order, Recorded(LeafKind.APPROVAL, "a", {"nothing": None}), NOW)
        save_order(connection, order)
    given = {tile for size in sizes for tile in tiles_of(size)}
    # Each width that is given, and those next to it: to ask for all 256 takes half a minute.
    widths = {width for tile in given for width in (tile.width - 1, tile.width, tile.width + 1)} & set(range(1, 257))
    asked = {LogTile(level, number, width) for level in (0, 1) for number in (0, 1, 2) for width in widths | {1, 100, 256}}
    assert given <= asked
    for tile in asked:
        if tile in given:
            assert tile_bytes(hub.exchange, member.principal, tile.path)
        else:
            with pytest.raises(NotFoundError):
                tile_bytes(hub.exchange, member.principal, tile.path)
    with pytest.raises(NotFoundError):
        tile_bytes(hub.exchange, member.principal, "0/0")


def test_what_cannot_read_the_log_gets_nothing_of_it(hub: Hub, member: Member) -> None:
    grow(hub, 3)
    without = member.principal_with(scopes=frozenset())
    for ask in (
        lambda: checkpoint_note(hub.exchange, without),
        lambda: consistency_proof(hub.exchange, without, 0),
        lambda: tile_bytes(hub.exchange, without, "0/000.p/4"),
    ):
        with pytest.raises(ForbiddenError):
            ask()


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "1.0", "1e3", "\u0661", "9" * 19])
def test_there_is_one_spelling_of_a_number(text: str) -> None:
    with pytest.raises(NotFoundError):
        number(text)


def test_numbers_are_read() -> None:
    assert [number(text) for text in ("0", "7", "9" * 18)] == [0, 7, int("9" * 18)]
    assert all(first < second for first, second in pairwise(map(number, ("0", "10", "100"))))
