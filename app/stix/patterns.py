"""STIX patterns: within bounds, in the grammar, and what they speak about. A pattern is never run.

Owns the bounds and the verdict, which is that of stix2-patterns 2.1.2: whoever parses the object with the stix2 library must be
able to. The reading here is our own, because that library's costs one to seventy milliseconds for a pattern within the bounds,
and constants it has not seen make each pattern new. ``tests/stix/test_patterns.py`` proves both verdicts equal over generated and
damaged patterns. Other pattern languages are carried unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from stix2patterns.v21.object_validator import HASHES_REGEX

from app.domain.errors import Code, ProfileError
from app.stix.pattern_tokens import tokens_of

MAX_PATTERN_BYTES = 4096
MAX_TERMS = 64
MAX_NESTING = 16

_ORDERABLE = frozenset(
    {"string", "integer", "negative-integer", "float", "negative-float", "hex", "binary", "timestamp"},
)
_PRIMITIVE = _ORDERABLE | {"bool"}
_STRING = frozenset({"string"})
_OPERANDS = {
    **dict.fromkeys(("=", "==", "!=", "<>"), _PRIMITIVE),
    **dict.fromkeys(("<", "<=", ">", ">="), _ORDERABLE),
    **dict.fromkeys(("LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"), _STRING),
}
_QUALIFIERS: dict[str, tuple[frozenset[str], ...]] = {  # after the first word, token by token
    "START": (frozenset({"timestamp"}), frozenset({"STOP"}), frozenset({"timestamp"})),
    "WITHIN": (frozenset({"integer", "float"}), frozenset({"SECONDS"})),
    "REPEATS": (frozenset({"integer"}), frozenset({"TIMES"})),
}
_SPELLINGS = {
    "b": "a constant b'...' holds base64 with its padding",
    "h": "a constant h'...' holds pairs of hexadecimal digits",
    "t": "a constant t'...' holds a date and time that exist, in UTC: t'2026-01-31T23:59:59Z'",
}
_TYPE_NAMES = frozenset({"name", "hyphenated"})
_STEP_NAMES = frozenset({"name", "string"})
_INDEXES = frozenset({"integer", "*"})
_END = "end of the pattern"
_BEGINNING = re.compile(r"[(\s]*+\[")  # no comment may come first, says the library
_HASHES = {name: re.compile(form) for name, (form, _) in HASHES_REGEX.items()}


@dataclass(frozen=True, slots=True)
class PatternSubjects:
    """What a pattern speaks about: object types, and the names of all steps of its object paths."""

    types: frozenset[str]
    steps: frozenset[str]


def check_pattern(pattern: str, pattern_type: str) -> PatternSubjects | None:
    """Give what an indicator's STIX pattern (unverified) speaks about; None for a pattern of another type, carried unread.

    Bounds of STIX patterns: 4 KiB, 64 comparisons, 16 levels of brackets. Patterns of other types (sigma, pcre, yara …) and the
    expressions after MATCHES are NOT checked.

    Raises:
        ProfileError: code ``pattern-invalid`` if it is empty or, being a STIX pattern, too large or not in the grammar.
    """
    if not pattern.strip():
        _refuse("The pattern is empty.")
    return pattern_subjects(pattern) if pattern_type == "stix" else None


def observable_types(pattern: str) -> frozenset[str]:
    """Give the object types that a STIX pattern (unverified) speaks about. Raises as ``check_pattern``."""
    return pattern_subjects(pattern).types


def pattern_subjects(pattern: str) -> PatternSubjects:
    """Give what a STIX pattern (unverified) speaks about. Raises as ``check_pattern``."""
    if len(pattern.encode("utf-8")) > MAX_PATTERN_BYTES:
        _refuse(f"A STIX pattern has at most {MAX_PATTERN_BYTES} bytes; split the indicator.")
    if not _BEGINNING.match(pattern):
        _refuse_grammar("it begins with an observation in square brackets")
    tokens = tokens_of(pattern)
    if tokens is None:
        _refuse_grammar("it holds a character that no word of the language has; is a quote missing?")
    return _Reading(*tokens).subjects()


def _refuse(sentence: str) -> NoReturn:
    raise ProfileError(sentence, code=Code.PATTERN_INVALID, pointer="/pattern")


def _refuse_grammar(what: str) -> NoReturn:
    _refuse(f"The pattern is not in the grammar of STIX 2.1 patterns (§9): {what}.")


@dataclass(slots=True)
class _Reading:
    """One pass over the tokens, rule by rule of the grammar; ``nesting`` bounds the recursion before it happens."""

    kinds: list[str]
    texts: list[str]
    at: int = 0
    terms: int = 0
    types: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)

    def subjects(self) -> PatternSubjects:
        self.kinds.append(_END)
        self._observations(0)
        if self.kinds[self.at] != _END:
            _refuse_grammar("something follows its last observation")
        return PatternSubjects(frozenset(self.types), frozenset(self.steps))

    def _observations(self, nesting: int) -> None:
        self._observation(nesting)
        while self.kinds[self.at] in ("AND", "OR", "FOLLOWEDBY"):
            self.at += 1
            self._observation(nesting)

    def _observation(self, nesting: int) -> None:
        if self._take("["):
            self._comparisons(_deeper(nesting))
            self._expect("]", "an observation ends with a square bracket")
            self._qualifiers(repeatable=False)
        else:
            self._expect("(", "an observation stands in square brackets")
            self._observations(_deeper(nesting))
            self._expect(")", "a round bracket is not closed")
            self._qualifiers(repeatable=True)

    def _qualifiers(self, *, repeatable: bool) -> None:
        seen = set()
        while (qualifier := self.kinds[self.at]) in _QUALIFIERS:
            if qualifier in seen and not repeatable:
                _refuse_grammar("an observation has a qualifier twice")
            seen.add(qualifier)
            self.at += 1
            for expected in _QUALIFIERS[qualifier]:
                self._check_constant()
                self._expect_one(expected, f"what follows {qualifier} is wrong")

    def _comparisons(self, nesting: int) -> None:
        self._comparison(nesting)
        while self.kinds[self.at] in ("AND", "OR"):
            self.at += 1
            self._comparison(nesting)

    def _comparison(self, nesting: int) -> None:
        if self._take("("):
            self._comparisons(_deeper(nesting))
            self._expect(")", "a round bracket is not closed")
            return
        self.terms += 1
        if self.terms > MAX_TERMS:
            _refuse(f"A STIX pattern has at most {MAX_TERMS} comparisons; split the indicator.")
        negated = self._take("NOT")
        if self._take("EXISTS"):
            self._path()
        elif negated:
            _refuse_grammar("NOT stands before EXISTS or after an object path")
        else:
            path = self._path()
            self._take("NOT")
            value = self._operand()
            _check_hash(path, value)

    def _path(self) -> list[str | None]:
        """Read an object path and give its steps; None stands for ``[*]``, an empty text for a numbered place."""
        self.types.add(self._expect_one(_TYPE_NAMES, "a comparison begins with an object path"))
        self._expect(":", "an object path has a colon after the object type")
        path: list[str | None] = [self._step()]
        while True:
            if self._take("."):
                path.append(self._step())
            elif self._take("["):
                path.append(None if self._expect_one(_INDEXES, "a list index is a number or *") == "*" else "")
                self._expect("]", "a list index ends with a square bracket")
            else:
                return path

    def _step(self) -> str:
        text = self._expect_one(_STEP_NAMES, "a step of an object path is a name, or a text in single quotes")
        if text[0] == "'":
            text = text[1:-1].replace("\\'", "'").replace("\\\\", "\\")
        self.steps.add(text)
        return text

    def _operand(self) -> str:
        """Read an operator and what it compares with, and give the latter's text without spaces."""
        operator = self.kinds[self.at]
        self.at += 1
        start = self.at
        if operator in _OPERANDS:
            self._check_constant()
            self._expect_one(_OPERANDS[operator], f"{operator} does not compare with this kind of constant")
        elif operator == "IN":
            self._set()
        else:
            _refuse_grammar("after an object path comes a comparison operator")
        return "".join(self.texts[start : self.at])

    def _check_constant(self) -> None:
        """Say what is wrong with a constant that begins like a time or like bytes; it was read as a name and a text."""
        if self.kinds[self.at : self.at + 2] == ["name", "string"] and self.texts[self.at] in _SPELLINGS:
            _refuse_grammar(_SPELLINGS[self.texts[self.at]])

    def _set(self) -> None:
        self._expect("(", "after IN comes a set in round brackets")
        if self._take(")"):
            return
        self._check_constant()
        self._expect_one(_PRIMITIVE, "a set holds constants")
        while self._take(","):
            self._check_constant()
            self._expect_one(_PRIMITIVE, "a set holds constants")
        self._expect(")", "a set ends with a round bracket")

    def _take(self, kind: str) -> bool:
        if self.kinds[self.at] != kind:
            return False
        self.at += 1
        return True

    def _expect(self, kind: str, otherwise: str) -> None:
        if self.kinds[self.at] != kind:
            _refuse_grammar(otherwise)
        self.at += 1

    def _expect_one(self, kinds: frozenset[str], otherwise: str) -> str:
        if self.kinds[self.at] not in kinds:
            _refuse_grammar(otherwise)
        self.at += 1
        return self.texts[self.at - 1]


def _deeper(nesting: int) -> int:
    if nesting == MAX_NESTING:
        _refuse(f"The brackets of a STIX pattern are nested at most {MAX_NESTING} deep.")
    return nesting + 1


def _check_hash(path: list[str | None], value: str) -> None:
    """Refuse a hash that cannot be one: the library compares whatever follows a known hash's name with that hash's form."""
    selector = path[-1]
    if "hashes" not in path or selector is None:
        return
    if selector == "":
        _refuse_grammar("a hash is chosen by its name, not by a number")
    form = _HASHES.get(selector.upper().replace("-", "").replace("'", ""))
    if form and not form.match(value.replace("'", "")):
        _refuse_grammar("a hash has not the length or the alphabet of its kind; compare hashes one by one, not with IN")
