"""Containers cut into their objects, as a parser would find them."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError
from breakwater_client.documents.cut_container import Container, find_container, objects_of

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ['"', "\\", '\\"', "]}", "{[", ",", ":", "é", "\u2028"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9, allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(["type", "id", "more", 'x"y', "next"])


@given(
    members=st.lists(st.tuples(_NAMES, _TEXTS.filter(lambda text: "\0" not in text)), max_size=3, unique_by=lambda pair: pair[0]),
    objects=st.lists(_VALUES, max_size=5),
    place=st.integers(0, 3),
    style=st.sampled_from([(None, True), (None, False), (0, False), (2, True), ("\t", False)]),
)
def test_a_container_is_cut_where_a_parser_would(
    members: list[tuple[str, Any]], objects: list[Any], place: int, style: tuple[int | str | None, bool]
) -> None:
    pairs = dict([*members[:place], ("objects", objects), *members[place:]])
    indent, is_ascii = style
    content = (" \n" + json.dumps(pairs, indent=indent, ensure_ascii=is_ascii) + "\r\n").encode()
    container = find_container(content)
    assert container
    assert container.members == dict(members)
    assert container.count == len(objects)
    assert [json.loads(text) for text in objects_of(content, container)] == objects


def test_a_container_without_a_list_has_no_objects() -> None:
    content = b'{"type": "bundle"}'
    container = find_container(content)
    assert container
    assert container == Container({"type": "bundle"}, None, 0)
    assert list(objects_of(content, container)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "[]", "5", "{", '{"objects"', '{"objects":', '{"objects":}', '{"objects": 5}', '{"objects": {}}'),
        *('{"objects": [', '{"objects": [{}', '{"objects": [{},', '{"objects": [{}]', '{"objects": [{}],', '{"objects": [{},]}'),
        *('{"objects": [{}],}', '{"objects": [{}]} x', '{"objects": [{}] "a": 1}', '{"objects": [{} {}]}', '{"objects": [,{}]}'),
        *('{"objects": [{}], "objects": []}', '{"a": 1, "a": 1}', "{1: 2}", '{"objects": ["no end]}', '{"objects": [{"no end]}'),
        *('{"objects" [1]}', '{"objects": [}]}', '{"objects": [:]}', '{"a\n": 1}', '{"objects": [1}'),
    ],
)
def test_what_is_no_container_is_refused(text: str) -> None:
    assert find_container(text.encode()) is None


def test_members_beside_the_objects_are_read_strictly() -> None:
    with pytest.raises(MalformedInputError):
        find_container(b'{"id": NaN, "objects": []}')


def test_a_hundred_thousand_levels_are_no_recursion() -> None:
    content = b'{"objects": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}"
    container = find_container(content)
    assert container
    assert container.count == 1


def test_cutting_needs_memory_for_one_object_and_not_for_all() -> None:
    one = json.dumps({"id": "x", "name": 'a "name"', "text": "y" * 10_000}).encode()
    content = b'{"objects": [' + b",".join([one] * 2_000) + b"]}"
    tracemalloc.start()
    try:
        container = find_container(content)
        assert container
        assert sum(1 for _ in objects_of(content, container)) == 2_000
        assert tracemalloc.get_traced_memory()[1] < 10 * len(one)
    finally:
        tracemalloc.stop()
