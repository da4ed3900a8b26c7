"""The words of the pattern language are cut as the reference library cuts them."""

from __future__ import annotations

import antlr4
from hypothesis import example, given, settings
from stix2patterns.v21.grammars.STIXPatternLexer import STIXPatternLexer

from app.stix.pattern_tokens import tokens_of
from tests.stix.pattern_texts import DAMAGES, PATTERNS, damaged

OURS = {
    "IdentifierWithoutHyphen": "name",
    "IdentifierWithHyphen": "hyphenated",
    "StringLiteral": "string",
    "BoolLiteral": "bool",
    "TimestampLiteral": "timestamp",
    "HexLiteral": "hex",
    "BinaryLiteral": "binary",
    "IntPosLiteral": "integer",
    "IntNegLiteral": "negative-integer",
    "FloatPosLiteral": "float",
    "FloatNegLiteral": "negative-float",
}
IN_NO_PATTERN = {"InvalidCharacter", "QUOTE", "PLUS", "MINUS", "HYPHEN", "POWER_OP", "DIVIDE"}


def library_tokens(pattern: str) -> tuple[list[str], list[str]] | None:
    lexer = STIXPatternLexer(antlr4.InputStream(pattern))
    lexer.removeErrorListeners()
    kinds, texts = [], []
    for token in lexer.getAllTokens():
        name = STIXPatternLexer.symbolicNames[token.type]
        if name in IN_NO_PATTERN:
            return None
        kinds.append(OURS.get(name, token.text))
        texts.append(token.text)
    return kinds, texts


@given(PATTERNS, DAMAGES)
@settings(max_examples=80, deadline=None)
@example("[a:b='x']/*", [])
@example("[a:b=h'zz' c]", [])
@example("a.5 -5 -x x-5 1.2.3 007 +.5 <>= === '\\' 'a''b'", [])
@example("tt'2026-01-01T00:00:00Z' _t'x'", [])
def test_tokens_are_those_of_the_library(pattern: str, damages: list[tuple[int, int, str]]) -> None:
    text = damaged(pattern, damages)
    assert tokens_of(text) == library_tokens(text)
