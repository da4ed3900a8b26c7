"""What fits the form of its place is taken out; what does not stays to be looked at."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from app.stix.packed_text import ADDRESS, FREE_TEXT, HASH, PATTERN, Measures
from app.stix.typed_places import measures, without_typed
from breakwater_client.extensions import SIGNATURE
from tests.stix.disguised_payloads import JPEG, NOISE, b64, b64url

SHA256 = hashlib.sha256(b"a").hexdigest()
NUMBERS = ",".join(map(str, NOISE[:144]))


@pytest.mark.parametrize(
    ("kind", "name", "member"),
    [
        ("blinded-identifier", "token", b64url(NOISE[:32])),
        ("payment-handle", "token", SHA256),
        ("perceptual-hash", "value", SHA256),
        ("perceptual-hash", "value", b64(NOISE[:144])),
        ("perceptual-hash", "value", NUMBERS),
        ("perceptual-hash", "frames", [{"value": SHA256, "quality": 90, "at_milliseconds": 1000}] * 1000),
        ("file", "magic_number_hex", "ffd8ffe000104a46"),
        ("x509-certificate", "serial_number", "36:f7:d4:32:f4:ab:70:ea:d3:ce:98:6e:ea:99:93:49:32:0a:b7:06"),
        ("x509-certificate", "subject_public_key_modulus", NOISE[:256].hex(":")),
    ],
)
def test_a_typed_place_takes_its_form(kind: str, name: str, member: Any) -> None:
    assert not without_typed({"type": kind, name: member})[name]
    kept = {"type": "note", name: member}
    assert without_typed(kept) == kept


@pytest.mark.parametrize(
    ("kind", "name", "member"),
    [
        ("blinded-identifier", "token", b64url(JPEG[:32])),
        ("blinded-identifier", "token", b64url(NOISE[:64])),
        ("perceptual-hash", "value", ",".join(map(str, JPEG[:144]))),
        ("perceptual-hash", "frames", [{"value": SHA256, "note": "x"}]),
        ("perceptual-hash", "frames", [{"value": SHA256, "quality": "x" * 100}]),
        ("perceptual-hash", "frames", [{"value": JPEG[:32].hex()}]),
        ("perceptual-hash", "frames", [{"value": SHA256}] * 1001),
        ("file", "magic_number_hex", JPEG.hex()),
        ("x509-certificate", "subject_public_key_modulus", JPEG.hex()),
        ("x509-certificate", "serial_number", "CN=a"),
    ],
)
def test_what_does_not_fit_stays(kind: str, name: str, member: Any) -> None:
    assert without_typed({"type": kind, name: member})[name] == member


def test_our_signature_has_its_form_and_its_place() -> None:
    entry = {"keyid": SHA256, "sig": b64(NOISE[:64]), "signer": "identity--a", "signed_at": "x"}
    [kept] = without_typed({"extensions": {SIGNATURE: {"signatures": [entry]}}})["extensions"][SIGNATURE]["signatures"]
    assert set(kept) == {"signer", "signed_at"}
    for odd in ({"signatures": [entry, entry]}, {"signatures": [{"sig": b64(JPEG)}]}, {"signatures": "x"}, "x"):
        value = {"extensions": {SIGNATURE: odd}}
        assert without_typed(value) == value


def test_hashes_of_parts_and_of_citations_and_of_observed_objects_have_it_too() -> None:
    parts = {
        "windows-pebinary-ext": {
            "sections": [{"name": "a", "hashes": {"SHA-256": SHA256}}],
            "file_header_hashes": {"MD5": "a" * 32},
        }
    }
    value = {
        "type": "observed-data",
        "external_references": [{"source_name": "a", "hashes": {"SHA-256": SHA256}}, {"source_name": "b"}],
        "objects": {"0": {"type": "file", "extensions": parts, "hashes": {"MD5": "a" * 32}}, "1": 1},
    }
    assert SHA256 not in str(without_typed(value))
    assert "a" * 32 not in str(without_typed(value))


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ({"type": "note"}, ("content",), FREE_TEXT),
        ({"type": "indicator"}, ("pattern",), PATTERN),
        ({"type": "note"}, ("pattern",), FREE_TEXT),
        ({"type": "url"}, ("value",), ADDRESS),
        ({"type": "process"}, ("command_line",), ADDRESS),
        ({"type": "file"}, ("hashes", "X"), HASH),
        ({"type": "file"}, ("external_references", 0, "hashes", "X"), HASH),
        ({"type": "file"}, ("x_own", "hashes", "X"), FREE_TEXT),
        ({"type": 1}, ("name",), FREE_TEXT),
        ({}, (), FREE_TEXT),
    ],
)
def test_each_place_has_its_measures(value: dict[str, Any], path: tuple[str | int, ...], expected: Measures) -> None:
    assert measures(value, path) == expected


@pytest.mark.parametrize("kind", [["url"], {"url": 1}, None, 7, True])
def test_what_is_no_type_has_no_typed_places(kind: Any) -> None:
    value = {"type": kind, "value": "https://rooms.example.org/1"}
    assert without_typed(value) == value
