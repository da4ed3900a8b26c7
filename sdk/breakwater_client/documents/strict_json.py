"""Strict JSON: from the bytes of a request to values that mean the same to every reader, or a refusal that names the place.

Owns the limits on JSON itself and the shape of a submitted envelope. Parses with the C scanner of the standard library under
our own hooks; the beginning of a text that it refuses is read again by ``json_faults``, which knows the place.
Does not look at STIX. Kept by ``tests/client/documents/test_strict_json.py``, which also proves the fast reading and the slow
one equal.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NoReturn

from breakwater_client.documents.json_faults import first_fault
from breakwater_client.documents.json_limits import (
    MAX_BODY_BYTES,
    MAX_DEPTH,
    MAX_NUMBER,
    MAX_NUMBER_LENGTH,
    MAX_STRING_BYTES,
    MAX_VALUES,
)
from breakwater_client.documents.pointers import pointer
from breakwater_client.errors import Code, MalformedInputError, TooLargeError

MAX_OBJECT_BYTES = 1024 * 1024
"""Most bytes that one object's canonical content may have; whoever makes the content checks it."""

MAX_OBJECTS = 5_000
"""Most objects in one envelope."""

_SURELY_SHORT = MAX_STRING_BYTES // 4  # a character has four bytes at most
_SURELY_FEW_BYTES = 4 * 1024 * 1024  # a body below this cannot hold values enough to fill the memory
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])", re.ASCII)
_ESCAPES = re.compile(  # group 1: NUL or half a surrogate pair; text with other escapes than JSON's never gets here
    r"\\(?:[^u]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u(?:0000|[dD][89a-fA-F]))|u)",
    re.ASCII,
)
_OF_BUNDLE = frozenset({"type", "id", "objects"})
_OF_ENVELOPE = frozenset({"more", "next", "objects"})
_BUNDLE_ID = re.compile(r"bundle--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


class _RefusedError(Exception):
    """The scanner met what JSON allows and we do not; the slow reading says where."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def parse(raw: bytes) -> Any:
    """Give the JSON value of ``raw`` (unverified bytes), built of JSON's own types with exactly one reading.

    UTF-8 without a byte order mark; every name once in its object; numbers within ±(2^53-1), written with at most 64
    characters; text and names of at most 64 KiB each, without NUL and lone surrogates; at most 32 containers deep; a body of at
    most 16 MiB and 1.5 million values. What the value says is NOT checked.

    Raises:
        TooLargeError: the body has too many bytes or values.
        MalformedInputError: anything else; its pointer names the place in the body as far as names may be told, and is None if
            the place is far into a long body.
    """
    if len(raw) > MAX_BODY_BYTES:
        raise TooLargeError(f"The body has more than {MAX_BODY_BYTES} bytes; send it in parts.")
    _refuse_many_values(raw)
    text = _decoded(raw)
    value = _scanned(text)
    code = value if type(value) is Code else _passed_limit(value)
    if code is None and _has_forbidden_escape(text):
        code = Code.JSON_STRING_FORBIDDEN
    if code is not None:
        _refuse(text, code)
    return value


def parse_envelope(raw: bytes, *, may_be_empty: bool = False) -> list[tuple[str, Any]]:
    """Give the members of a submitted envelope's objects (unverified bytes) in its order, each with its pointer ``/objects/N``.

    An envelope is a STIX 2.1 bundle (§8; the ``id`` may be left out) or TAXII's ``{"objects": […]}`` (TAXII 2.1 §3.7): 1 to
    5,000 objects (or none, if it ``may_be_empty``) and no other members; ``more`` and ``next`` are TAXII's, and mean nothing in
    what is sent. The objects' own size and STIX are NOT checked, not even that each is a JSON object.

    Raises:
        TooLargeError: as in ``parse``, or code ``too-many-objects``.
        MalformedInputError: as in ``parse``, or code ``request-invalid`` if it is no such envelope.
    """
    envelope = parse(raw)
    if not isinstance(envelope, dict):
        raise MalformedInputError('Send a STIX bundle, or {"objects": [...]}.', pointer="")
    if not isinstance(envelope.get("objects"), list):
        raise MalformedInputError('The envelope needs "objects", a list of STIX objects.', pointer="")
    _check_members(envelope)
    objects = envelope["objects"]
    if not objects and not may_be_empty:
        raise MalformedInputError("The envelope has no objects.", pointer="/objects")
    if len(objects) > MAX_OBJECTS:
        raise TooLargeError(
            f"The envelope has more than {MAX_OBJECTS} objects; send it in parts.", code=Code.TOO_MANY_OBJECTS, pointer="/objects"
        )
    return [(f"/objects/{position}", candidate) for position, candidate in enumerate(objects)]


def _check_members(envelope: dict[str, Any]) -> None:
    allowed = _OF_BUNDLE if "type" in envelope else _OF_ENVELOPE
    for name in envelope:
        if name not in allowed:
            sentence = "A bundle has type, id and objects, an envelope has objects, more and next; this member is neither's."
            raise MalformedInputError(sentence, pointer=pointer([name]))
    if envelope.get("type", "bundle") != "bundle":
        raise MalformedInputError("An envelope with a type is a bundle.", pointer="/type")
    identifier = envelope.get("id", "")
    if identifier != "" and not (isinstance(identifier, str) and _BUNDLE_ID.fullmatch(identifier)):
        raise MalformedInputError("The id of a bundle is bundle--, then a UUID in lower case; or leave it out.", pointer="/id")


def _decoded(raw: bytes) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        raise _encoding_fault("")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as failure:
        good = raw[: failure.start].decode("utf-8")
    place = first_fault(good)  # outside the handler: the library's exceptions hold the text, and must not hang on ours
    raise _encoding_fault(place.pointer if place else None)


def _scanned(text: str) -> Any:
    """Give the value of JSON text, or the code of the refusal if the scanner or one of our hooks refuses it."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as failure:
        return Code.JSON_STRING_FORBIDDEN if text[failure.pos : failure.pos + 1] == "\0" else Code.JSON_SYNTAX
    except RecursionError:
        return Code.JSON_TOO_DEEP
    except _RefusedError as refused:
        return refused.code


def _refuse_many_values(raw: bytes) -> None:
    """Refuse a large body of tiny values: each costs up to 70 bytes of memory. Counts commas and brackets in text, too."""
    if len(raw) > _SURELY_FEW_BYTES and sum(map(raw.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise TooLargeError(f"The body has more than {MAX_VALUES} JSON values; send it in parts.")


def _refuse(text: str, code: Code) -> NoReturn:
    fault = first_fault(text)
    if fault is None:  # it stands far into the text
        raise MalformedInputError(
            "The body is not JSON that the exchange reads; the place is not looked for so far in.", code=code
        )
    raise MalformedInputError(fault.sentence, code=fault.code, pointer=fault.pointer)


def _encoding_fault(place: str | None) -> MalformedInputError:
    sentence = "The body must be UTF-8 without a byte order mark."
    return MalformedInputError(sentence, code=Code.JSON_ENCODING, pointer=place)


def _passed_limit(value: Any) -> Code | None:
    """Give the code of the limit, on depth or text, that a parsed value passes; level by level, so that depth cannot hurt."""
    containers: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        for container in containers:
            if type(container) is dict:
                if len("".join(container)) > _SURELY_SHORT and any(map(_is_long, container)):
                    return Code.JSON_STRING_TOO_LONG
                container = container.values()  # noqa: PLW2901  # its names are done, its values come next
            for member in container:
                kind = type(member)
                if kind is dict or kind is list:
                    deeper.append(member)
                elif kind is str and len(member) > _SURELY_SHORT and _is_long(member):
                    return Code.JSON_STRING_TOO_LONG
        if not deeper:
            return None
        containers = deeper
    return Code.JSON_TOO_DEEP


def _is_long(text: str) -> bool:
    return len(text.encode("utf-8", "surrogatepass")) > MAX_STRING_BYTES


def _has_forbidden_escape(text: str) -> bool:
    """Whether valid JSON text spells NUL or half a surrogate pair; raw ones never get past decoding and scanning."""
    if not _SUSPECT_ESCAPE.search(text):
        return False
    return any(escape[1] for escape in _ESCAPES.finditer(text))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _RefusedError(Code.JSON_DUPLICATE_KEY)
    return result


def _integer(literal: str) -> int:
    if len(literal) > MAX_NUMBER_LENGTH or not -MAX_NUMBER <= (number := int(literal)) <= MAX_NUMBER:
        raise _RefusedError(Code.JSON_NUMBER_OUT_OF_RANGE)
    return number


def _float(literal: str) -> float:
    # Beyond 2^53 every float is whole, and its canonical form (RFC 8785) is an integer that this parser would refuse.
    if len(literal) > MAX_NUMBER_LENGTH or not -MAX_NUMBER <= (number := float(literal)) <= MAX_NUMBER:
        raise _RefusedError(Code.JSON_NUMBER_OUT_OF_RANGE)
    return number


def _constant(_literal: str) -> NoReturn:
    raise _RefusedError(Code.JSON_NUMBER_OUT_OF_RANGE)  # NaN and the infinities, which the scanner would let pass


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)
