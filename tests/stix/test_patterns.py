"""STIX patterns: the verdict is the reference library's, the bounds are ours, and nothing is run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from app.domain.errors import Code, ProfileError
from app.stix.patterns import PatternSubjects, check_pattern, observable_types, pattern_subjects
from tests.factories.runaway import no_runaway
from tests.stix.pattern_texts import DAMAGES, PATTERNS, damaged, library_takes

SHA256 = "a" * 64


def takes(pattern: str) -> bool:
    try:
        pattern_subjects(pattern)
    except ProfileError:
        return False
    return True


def specification_examples() -> list[str]:
    package = importlib.util.find_spec("stix2patterns")
    assert package is not None
    assert package.origin is not None
    return (Path(package.origin).parent / "test/v21/spec_examples.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("pattern", specification_examples())
def test_the_specifications_examples_are_taken(pattern: str) -> None:
    assert takes(pattern)


@given(PATTERNS, DAMAGES)
@settings(max_examples=120, deadline=None)
@example("/* c */ [a:b = 1]", [])
@example("\x1f[a:b = 1]", [])
@example("[file:hashes[0] = 'x']", [])
@example("[file:hashes.x[*].MD5 = 'x']", [])
@example("[file:hashes.MD5 IN ()]", [])
@example("[file:hashes.'m\\'d5' = 'x']", [])
@example("[file:MD5.hashes = 'x']", [])
@example("[a:b NOT = 1 AND NOT EXISTS c:d]", [])
@example("[NOT a:b = 1]", [])
@example("[a:b = .5]", [])
@example("[a:b.5 = 1]", [])
@example("([a:b = 1] WITHIN 1 SECONDS) WITHIN 1 SECONDS WITHIN 2 SECONDS", [])
def test_the_verdict_is_the_librarys(pattern: str, damages: list[tuple[int, int, str]]) -> None:
    text = damaged(pattern, damages)
    assert takes(text) == library_takes(text)


@pytest.mark.parametrize(
    ("pattern", "types", "steps"),
    [
        ("[url:value = 'https://example.org']", {"url"}, {"value"}),
        (f"[file:hashes.'SHA-256' = '{SHA256}']", {"file"}, {"hashes", "SHA-256"}),
        (
            "[email-addr:belongs_to_ref.user_id = 'x'] AND [x-a:b[*].c > 1]",
            {"email-addr", "x-a"},
            {"belongs_to_ref", "user_id", "b", "c"},
        ),
        ("[EXISTS user-account:user_id]", {"user-account"}, {"user_id"}),
        ("[a:b = 'mac-addr:value = 1']", {"a"}, {"b"}),
        ("[a:b = 1 /* mac-addr:value */]", {"a"}, {"b"}),
    ],
)
def test_a_pattern_tells_what_it_speaks_about(pattern: str, types: set[str], steps: set[str]) -> None:
    assert pattern_subjects(pattern) == PatternSubjects(frozenset(types), frozenset(steps))
    assert observable_types(pattern) == types


@pytest.mark.parametrize(
    "pattern", ["", " ", "\n", "[", "]", "[]", "x", "'", "[a:b]", "[a = 1]", "[a:b = 1", "a:b = 1", "[a:b = 1];"]
)
@pytest.mark.parametrize("pattern_type", ["stix"])
def test_what_is_no_pattern_is_refused_and_points_at_the_property(pattern: str, pattern_type: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        check_pattern(pattern, pattern_type)
    assert (refusal.value.code, refusal.value.pointer) == (Code.PATTERN_INVALID, "/pattern")


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        pytest.param(" OR ".join(["[a:b=1]"] * 64), " OR ".join(["[a:b=1]"] * 65), id="observations"),
        pytest.param(f"[{' OR '.join(['a:b=1'] * 64)}]", f"[{' OR '.join(['a:b=1'] * 65)}]", id="comparisons"),
        pytest.param("(" * 15 + "[a:b=1]" + ")" * 15, "(" * 16 + "[a:b=1]" + ")" * 16, id="round brackets outside"),
        pytest.param(f"[{'(' * 15}a:b=1{')' * 15}]", f"[{'(' * 16}a:b=1{')' * 16}]", id="round brackets inside"),
        pytest.param(f"[a:b='{'ä' * 2044}']", f"[a:b='{'ä' * 2045}']", id="bytes"),
    ],
)
def test_each_bound_holds_from_both_sides(within: str, beyond: str) -> None:
    assert takes(within)
    with pytest.raises(ProfileError) as refusal:
        check_pattern(beyond, "stix")
    assert "at most" in refusal.value.sentence


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("[a:b = " + "(" * 4000, id="brackets"),
        pytest.param("[a:b = 1" + " AND a:b = 1" * 330 + "]", id="terms"),
        pytest.param("[a:b" + ".c" * 2000 + " = 1]", id="steps"),
        pytest.param("[a:b IN (" + "1," * 2000 + "1)]", id="set"),
        pytest.param("[a:b = 1]" + " REPEATS 1 TIMES" * 250, id="qualifiers"),
        pytest.param("[" + "/*" * 2000, id="comments"),
        pytest.param("[a:b = b'" + "AAAA" * 1000, id="binary"),
        pytest.param("[a:b = '" + "\\\\" * 2000, id="escapes"),
    ],
)
def test_a_hostile_pattern_costs_milliseconds(pattern: str) -> None:
    with no_runaway():
        takes(pattern)


@pytest.mark.parametrize("pattern_type", ["sigma", "pcre", "snort", "suricata", "yara", "spl", "osprey-sml"])
def test_patterns_of_other_types_are_carried_unread(pattern_type: str) -> None:
    assert check_pattern("alert tcp any -> any (" + "(" * 5000, pattern_type) is None
    with pytest.raises(ProfileError):
        check_pattern("  ", pattern_type)


def test_an_expression_after_matches_is_not_compiled() -> None:
    assert check_pattern("[url:value MATCHES '((((']", "stix") is not None


def test_no_refusal_repeats_the_pattern() -> None:
    with pytest.raises(ProfileError) as refusal:
        check_pattern("[url:hunter2 = hunter2]", "stix")
    assert "hunter2" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[file:created = t'2026-13-01T00:00:00Z']", "date and time that exist"),
        ("[file:created IN (t'2026-01-01T00:00:00Z', t'2026-01-32T00:00:00Z')]", "date and time that exist"),
        ("[url:value = 'a'] START t'2026-13-01T00:00:00Z' STOP t'2026-12-01T00:00:00Z'", "date and time that exist"),
        ("[file:magic_number_hex = h'abc']", "pairs of hexadecimal digits"),
        ("[artifact:payload_bin = b'a']", "base64 with its padding"),
        ("[url:value = t]", "does not compare"),
    ],
)
def test_a_constant_that_is_misspelt_is_told_by_its_kind(pattern: str, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        pattern_subjects(pattern)
