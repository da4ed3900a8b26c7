"""Payloads in disguise, generated: the first bytes of a format and then digests of small numbers, written in every way we know.

No picture, video or document is here, nor was any. ``disguised()`` gives name -> object; each must be refused, wherever it
stands.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import gzip
import hashlib
import json
import lzma
import quopri
import zlib
from collections.abc import Callable, Iterator
from typing import Any

NOISE = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(32))
HEADS = {
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10",
    "gif": b"GIF89a\x10\0\x10\0\xf7\0\0",
    "webp": b"RIFF\x24\4\0\0WEBPVP8 \x18\4\0\0",
    "bmp": b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    "tiff": b"II*\0\x08\0\0\0\x10\0\xfe\0\4\0",
    "heic": b"\0\0\0\x1cftypheic\0\0\0\0mif1heic",
    "mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
    "matroska": b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1",
    "avi": b"RIFF\x24\4\0\0AVI LIST\x10\1\0\0hdrl",
    "ogg": b"OggS\0\2\0\0\0\0\0\0\0\0",
    "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0",
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0\x21\0",
    "rar": b"Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5",
    "7z": b"7z\xbc\xaf\x27\x1c\0\4\x1a\x8f",
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
}
JPEG = HEADS["jpeg"] + NOISE[:180]
PNG = HEADS["png"] + NOISE[:180]
MP4 = HEADS["mp4"] + NOISE[:180]
SHORT = HEADS["jpeg"] + NOISE[:40]
SENTENCE = "Rooms open and close within minutes, announced by the same invite link. "
ZERO_WIDTH, JOINER, ACUTE = "\u200b", "\u2060", "\u0301"

Write = Callable[[bytes], str]


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def cut(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)]


def escaped(raw: bytes, form: str, between: str = "") -> str:
    return between.join(form.format(byte) for byte in raw)


def uuencoded(raw: bytes) -> str:
    lines = [binascii.b2a_uu(raw[at : at + 45], backtick=True).decode().rstrip("\n") for at in range(0, len(raw), 45)]
    return "begin 644 a\n" + "\n".join(lines) + "\n`\nend"


def yencoded(raw: bytes) -> str:
    body = "".join(
        f"={chr((byte + 106) % 256)}" if (byte + 42) % 256 in (0, 10, 13, 61) else chr((byte + 42) % 256) for byte in raw
    )
    return body.replace("\0", "\1")


def z85(raw: bytes) -> str:
    b85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    zero = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    return base64.b85encode(raw[: len(raw) // 4 * 4]).decode().translate(str.maketrans(b85, zero))


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def mathematical(text: str) -> str:
    return "".join(
        chr(0x1D400 + ord(each) - 65) if each.isupper() else chr(0x1D41A + ord(each) - 97) if each.islower() else each
        for each in text
    )


def lookalike(text: str) -> str:
    return text.translate(
        str.maketrans(
            "ABCEHIKMOPTXaceopxy",
            "\u0410\u0412\u0421\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0422\u0425\u0430\u0441\u0435\u043e\u0440\u0445\u0443",
        )
    )


WRITINGS: dict[str, Write] = {
    "base64": b64,
    "base64url": b64url,
    "base64 shifted by a byte": lambda raw: b64(b"x" + raw),
    "base64 shifted by two bytes": lambda raw: b64(b"xy" + raw),
    "base64 behind a word": lambda raw: "thumbnail" + b64(raw),
    "base64 backwards": lambda raw: b64(raw)[::-1],
    "base64 in rot13": lambda raw: codecs.encode(b64(raw), "rot13"),
    "base64 with capitals and small letters changed": lambda raw: b64(raw).swapcase(),
    "base64 in MIME lines": lambda raw: base64.encodebytes(raw).decode(),
    "base64 in lines of 20": lambda raw: "\r\n".join(cut(b64(raw), 20)),
    "base64 in quotes and plus signs": lambda raw: '" + "'.join(cut(b64(raw), 14)),
    "base64 between commas": lambda raw: ",".join(cut(b64(raw), 6)),
    "base64 between dots": lambda raw: ".".join(cut(b64(raw), 5)),
    "base64 letter by letter": lambda raw: " ".join(b64(raw)),
    "base64 between pipes": lambda raw: " | ".join(cut(b64(raw), 8)),
    "base64url between hyphens": lambda raw: (
        "-".join(cut(b64(raw).replace("+", "A").replace("/", "B"), 7)) if raw[0] != 0xFF else b64(raw)
    ),
    "base64 with zero-width spaces": lambda raw: ZERO_WIDTH.join(b64(raw)),
    "base64 with word joiners": lambda raw: JOINER.join(cut(b64(raw), 3)),
    "base64 with combining marks": lambda raw: ACUTE.join(b64(raw)),
    "base64 in full width": lambda raw: full_width(b64(raw)),
    "base64 in mathematical letters": lambda raw: mathematical(b64(raw)),
    "base64 in Cyrillic lookalikes": lambda raw: lookalike(b64(raw)),
    "base64 in entities": lambda raw: escaped(b64(raw).encode(), "&#{};"),
    "base64 in percent escapes": lambda raw: escaped(b64(raw).encode(), "%{:02X}"),
    "base64 in backslash escapes": lambda raw: escaped(b64(raw).encode(), "\\x{:02x}"),
    "base64 in JSON in a text": lambda raw: json.dumps({"a": [json.dumps({"b": b64(raw)})]}),
    "base64 of base64": lambda raw: b64(b64(raw).encode()),
    "base64 of base64 of base64": lambda raw: b64(b64(b64(raw).encode()).encode()),
    "base64 of hexadecimal": lambda raw: b64(raw.hex().encode()),
    "hexadecimal": lambda raw: raw.hex(),
    "hexadecimal in capitals": lambda raw: raw.hex().upper(),
    "hexadecimal with a prefix": lambda raw: "0x" + raw.hex(),
    "hexadecimal behind a nibble": lambda raw: "0" + raw.hex(),
    "hexadecimal backwards": lambda raw: raw.hex()[::-1],
    "hexadecimal with blanks": lambda raw: raw.hex(" "),
    "hexadecimal with colons": lambda raw: raw.hex(":"),
    "hexadecimal with hyphens": lambda raw: raw.hex("-"),
    "hexadecimal in words": lambda raw: raw.hex(" ", -4),
    "hexadecimal as numbers": lambda raw: escaped(raw, "0x{:02x}", ", "),
    "hexadecimal in full width": lambda raw: full_width(raw.hex()),
    "hexadecimal of base64": lambda raw: b64(raw).encode().hex(),
    "base32": lambda raw: base64.b32encode(raw).decode(),
    "base32 in small letters": lambda raw: base64.b32encode(raw).decode().lower(),
    "base32 with extended digits": lambda raw: base64.b32hexencode(raw).decode(),
    "ascii85": lambda raw: base64.a85encode(raw).decode(),
    "ascii85 of Adobe": lambda raw: base64.a85encode(raw, adobe=True).decode(),
    "base85": lambda raw: base64.b85encode(raw).decode(),
    "z85": z85,
    "uuencode": uuencoded,
    "yEnc": yencoded,
    "yEnc with its header": lambda raw: f"=ybegin line=128 size=9 name=a\r\n{yencoded(raw)}\r\n=yend size=9",
    "quoted-printable": lambda raw: quopri.encodestring(raw, quotetabs=True).decode(),
    "percent escapes": lambda raw: escaped(raw, "%{:02X}"),
    "percent escapes of escapes": lambda raw: escaped(raw, "%25{:02x}"),
    "backslash escapes": lambda raw: escaped(raw, "\\x{:02x}"),
    "Unicode escapes": lambda raw: escaped(raw, "\\u00{:02x}"),
    "octal escapes": lambda raw: escaped(raw, "\\{:03o}"),
    "entities": lambda raw: escaped(raw, "&#{};"),
    "hexadecimal entities": lambda raw: escaped(raw, "&#x{:x};"),
    "decimal numbers": lambda raw: escaped(raw, "{}", ", "),
    "decimal numbers in brackets": lambda raw: f"[{escaped(raw, '{}', ',')}]",
    "decimal numbers in lines": lambda raw: escaped(raw, "{}", "\n"),
    "octal numbers": lambda raw: escaped(raw, "{:o}", " "),
    "binary numbers": lambda raw: escaped(raw, "{:08b}", " "),
    "bits": lambda raw: escaped(raw, "{:08b}"),
    "characters": lambda raw: raw.decode("latin-1").replace("\0", "\1\1"),
    "Braille": lambda raw: escaped_signs(raw, 0x2800),
    "emoji": lambda raw: escaped_signs(raw, 0x1F3F7),
    "private use": lambda raw: escaped_signs(raw, 0xE000),
    "base64 of gzip": lambda raw: b64(gzip.compress(raw, mtime=0)),
    "base64 of zlib": lambda raw: b64(zlib.compress(raw)),
    "base64 of bzip2": lambda raw: b64(bz2.compress(raw)),
    "base64 of xz": lambda raw: b64(lzma.compress(raw)),
    "base64 of UTF-16": lambda raw: b64(b64(raw).encode("utf-16-le")),
    "a data: URI": lambda raw: f"data:image/jpeg;base64,{b64(raw)}",
}


def _digits(raw: bytes, bits: int) -> Iterator[int]:
    """Give bytes as numbers of so many bits."""
    for byte in raw:
        for low in range(8 - bits, -1, -bits):
            yield byte >> low & (1 << bits) - 1


UNSEEN_WRITINGS: dict[str, Write] = {  # of bytes as what nobody sees
    "variation selectors": lambda raw: "".join(chr(0xE0100 + byte - 16) if byte >= 16 else chr(0xFE00 + byte) for byte in raw),
    "tag characters": lambda raw: "".join(chr(0xE0020 + digit) for digit in _digits(raw, 4)),
    "tags of flags": lambda raw: "".join(f"\U0001f3f4{chr(0xE0061 + digit)}\U000e007f" for digit in _digits(raw, 4)),
    "zero widths": lambda raw: "".join("\u200b\u200c\u200d\u2060"[digit] for digit in _digits(raw, 2)),
    "two zero widths": lambda raw: "".join("\u200b\u2060"[digit] for digit in _digits(raw, 1)),
    "zero widths between letters": lambda raw: "a".join("\u200b\u200c\u200d\u2060"[digit] for digit in _digits(raw, 2)),
    "blanks of many widths": lambda raw: "".join(chr(0x2000 + digit) for digit in _digits(raw, 2)),
    "marks of direction": lambda raw: "".join(chr(0x202A + digit) for digit in _digits(raw, 2)),
    "fillers": lambda raw: "".join("\u115f\u1160\u3164\uffa0"[digit] for digit in _digits(raw, 2)),
    "combining marks": lambda raw: "a" + "".join(chr(0x0300 + digit) for digit in _digits(raw, 4)),
    "marks on letters": lambda raw: "".join(f"a{chr(0x0300 + byte % 96)}{chr(0x0300 + byte // 96)}" for byte in raw),
    "selectors of ideographs": lambda raw: "".join(f"葛{chr(0xE0100 + byte)}" for byte in raw if byte < 240),
}


def escaped_signs(raw: bytes, first: int) -> str:
    return "".join(chr(first + byte) for byte in raw)


URIS = {
    "plain": "data:image/png;base64,AAAA",
    "capitals": "DaTa:ImAgE/pNg;BaSe64,AAAA",
    "without base64": "data:image/svg+xml,%3Csvg%3E",
    "without a type": "data:;base64,AAAA",
    "with a parameter": "data:text/html;charset=utf-8,%3Cp%3E",
    "in percent escapes": "data%3Aimage%2Fpng%3Bbase64%2CAAAA",
    "in percent escapes throughout": escaped(b"data:image/png;base64,AAAA", "%{:02x}"),
    "in percent escapes twice": "data%253Aimage%252Fpng%253Bbase64%252CAAAA",
    "in entities": "&#100;&#97;&#116;&#97;&#58;image/png;base64,AAAA",
    "in hexadecimal entities": "&#x64;&#x61;&#x74;&#x61;&#x3a;image/png;base64,AAAA",
    "with a named entity": "data&colon;image/png;base64,AAAA",
    "with blanks": "data: image/png ; base64, AAAA",
    "with a blank in the word": "da ta:image/png;base64,AAAA",
    "with line breaks": "da\nta:ima\r\nge/png;ba\tse64,AAAA",
    "letter by letter": "d a t a : i m a g e / p n g ; b a s e 6 4 , A A A A",
    "with zero-width spaces": ZERO_WIDTH.join("data:image/png;base64,AAAA"),
    "with soft hyphens": "\u00ad".join("data:image/png;base64,AAAA"),
    "with combining marks": "da\u0301ta:image/png;base64,AAAA",
    "in full width": full_width("data:image/png;base64,AAAA"),
    "in Cyrillic lookalikes": lookalike("data:image/png;base64,AAAA"),
    "with a full-width colon": "data\uff1aimage/png;base64,AAAA",
    "in quotes": '"da" + "ta:image/png;base64,AAAA"',
    "in Unicode escapes": "\\u0064\\u0061\\u0074\\u0061\\u003aimage/png;base64,AAAA",
    "in base64": b64(b"<img src=data:image/png;base64,AAAA>"),
    "in hexadecimal": b"<img src=data:image/png;base64,AAAA>".hex(),
    "in CSS": "background:url('data:image/png;base64,AAAA')",
    "in a web address": "https://example.org/?u=data:image/png;base64,AAAA",
    "backwards": b64(b"data:image/png;base64,AAAA")[::-1] + "" if False else "see data:application/octet-stream;base64,AAAA",
    "as an application": "data:application/zip;base64,AAAA",
    "as a video": "DATA:video/mp4;base64,AAAA",
}


def scattered(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give one writing cut to pieces that stand in different places of an object."""
    eight, twelve = cut(text, 8), cut(text, 12)
    yield "labels", {"labels": eight}
    yield "aliases", {"aliases": twelve}
    yield "numbered members", {f"x_part_{at}": part for at, part in enumerate(twelve)}
    yield "numbered members in another order", dict(sorted({f"x_part_{at}": part for at, part in enumerate(eight)}.items()))
    yield "a dictionary", {"x_map": {f"k{at:03}": part for at, part in enumerate(eight)}}
    yield "names of a dictionary", {"x_map": dict.fromkeys(twelve, 1)}
    yield "citations", {"external_references": [{"source_name": "a", "description": part} for part in twelve]}
    yield (
        "case numbers of citations",
        {"external_references": [{"source_name": f"a{at}", "external_id": part} for at, part in enumerate(eight)]},
    )
    yield "lists of lists", {"x_rows": [eight[at : at + 3] for at in range(0, len(eight), 3)]}
    yield "objects of objects", {"x_tree": {str(at): {"deep": {"v": part}} for at, part in enumerate(twelve)}}
    yield (
        "languages",
        {
            "contents": {
                code: {"name": part}
                for code, part in zip(
                    ("de", "fr", "es", "it", "pt", "nl", "pl", "sv", "fi", "da", "cs", "hu"),
                    cut(text, -(-len(text) // 12)),
                    strict=False,
                )
            }
        },
    )
    yield "phases", {"kill_chain_phases": [{"kill_chain_name": "a", "phase_name": part} for part in twelve]}


def disguised() -> dict[str, dict[str, Any]]:
    """Give name -> object; each carries what must never enter."""
    made: dict[str, dict[str, Any]] = {}
    for name, write in WRITINGS.items():
        for kind, raw in (("jpeg", JPEG), ("png", PNG), ("mp4", MP4)):
            made[f"{kind}, {name}"] = {"description": f"{SENTENCE * 3}{write(raw)} {SENTENCE}"}
        made[f"short jpeg, {name}"] = {"x_note": write(SHORT)}
    for kind, head in HEADS.items():
        made[f"{kind} in base64"] = {"name": b64(head + NOISE[:24])}
        made[f"{kind} in hexadecimal"] = {"labels": ["a", (head + NOISE[:24]).hex()]}
        made[f"{kind} as a list"] = {"x_values": list(head + NOISE[:60])}
        made[f"{kind} as a name"] = {"x_map": {b64url(head + NOISE[:24]): 1}}
        made[f"{kind} as a reference"] = {"x_ref": b64(head + NOISE[:24])}
    for name, text in URIS.items():
        made[f"a data: URI, {name}"] = {"description": f"{SENTENCE}{text} {SENTENCE}"}
        made[f"a data: URI as an address, {name}"] = {"type": "url", "value": text}
    for kind, raw in (("jpeg", JPEG), ("short png", HEADS["png"] + NOISE[:60])):
        for writing, text in (("base64", b64(raw)), ("hexadecimal", raw.hex())):
            for place, value in scattered(text):
                made[f"{kind} in {writing}, cut over {place}"] = {
                    "name": "Repeated short-lived rooms",
                    "description": SENTENCE * 3,
                } | value
    for name, write in UNSEEN_WRITINGS.items():
        made[f"what nobody sees, {name}"] = {"type": "note", "content": f"Case 7{write(JPEG)} {SENTENCE}"}
        made[f"what nobody sees in a pattern, {name}"] = {"type": "indicator", "pattern": f"[x-a:b = 'a{write(JPEG)}']"}
    made |= PLACES
    return made


PLACES: dict[str, dict[str, Any]] = {
    "payload_bin": {"payload_bin": "AAAA"},
    "an artifact with its payload": {
        "type": "artifact",
        "mime_type": "image/png",
        "payload_bin": "AAAA",
        "hashes": {"MD5": "a" * 32},
    },
    "an artifact that is a data: URI": {"type": "artifact", "url": "data:image/png;base64,AAAA", "hashes": {"MD5": "a" * 32}},
    "an artifact whose address is content": {
        "type": "artifact",
        "url": "https://example.org/" + b64url(JPEG),
        "hashes": {"MD5": "a" * 32},
    },
    "payload_bin inside an observed artifact": {
        "type": "observed-data",
        "objects": {"0": {"type": "artifact", "payload_bin": "AAAA"}},
    },
    "payload_bin in a foreign extension": {"extensions": {"x": {"payload_bin": None}}},
    "payload_bin in capitals": {"x_own": {"Payload_Bin": "AAAA"}},
    "payload_bin as payloadBin": {"x_own": {"payloadBin": "AAAA"}},
    "payload_bin with a zero-width space": {"x_own": {"payload\u200b_bin": "AAAA"}},
    "a payload in a pattern": {"type": "indicator", "pattern": "[artifact:payload_bin = b'AAAA']"},
    "a picture in a pattern": {"type": "indicator", "pattern": f"[x-a:b = '{b64(JPEG)}']"},
    "a picture cut to constants of a pattern": {
        "type": "indicator",
        "pattern": "[" + " OR ".join(f"x-a:b = '{part}'" for part in cut(b64(JPEG), 40)) + "]",
    },
    "a picture in hashes": {"type": "file", "hashes": {"PHOTODNA": b64(HEADS["jpeg"] + NOISE[:123])}},
    "a picture cut to hash values of citations": {
        "external_references": [
            {"source_name": "a", "hashes": {"SHA-512": (JPEG + NOISE)[at : at + 64].hex()}} for at in range(0, 2048, 64)
        ]
    },
    "noise under spellings of one algorithm": {
        "type": "file",
        "hashes": dict(
            zip(("netclean", "NETCLEAN", "net-clean", "Net_Clean", "SAFER"), cut(b64url(NOISE[:1800]), 500), strict=False)
        ),
    },
    "a picture in frames": {"type": "file", "hashes": {"VPDQ": ",".join(cut((JPEG + NOISE)[:320].hex(), 64))}},
    "a picture as a perceptual hash": {"type": "perceptual-hash", "value": ",".join(map(str, (HEADS["jpeg"] + NOISE)[:144]))},
    "a picture as a token": {"type": "blinded-identifier", "token": b64url(HEADS["png"] + NOISE[:30])},
    "a picture as a certificate's key": {
        "type": "x509-certificate",
        "subject_public_key_modulus": (HEADS["jpeg"] + NOISE[:237]).hex(":"),
    },
    "a picture in the registry": {"type": "windows-registry-key", "values": [{"name": "a", "data": JPEG.hex()}]},
    "a picture as magic": {"type": "file", "magic_number_hex": JPEG.hex()},
    "a picture in a header": {
        "type": "network-traffic",
        "extensions": {"http-request-ext": {"request_header": {"Cookie": [b64(JPEG)]}}},
    },
    "a picture in a command": {"type": "process", "command_line": f"echo {b64(JPEG)} | base64 -d"},
    "a picture in EXIF": {"type": "file", "extensions": {"raster-image-ext": {"exif_tags": {"Thumbnail": b64(JPEG)}}}},
    "noise in a description": {"description": SENTENCE + b64(NOISE[:240])},
    "noise in hexadecimal": {"description": SENTENCE + NOISE[:240].hex()},
    "noise in base85": {"description": SENTENCE + base64.b85encode(NOISE[:300]).decode()},
    "noise in numbers": {"description": " ".join(map(str, NOISE[:400]))},
    "noise as a list": {"x_values": list(NOISE[:300])},
    "noise in a name": {"x_map": {b64url(NOISE[:150]): 1}},
    "noise in a reference": {"x_ref": b64(NOISE[:240])},
    "noise in a time": {"created": b64(NOISE[:240])},
    "noise in an address": {"type": "url", "value": "https://example.org/" + b64url(NOISE[:400])},
    "noise in rare ideographs": {
        "description": "".join(chr(0x4E00 + (a * 256 + b) % 20_000) for a, b in zip(NOISE[:200], NOISE[200:400], strict=True))
    },
}
