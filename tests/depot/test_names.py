from __future__ import annotations

import pytest

from app.depot.names import folder_segments, segments
from app.domain.errors import MalformedInputError


def test_a_name_is_words_between_slashes() -> None:
    assert segments("9f-1/00000001/00000001-delta-0001.ndjson.zst") == ("9f-1", "00000001", "00000001-delta-0001.ndjson.zst")


def test_a_prefix_is_a_folder_or_everything() -> None:
    assert folder_segments("") == ()
    assert folder_segments("a/b") == folder_segments("a/b/") == ("a", "b")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        ".a",
        "a/.0123.part",
        "A",
        "a b",
        "a\\b",
        "a\n",
        "a\0b",
        "é",
        "a" * 129,
        "/".join("abcdefghi"),
    ],
)
def test_what_could_lead_elsewhere_is_no_name(name: str) -> None:
    with pytest.raises(MalformedInputError):
        segments(name)
    if name not in {"", "a/"}:
        with pytest.raises(MalformedInputError):
            folder_segments(name)
