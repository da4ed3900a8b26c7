"""What no text of the catalogue may say: rules over one text, each with the sentence for whoever wrote it.

Owns the rules: which characters, no numbers, no names, nothing that reads as an instruction, no word that the Terminology
Guidelines reject. They know forms and lists, not meanings: two reviewers read what passes. A sentence never repeats what was
written. Kept by ``tests/stix/test_catalogue_texts.py``; decision 49.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum, unique
from itertools import pairwise

from app.stix.catalogue_words import CURRENCIES, NUMBERS, PLACES, REJECTED, is_known_name


@unique
class Rule(StrEnum):
    """What a text broke; alphabetical."""

    ADDRESS = "address"
    AMOUNT = "amount"
    CHARACTER = "character"
    CODED_TERM = "coded-term"
    INSTRUCTION = "instruction"
    LENGTH = "length"
    MISSING = "missing"
    NAME = "name"
    NUMBER = "number"
    PLACE = "place"
    REFERENCE = "reference"
    STRUCTURE = "structure"
    TERMINOLOGY = "terminology"


Broken = tuple[Rule, str]
"""A rule that was broken, and the sentence that says so."""

_CODE = re.compile(r"\b(?:OP|CM)-[0-9]{3}\b", re.ASCII)
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
_ALLOWED = re.compile(rf"[{_LETTERS}0-9 .,;:()\u2019'/?\u2013-]*")
_QUOTATION = re.compile(rf"[\"`\u201c-\u201f\u00ab\u00bb\u2039\u203a\u2018\u201a]|(?<![{_LETTERS}])['\u2019]")
_ADDRESS = re.compile(r"://|www\.|[^\W_]\.[^\W_]|@|\bdot (?:com|net|org|onion|io|me|gg)\b", re.IGNORECASE)
_TAG = re.compile(r"[#*_~]|[A-Za-z][0-9]+[A-Za-z]|[A-Za-z]\$|\$[A-Za-z]")
_CURRENCY_SIGN = re.compile(r"[$€£¥₱₹₿₽%‰]")
_SENTENCE_START = re.compile(r"(?:^|[.?:] )\(?")
_WORD = re.compile(rf"[{_LETTERS}]+(?:[\u2019'-][{_LETTERS}]+)*")
_LONGEST_WORD = 24
_USUAL_CAPITALS = frozenset({"URL", "URLs"})
_ORDERS = (
    "add approach ask become build buy change choose claim click close contact convert copy create delete disguise download "
    "encrypt enter find follow forward get give go hide install invite join keep lie look make message move obtain offer open "
    "pay persuade pick pose post pretend promise record register remove repeat save say search select send set share show start "
    "stream switch take target tell threaten trick try type upload use wait write"
)
_OBJECTS = (
    "a an the this that these those another any some such more each every it them him her one children child accounts account "
    "several multiple many new fake false only via out up into"
)
_ORDER = re.compile(rf"(?:^|[.;:?] |\bthen )(?:{'|'.join(_ORDERS.split())}) (?:{'|'.join(_OBJECTS.split())})\b", re.IGNORECASE)
_MANUAL = re.compile(
    r"\b(?:you|your|yours|yourself|how to|how-to|step by step|step-by-step|make sure|be sure to|tutorial|instructions?|tips?|"
    r"trick is|works best|work best|easiest (?:way|to)|best (?:way|to)|the way to|recommended (?:app|tool|service)|"
    r"without (?:being|getting) (?:noticed|detected|seen|caught|traced|banned|reported)|"
    r"(?:evad|bypass|circumvent|defeat|fool)(?:e|es|s|ed|ing)?|(?:get|gets|getting) (?:around|past))\b",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(r"\bfirst\b[^.]*\b(?:then|next|after that)\b[^.]*\b(?:finally|at last|lastly|then)\b", re.IGNORECASE)


def broken_rules(text: str) -> Iterator[Broken]:
    """Give each rule that a text (unverified) breaks, once."""
    plain = _CODE.sub("", text)
    for rule, sentence, breaks in _RULES:
        if breaks(plain):
            yield rule, sentence
    yield from _rejected(plain)


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, hyphens and apostrophes within them."""
    return [match[0].lower().replace("\u2019", "'") for match in _WORD.finditer(text)]


def _rejected(text: str) -> Iterator[Broken]:
    spaced = f" {' '.join(words_of(text)).replace('-', ' ')} "
    for rejected, instead in REJECTED.items():
        if f" {rejected} " in spaced:
            yield (
                Rule.TERMINOLOGY,
                f"A word here is one that the Terminology Guidelines reject, or says more than is proved: {instead}",
            )


def _has_a_number(text: str) -> bool:
    return any(character.isnumeric() for character in text) or not NUMBERS.isdisjoint(_parts(text))


def _has_an_amount(text: str) -> bool:
    return _CURRENCY_SIGN.search(text) is not None or not CURRENCIES.isdisjoint(_parts(text))


def _has_a_place(text: str) -> bool:
    parts = _parts(text)
    return not PLACES.isdisjoint(parts) or not PLACES.isdisjoint(map(" ".join, pairwise(parts)))


def _has_a_name(text: str) -> bool:
    starts = {match.end() for match in _SENTENCE_START.finditer(text)}
    for match in _WORD.finditer(text):
        letters = match[0] if match.start() not in starts else match[0][1:]
        if match[0] not in _USUAL_CAPITALS and any(character.isupper() for character in letters):
            return True
    parts = _parts(text)
    return any(map(is_known_name, parts)) or any(map(is_known_name, map("".join, pairwise(parts))))


def _has_a_coded_term(text: str) -> bool:
    if _TAG.search(text) or _QUOTATION.search(text):
        return True
    return any(len(part) > _LONGEST_WORD for part in _parts(text))


def _parts(text: str) -> list[str]:
    return [part for word in words_of(text) for part in word.removesuffix("'s").split("-")]


_RULES: tuple[tuple[Rule, str, Callable[[str], bool]], ...] = (
    (
        Rule.ADDRESS,
        "Leave out addresses, handles and anything that looks like one; a public source belongs to the references.",
        lambda text: _ADDRESS.search(text) is not None,
    ),
    (Rule.AMOUNT, "Leave out amounts, shares and currencies: what is paid is told by nobody here.", _has_an_amount),
    (
        Rule.CODED_TERM,
        "Leave out quoted, tagged, starred and made-up words: terms that people use stand in restricted lists, never here.",
        _has_a_coded_term,
    ),
    (
        Rule.INSTRUCTION,
        "Say what is seen or done, as a statement about others: nothing here addresses a reader or tells how a thing is done.",
        lambda text: any(form.search(text) for form in (_ORDER, _MANUAL, _SEQUENCE)),
    ),
    (
        Rule.NAME,
        "Leave out names: of services, products, tools, organisations and persons. Sources stand in the references.",
        _has_a_name,
    ),
    (
        Rule.NUMBER,
        "Leave out numbers, in words too: thresholds, ages, times and counts are for each service to find.",
        _has_a_number,
    ),
    (Rule.PLACE, "Leave out countries, peoples and regions: behaviours are not those of a place.", _has_a_place),
    (
        Rule.CHARACTER,
        "Use letters of the Latin alphabet, spaces and ordinary punctuation: no symbols, quotation marks or line breaks.",
        lambda text: _ALLOWED.fullmatch(text) is None,
    ),
)
