"""Pointers name places and no values."""

from __future__ import annotations

import pytest

from app.stix.pointers import pointer


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], ""),
        (["objects", 12, "hashes", "SHA-256"], "/objects/12/hashes/SHA-256"),
        (["a" * 64], "/" + "a" * 64),
        (["objects", 0, "a" * 65, "b"], "/objects/0"),
        (["extensions", "somebody@example.org", "name"], "/extensions"),
        (["with space"], ""),
        (["line\nbreak"], ""),
        (["a/b"], ""),
        (["schön"], ""),
        ([""], ""),
        (["٣"], ""),
    ],
)
def test_a_pointer_ends_before_the_first_name_that_is_no_plain_name(path: list[str | int], expected: str) -> None:
    assert pointer(path) == expected
