"""Hash values have the form of their algorithm, which stands once; and what does not, has not."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from app.stix.hash_values import algorithm_name, are_hashes, begins_media, has_published_form, hash_bytes, is_perceptual
from app.stix.typed_places import without_typed
from tests.stix.disguised_payloads import JPEG, NOISE, b64, b64url

SHA256 = hashlib.sha256(b"a").hexdigest()
NUMBERS = ",".join(map(str, NOISE[:144]))


@pytest.mark.parametrize(
    "hashes",
    [
        {"MD5": "a" * 32, "SHA-1": "b" * 40, "SHA-256": SHA256, "SHA-512": "c" * 128, "sha3_256": SHA256},
        {"SSDEEP": "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO"},
        {"TLSH": "T1" + "6BF12B1A5F7D3C4E9A0B" * 3 + "1234567890"},
        {"PDQ": SHA256, "vpdq": f"{SHA256},97,0;{SHA256},88,1000"},
        {"PHOTODNA": b64(NOISE[:144])},
        {"PhotoDNA": NOISE[:144].hex()},
        {"PHOTODNA": NUMBERS},
        {"NETCLEAN": b64(NOISE[:40]), "videntifier": "ab" * 60, "SAFER": b64url(NOISE[:300])},
        {},
    ],
)
def test_hash_values_have_the_form_of_their_algorithm(hashes: dict[str, str]) -> None:
    assert are_hashes(hashes)
    assert without_typed({"type": "file", "hashes": hashes})["hashes"] == {}


@pytest.mark.parametrize(
    "hashes",
    [
        {"MD5": "a" * 33},
        {"SHA-256": "g" * 64},
        {"SHA-256": SHA256[:-2] + "\u0661\u0661"},
        {"MINE": SHA256},
        {"PHOTODNA": b64(JPEG[:144])},
        {"PHOTODNA": ",".join(map(str, JPEG[:144]))},
        {"NETCLEAN": JPEG.hex()},
        {"MD5": 1},
        {"x" * 100: "a" * 32},
        {"NETCLEAN": b64(NOISE[:40]), "net-clean": b64(NOISE[40:80])},
        {"SHA-256": SHA256, "sha_256": SHA256},
        {"SHA-256": SHA256, "SHA\u200b256": SHA256},
        {"VPDQ": f"{JPEG[:32].hex()},97,0;{SHA256},88,1000"},
        {f"h{number}": SHA256 for number in range(21)},
        "a" * 32,
        None,
    ],
)
def test_other_values_have_not(hashes: Any) -> None:
    assert not are_hashes(hashes)


@pytest.mark.parametrize(
    "spelling", ["netclean", "NETCLEAN", "net-clean", "Net_Clean", "net clean", "net\u200bclean", "\uff4eetclean"]
)
def test_an_algorithm_has_one_name(spelling: str) -> None:
    assert algorithm_name(spelling) == "NETCLEAN"


@pytest.mark.parametrize("text", [b64(NOISE[:144]), NUMBERS, SHA256, "96:abc:def"])
def test_perceptual_and_fuzzy_values_are_known_by_form(text: str) -> None:
    assert is_perceptual(text)


@pytest.mark.parametrize(
    ("text", "raw"),
    [(NOISE[:32].hex(), NOISE[:32]), (b64(NOISE[:33]), NOISE[:33]), (NUMBERS, NOISE[:144]), ("é", b"")],
)
def test_a_hash_value_says_bytes(text: str, raw: bytes) -> None:
    assert hash_bytes(text) == raw


@pytest.mark.parametrize("text", [JPEG[:32].hex(), JPEG[:32].hex(":"), b64(JPEG[:30]), ",".join(map(str, JPEG[:32]))])
def test_what_begins_like_a_picture_is_told(text: str) -> None:
    assert begins_media(text)


def test_a_published_form_is_that_of_a_digest_or_of_the_algorithm() -> None:
    assert has_published_form("mine", SHA256)
    assert has_published_form("PhotoDNA", b64(NOISE[:144]))
    assert not has_published_form("netclean", b64(NOISE[:144]))
    assert not has_published_form("PhotoDNA", b64(NOISE[:99]))
