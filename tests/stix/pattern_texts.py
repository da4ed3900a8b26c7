"""Texts for the pattern tests: generated patterns, damaged ones, and the verdict of the reference library."""

from __future__ import annotations

from hypothesis import strategies as st
from stix2patterns.validator import run_validator

HEX = "0123456789abcdefABCDEF"
STRINGS = st.one_of(
    st.text(max_size=8).map(lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    st.sampled_from([*(0, 1, 31, 32, 33, 40, 64, 65, 128)]).flatmap(
        lambda length: st.text(HEX, min_size=length, max_size=length).map(lambda text: f"'{text}'")
    ),
)
NUMBERS = st.sampled_from(["0", "1", "+5", "-5", "007", "1.5", "-.5", "+.25", "5.", "1.2.3", "-", "12a"])
LITERALS = st.one_of(
    STRINGS,
    NUMBERS,
    st.sampled_from(["true", "false", "h'ab'", "h''", "h'abc'", "b'abcd'", "b'abc='", "b''", "b'===='", "True"]),
    st.sampled_from(["t'2026-01-31T23:59:60.5Z'", "t'2026-02-30T00:00:00Z'", "t'2026-13-01T00:00:00Z'", "t'2026'", "t 'x'"]),
)
STEPS = st.sampled_from(
    ["value", "hashes", "'SHA-256'", "MD5", "'md5'", "SHA1", "'ssdeep'", "'hashes'", "x_ref", "'a b'", "a-b", "IN"]
)
PATHS = st.builds(
    lambda type_name, first, rest: type_name + ":" + first + "".join(rest),
    st.sampled_from(["file", "url", "ipv4-addr", "x-a", "AND", "t", "h"]),
    STEPS,
    st.lists(st.one_of(STEPS.map(lambda step: "." + step), st.sampled_from(["[*]", "[0]", "[+1]", "[-1]", "[1.5]"])), max_size=3),
)
COMPARISONS = st.one_of(
    st.builds(
        lambda path, word, operator, literal: f"{path} {word}{operator}{literal}",
        PATHS,
        st.sampled_from(["", "", "NOT "]),
        st.sampled_from(["=", "==", "!=", "<>", "<", "<=", ">", ">=", "LIKE ", "MATCHES ", "ISSUBSET ", "ISSUPERSET ", "IN "]),
        LITERALS,
    ),
    st.builds(
        lambda path, members: f"{path} IN ({','.join(members)})",
        PATHS,
        st.lists(LITERALS, max_size=3),
    ),
    st.builds(lambda word, path: f"{word}EXISTS {path}", st.sampled_from(["", "NOT "]), PATHS),
)
JUNCTIONS = st.sampled_from([" AND ", " OR ", " FOLLOWEDBY ", " and "])
SPACES = st.sampled_from(["", " ", "\t\n", "\u2003", "/* c */", "// c\n", "/*", "\x1f", "\u200b"])
QUALIFIERS = st.sampled_from(
    [
        *(" REPEATS 5 TIMES", " REPEATS 0 TIMES", " REPEATS -1 TIMES", " WITHIN 5 SECONDS", " WITHIN 1.5 SECONDS"),
        *(" WITHIN 5 MINUTES", " START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", " START 'a' STOP 'b'"),
    ]
)


def _joined(inner: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.builds(
        lambda first, rest: first + "".join(junction + other for junction, other in rest),
        inner,
        st.lists(st.tuples(JUNCTIONS, inner), max_size=most - 1),
    )


_TESTS = st.recursive(COMPARISONS, lambda inner: _joined(inner).map(lambda text: f"({text})"), max_leaves=4)
_OBSERVATIONS = st.builds(
    lambda space, tests, qualifiers: f"[{space}{tests}]{''.join(qualifiers)}",
    SPACES,
    _joined(_TESTS),
    st.lists(QUALIFIERS, max_size=2),
)
PATTERNS = st.builds(
    lambda before, text, after: before + text + after,
    SPACES,
    _joined(
        st.recursive(
            _OBSERVATIONS,
            lambda inner: st.builds(
                lambda text, qualifiers: f"({text}){''.join(qualifiers)}", _joined(inner), st.lists(QUALIFIERS, max_size=2)
            ),
            max_leaves=3,
        )
    ),
    SPACES,
)
_PIECES = st.sampled_from([*"'\\[]().,:=<>!*+-/ \nhbt0a\"", "AND", "NOT ", "EXISTS ", "'x'", "[*]", "t'", "//", "*/", "ü"])
DAMAGES = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 3), _PIECES), max_size=2)


def damaged(pattern: str, damages: list[tuple[int, int, str]]) -> str:
    """Give the pattern with a few pieces cut out and put in."""
    for at, length, piece in damages:
        pattern = pattern[:at] + piece + pattern[at + length :]
    return pattern


def library_takes(pattern: str) -> bool:
    """Whether stix2-patterns takes a pattern; it answers some with an exception that is no verdict."""
    try:
        return not run_validator(pattern, "2.1")
    except Exception:  # noqa: BLE001  # UnboundLocalError, AttributeError, RecursionError: whoever parses with it fails too
        return False
