"""Hash values: lengths and alphabets, with the sentence that says what is wrong."""

from __future__ import annotations

import base64

import pytest

from app.domain.errors import Code, ProfileError
from app.domain.observation import ObservableKind
from app.stix.normalise_hashes import HEX_DIGITS, hash_value


def refused(kind: ObservableKind, value: str) -> str:
    with pytest.raises(ProfileError) as caught:
        hash_value(kind, value)
    assert caught.value.code is Code.OBSERVABLE_INVALID
    assert caught.value.pointer == "/value"
    return caught.value.sentence


@pytest.mark.parametrize("kind", sorted(HEX_DIGITS))
def test_hexadecimal_digits_are_counted_and_small(kind: ObservableKind) -> None:
    digits = HEX_DIGITS[kind]
    assert hash_value(kind, " " + "AB" * (digits // 2)).value == "ab" * (digits // 2)
    for wrong in (digits - 1, digits + 1):
        sentence = refused(kind, "a" * wrong)
        assert sentence == f"A {kind} value has {digits} hexadecimal digits; this one has {wrong}."
    assert refused(kind, "g" * digits) == f"A {kind} value has {digits} hexadecimal digits (0-9, a-f) and nothing else."


@pytest.mark.parametrize(
    ("entered", "normal"),
    [
        ("AB" * 144, "ab" * 144),
        ("A1b2" * 48, "A1b2" * 48),
        (", ".join(["007"] * 144), ",".join(["7"] * 144)),
        (",".join(["0"] * 144), ",".join(["0"] * 144)),
    ],
)
def test_photodna_has_144_bytes_in_three_spellings(entered: str, normal: str) -> None:
    assert hash_value(ObservableKind.PHOTODNA, entered).value == normal


@pytest.mark.parametrize("entered", ["ab" * 143, "A" * 191, ",".join(["1"] * 143), ",".join(["256"] * 144), "1"])
def test_other_photodna_is_refused(entered: str) -> None:
    assert "144 bytes" in refused(ObservableKind.PHOTODNA, entered)


@pytest.mark.parametrize("kind", [ObservableKind.NETCLEAN, ObservableKind.SAFER, ObservableKind.VIDENTIFIER])
def test_values_of_others_have_an_alphabet_and_bounds(kind: ObservableKind) -> None:
    assert hash_value(kind, "AAECAwQFBgc=").value == "AAECAwQFBgc="
    assert "8 to 512" in refused(kind, "short")
    assert "8 to 512" in refused(kind, "two words here")


def test_what_begins_like_a_picture_is_no_hash() -> None:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24)).decode()
    assert refused(ObservableKind.NETCLEAN, picture) == "This begins like a file and not like a hash value."
