"""The hash values of an object are counted and laid side by side."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from app.stix.hash_places import TOO_MANY, find_in_hashes
from tests.factories.runaway import no_runaway
from tests.stix.disguised_payloads import JPEG, NOISE, b64, b64url, cut

PICTURE = JPEG + NOISE + NOISE
SPELLINGS = ("netclean", "NETCLEAN", "net-clean", "Net_Clean", "SAFER", "s-afer")


def digest(number: int, name: str = "sha256") -> str:
    return hashlib.new(name, bytes([number % 256, number // 256])).hexdigest()


def cited(values: list[dict[str, str]]) -> dict[str, Any]:
    return {"external_references": [{"source_name": "a", "hashes": hashes} for hashes in values]}


def parts(values: list[dict[str, str]]) -> dict[str, Any]:
    sections = [{"name": "a", "hashes": hashes} for hashes in values]
    return {"type": "file", "extensions": {"windows-pebinary-ext": {"pe_type": "exe", "sections": sections}}}


PIECES = [{"SHA-512": piece} for piece in cut(PICTURE[: len(PICTURE) // 64 * 64].hex(), 128)]


@pytest.mark.parametrize(
    "value",
    [
        cited(PIECES),
        parts(PIECES),
        cited([{"SHA-256": digest(1)}, *PIECES]),
        cited([{"SHA-512": piece} for piece in cut((b"abc" + PICTURE)[:1024].hex(), 128)]),
        {"type": "observed-data", "objects": {str(at): {"type": "file", "hashes": each} for at, each in enumerate(PIECES)}},
        {"type": "file", "hashes": {f"h{at}": each["SHA-512"] for at, each in enumerate(PIECES[:10])}},
        cited([{"SHA-256": piece} for piece in cut(b64(JPEG)[:256].encode().hex(), 64)]),
    ],
    ids=["citations", "sections", "after another", "shifted", "observed", "one object", "as text"],
)
def test_pieces_of_one_thing_are_found(value: dict[str, Any]) -> None:
    found = find_in_hashes(value)
    assert found is not None
    assert "cut to hash values" in found[0]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "file", "hashes": dict(zip(SPELLINGS, cut(b64url(PICTURE), 500), strict=False))},
        cited([{"SHA-256": digest(number)} for number in range(513)]),
        cited([{"SHA-512": digest(number, "sha512")} for number in range(320)]),
        parts([{"MD5": "wrong"}] * 9_000),
    ],
    ids=["loose ones", "places", "characters", "thousands"],
)
def test_there_are_bounds(value: dict[str, Any]) -> None:
    found = find_in_hashes(value)
    assert found is not None
    assert found[0] == TOO_MANY


@pytest.mark.parametrize(
    "value",
    [
        {"type": "note", "content": "a"},
        {"type": "file", "hashes": {"MD5": "a" * 32, "SHA-256": digest(1), "NETCLEAN": b64(NOISE[:300])}},
        {"type": "file", "hashes": "a", "external_references": {}, "extensions": [], "objects": 1},
        {"type": "file", "hashes": {"MD5": 1}},
        parts([{"MD5": digest(number, "md5"), "SHA-256": digest(number)} for number in range(250)]),
        cited([{"SHA-256": digest(number)} for number in range(500)]),
        cited([{"SHA-256": "5" * 64}] * 30),
        {"type": "file", "hashes": {"MD5": JPEG[:16].hex()}},
    ],
    ids=["none", "a file", "no forms", "no text", "many sections", "many citations", "one letter", "one digest"],
)
def test_hash_values_are_nothing_else(value: dict[str, Any]) -> None:
    assert find_in_hashes(value) is None


def test_a_deep_extension_takes_no_long_time() -> None:
    nested: Any = {"hashes": {}}
    for _ in range(25):
        nested = {"a": nested, "b": [nested, nested]}
    with no_runaway():
        find_in_hashes({"extensions": {"a-ext": nested}})
