"""The first bytes of pictures, videos, sound, archives, documents and programmes.

Owns the signatures, for bytes that were just decoded and are not kept. Kept by ``tests/stix/test_media_signatures.py``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

_JPEG_MARKER = rb"[\xc0-\xcf\xdb\xdd\xe0-\xef\xfe]"
_WHOLE = (  # four bytes and more that are found wherever they stand in decoded bytes
    *(b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"\x1aE\xdf\xa3", b"OggS\0", b"0&\xb2u\x8e", b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL "),
    *(b"\0\0\x01\xba", b"\0\0\x01\xb3", b"ID3\x03\0", b"ID3\x04\0", b"8BPS\0\x01", b"fLaC\0", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27"),
    *(b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"%PDF-1", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x7fELF\x02", b"MZ\x90\0"),
)
_PARTS = tuple(  # what to look for, how many bytes before it the signature begins, and the signature
    (core, before, re.compile(signature, re.DOTALL))
    for core, before, signature in (
        (b"\xff\xd8\xff", 0, rb"\xff\xd8\xff" + _JPEG_MARKER + rb"\0"),
        (b"RIFF", 0, rb"RIFF.{4}(?:WEBP|AVI |WAVE|CDXA)"),
        (b"ftyp", 4, rb"[\0\x01].{3}ftyp[A-Za-z0-9 ]{4}"),
        (b"moov\0", 4, rb"\0"),
        (b"mdat\0", 4, rb"\0"),
        (b"FLV\x01", 0, rb"FLV\x01[\0-\x0f]"),
        (b"II*\0", 0, rb"II\*\0[\x08\x10]"),
        (b"MM\0*", 0, rb"MM\0\*\0"),
        (b"\0\0\0\0", 6, rb"BM.{4}\0{4}.{2}\0\0"),
        (b"PK\x03\x04", 0, rb"PK\x03\x04[\0-?]\0"),
        (b"\x1f\x8b\x08", 0, rb"\x1f\x8b\x08[\0-\x1f].{4}[\0\x02\x04]"),
        (b"1AY&SY", 4, rb"BZh[1-9]"),
        (b"<svg", 0, rb"<svg[^>]{1,400}xmlns"),
        (b"<svg:svg", 0, rb"<svg:svg[^>]{1,400}xmlns"),
    )
)
_BEGINNING_WHOLE = (  # and these at the beginning only
    *(
        b"\x8aMNG\r",
        b"8BPS\0\x02",
        b"\xff\x4f\xff\x51\0",
        b"BPG\xfb",
        b"qoif\0",
        b"ID3\x02\0",
        b"#!AMR",
        b"caff\0",
        b"PK\x05\x06\0",
    ),
    *(b"\x04\x22\x4d\x18", b"LZIP\x01", b"MSCF\0\0\0\0", b"xar!\0", b"!<arch>\n", b"%PDF-2", b"{\\rtf1", b"SQLite format 3\0"),
    *(
        b"AT&TFORM",
        b"%!PS-Adobe",
        b"\x7fELF\x01",
        b"\xca\xfe\xba\xbe\0",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xcf\xfa\xed\xfe",
    ),
    *(b"\xce\xfa\xed\xfe", *_WHOLE),
)
_BEGINNINGS = re.compile(  # fewer bytes are enough at the beginning
    rb"\xff\xd8\xff"
    + _JPEG_MARKER
    + rb"|\x89PNG|RIFF.{4}(?:WEBP|AVI |WAVE)|\x1f\x8b\x08|PK[\x03\x05\x07][\x04\x06\x08]|OggS|FLV\x01"
    rb"|8BPS|.{4}(?:ftyp|moov|mdat)|%PDF-|II[*+]\0|MM\0[*+]|BZh[1-9]1|BM.{4}\0{4}.{2}\0\0"
    rb"|\0\0[\1\2]\0[\1-\x40]\0.{3}\0[\0\1]\0[\0\1\4\x08\x10\x18\x20]\0|[CFZ]WS[\x01-\x20]",
    re.DOTALL,
)
_APART = b"U" * 12  # which no signature has
_MOST_OF_A_PART = 8  # places of one part that are looked at
_ZLIB = re.compile(rb"[\x38\x48\x58\x68\x78](?:[\x01\x5e\x9c\xda])")
_FEWEST_INFLATED = 128  # bytes, if there is no end with a checksum; random ones do not unpack so far


def is_media(head: bytes) -> bool:
    """Whether bytes begin like a format that carries pictures, videos, sound, documents or other files (16 bytes are enough)."""
    return _BEGINNINGS.match(head) is not None or head.startswith(_BEGINNING_WHOLE)


def begins_surely(head: bytes) -> bool:
    """Whether bytes begin with a signature so long that no random bytes do, as long as one does not look at millions."""
    return head.startswith(_WHOLE) or any(
        head.startswith(core, before) and signature.match(head) for core, before, signature in _PARTS
    )


def hold_media(decodings: Iterable[bytes]) -> bool:
    """Whether any of some bytes begin like such a format, have a longer signature anywhere, or unpack as zlib's do."""
    all_of_them = list(decodings)
    if any(map(is_media, all_of_them)) or any(map(_is_deflated, all_of_them)):
        return True
    together = _APART.join(all_of_them)
    return any(map(together.__contains__, _WHOLE)) or any(part[0] in together and _holds_part(together, part) for part in _PARTS)


def holds_media(raw: bytes) -> bool:
    """Whether bytes do what ``hold_media`` looks for."""
    return hold_media((raw,))


def _holds_part(raw: bytes, part: tuple[bytes, int, re.Pattern[bytes]]) -> bool:
    core, before, signature = part
    at = raw.find(core)
    for _ in range(_MOST_OF_A_PART):
        if at < 0:
            return False
        if at >= before and signature.match(raw, at - before):
            return True
        at = raw.find(core, at + 1)
    return False


def _is_deflated(raw: bytes) -> bool:
    if not _ZLIB.match(raw):
        return False
    inflating = zlib.decompressobj()
    try:
        inflated = inflating.decompress(raw, 4 * _FEWEST_INFLATED)
    except zlib.error:
        return False
    return inflating.eof or len(inflated) >= _FEWEST_INFLATED
