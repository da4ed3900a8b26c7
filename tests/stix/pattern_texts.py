"""Texts for the pattern tests: generated patterns, mostly valid, damage to them, and the verdict of the reference library."""

from __future__ import annotations

from hypothesis import strategies as st
from stix2patterns.validator import run_validator

_HEX = "0123456789abcdefABCDEF"


def _mostly(usual: st.SearchStrategy[str], odd: list[str]) -> st.SearchStrategy[str]:
    """Give the usual texts, and an odd one once in twenty times."""
    return st.integers(0, 19).flatmap(lambda number: st.sampled_from(odd) if number == 19 else usual)


_TEXTS = st.text(max_size=8).map(lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
_DIGESTS = st.sampled_from([0, 1, 31, 32, 33, 40, 64, 65, 128]).flatmap(
    lambda length: st.text(_HEX, min_size=length, max_size=length).map(lambda text: f"'{text}'")
)
_CONSTANTS = _mostly(
    st.one_of(
        _TEXTS,
        st.sampled_from(["0", "1", "+5", "-5", "1.5", ".5", "-.5", "+.25", "h'ab'", "h''", "b'abcd'", "b'abc='"]),
        st.sampled_from(["t'2026-01-31T23:59:60.5Z'", "t'2026-02-30T00:00:00Z'"]),
    ),
    ["007", "5.", "1.2.3", "-", "12a", "h'abc'", "b''", "b'===='", "True", "true", "t'2026-13-01T00:00:00Z'", "t'2026'", "t 'x'"],
)
_STEPS = _mostly(
    st.sampled_from(["value", "size", "'a b'", "x_ref", "MD5", "hashes", "'it\\'s'"]), ["a-b", "IN", "LAST", "true", "t'x'"]
)
_REST = _mostly(
    st.one_of(_STEPS.map(lambda step: "." + step), st.sampled_from(["[*]", "[0]", "[+1]"])), ["[-1]", "[1.5]", "[]", ".", "[a]"]
)
_PATHS = st.builds(
    lambda type_name, first, rest: type_name + ":" + first + "".join(rest),
    _mostly(st.sampled_from(["file", "url", "ipv4-addr", "x-a", "t", "h"]), ["AND", "'url'", "9x", "true"]),
    _STEPS,
    st.lists(_REST, max_size=3),
)
_HASH_TESTS = st.builds(
    lambda path, name, rest, operator, digest: f"{path}.{name}{rest}{operator}{digest}",
    st.sampled_from(["file:hashes", "artifact:'hashes'", "x:hashes.more", "x:y.hashes"]),
    st.sampled_from(["MD5", "'md5'", "'SHA-256'", "SHA1", "'SHA3-512'", "'ssdeep'", "PDQ", "'m\\'d5'", "hashes"]),
    st.sampled_from(["", "", "", "[*]", "[0]", ".x"]),
    st.sampled_from([" = ", " != ", " LIKE ", " NOT = ", " < "]),
    _DIGESTS,
)
_TESTS = st.one_of(
    st.builds(
        lambda path, word, operator, constant: f"{path} {word}{operator}{constant}",
        _PATHS,
        st.sampled_from(["", "", "NOT "]),
        _mostly(st.sampled_from(["=", "==", "!=", "<>", "<", "<=", ">", ">="]), ["=>", "=<", "!", "like "]),
        _CONSTANTS,
    ),
    st.builds(
        lambda path, word, operator, text: f"{path} {word}{operator} {text}",
        _PATHS,
        st.sampled_from(["", "", "NOT "]),
        st.sampled_from(["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"]),
        _mostly(_TEXTS, ["5", "h'ab'", "('a')"]),
    ),
    st.builds(lambda path, members: f"{path} IN ({','.join(members)})", _PATHS, st.lists(_CONSTANTS, max_size=3)),
    st.builds(lambda word, path: f"{word}EXISTS {path}", st.sampled_from(["", "NOT "]), _PATHS),
    _HASH_TESTS,
)
_SPACES = _mostly(st.sampled_from(["", " ", "\t\n", "\u2003"]), ["/* c */", "// c\n", "/*", "\x1f", "\u200b", "NOT "])
_QUALIFIERS = _mostly(
    st.sampled_from(
        [
            *(" REPEATS 5 TIMES", " REPEATS 0 TIMES", " WITHIN 5 SECONDS", " WITHIN 1.5 SECONDS"),
            " START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
        ]
    ),
    [" WITHIN 5 MINUTES", " REPEATS -1 TIMES", " REPEATS 1.5 TIMES", " START 'a' STOP 'b'", " WITHIN h'ab' SECONDS"],
)
_QUALIFIED = (
    st.sampled_from([0, 0, 0, 1, 1, 2]).flatmap(lambda count: st.lists(_QUALIFIERS, min_size=count, max_size=count)).map("".join)
)


def _joined(inner: st.SearchStrategy[str], words: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda first, rest: first + "".join(junction + other for junction, other in rest),
        inner,
        st.lists(st.tuples(_mostly(st.sampled_from(words), odd), inner), max_size=2),
    )


def _alternatives(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return _joined(inner, [" AND ", " OR "], [" FOLLOWEDBY ", " and ", " ", ", "])


def _sequence(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return _joined(inner, [" AND ", " OR ", " FOLLOWEDBY "], [" NOT ", " or ", " ", ";"])


_COMPARISONS = st.recursive(_TESTS, lambda inner: _alternatives(inner).map(lambda text: f"({text})"), max_leaves=3)
_OBSERVATIONS = st.builds(
    lambda space, tests, qualifiers: f"[{space}{tests}]{qualifiers}", _SPACES, _alternatives(_COMPARISONS), _QUALIFIED
)
_GROUPS = st.recursive(
    _OBSERVATIONS, lambda inner: st.builds(lambda text, more: f"({text}){more}", _sequence(inner), _QUALIFIED), max_leaves=3
)
PATTERNS = st.builds(lambda before, text, after: before + text + after, _SPACES, _sequence(_GROUPS), _SPACES)

_PIECES = st.sampled_from([*"'\\[]().,:=<>!*+-/ \nhbt0a\"", "AND", "NOT ", "EXISTS ", "'x'", "[*]", "t'", "//", "*/", "ü"])
DAMAGES = st.sampled_from([0, 0, 0, 1, 2]).flatmap(
    lambda count: st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), _PIECES), min_size=count, max_size=count)
)


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
