"""What the pass over leaves computes is the tree that everybody verifies; what it finds is in ``test_check_log``."""

from __future__ import annotations

import hashlib

import pytest

from app.services.checking.check_leaves import Grown
from breakwater_client.trust.merkle import Tree, subtree_hash


def leaf(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 700])
def test_a_grown_tree_has_the_root_of_its_leaves(size: int) -> None:
    grown = Grown()
    leaves = [leaf(number) for number in range(size)]
    for one in leaves:
        grown.add(one)
    assert grown.root() == subtree_hash(leaves)
    assert (
        grown.root()
        == Tree(size, lambda level, number: leaves[number * 256 : number * 256 + 256] if not level else whole(leaves)).root()
    )


def whole(leaves: list[bytes]) -> list[bytes]:
    return [subtree_hash(leaves[first : first + 256]) for first in range(0, len(leaves) - 255, 256)]


def test_whole_subtrees_are_given_as_they_are_completed() -> None:
    grown = Grown()
    given = [one for number in range(65_536) for one in grown.add(leaf(number))]
    assert [one[:2] for one in given] == [*((1, number) for number in range(256)), (2, 0)]
    assert given[-1][2] == subtree_hash([one[2] for one in given[:-1]])
