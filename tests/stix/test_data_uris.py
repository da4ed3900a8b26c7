"""``data:`` URIs are known broken up and in capitals; words and lists that have the word are not."""

from __future__ import annotations

import pytest

from app.stix.data_uris import holds_data_uri


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,AAAA",
        "see DATA:IMAGE/GIF;BASE64,AAAA there",
        "data:,%41%42",
        "data:;base64,AAAA",
        "data:text/html,%3Cp%3E",
        "url(data:image/png;base64,AAAA)",
        "data%3Aimage%2Fpng%3Bbase64%2CAAAA",
        "data: image/png ;base64,AAAA",
        "da\nta:ima\r\nge/png;ba\tse64,AAAA",
        "d a t a : image/png",
        '"da" + "ta:image/png;base64,AAAA"',
    ],
)
def test_it_is_one(text: str) -> None:
    assert holds_data_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Collected data: five accounts; metadata:none; data:2026-01-02, update:data",
        "The formats of data: image/png, image/jpeg, text/plain.",
        "metadata:image/png;x",
        "a data path: /data/image/png",
        "base64, they say, is no data",
        "the base64, data: and more",
    ],
)
def test_it_is_none(text: str) -> None:
    assert not holds_data_uri(text)
