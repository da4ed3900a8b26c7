"""Hash values and their forms by algorithm: digests, fuzzy and perceptual ones.

Owns the table of algorithms. A value in the form of its algorithm may still be anything; what all hash values of an object are
together is looked at in ``hash_places``. Kept by ``tests/stix/test_hash_values.py``.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from app.stix.disguises import plain
from app.stix.media_signatures import is_media

_HEX = "[0-9A-Fa-f]"
_B64 = r"[A-Za-z0-9+/_-]"
_DIGESTS = {  # algorithm, without hyphens and in capitals -> characters in hexadecimal
    "MD5": 32,
    "MD4": 32,
    "SHA1": 40,
    "RIPEMD160": 40,
    "SHA224": 56,
    "SHA3224": 56,
    "SHA256": 64,
    "SHA3256": 64,
    "SHA384": 96,
    "SHA3384": 96,
    "SHA512": 128,
    "SHA3512": 128,
    "WHIRLPOOL": 128,
    "BLAKE2B": 128,
    "BLAKE2S": 64,
    "BLAKE3": 64,
    "PDQ": 64,
    "IMPHASH": 32,
    "AUTHENTIHASH": 64,
    "JA3": 32,
    "JA3S": 32,
    "JARM": 62,
    "CRC32": 8,
    "NILSIMSA": 64,
    "VIDEOMD5": 32,
}
_SPECIAL = {
    "SSDEEP": re.compile(r"[0-9]{1,10}:[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}", re.ASCII),
    "TLSH": re.compile(rf"(?:T1)?{_HEX}{{68,72}}|{_HEX}{{134,140}}", re.ASCII),
    "PHOTODNA": re.compile(rf"{_B64}{{192}}|{_HEX}{{288}}|[0-9]{{1,3}}(?:, ?[0-9]{{1,3}}){{143}}", re.ASCII),
    "VPDQ": re.compile(rf"{_HEX}{{64}}(?:[,;|: \n]+(?:{_HEX}{{64}}|[0-9]{{1,9}}(?:\.[0-9]{{1,6}})?)){{0,20000}}", re.ASCII),
}
_SPECIAL_OF_OTHERS = re.compile(
    rf"{_B64}{{8,512}}={{0,2}}|{_HEX}{{8,512}}", re.ASCII
)  # netclean, videntifier, safer: not published
_OTHERS = frozenset({"NETCLEAN", "SAFER", "VIDENTIFIER"})
_MOST_HASHES = 20
_LONGEST_ALGORITHM = 24
_NO_NAME = re.compile(r"[\W_]+", re.ASCII)
_HEX_DIGITS = "0123456789abcdefABCDEF"
_LENGTHS = frozenset(_DIGESTS.values())
_ROW = re.compile(rf"{_HEX}{{16,}}(?=[^A-Za-z0-9+/_=-]|\Z)", re.ASCII)
_TO_STANDARD = str.maketrans("-_", "+/")


def are_hashes(hashes: Any) -> bool:
    """Whether each member of a dictionary is a hash value by its algorithm, each algorithm once; of unknown ones none is."""
    if type(hashes) is not dict or len(hashes) > _MOST_HASHES:
        return False
    if len(hashes) > 1 and len(set(map(algorithm_name, hashes))) < len(hashes):
        return False
    return all(type(digest) is str and is_hash(algorithm, digest) for algorithm, digest in hashes.items())


def algorithm_name(algorithm: str) -> str:
    """Give the name of an algorithm without what spellings differ in."""
    return _NO_NAME.sub("", plain(algorithm[: _LONGEST_ALGORITHM + 1])).upper()


def is_hash(algorithm: str, digest: str) -> bool:
    """Whether a text has the form that an algorithm's values have, and does not begin like a picture if the form is wide."""
    if len(algorithm) > _LONGEST_ALGORITHM:
        return False
    name = algorithm_name(algorithm)
    if name in _DIGESTS:
        return len(digest) == _DIGESTS[name] and not digest.strip(_HEX_DIGITS)
    form = _SPECIAL.get(name) or (_SPECIAL_OF_OTHERS if name in _OTHERS else None)
    return form is not None and form.fullmatch(digest) is not None and not begins_media(digest)


def is_perceptual(text: str) -> bool:
    """Whether a text has the form of some perceptual or fuzzy hash."""
    forms = (*_SPECIAL.values(), _SPECIAL_OF_OTHERS)
    return any(form.fullmatch(text) for form in forms) and not begins_media(text)


def has_published_form(algorithm: str, digest: str) -> bool:
    """Whether a value has the form of an algorithm whose form is published, or the length of a digest."""
    name = algorithm_name(algorithm)
    if name in _SPECIAL:
        return is_hash(algorithm, digest)
    return len(digest) in _LENGTHS and not digest.strip(_HEX_DIGITS)


def begins_media(text: str) -> bool:
    """Whether what a hash value says in hexadecimal, in numbers or in base64 begins like a picture or another file."""
    return is_media(hash_bytes(text[:256]))


def hash_bytes(text: str) -> bytes:
    """Give the bytes that a hash value says, of rows of them the first ones; of what says none, none."""
    digits = text.replace(":", "")
    if row := _ROW.match(digits):
        return bytes.fromhex(row[0][: len(row[0]) // 2 * 2])
    if "," in text:
        return bytes(int(number) % 256 for number in re.findall("[0-9]{1,3}", text))
    letters = digits.translate(_TO_STANDARD).rstrip("=")
    return base64.b64decode(letters[: len(letters) // 4 * 4]) if letters.isascii() else b""
