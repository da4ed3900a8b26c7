"""All hash values of an object together: how many there are, and whether they are pieces of one thing.

A hash value alone can be anything; the form of its place lets it pass. Here they are counted, before anything dearer is done, and
laid side by side. Kept by ``tests/stix/test_hash_places.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.domain.stix_object import JsonObject
from app.stix.hash_values import has_published_form, hash_bytes
from app.stix.media_signatures import begins_surely

_Path = tuple[str | int, ...]

TOO_MANY = (
    "more hash values than one object may hold, which nobody could tell from content cut to pieces (if they are some, divide it)"
)
_NAMES = ("hashes", "file_header_hashes")
_MOST_PLACES = 512
_MOST_CHARACTERS = 40_000  # of 256 sections with an MD5, a SHA-1 and a SHA-256 each
_MOST_LOOSE = 1_024  # characters in values whose form nobody published
_DEPTH = 4  # below an extension's name
_FEWEST_BYTES = 128  # together: fewer are nothing
_FEWEST_LETTERS = 40
_DIFFERENT_LETTERS = 8


def find_in_hashes(value: JsonObject) -> tuple[str, _Path] | None:
    """Give what the hash values of an object (unverified) seem to be together, in words for its author, and where; or None.

    Counted are those of the object, of its citations, of the parts of a file, and of observed objects. Whether each has its form
    is NOT judged here.
    """
    if "hashes" not in value and "external_references" not in value and "extensions" not in value and "objects" not in value:
        return None
    characters = loose = places = 0
    listed: list[bytes] = []
    first: _Path | None = None
    for path, hashes in _places(value):
        places += 1
        first = first or path
        for algorithm, digest in hashes.items():
            if type(digest) is not str:
                continue
            characters += len(digest)
            loose += 0 if has_published_form(algorithm, digest) else len(digest)
            listed.append(hash_bytes(digest))
        if places > _MOST_PLACES or characters > _MOST_CHARACTERS or loose > _MOST_LOOSE:
            return TOO_MANY, path
    found = _find_together(listed)
    return (found, first or ()) if found else None


def _find_together(listed: list[bytes]) -> str | None:
    if sum(map(len, listed)) >= _FEWEST_BYTES and any(
        begins_surely(raw[start:]) for raw in (b"".join(listed), *listed) for start in range(4)
    ):
        return "content cut to hash values"
    letters = b"".join(raw for raw in listed if raw.isascii() and raw.decode("ascii").isprintable())
    return "text cut to hash values" if len(letters) >= _FEWEST_LETTERS and len(set(letters)) >= _DIFFERENT_LETTERS else None


def _places(value: JsonObject, path: _Path = ()) -> Iterator[tuple[_Path, dict[str, Any]]]:
    yield from _of_parts(value.get("hashes"), (*path, "hashes"), 0, is_hashes=True)
    cited = value.get("external_references")
    if type(cited) is list:
        for position, each in enumerate(cited):
            if type(each) is dict and type(each.get("hashes")) is dict:
                yield (*path, "external_references", position, "hashes"), each["hashes"]
    extensions = value.get("extensions")
    if type(extensions) is dict:
        for name, member in extensions.items():
            if name.endswith("-ext"):
                yield from _of_parts(member, (*path, "extensions", name), _DEPTH)
    if value.get("type") == "observed-data" and type(value.get("objects")) is dict and not path:
        for key, held in value["objects"].items():
            if type(held) is dict:
                yield from _places(held, ("objects", key))


def _of_parts(holder: Any, path: _Path, depth: int, *, is_hashes: bool = False) -> Iterator[tuple[_Path, dict[str, Any]]]:
    if type(holder) is dict and is_hashes:
        yield path, holder
    elif type(holder) is dict and depth:
        for name, member in holder.items():
            if type(member) is dict or type(member) is list:
                yield from _of_parts(member, (*path, name), depth - 1, is_hashes=name in _NAMES)
    elif type(holder) is list and depth:
        for position, member in enumerate(holder):
            yield from _of_parts(member, (*path, position), depth)
