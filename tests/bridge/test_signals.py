"""Which signals are read from objects, and that what cannot be read gives none."""

from __future__ import annotations

from typing import Any

import pytest

from breakwater_threatexchange import signals

SHA256 = "ab" * 32


def of_pattern(pattern: str) -> Any:
    return signals.signals_of({"type": "indicator", "pattern_type": "stix", "pattern": pattern})


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[url:value = 'https://a.example.org/']", [("url", "https://a.example.org/")]),
        (r"[url:value = 'https://a.example.org/\'']", [("url", "https://a.example.org/'")]),
        ("[file:hashes.MD5 = 'AB'  OR  file:hashes.'MD5' = 'cd']", [("video_md5", "ab"), ("video_md5", "cd")]),
        (f"[file:hashes.'SHA-256' = '{SHA256}']", [("video_sha256", SHA256)]),
        ("[perceptual-hash:algorithm = 'pdq' AND perceptual-hash:value = 'ff']", [("pdq", "ff")]),
        (
            "[(perceptual-hash:algorithm = 'pdq' AND perceptual-hash:value = 'ff') OR url:value = 'b']",
            [("pdq", "ff"), ("url", "b")],
        ),
        ("[perceptual-hash:algorithm = 'photodna' AND perceptual-hash:value = 'ff']", []),
        ("[url:value = 'a' AND url:value = 'b']", []),
        ("[url:value = 'a'] FOLLOWEDBY [url:value = 'b']", []),
        ("[url:value LIKE 'a%']", []),
        ("[url:value = 'a' OR domain-name:value = 'b']", []),
        ("url:value = 'a'", []),
        ("", []),
    ],
)
def test_patterns(pattern: str, found: list[tuple[str, str]]) -> None:
    assert of_pattern(pattern) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"type": "url", "value": "https://a.example.org/"}, [("url", "https://a.example.org/")]),
        ({"type": "file", "hashes": {"MD5": "AB", "SHA-1": "cd"}}, [("video_md5", "ab")]),
        ({"type": "file", "hashes": 7}, []),
        ({"type": "file"}, []),
        ({"type": "perceptual-hash", "algorithm": "pdq", "value": "ff"}, [("pdq", "ff")]),
        ({"type": "perceptual-hash", "algorithm": "vpdq", "frames": []}, []),
        ({"type": "url"}, []),
        ({"type": "note"}, []),
        ({}, []),
        ({"type": "indicator", "pattern_type": "sigma", "pattern": "[url:value = 'a']"}, []),
    ],
)
def test_objects(value: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert signals.signals_of(value) == found
