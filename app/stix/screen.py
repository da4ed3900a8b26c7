"""The screen against material: nothing that carries pictures, videos or other encoded content enters the exchange.

Owns where to look and how closely. A quick pass over the whole object marks suspects with translations that cost nanoseconds a
byte; only then a slow pass finds the place and lets ``encoded_media`` decide. Says where and what kind, never what it says. It is
a first screen: it finds encodings, not descriptions. Kept by ``tests/stix/test_screen.py``, a table of what passes and what does
not.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any, NoReturn

from app.domain.errors import ForbiddenContentError
from app.domain.extensions import SIGNATURE
from app.domain.stix_object import JsonObject
from app.stix.encoded_media import (
    FREE_TEXT,
    HASH,
    PATTERN,
    Measures,
    find_bytes,
    find_encoded,
    find_interrupted,
    find_wrapped,
    is_media,
)
from app.stix.identifiers import named_type
from app.stix.person_data import check_person_data
from app.stix.pointers import pointer

_SHORTEST = FREE_TEXT.signature  # characters: below it no encoding holds even the beginning of a picture
_LONG = 120
_WINDOW = 480
_MOST_IN_PIECES = 256  # characters in neighbouring short texts
_BYTES_LISTED = 32
_BYTE_VALUES = frozenset(range(256))  # whole floats are in it, too
_MOST_BYTES_LISTED = 256
_MOST_HASHES = 20
_NUMBERS_OR_LISTS = (int, float, list)  # which ordinary objects do not list
_LONGEST_PIECE = 160  # characters; longer texts are judged alone


def _marks(alphabet: str) -> bytes:
    """Give the table that translates the bytes of ``alphabet`` to ``a``, the hyphen to itself and all others to spaces."""
    return bytes(ord("a" if chr(byte) in alphabet else "-" if chr(byte) == "-" else " ") for byte in range(256))


_WORDS = _marks(string.ascii_letters + string.digits)  # without + / - _, so that paths, slugs and STIX ids are no runs
_ENCODING = _marks(string.ascii_letters + string.digits + "+/-_")
_HEXADECIMAL = _marks(string.hexdigits)
_BETWEEN_BYTES = b" \t\r\n,.:;\\x%"
_BETWEEN_PIECES = b" \t\r\n,."
_NO_CAPITALS_OR_DIGITS = bytes(set(range(256)) - set((string.ascii_uppercase + string.digits).encode()))
_RUN = b"a" * _SHORTEST
_LONG_RUN = b"a" * 64  # longer than any STIX id
_PATTERN_RUN = b"a" * PATTERN.signature
_HYPHENATED_BYTES = b"-".join([b"aa"] * 8)

_DIGEST = re.compile(r"[0-9A-Fa-f]{32,128}", re.ASCII)
_FORMS = {name: re.compile(form, re.ASCII) for name, form in {"sig": "[A-Za-z0-9+/]{86}==", "keyid": "[0-9a-f]{64}"}.items()}
_TIMES = frozenset({"created", "modified", "valid_from", "valid_until", "first_seen", "last_seen", "published", "signed_at"})
_LONGEST_TIME = 30

_Path = tuple[str | int, ...]


def screen(value: JsonObject) -> None:
    """Refuse an object (strictly parsed JSON, unverified) that seems to carry material or any encoded content.

    Refused anywhere in it: artifact objects, ``payload_bin``, ``data:`` URIs; encoded images, videos and archives by their first
    bytes; long base64, base32 and hexadecimal content, also in pieces or as lists of bytes. Hash values, our signature and STIX
    ids pass. What the texts mean is NOT checked, nor pictures that are only linked.

    Raises:
        ForbiddenContentError: with a pointer relative to the object; its code is ``content-forbidden``, or that of
            ``check_person_data``, which comes last.
    """
    short_texts: list[str] = []
    rest = _without_typed(value)
    pattern = rest.get("pattern")
    if type(pattern) is str:
        free = {name: member for name, member in rest.items() if name != "pattern"}
        is_suspect = _is_suspect_pattern(pattern) or _has_suspect(free, short_texts)
    else:
        is_suspect = _has_suspect(rest, short_texts)
    if is_suspect or _is_suspect("\x7f".join(short_texts)):  # which is in no alphabet of an encoding and between no bytes
        _screen_object(rest, ())
    check_person_data(value)


def _without_typed(value: JsonObject) -> JsonObject:
    """Give the object without what has the form that its place prescribes: hash values (STIX 2.1 §2.5, §6.7, §6.18), signature.

    Names and list positions of all the rest stay, so that pointers do.
    """
    changed: dict[str, Any] = {}
    if _may_have_hashes(value) and _are_digests(value.get("hashes")):
        changed["hashes"] = {}
    cited = value.get("external_references")
    if type(cited) is list and any(type(each) is dict and "hashes" in each for each in cited):
        changed["external_references"] = [_without_digests(each) for each in cited]
    extensions = value.get("extensions")
    if type(extensions) is dict and type(extensions.get(SIGNATURE)) is dict:
        signature = extensions[SIGNATURE]
        entries = signature.get("signatures")
        if type(entries) is list and len(entries) == 1:  # as its schema has it
            changed["extensions"] = {**extensions, SIGNATURE: {**signature, "signatures": [_without_forms(entries[0])]}}
    return {**value, **changed} if changed else value


def _may_have_hashes(value: JsonObject) -> bool:
    return value.get("type") in (None, "file", "x509-certificate")


def _without_digests(cited: Any) -> Any:
    return {**cited, "hashes": {}} if type(cited) is dict and _are_digests(cited.get("hashes")) else cited


def _without_forms(entry: Any) -> Any:
    if type(entry) is not dict:
        return entry
    return {
        name: member
        for name, member in entry.items()
        if not (name in _FORMS and type(member) is str and _FORMS[name].fullmatch(member))
    }


def _has_suspect(value: JsonObject, short_texts: list[str]) -> bool:
    """Whether the slow pass is due; collects the short texts, which are judged together."""
    if "payload_bin" in value or value.get("type") == "artifact" or len(value) >= _BYTES_LISTED:
        return True
    for name, member in value.items():
        if len(name) >= _SHORTEST or not name.islower():
            short_texts.append(name)
        kind = type(member)
        if kind is str:
            if (name not in _TIMES or len(member) > _LONGEST_TIME) and _is_suspect_text(member, short_texts):
                return True
        elif kind is dict:
            if _has_suspect(member, short_texts):
                return True
        elif kind is list and _has_suspect_member(member, short_texts):
            return True
    return False


def _has_suspect_member(members: list[Any], short_texts: list[str]) -> bool:
    if members and type(members[0]) in _NUMBERS_OR_LISTS:
        return True
    for member in members:
        kind = type(member)
        if kind is str:
            suspect = _is_suspect_text(member, short_texts)
        elif kind is dict:
            suspect = _has_suspect(member, short_texts)
        else:
            suspect = kind is list and _has_suspect_member(member, short_texts)
        if suspect:
            return True
    return False


def _is_suspect_text(text: str, short_texts: list[str]) -> bool:
    """Whether one text is suspect alone; a short one is collected instead, and a STIX id passes."""
    if len(text) >= _LONG:
        return _is_suspect(text)
    if not ("--" in text and named_type(text)):
        short_texts.append(text)
    return False


def _are_digests(hashes: Any) -> bool:
    if type(hashes) is not dict or len(hashes) > _MOST_HASHES:
        return False
    return all(type(digest) is str and _DIGEST.fullmatch(digest) for digest in hashes.values())


def _is_suspect(text: str) -> bool:
    """Whether a text deserves the deep look: a long run, bytes in a row, a data: URI, or many capitals and digits."""
    raw = text.encode("utf-8", "replace")
    if _RUN in raw.translate(_WORDS) or _LONG_RUN in raw.translate(_ENCODING) or _names_data(raw):
        return True
    hexadecimal = raw.translate(_HEXADECIMAL, _BETWEEN_BYTES)
    if _RUN in hexadecimal or _HYPHENATED_BYTES in hexadecimal:
        return True
    if b"9j/4" in raw or b"9j_4" in raw:  # JPEG in base64, whose beginning is no run; that of other formats is
        return True
    return len(raw) >= _LONG and any(_is_dense(raw[at : at + _WINDOW]) for at in range(0, len(raw), _WINDOW))


def _is_dense(raw: bytes) -> bool:
    telling = len(raw.translate(None, _NO_CAPITALS_OR_DIGITS))
    return 6 * telling > len(raw) and 3 * telling > len(raw.translate(None, _BETWEEN_PIECES))


def _is_suspect_pattern(pattern: str) -> bool:
    """Whether a pattern deserves the deep look: hash constants and the first bytes of formats belong there."""
    raw = pattern.encode("utf-8", "replace")
    if _PATTERN_RUN in raw.translate(_ENCODING) or _PATTERN_RUN in raw.translate(_HEXADECIMAL, _BETWEEN_BYTES):
        return True
    return b"payload_bin" in raw or _names_data(raw)


def _names_data(raw: bytes) -> bool:
    return (b":" in raw or b"%" in raw) and (b"data:" in (small := raw.lower()) or b"data%3a" in small)


def _refuse(carried: str, path: _Path) -> NoReturn:
    sentence = f"This seems to carry {carried}. The exchange takes indicators, never material: give a hash or a case number."
    raise ForbiddenContentError(sentence, pointer=pointer(path))


def _screen_object(value: JsonObject, path: _Path) -> None:
    """Look closely at every text of an object, in order."""
    if value.get("type") == "artifact":
        _refuse("an artifact", path)
    if "payload_bin" in value:
        _refuse("an artifact's payload", (*path, "payload_bin"))
    for name, member in value.items():
        _screen_text(name, path, FREE_TEXT)
        _screen_member(member, (*path, name))
    short = {name: member for name, member in value.items() if type(member) is str and len(member) < _LONGEST_PIECE}
    _screen_pieces([text for name, text in short.items() if not _is_judged_alone(text, (*path, name), len(value))], path)
    _screen_pieces(list(value), path)
    if path == ():
        for name, member in value.items():
            _screen_scattered_numbers(member, (name,))
        _screen_scattered_numbers(list(value.values()), path)


def _screen_list(members: list[Any], path: _Path) -> None:
    for position, member in enumerate(members):
        _screen_member(member, (*path, position))
    _screen_pieces([member for member in members if type(member) is str and not named_type(member)], path)
    if len(members) >= _BYTES_LISTED:
        _screen_numbers(members, path)


def _screen_member(member: Any, path: _Path) -> None:
    if type(member) is str:
        if not _is_typed(member, path):
            _screen_text(member, path, _measures(path))
    elif type(member) is dict:
        _screen_object(member, path)
    elif type(member) is list:
        _screen_list(member, path)


def _is_typed(text: str, path: _Path) -> bool:
    """Whether a text has the form that its property prescribes, and so carries nothing else."""
    name = next(step for step in reversed(path) if isinstance(step, str))
    return (name in ("id", "signer") or name.endswith(("_ref", "_refs"))) and named_type(text) is not None


def _is_judged_alone(text: str, path: _Path, neighbours: int) -> bool:
    return path == ("pattern",) or (_is_hash_place(path) and neighbours <= _MOST_HASHES) or named_type(text) is not None


def _is_hash_place(path: _Path) -> bool:
    """Whether a value stands where the specification has hashes."""
    return path[:-1] == ("hashes",) or (len(path) == 4 and path[0] == "external_references" and path[2] == "hashes")  # noqa: PLR2004  # its steps


def _measures(path: _Path) -> Measures:
    if _is_hash_place(path):
        return HASH
    return PATTERN if path == ("pattern",) else FREE_TEXT


def _screen_text(text: str, path: _Path, measures: Measures) -> None:
    if len(text) < _SHORTEST:
        return
    found = find_encoded(text, measures)
    if found:
        _refuse(found, path)
    if measures is PATTERN and "payload_bin" in text:
        _refuse("an artifact's payload", path)


def _screen_pieces(texts: list[str], path: _Path) -> None:
    """Look at neighbouring short texts as one: content may be cut to pieces that are too short to be looked at alone."""
    if sum(map(len, texts)) >= _MOST_IN_PIECES:
        together = " ".join(texts)
        found = find_wrapped(together.split()) or find_interrupted(together)
        if found:
            _refuse(found, path)


def _screen_numbers(members: list[Any], path: _Path) -> None:
    """Look at a list of numbers as bytes."""
    if all(type(member) is int and 0 <= member <= 255 for member in members):  # noqa: PLR2004  # a byte
        if is_media(bytes(members[:_BYTES_LISTED])):
            _refuse("encoded media", path)
        if len(members) > _MOST_BYTES_LISTED:
            _refuse("a list of bytes", path)


def _screen_scattered_numbers(holder: Any, path: _Path) -> None:
    """Look at the numbers anywhere in a member, in order, as bytes."""
    numbers = list(_numbers(holder))
    if len(numbers) < _BYTES_LISTED:
        return
    listed = [int(number) for number in numbers if number in _BYTE_VALUES]
    found = find_bytes(listed)
    if found and 10 * len(listed) >= 9 * len(numbers):
        _refuse(found, path)


def _numbers(holder: Any) -> Iterator[int | float]:
    if type(holder) is int or type(holder) is float:
        yield holder
    elif type(holder) is dict or type(holder) is list:
        for member in holder.values() if type(holder) is dict else holder:
            yield from _numbers(member)
