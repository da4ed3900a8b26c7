"""One spelling per value, in both alphabets."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater_client.trust.strict_base64 import decode_base64, decode_base64url, encode_base64, encode_base64url

# RFC 4648 §10.
VECTORS = [(b"", ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foobar", "Zm9vYmFy"), (b"\xfb\xff\xfe", "+//+")]


@pytest.mark.parametrize(("content", "text"), VECTORS)
def test_the_vectors_of_rfc_4648_hold(content: bytes, text: str) -> None:
    assert encode_base64(content) == text
    assert decode_base64(text) == content
    url_text = text.rstrip("=").replace("+", "-").replace("/", "_")
    assert encode_base64url(content) == url_text
    assert decode_base64url(url_text) == content


@pytest.mark.parametrize(
    "text",
    [
        "Zg",
        "Zg=",
        "Zg===",
        "Zh==",
        "Zm9=",
        "Zg==\n",
        " Zg==",
        "Z g==",
        "Zm9v=",
        "Zm9vZg==Zm9v",
        "-__-",
        "Zgé=",
        "=",
        "Zg\x00=",
        "\ud800",
    ],
)
def test_other_spellings_are_nothing(text: str) -> None:
    assert decode_base64(text) is None


@pytest.mark.parametrize("text", [None, 7, b"Zg==", ["Zg=="], {"Zg==": 1}, True])
def test_what_is_not_text_is_nothing(text: object) -> None:
    assert decode_base64(text) is None


@pytest.mark.parametrize("text", ["Zg==", "Zh", "Z", "+//+", "Zg\n", "Z g", "Zm9v!", "Zgé", "é", "\ud800"])
def test_other_spellings_for_addresses_are_nothing(text: str) -> None:
    assert decode_base64url(text) is None


@given(st.text(string.ascii_letters + string.digits + "+/=-_ \n", max_size=12))
def test_any_text_that_decodes_is_the_one_spelling_of_its_bytes(text: str) -> None:
    standard, for_addresses = decode_base64(text), decode_base64url(text)
    assert standard is None or encode_base64(standard) == text
    assert for_addresses is None or encode_base64url(for_addresses) == text
