"""Which signals of python-threatexchange an object of the exchange holds.

Reads objects (verified by nobody here: they come over TLS from the exchange) and never raises for what it cannot read: that gives
no signal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

PDQ, VPDQ, MD5, SHA256, URL = "pdq", "vpdq", "video_md5", "video_sha256", "url"
"""Names of signal types, as tx knows them."""

Signal = tuple[str, str]
"""Name of the signal type, and the signal as a text."""

_HASHES = {"MD5": MD5, "SHA-256": SHA256}
_PERCEPTUAL = {"pdq": PDQ, "vpdq": VPDQ}
_TEXT = r"'((?:[^'\\]|\\['\\])*)'"
_FILE = re.compile(rf"file:hashes\.(?:'(MD5|SHA-256)'|(MD5))\s*=\s*{_TEXT}")
_URL = re.compile(rf"url:value\s*=\s*{_TEXT}")
_HASH = re.compile(rf"perceptual-hash:algorithm\s*=\s*'(\w+)'\s+AND\s+perceptual-hash:value\s*=\s*{_TEXT}")


def signals_of(value: Mapping[str, Any]) -> list[Signal]:
    """Give the signals of an object, in no order and each once."""
    readers = {"indicator": _of_pattern, "file": _of_file, "url": _of_url, "perceptual-hash": _of_perceptual_hash}
    reader = readers.get(str(value.get("type")))
    return [] if reader is None else list(dict.fromkeys(reader(value)))


def _of_file(value: Mapping[str, Any]) -> Iterator[Signal]:
    hashes = value.get("hashes")
    for name, signal_type in _HASHES.items():
        if isinstance(hashes, Mapping) and isinstance(hashes.get(name), str):
            yield signal_type, hashes[name].lower()


def _of_url(value: Mapping[str, Any]) -> Iterator[Signal]:
    if isinstance(value.get("value"), str):
        yield URL, value["value"]


def _of_perceptual_hash(value: Mapping[str, Any]) -> Iterator[Signal]:
    signal_type = _PERCEPTUAL.get(str(value.get("algorithm")))
    if signal_type is not None and isinstance(value.get("value"), str):
        yield signal_type, value["value"]


def _of_pattern(value: Mapping[str, Any]) -> Iterator[Signal]:
    """Read a pattern that is one observation of comparisons joined by OR; of any other, nothing."""
    pattern = str(value.get("pattern", "")).strip()
    if value.get("pattern_type") != "stix" or not (pattern.startswith("[") and pattern.endswith("]")):
        return
    found = [_of_comparison(part.strip()) for part in re.split(r"\s+OR\s+", pattern[1:-1])]
    if all(one is not None for one in found):
        yield from (one for one in found if one is not None)


def _of_comparison(part: str) -> Signal | None:
    """Give the signal of one comparison; None for any that this does not read."""
    if part.startswith("(") and part.endswith(")"):
        part = part[1:-1].strip()
    if found := _URL.fullmatch(part):
        return URL, _unescaped(found[1])
    if found := _FILE.fullmatch(part):
        return _HASHES[found[1] or found[2]], _unescaped(found[3]).lower()
    if (found := _HASH.fullmatch(part)) and found[1] in _PERCEPTUAL:
        return _PERCEPTUAL[found[1]], _unescaped(found[2])
    return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(['\\])", r"\1", text)
