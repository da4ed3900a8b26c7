"""Each kind in its one spelling: done twice it is the same, nothing gets wider, and hostile input is refused and nothing else."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import Code, ProfileError
from app.domain.observation import RULES, ObservableKind
from app.stix.normalise import HASHES, normal_value
from tests.factories.observation_forms import OF_EVERY_KIND

KINDS = sorted(ObservableKind)
MOST_BY_CHANCE = 12  # characters that a sentence may have in common with a value
VALUES = [(ObservableKind(one["kind"]), one["value"]) for one in OF_EVERY_KIND if "value" in one]
PIECES = ["a", "Z", "0", ".", "[.]", "@", "/", "..", "%", "%41", "#", "?", "&", "=", ":", "//", "https://", "example.org"]
ODD = [
    "\u200b",
    "\u202e",
    "\x00",
    "\ud800",
    "\u0130",
    "\xdf",
    "\ufb01",
    "\u0430",
    "\u0661",
    "\U0001f600",
    " ",
    "\\",
    "'",
    "*",
    "xn--",
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*PIECES, *ODD]), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda parts: "https://a.example.org/" + "".join(parts)),
)


def read(kind: ObservableKind, value: str) -> str | None:
    """Give the spelling, or None if it is refused in the one way in which anything is."""
    refusal: ProfileError
    try:
        return normal_value(kind, value).value
    except ProfileError as caught:
        refusal = caught
    assert (refusal.code, refusal.pointer) == (Code.OBSERVABLE_INVALID, "/value")
    assert len(value) < MOST_BY_CHANCE or value not in refusal.sentence
    return None


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_what_belongs_to_its_kind_is_read_and_stays_as_it_is_read(kind: ObservableKind, value: str) -> None:
    normal = read(kind, value)
    assert normal is not None
    assert read(kind, normal) == normal


@given(kind=st.sampled_from(KINDS), value=TEXTS)
@example(kind=ObservableKind.HANDLE, value="ẞ")
@example(kind=ObservableKind.KEYWORD_TERM, value="\ud800")
@example(kind=ObservableKind.URL, value="https://a.example.org/%2541")
@example(kind=ObservableKind.URL, value="https://a.example.org/%2e%2e/b")
def test_read_twice_is_read_once(kind: ObservableKind, value: str) -> None:
    normal = read(kind, value)
    if normal is not None:
        assert normal_value(kind, normal).value == normal


@given(value=TEXTS)
def test_what_is_read_as_an_address_is_one_page_of_one_host(value: str) -> None:
    normal = read(ObservableKind.URL, value)
    if normal is not None:
        parts = urlsplit(normal)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert (parts.username, parts.fragment) == (None, "")
        assert normal.isascii()


LABELS = st.lists(st.from_regex("[a-z][a-z0-9]{0,5}", fullmatch=True), min_size=2, max_size=4)
PARTS = st.lists(st.from_regex("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,5}", fullmatch=True), max_size=4)


@given(labels=LABELS, parts=PARTS, asked=PARTS)
def test_an_address_never_means_more_than_it_did(labels: list[str], parts: list[str], asked: list[str]) -> None:
    """Of a host every label stays, of a path every part, of a question every word."""
    value = f"https://{'.'.join(labels)}/{'/'.join(parts)}" + (f"?{'&'.join(asked)}" if asked else "")
    tracked = {"fbclid", "gclid", "igshid", "mc_eid"} & {one.lower() for one in asked}
    if not tracked and not any(one.lower().startswith("utm_") for one in asked):
        assert read(ObservableKind.URL, value) == value


@given(labels=LABELS)
def test_a_domain_keeps_every_label(labels: list[str]) -> None:
    assert read(ObservableKind.DOMAIN, ".".join(labels).upper()) == ".".join(labels)


@given(value=TEXTS)
def test_one_machine_stays_one_machine(value: str) -> None:
    normal = read(ObservableKind.IP, value)
    if normal is not None:
        assert str(ipaddress.ip_address(normal)) == normal


@given(value=st.text(alphabet="abcdefghij._-0123456789", min_size=1, max_size=30))
def test_two_handles_that_differ_stay_different(value: str) -> None:
    """Small ASCII letters, digits and signs are a handle's own spelling: nothing of them is lost."""
    assert read(ObservableKind.HANDLE, value) in (value, None)


def test_what_has_no_value_says_how_it_is_given() -> None:
    with pytest.raises(ProfileError, match="frames"):
        normal_value(ObservableKind.VPDQ, "a")
    with pytest.raises(ProfileError, match="token"):
        normal_value(ObservableKind.PAYMENT_HANDLE_HMAC, "a")


@pytest.mark.parametrize("kind", sorted(RULES))
def test_rules_are_text_within_bounds(kind: ObservableKind) -> None:
    assert normal_value(kind, " a rule ").value == "a rule"
    for wrong in ("", " ", "a\x00b", "a" * 4097):
        with pytest.raises(ProfileError):
            normal_value(kind, wrong)


def test_a_term_is_one_term() -> None:
    for wrong in ("one\ntwo", "a" * 101):
        with pytest.raises(ProfileError):
            normal_value(ObservableKind.KEYWORD_TERM, wrong)


def test_hashes_are_those_with_one_value() -> None:
    assert ObservableKind.PDQ in HASHES
    assert ObservableKind.VPDQ not in HASHES
