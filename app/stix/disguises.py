"""Text without its disguises: what a reader takes for Latin letters and digits, as ASCII.

Owns Unicode's ways to write one letter as another: full-width and mathematical forms, invisible characters, combining marks,
letters of other scripts that look like Latin ones; and the ways to write bytes as signs of other scripts. For judging only: what
is stored keeps its spelling. Kept by ``tests/stix/test_disguises.py``.
"""

from __future__ import annotations

import re
import unicodedata

_OTHER_SCRIPTS = re.compile(  # which hold nothing that reads as Latin, from Hebrew to Hangul, cut out for speed
    "[\u0531-\u058f\u0590-\u05ff\u0600-\u0604\u0606-\u061b\u061d-\u06ff\u0750-\u077f\u0900-\u0dff\u0e00-\u0eff\u1000-\u137f\u1780-\u17b3"
    "\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3\ufb50-\ufdff\ufe70-\ufefc\U00020000-\U0003ffff]+"
)
_UNSEEN = re.compile(  # format characters, fillers, variation selectors and combining marks
    "[\u00ad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_LOOKALIKES = str.maketrans(
    dict(
        zip(
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0405"
            "\u0406\u0408\u0455\u0456\u0458\u04ae\u04bb\u0501\u050c\u051b\u051c\u051d\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
            "\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03c1\u03bd\u03f2\u03f3\u0131\u0251\u0261\u0269\u028f\u0274\u0280\u029c\u029f"
            "\u1d04\u1d0f\u1d20\u1d22\u2044\u2215\u2236\u02d0\uff0f\u2010\u2011\u2012\u2013\u2014\u2212\u2795\u02d6\u01c0\u04cf\u0433\u043f",
            "ABEKMHOPCTYXaeopcyxSIJsijYhdGqWwABEZHIKMNOPTYXopvcjiagiYNRHLcovz//::/------++lIrn",
            strict=True,
        )
    )
)
_DISGUISING = re.compile(  # what may hide ASCII: compatibility forms, what is not seen, and other scripts amid Latin letters
    _UNSEEN.pattern[:-2]
    + "\u00aa\u00b2\u00b3\u00b9\u00ba\u02b0-\u02ff\u1d00-\u1dbf\u2044\u2070-\u209c\u2100-\u218f\u2215\u2236\u2460-\u24ff\u2c7c"
    "\ufb00-\ufb06\ufe50-\ufe6b\uff00-\uffef\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]|[\u0250-\u058f](?:[A-Za-z0-9+/=]|(?<=[A-Za-z0-9+/=].))"
)
_MIXED = re.compile("[^\x00-\x7f](?:[A-Za-z0-9+/=]|(?<=[A-Za-z0-9+/=].))")
_SHORT = 64  # characters of no weight
_SIGNS = re.compile(  # that write no language's words: private use, Braille, symbols, alphabets of signs
    "[\u2190-\u2bff\u4dc0-\u4dff\ue000-\uf8ff\U0001d000-\U0001d7ff\U0001f000-\U0001faff\U000f0000-\U0010ffff\u2800-\u28ff"
    "\U00012000-\U0001254f\U00013000-\U0001342f]"
)
_IDEOGRAPHS = re.compile("[\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+")
_MOST_SIGNS = 128
_DIFFERENT_SIGNS = 64
_FEWEST_IDEOGRAPHS = 96
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROLS = 8
_HIGH = re.compile("[\x80-\u024f]")
_NATIONAL_SETS = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97), ("euc_kr", 0xB0, 0xC8))
_SAMPLE = 2_000  # ideographs


def plain(text: str) -> str:
    """Give the text with Latin letters and digits for all that looks like them, without what is not seen.

    Words of other scripts may be left out: the result is for looking at encodings only.
    """
    if text.isascii():
        return text
    rest = _OTHER_SCRIPTS.sub(" ", text)
    if not (_DISGUISING.search(rest) or 4 * _bytes_beyond(rest) > len(rest) > _SHORT):
        return rest
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKD", rest))
    return seen.translate(_LOOKALIKES) if _MIXED.search(seen) else seen


def without_unseen(text: str) -> str:
    """Give the text without what is not seen: format characters, fillers, and marks that are put over letters."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def letters_alone(text: str) -> str:
    """Give letters and digits alone, small, of any script, with Latin ones for what looks like them: for comparing names."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).translate(_LOOKALIKES).casefold()
    return "".join(one for one in unicodedata.normalize("NFKD", seen) if one.isalnum())


def _bytes_beyond(text: str) -> int:
    """Count the bytes beyond one a character, which are as many as the characters that are not ASCII, or more."""
    return len(text.encode("utf-8", "replace")) - len(text)


def is_written_bytes(text: str) -> bool:
    """Whether a text seems to be bytes written as signs: one character a byte, or thousands of signs as digits.

    Running text of any script has few controls and mostly common ideographs and syllables; an alphabet of digits has not.
    """
    if _CONTROL.search(text) and len(_CONTROL.findall(text)) > _MOST_CONTROLS:
        return True
    if text.isascii() or 3 * _bytes_beyond(text) <= len(text):
        return False
    high = _HIGH.findall(text)
    if 3 * len(high) > len(text) and len(set(high)) >= _DIFFERENT_SIGNS // 2 and len(high) > _MOST_SIGNS // 2:
        return True
    signs = _SIGNS.findall(text) if _SIGNS.search(text) else []
    if len(signs) > _MOST_SIGNS and len(set(signs)) >= _DIFFERENT_SIGNS:
        return True
    ideographs = "".join(_IDEOGRAPHS.findall(text))[:_SAMPLE]
    return len(ideographs) >= _FEWEST_IDEOGRAPHS and 5 * _common(ideographs) < 3 * len(ideographs)


def _common(ideographs: str) -> int:
    """Count the ideographs and syllables that one of the old national character sets has among its common ones."""
    different = "".join(set(ideographs))
    common: set[str] = set()
    for encoding, first, last in _NATIONAL_SETS:
        raw = different.encode(encoding, "ignore")
        pairs = (raw[at : at + 2] for at in range(0, len(raw), 2) if first <= raw[at] <= last)
        common.update(b"".join(pairs).decode(encoding, "ignore"))
    return sum(map(common.__contains__, ideographs))
