"""The log's tree: its proofs up to a thousand leaves are the RFC's, larger ones by property, and nothing else is taken.

The suite takes every proof of the trees whose sizes decide something; the campaign takes every proof of every tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.errors import Code, UnprovenError
from breakwater_client.trust import merkle
from breakwater_client.trust.log_leaf import leaf_hash
from breakwater_client.trust.merkle import EMPTY_ROOT, Tree, TreeHead, subtree_hash, verify_consistency, verify_inclusion

MOST = 1_000
ENTRIES = [b"entry %d" % number for number in range(MOST)]

# ---- RFC 9162 §2.1, transcribed as it is written. D[start:stop] is given by its bounds, so that a hash is computed once.


@cache
def mth(start: int, stop: int) -> bytes:
    """MTH of §2.1.1."""
    n = stop - start
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + ENTRIES[start]).digest()
    k = largest_power_below(n)
    return hashlib.sha256(b"\x01" + mth(start, start + k) + mth(start + k, stop)).digest()


@cache
def path(m: int, start: int, stop: int) -> tuple[bytes, ...]:
    """PATH(m, D_n) of §2.1.3.1."""
    n = stop - start
    if n == 1:
        return ()
    k = largest_power_below(n)
    if m < k:
        return (*path(m, start, start + k), mth(start + k, stop))
    return (*path(m - k, start + k, stop), mth(start, start + k))


@cache
def subproof(m: int, start: int, stop: int, *, b: bool) -> tuple[bytes, ...]:
    """SUBPROOF(m, D_n, b) of §2.1.4.1."""
    n = stop - start
    if m == n:
        return () if b else (mth(start, stop),)
    k = largest_power_below(n)
    if m <= k:
        return (*subproof(m, start, start + k, b=b), mth(start + k, stop))
    return (*subproof(m - k, start + k, stop, b=False), mth(start, start + k))


@cache
def largest_power_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


# ---- Tiles of these thousand entries, and of trees of any size whose leaves are their own numbers.

LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def tiles_over(leaves: Sequence[bytes]) -> merkle.Tiles:
    """Give the tiles over some leaves, computed with the function under test: a wrong one gives wrong roots everywhere."""
    levels = [list(leaves)]
    while len(levels[-1]) >= merkle.TILE_WIDTH:
        below = levels[-1]
        whole = len(below) // merkle.TILE_WIDTH
        levels.append([subtree_hash(below[one * 256 : one * 256 + 256]) for one in range(whole)])
    return lambda level, number: levels[level][number * 256 : number * 256 + 256]


TILES = tiles_over(LEAVES)


def tree(size: int) -> Tree:
    return Tree(size, TILES)


def head(size: int) -> TreeHead:
    return TreeHead(size, mth(0, size))


def is_refused(check: Callable[[], object]) -> bool:
    try:
        check()
    except UnprovenError as refusal:
        return refusal.code is Code.PROOF_INVALID
    return False


def test_the_tree_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree(0, TILES).root() == EMPTY_ROOT == hashlib.sha256(b"").digest() == subtree_hash([])


@pytest.mark.parametrize(
    ("leaves", "root"),
    [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_are_those_that_certificate_transparency_publishes_for_its_test_leaves(leaves: int, root: str) -> None:
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashes = [leaf_hash(bytes.fromhex(entry)) for entry in entries]
    assert Tree(leaves, tiles_over(hashes)).root().hex() == root


def test_every_root_up_to_a_thousand_leaves_is_the_rfcs() -> None:
    assert [tree(size).head() for size in range(MOST + 1)] == [head(size) for size in range(MOST + 1)]
    assert all(subtree_hash(LEAVES[:size]) == mth(0, size) for size in range(MOST + 1))


# Small trees, those around powers of two and around tiles of 256, and some of no kind.
DECISIVE = sorted({*range(1, 36), *(2**n + d for n in range(6, 10) for d in (-1, 0, 1)), 300, 700, 767, 768, 769, 999, 1000})
SOME_OR_ALL = pytest.mark.parametrize(
    "sizes", [DECISIVE, pytest.param(range(1, MOST + 1), marks=pytest.mark.campaign)], ids=["decisive", "all"]
)


@SOME_OR_ALL
def test_every_inclusion_proof_up_to_a_thousand_leaves_is_the_rfcs_and_verifies(
    sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merkle, "node_hash", cache(merkle.node_hash))  # the same function, of which each pair is computed once
    for size in sizes:
        prover, expected = tree(size), head(size)
        for index in range(size):
            proof = prover.inclusion_path(index)
            assert tuple(proof) == path(index, 0, size)
            verify_inclusion(LEAVES[index], index, proof, expected)


@SOME_OR_ALL
def test_every_consistency_proof_up_to_a_thousand_leaves_is_the_rfcs_and_verifies(
    sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merkle, "node_hash", cache(merkle.node_hash))  # as above
    heads = [head(size) for size in range(MOST + 1)]
    for second in sizes:
        prover = tree(second)
        for first in range(1, second + 1):
            proof = prover.consistency_path(first)
            assert tuple(proof) == subproof(first, 0, second, b=True)
            verify_consistency(heads[first], heads[second], proof)


@pytest.mark.parametrize("size", [0, 1, 7, 256, 1000])
def test_every_tree_extends_the_empty_one_without_a_path(size: int) -> None:
    assert tree(size).consistency_path(0) == []
    assert verify_consistency(TreeHead(0, EMPTY_ROOT), head(size), []) == head(size)
    assert is_refused(lambda: verify_consistency(TreeHead(0, bytes(32)), head(size), []))
    assert is_refused(lambda: verify_consistency(TreeHead(0, EMPTY_ROOT), head(size), [bytes(32)]))


def test_a_tree_extends_itself_without_a_path_and_no_other_of_its_size() -> None:
    assert verify_consistency(head(9), head(9), []) == head(9)
    assert is_refused(lambda: verify_consistency(TreeHead(9, bytes(32)), head(9), []))
    assert is_refused(lambda: verify_consistency(head(9), head(9), [mth(0, 9)]))


# ---- Nothing but the proof itself is taken.

SIZES = (1, 2, 3, 5, 8, 13, 255, 256, 257, 700, 1000)


def spoiled(proof: Sequence[bytes]) -> list[list[bytes]]:
    """Give every proof that differs in one bit, lacks or repeats one element, has one more, or has two neighbours swapped."""
    found = []
    for place, one in enumerate(proof):
        for bit in range(256):
            other = bytearray(one)
            other[bit // 8] ^= 1 << bit % 8
            found.append([*proof[:place], bytes(other), *proof[place + 1 :]])
        found.append([*proof[:place], *proof[place + 1 :]])
        found.append([*proof[:place], one, one, *proof[place + 1 :]])
        found.append([*proof[:place], one[:-1], *proof[place + 1 :]])
        found.append([*proof[:place], one + b"\x00", *proof[place + 1 :]])
        if place:
            found.append([*proof[: place - 1], one, proof[place - 1], *proof[place + 1 :]])
    return [*found, [*proof, bytes(32)], [bytes(32), *proof], [*proof, *proof, bytes(32)]]


@pytest.mark.parametrize("size", SIZES)
def test_an_inclusion_proof_with_anything_changed_is_refused(size: int) -> None:
    for index in {0, size // 2, size - 1}:
        for proof in spoiled(path(index, 0, size)):
            assert is_refused(lambda given=proof, at=index: verify_inclusion(LEAVES[at], at, given, head(size)))


@pytest.mark.parametrize("size", SIZES)
def test_an_inclusion_proof_holds_for_its_leaf_place_and_tree_alone(size: int) -> None:
    index = size // 2
    proof = path(index, 0, size)
    assert is_refused(lambda: verify_inclusion(leaf_hash(b"another"), index, proof, head(size)))
    assert is_refused(lambda: verify_inclusion(LEAVES[index], index, proof, TreeHead(size, bytes(32))))
    assert is_refused(lambda: verify_inclusion(LEAVES[index], index, proof, TreeHead(size, mth(0, size)[:-1])))
    assert is_refused(lambda: verify_inclusion(LEAVES[index][:-1], index, proof, head(size)))
    for wrong in {-1, 0, index - 1, index + 1, size - 1, size} - {index}:
        assert is_refused(lambda at=wrong: verify_inclusion(LEAVES[index], at, proof, head(size)))


@pytest.mark.parametrize("first", SIZES)
def test_a_consistency_proof_with_anything_changed_is_refused(first: int) -> None:
    for second in {one for one in SIZES if one > first}:
        for proof in spoiled(subproof(first, 0, second, b=True)):
            assert is_refused(lambda given=proof, to=second: verify_consistency(head(first), head(to), given))


@pytest.mark.parametrize("first", SIZES[:-1])
def test_a_consistency_proof_holds_for_its_two_trees_alone(first: int) -> None:
    proof = subproof(first, 0, MOST, b=True)
    assert is_refused(lambda: verify_consistency(TreeHead(first, bytes(32)), head(MOST), proof))
    assert is_refused(lambda: verify_consistency(head(first), TreeHead(MOST, bytes(32)), proof))
    assert is_refused(lambda: verify_consistency(head(MOST), head(first), proof))
    assert is_refused(lambda: verify_consistency(head(first), head(MOST), []))
    assert is_refused(lambda: verify_consistency(TreeHead(-1, EMPTY_ROOT), head(first), ()))


def test_a_tree_without_one_leaf_of_an_earlier_one_has_no_proof_that_verifies() -> None:
    kept = [leaf for number, leaf in enumerate(LEAVES) if number != 41]
    shortened = Tree(500, tiles_over(kept))
    assert is_refused(lambda: verify_consistency(head(300), shortened.head(), shortened.consistency_path(300)))


def test_proofs_of_leaves_and_trees_that_are_not_there_are_refused() -> None:
    assert is_refused(lambda: tree(10).inclusion_path(10))
    assert is_refused(lambda: tree(10).inclusion_path(-1))
    assert is_refused(lambda: tree(10).consistency_path(11))
    assert is_refused(lambda: tree(10).consistency_path(-1))


def test_a_tile_that_lacks_hashes_is_noticed() -> None:
    assert is_refused(lambda: Tree(10, lambda level, number: TILES(level, number)[:9]).root())


# ---- Larger trees, computed tile by tile when asked for. Their leaves come round again after 251 tiles, a prime number of them.

_ROUND = 251


@cache
def large_leaves(number: int) -> Sequence[bytes]:
    return [leaf_hash(b"%d %d" % (number, place)) for place in range(256)]


@cache
def large_subtree(number: int) -> bytes:
    return subtree_hash(large_leaves(number))


@cache
def large_tiles(level: int, number: int) -> Sequence[bytes]:
    """Give a tile of a tree without end; a proof must not be led astray by what lies beyond its own tree."""
    if level == 0:
        return large_leaves(number % _ROUND)
    if level == 1:
        return [large_subtree((number * 256 + place) % _ROUND) for place in range(256)]
    return [subtree_hash(large_tiles(1, number * 256 + place)) for place in range(16)]  # of level 2: a million leaves


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    """Give two sizes up to a million, the first at most the second; often at the edges of tiles."""
    near = st.builds(lambda power, by: max(1, 2**power + by), st.integers(0, 19), st.integers(-1, 1))
    one, other = draw(near | st.integers(1, 1_000_000)), draw(near | st.integers(1, 1_000_000))
    return min(one, other), max(one, other)


@settings(max_examples=60, deadline=None)
@given(sizes(), st.data())
def test_a_leaf_of_a_large_tree_is_proved_from_few_tiles(pair: tuple[int, int], data: st.DataObject) -> None:
    size = pair[1]
    index = data.draw(st.integers(0, size - 1) | st.just(size - 1))
    prover = Tree(size, large_tiles)
    proof = prover.inclusion_path(index)
    assert len(proof) <= (size - 1).bit_length()
    assert prover.tiles_read <= 2 * 3  # at each of three levels the leaf's and the last
    leaf = large_tiles(0, index // 256)[index % 256]
    assert verify_inclusion(leaf, index, proof, prover.head()) == prover.head()
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        proof[place] = (int.from_bytes(proof[place]) ^ 1 << bit).to_bytes(32)
        assert is_refused(lambda: verify_inclusion(leaf, index, proof, prover.head()))


@settings(max_examples=60, deadline=None)
@given(sizes())
@example((256, 65_537))
@example((65_536, 1_000_000))
def test_a_large_tree_is_shown_to_extend_a_smaller_one_from_few_tiles(pair: tuple[int, int]) -> None:
    first, second = (Tree(size, large_tiles) for size in pair)
    proof = second.consistency_path(pair[0])
    assert second.tiles_read <= 2 * 3
    assert verify_consistency(first.head(), second.head(), proof) == second.head()
    for place in range(len(proof)):
        assert is_refused(lambda cut=place: verify_consistency(first.head(), second.head(), [*proof[:cut], *proof[cut + 1 :]]))
