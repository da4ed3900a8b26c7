from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater_client.log_tile import LogTile, edge_of, read_path, tiles_of, whole_tiles_of

tiles = st.builds(LogTile, st.integers(0, 7), st.integers(0, 10**12), st.integers(1, 256))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (LogTile(0, 0), "0/000"),
        (LogTile(0, 5, 7), "0/005.p/7"),
        (LogTile(1, 999), "1/999"),
        (LogTile(2, 1_000), "2/x001/000"),
        (LogTile(0, 1_234_067), "0/x001/x234/067"),
        (LogTile(3, 1_234_067, 255), "3/x001/x234/067.p/255"),
    ],
)
def test_a_tile_has_the_path_of_c2sp(tile: LogTile, path: str) -> None:
    assert tile.path == path
    assert read_path(path) == tile


@given(tiles)
def test_every_tile_is_read_back(tile: LogTile) -> None:
    assert read_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/0000",
        "00/000",
        "8/000",
        "-1/000",
        "0/x000/000",
        "0/001/000",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p/1/",
        "0/000/",
        "0/../000",
        "0/\u0660\u0660\u0660",
        "entries/000",
        "0/" + "x001/" * 7 + "000",
    ],
)
def test_there_is_no_other_spelling(path: str) -> None:
    assert read_path(path) is None


@given(st.text(alphabet="0123456789x/.p", max_size=24))
def test_whatever_is_read_is_spelled_as_it_was(path: str) -> None:
    tile = read_path(path)
    assert tile is None or tile.path == path


def test_a_tree_is_made_of_these_tiles() -> None:
    assert list(tiles_of(0)) == []
    assert list(tiles_of(256)) == [LogTile(0, 0), LogTile(1, 0, 1)]
    assert list(tiles_of(600)) == [LogTile(0, 0), LogTile(0, 1), LogTile(0, 2, 88), LogTile(1, 0, 2)]
    assert [tile for tile in tiles_of(70_000) if tile.level] == [LogTile(1, 0), LogTile(1, 1, 17), LogTile(2, 0, 1)]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 65_536, 70_000])
def test_a_tile_says_which_trees_have_it(size: int) -> None:
    for tile in tiles_of(size):
        assert tile.first_size <= size
        assert tile.last_size is None or size <= tile.last_size
        assert tile in set(tiles_of(tile.first_size))
        assert tile not in set(tiles_of(tile.first_size - 1))
        if tile.last_size is not None:
            assert tile in set(tiles_of(tile.last_size))
            assert tile not in set(tiles_of(tile.last_size + 1))


@given(st.integers(0, 300_000))
def test_the_edge_and_the_whole_tiles_are_all_tiles(size: int) -> None:
    edge, whole = list(edge_of(size)), list(whole_tiles_of(size))
    assert sorted(edge + whole) == sorted(tiles_of(size))
    assert [one.level for one in whole] == sorted((one.level for one in whole), reverse=True)


def test_a_level_that_is_full_to_its_end_has_no_edge() -> None:
    assert list(edge_of(0)) == []
    assert list(edge_of(65_536)) == [LogTile(2, 0, 1)]
    assert list(edge_of(65_537)) == [LogTile(0, 256, 1), LogTile(2, 0, 1)]


def test_the_edge_of_the_largest_tree_is_found_at_once() -> None:
    assert [one.width for one in edge_of(2**63 - 1)] == [255] * 7 + [127]
