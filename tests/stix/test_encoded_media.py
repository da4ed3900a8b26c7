"""The deep look opens encodings one inside the other, tells formats by their first bytes, and does not work without end."""

from __future__ import annotations

import base64

import pytest

from app.stix.encoded_media import Effort, find_encoded, find_in_pieces
from app.stix.packed_text import FREE_TEXT, PATTERN
from tests.factories.runaway import no_runaway
from tests.stix.disguised_payloads import JPEG, cut


def test_encodings_inside_each_other_are_opened_four_times() -> None:
    text = JPEG[:60]
    for depth in range(1, 5):
        text = base64.b64encode(text)
        assert find_encoded(text.decode(), FREE_TEXT) is not None, depth


def test_a_pattern_may_name_the_first_bytes_of_a_format() -> None:
    assert find_encoded(f"[file:magic_number_hex = '{JPEG[:16].hex()}']", PATTERN) is None
    assert find_encoded(f"[x-a:b = '{base64.b64encode(JPEG).decode()}']", PATTERN) == "an encoded file"


def test_more_suspects_than_can_be_looked_at_are_refused() -> None:
    text = " ".join(f"Room-{number}" for number in range(5_000))
    assert find_encoded(text, FREE_TEXT, Effort(characters=10_000)) is not None
    assert find_encoded(text, FREE_TEXT, Effort(characters=200_000)) is None


def test_pieces_are_looked_at_together() -> None:
    pieces = cut(base64.b64encode(JPEG[:60]).decode(), 9)
    assert find_in_pieces(pieces, Effort()) == "an encoded file"
    assert find_in_pieces(["da", "ta:image/png;ba", "se64,AAAA"], Effort()) == "a data: URI"
    assert find_in_pieces(["live-stream", "video-call"] * 40, Effort()) is None


@pytest.mark.parametrize(
    "text",
    [
        *("A" * 65536, "aB1" * 21845, "ff " * 21845, "0x" * 32768, "\\x" * 32768, "%" * 65536, "http://" * 9362, "data:" * 13107),
        *(":" * 65536, "ab:" * 21845, "a b " * 16384, "Ab1 " * 16384, "a." * 32768, "data:" + "a" * 65000 + "/", "%d0" * 21845),
        *(
            "https://" + "a" * 65000,
            "+" * 65536,
            ("x" * 63 + " ") * 1024,
            ("deadbeef" * 8 + " ") * 1000,
            "= " * 32768,
            "\u0660" * 32768,
        ),
    ],
    ids=lambda text: text[:8].encode("unicode_escape").decode(),
)
def test_no_text_of_the_longest_length_takes_long(text: str) -> None:
    with no_runaway():
        find_encoded(text, FREE_TEXT)
