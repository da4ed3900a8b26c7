"""Tiles of the log's tree, as mirrors ask for them (C2SP tlog-tiles).

Owns how a tile's level, number and width are spelled as a path, in one spelling each. Knows no hashes. Kept by
``tests/client/test_log_tile.py``. Source: https://c2sp.org/tlog-tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WIDTH = 256
"""So many hashes has a full tile."""

MAX_LEVEL = 7
"""A tree of 2^63 leaves has no higher one."""

_DIGITS = 1_000
_NUMBER = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class LogTile:
    """Hashes of subtrees of 256^level leaves, from number ``256 * number`` on; ``width`` of them, 256 if it is full."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path as C2SP spells it: ``0/x001/x234/067``, with ``.p/`` and the width behind a tile that is not full."""
        number, groups = self.number, [f"{self.number % _DIGITS:03d}"]
        while number := number // _DIGITS:
            groups.append(f"x{number % _DIGITS:03d}")
        rest = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{self.level}/{'/'.join(reversed(groups))}{rest}"

    @property
    def first_size(self) -> int:
        """The smallest tree that has this tile, or for one that is not full: that has it in this width."""
        return (self.number * WIDTH + self.width) << 8 * self.level

    @property
    def last_size(self) -> int | None:
        """The largest tree that has this tile; None for a full one, which no tree loses again."""
        return None if self.width == WIDTH else self.first_size + (1 << 8 * self.level) - 1


def read_path(path: str) -> LogTile | None:
    """Give the tile of a path (unverified text); None for what is no path, or not the one spelling of it."""
    level, _, rest = path.partition("/")
    read = _NUMBER.fullmatch(rest)
    if read is None or level not in map(str, range(MAX_LEVEL + 1)) or len(read[1]) > len("x000/") * 6:
        return None
    number = int(read[1].replace("x", "").replace("/", "") + read[2])
    tile = LogTile(int(level), number, int(read[3] or WIDTH))
    return tile if tile.path == path else None


def tiles_of(size: int) -> Iterator[LogTile]:
    """Give each tile of a tree of this size, level by level from the leaves up."""
    level = 0
    while size:
        for number in range(-(-size // WIDTH)):
            yield LogTile(level, number, min(WIDTH, size - number * WIDTH))
        level, size = level + 1, size // WIDTH


def edge_of(size: int) -> Iterator[LogTile]:
    """Give the tiles of a tree of this size that are not full, from the leaves up; at most one a level."""
    level = 0
    while size:
        if size % WIDTH:
            yield LogTile(level, size // WIDTH, size % WIDTH)
        level, size = level + 1, size // WIDTH


def whole_tiles_of(size: int) -> Iterator[LogTile]:
    """Give the full tiles of a tree of this size one by one, level by level from the top down."""
    for level in range(MAX_LEVEL, -1, -1):
        for number in range(size >> 8 * (level + 1)):
            yield LogTile(level, number)
