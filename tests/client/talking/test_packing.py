"""Objects packed into envelopes: what a file of them becomes is kept by ``tests/cli/test_envelopes.py``."""

from __future__ import annotations

import json

import pytest

from breakwater_client.talking import packing
from breakwater_client.talking.packing import MOST_OBJECTS, pack, why_too_large


def test_objects_fill_one_envelope_after_the_other_and_keep_their_origins() -> None:
    parts = list(pack((number, b'{"id":%d}' % number) for number in range(MOST_OBJECTS + 1)))
    assert [len(one.origins) for one in parts] == [MOST_OBJECTS, 1]
    assert json.loads(parts[1].body) == {"objects": [{"id": MOST_OBJECTS}]}
    assert [one.is_empty for one in parts] == [False, False]


def test_what_is_not_sent_keeps_its_place_and_is_in_no_body() -> None:
    [part] = pack([("a", b"{}"), ("b", None), ("c", b"[]")])
    assert (json.loads(part.body), part.origins) == ({"objects": [{}, []]}, ("a", "b", "c"))
    [nothing] = pack([("a", None)])
    assert nothing.is_empty


def test_the_key_is_of_the_content() -> None:
    [one], [same], [other] = (list(pack([("a", content)])) for content in (b"{}", b"{}", b"[]"))
    assert one.idempotency_key == same.idempotency_key != other.idempotency_key


def test_what_no_envelope_carries_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_too_large(b"{}") is None
    monkeypatch.setattr(packing, "MOST_BYTES", 20)
    assert why_too_large(b'{"a":"bcdefghijkl"}') is not None
    monkeypatch.undo()
    monkeypatch.setattr(packing, "MOST_VALUES", 2)
    assert why_too_large(b"[1,2,3]") is not None
