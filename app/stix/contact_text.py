"""E-mail addresses and telephone numbers in free text, also spelt so that a machine should not find them.

Owns their forms, and what looks alike and is none: dates, order and case numbers, versions, coordinates, prices. Where such text
is free is decided in ``person_data``. All its expressions are linear. Kept by ``tests/stix/test_contact_text.py``.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILE_ENDINGS = _words(
    "avi bak bat bin bmp bz2 cfg conf css csv dat db dll dmg doc docx eml exe gif gz heic htm html ini iso jar jpeg jpg js json "
    "key log lnk lock md mkv mov mp3 mp4 mpeg msi ods odt pdf png ppt pptx ps1 py rar rb rst sh sql svg tar tgz tif tiff tmp "
    "toml ts txt vbs wav webm webp whl xls xlsx xml xz yaml yml zip"
)
_AT = re.compile(r"[\[({<]\s{0,3}(?:at|@|ä|a|arroba|chez|собака)\s{0,3}[\])}>]", re.IGNORECASE)
_DOT = re.compile(r"[\[({<]\s{0,3}(?:dot|\.|punkt|punto|point|ponto|точка)\s{0,3}[\])}>]", re.IGNORECASE)
_SPELT_DOT = re.compile(r" (?:dot|DOT) (?<=[\w-].{5})(?=[\w-])")
_SPELT_AT = re.compile(r" (?:at|AT) (?<=[\w.+-].{4})(?=(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24})")
_LOUD_AT = re.compile(r" AT (?<=[a-z0-9].{4})(?=(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})")
_ADDRESS = re.compile(r"@(?<=[\w.+%'~-]@)((?:[\w-]{1,63}+\.){1,8})([^\W\d_]{2,24}+|xn--[\w-]{2,59}+)(?![\w@])")
_SPACED_ADDRESS = re.compile(r"@(?: |(?<= @))((?:[\w-]{1,63}+\.){1,8})([^\W\d_]{2,24}+)(?!\w)")
_TELLING_NAME = re.compile(r"(?=[\w+-]{0,62}[\d._])[\w.+-]++")  # that is no word before an @ between blanks

_COMPATIBLE = re.compile("[\u00a0\u2024\u2474-\u24ff\ufe50-\ufe6b\uff00-\uffef\U0001d400-\U0001d7ff]")
_OTHER_DIGIT = re.compile(r"\d(?<![0-9])")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_NO_NUMBER = re.compile(  # what has digits and is no telephone number
    r"(?<!\d)\d{4}([./-])\d{2}\1\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9}+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?(?!\d)"
    r"|(?<![\d+])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:\d{4}|\d{2})(?![./-]?\d)"
    r"|(?<![\d+])(?:(?:0?[1-9]|1[0-2])[./-](?:19|20)\d{2}|(?:19|20)\d{2}[/-](?:19|20)?\d{2})(?![./-]?\d)"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?(?![\d.])"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
)
_CODES = _words(  # country calling codes of ITU-T E.164
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 "
    "92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 "
    "242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 "
    "298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 "
    "421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 "
    "679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 "
    "962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998"
)
_INTERNATIONAL = re.compile(
    r"(?<![\w+])(?:\(?\+|(?<!\d\s)(?<![\d.,/-])00(?=[1-9]\d{0,2}[ /-]))\s?([1-9](?:[ .()/-]{0,3}+\d){6,16}+)(?![\w%]|\.\d)"
)
_COORDINATE = re.compile(r"\d{1,3}\.\d+")
_AMERICAN = re.compile(r"(?<![\w.#/+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?\d{3}[ .-]|[2-9]\d{2}([.-])\d{3}\1)\d{4}(?![\w-]|\.\d)")
_TRUNK = re.compile(r"(?<![\w.#/+-])(\(0[1-9]\d{0,4}\) ?|0[1-9]\d{0,4}[ /-])(\d{3,8}(?:[ -]\d{2,6}){0,3}+)(?![\w/-]|[.,]\d)")
_POSTAL_CODE = re.compile(r"\d{5}-\d{4}")  # ZIP+4
_PAIRS = re.compile(r"(?<![\w.,#/+-])(?<!\d )0[1-79](?:([ .-])\d{2})(?:\1\d{2}){3}(?![\w-]|[ .,-]?\d)")
_CALLS = _words(
    "tel telephone telefon telefone telefono teléfono telephone téléphone phone phones cellphone whatsapp viber sms fax gcash "
    "handy handynummer rufnummer movil móvil celular portable телефон тел номер 电话 電話 手机 전화 โทร هاتف טלפון फ़ोन फोन"
)
_CALLS_WITH = frozenset(
    {"mobile no", "mobile number", "cell phone", "call me", "call us", "call on", "call at", "whats app", "g cash"}
)
_BETWEEN = _words("no nr num number numbers is at on or nummer numero número me us")
_WORD = re.compile(r"[^\W\d_]+")
_COUNTED = re.compile(r" ?(?:times|users|bytes|downloads|accounts|events|rows|calls|messages)|[\w%]|\.\d")
_FILED = re.compile(  # what stands before the number of a file, not of a telephone
    r"(?:case|pages?|order|ticket|ref(?:erence)?|n[or]|number|id|invoice|report|file|docket|batch|serial|version|build|is[bs]n|part|sku|doi|"
    r"account|item|record|aktenzeichen|az|dossier|expediente|zip|code|folio|protocol|warrant|licen[cs]e|№|#)[\s.:#№-]*$",
    re.IGNORECASE,
)
_BEFORE = 32  # characters
_RUN = re.compile(r"[+(0-9][0-9 ().+/\xa0-]{5,62}+")
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15
_MOST_RUNS = 1_000  # of one text that are looked at; nobody writes so many numbers


def find_contact(text: str) -> str | None:
    """Give what contact a text (unverified, any length) seems to hold, in words for its author, or None.

    Found are RFC 5322 addr-specs with a domain, and such with ``[at]`` and ``[dot]``; telephone numbers in international form, in
    the usual national ones, and any number of 7 to 15 digits behind a word such as *tel*. Reserved domains and fictitious numbers
    count. Texts that NUL joins are judged apart; of a text with more than a thousand numbers the first thousand are looked at.
    """
    if not text.isascii():
        text = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text) if _COMPATIBLE.search(text) else text)
        text = _western_digits(text) if _OTHER_DIGIT.search(text) else text
    if _has_address(text):
        return "an e-mail address"
    if _has_telephone(text):
        return "a telephone number"
    return None


def _western_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) if each > "\x7f" and each.isdecimal() else each for each in text)


def _has_address(text: str) -> bool:
    small = text.lower()
    if any(
        closing in small for closing in (("t)", "t]", "t}", "t>", "@]", "@)", "a)", "a]", "[.]", "(.)", "ä)", "ä]", "z)", "z]"))
    ):
        text = _put(_DOT, ".", _put(_AT, "@", text))
    if " dot " in small:
        undotted = _SPELT_DOT.sub(".", text)
        text = _SPELT_AT.sub("@", undotted) if undotted != text else text
    text = _LOUD_AT.sub("@", text) if " AT " in text else text
    if "@" not in text:
        return False
    return any(map(_is_domain, _ADDRESS.finditer(text))) or any(
        _is_domain(match)
        and _TELLING_NAME.fullmatch(text[max(0, match.start() - 64) : match.start()].rstrip().rpartition(" ")[2])
        for match in _SPACED_ADDRESS.finditer(text)
    )


def _put(disguise: re.Pattern[str], sign: str, text: str) -> str:
    """Put the sign where its disguise stands, and take the blanks around away."""
    marked = disguise.sub("\ue000", text)
    return marked.replace(" \ue000", "\ue000").replace("\ue000 ", "\ue000").replace("\ue000", sign)


def _is_domain(match: re.Match[str]) -> bool:
    return match[2].lower() not in _FILE_ENDINGS


def _has_telephone(text: str) -> bool:
    looked_at = 0
    for run in _RUN.finditer(text):
        if len(_digits(run[0])) < _FEWEST_DIGITS:
            continue
        looked_at += 1
        if looked_at > _MOST_RUNS:
            return False
        if _holds_telephone(text, run):
            return True
    return False


def _holds_telephone(text: str, run: re.Match[str]) -> bool:
    number = run[0].rstrip(" ().+/\xa0-")
    begin, end = run.start(), run.start() + len(number)
    before = text[max(0, begin - _BEFORE) : begin].rpartition("\0")[2]
    after = text[end : end + 12]
    if _is_called(before, number, after):
        return True
    return (not number.isdecimal() or number[0] == "0") and _looks_like_telephone(before, number, after)


def _looks_like_telephone(before: str, number: str, after: str) -> bool:
    near = before + _NO_NUMBER.sub(" ; ", number + after[:4])
    return (
        any(_is_international(match[1]) for match in _INTERNATIONAL.finditer(near))
        or any(not _is_filed(near, match) for match in _AMERICAN.finditer(near))
        or any(_is_national(near, match) for match in _TRUNK.finditer(near))
        or any(_is_in_pairs(match[0]) for match in _PAIRS.finditer(near))
    )


def _is_called(before: str, number: str, after: str) -> bool:
    """Whether words before a number say that it is one to call."""
    if not _FEWEST_DIGITS <= len(_digits(number)) <= _MOST_DIGITS or _COUNTED.match(after) or _NO_NUMBER.search(number):
        return False
    words = _WORD.findall(before.lower().replace("_", " "))[-4:]
    if before[-1:].isalnum():
        return False
    pairs = {f"{first} {second}" for first, second in pairwise(words)}
    while words and words[-1] in _BETWEEN and not _CALLS_WITH & pairs:
        words.pop()
    return bool(words) and (words[-1] in _CALLS or bool(_CALLS_WITH & pairs))


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _is_international(number: str) -> bool:
    digits = _digits(number)
    if not 8 <= len(digits) <= 15 or not any(digits[:length] in _CODES for length in (1, 2, 3)):  # noqa: PLR2004  # E.164
        return False
    if digits == number:
        return len(digits) > 8 and not digits.endswith("00000")  # noqa: PLR2004  # a round number is a count
    return _COORDINATE.fullmatch(number) is None


def _is_filed(text: str, match: re.Match[str]) -> bool:
    return _FILED.search(text[max(0, match.start() - _BEFORE) : match.start()]) is not None


def _is_national(text: str, match: re.Match[str]) -> bool:
    is_long_enough = 9 <= len(_digits(match[0])) <= 12  # noqa: PLR2004  # with the trunk's zero
    return is_long_enough and not _POSTAL_CODE.fullmatch(match[0]) and not _is_filed(text, match)


def _is_in_pairs(number: str) -> bool:
    """Whether five pairs of digits are a French number and no row of growing numbers."""
    pairs = re.findall(r"\d\d", number)
    return pairs != sorted(pairs)
