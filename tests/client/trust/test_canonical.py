"""Canonical bytes: the vectors of RFC 8785, both serializers equal on random values, and the refusals."""

from __future__ import annotations

import datetime as dt
import json
import struct
from enum import StrEnum
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.errors import Code, MalformedInputError
from breakwater_client.trust.canonical import _serializers_agree, canonical_bytes

LIMIT = 2**53 - 1

# RFC 8785 Appendix B: the bits of a double, and how it is spelled.
NUMBERS = [
    ("0000000000000000", b"0"),
    ("8000000000000000", b"0"),
    ("0000000000000001", b"5e-324"),
    ("8000000000000001", b"-5e-324"),
    ("7fefffffffffffff", b"1.7976931348623157e+308"),
    ("ffefffffffffffff", b"-1.7976931348623157e+308"),
    ("4340000000000000", b"9007199254740992"),
    ("c340000000000000", b"-9007199254740992"),
    ("4430000000000000", b"295147905179352830000"),
    ("44b52d02c7e14af5", b"9.999999999999997e+22"),
    ("44b52d02c7e14af6", b"1e+23"),
    ("44b52d02c7e14af7", b"1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", b"999999999999999700000"),
    ("444b1ae4d6e2ef4f", b"999999999999999900000"),
    ("444b1ae4d6e2ef50", b"1e+21"),
    ("3eb0c6f7a0b5ed8c", b"9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", b"0.000001"),
    ("41b3de4355555553", b"333333333.3333332"),
    ("41b3de4355555554", b"333333333.33333325"),
    ("41b3de4355555555", b"333333333.3333333"),
    ("41b3de4355555556", b"333333333.3333334"),
    ("41b3de4355555557", b"333333333.33333343"),
    ("becbf647612f3696", b"-0.0000033333333333333333"),
    ("43143ff3c1cb0959", b"1424953923781206.2"),
]

# Text that the two serializers could plausibly spell or order in different ways.
AWKWARD_TEXT = st.text(
    st.one_of(
        st.sampled_from('\x00\x08\t\n\x0b\x0c\r\x1f "\\/\x7f\x80\u2028\u2029\ue000\ufb33\ufeff\uffff\U00010000\U0001f600ab<>&'),
        st.characters(),  # with lone surrogates
    ),
    max_size=6,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-20, 20),
    st.integers(-(2**53) - 2, -(2**53) + 2),
    st.integers(2**53 - 2, 2**53 + 2),
    st.integers(),
    st.floats(),
    AWKWARD_TEXT,
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(AWKWARD_TEXT, inner, max_size=4),
    max_leaves=12,
)
# What STIX objects are made of: no float, ASCII names. On these the fast serializer must be taken.
PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-LIMIT, LIMIT), PLAIN_TEXT),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=0x7F), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


class Word(StrEnum):
    """A text that is not exactly ``str``, as our own vocabularies are."""

    CLEAR = "clear"


def outcome(serialize: Any, value: Any) -> bytes | None:
    try:
        return bytes(serialize(value))
    except (ValueError, MalformedInputError):
        return None


@pytest.mark.parametrize(("bits", "spelled"), NUMBERS)
def test_numbers_are_spelled_as_in_appendix_b(bits: str, spelled: bytes) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_bytes(number) == spelled
    assert canonical_bytes({"n": [number]}) == b'{"n":[' + spelled + b"]}"


def test_the_sample_of_section_3_2_2_comes_out_as_printed() -> None:
    sample = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}""",
    )
    assert (
        canonical_bytes(sample)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
        ).encode()
    )


def test_keys_are_ordered_by_utf_16_as_in_section_3_2_3() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = json.loads(canonical_bytes(dict.fromkeys(keys, 0)), object_pairs_hook=lambda pairs: [key for key, _ in pairs])
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON_VALUES)
@example({"\ue000": 1, "\U00010000": 2})
@example({"a": "\x7f\x80\u2028"})
@example([-0.0, 1e16, 1e21, 1e-7, 5e-324])
@example([LIMIT, -LIMIT])
@example([LIMIT + 1])
@example([-LIMIT - 1])
@example(float("nan"))
@example([float("inf")])
@example(["\ud800"])
@example({"\udfff": 1})
def test_every_value_has_the_bytes_or_the_refusal_of_the_exact_serializer(value: Any) -> None:
    assert outcome(canonical_bytes, value) == outcome(rfc8785.dumps, value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLAIN_VALUES)
def test_plain_values_take_the_fast_serializer_and_have_the_exact_bytes(value: Any) -> None:
    assert _serializers_agree(value)
    assert canonical_bytes(value) == rfc8785.dumps(value)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLAIN_VALUES)
def test_canonical_bytes_read_again_are_the_same_value_and_bytes(value: Any) -> None:
    content = canonical_bytes(value)
    assert orjson.loads(content) == value
    assert canonical_bytes(orjson.loads(content)) == content


@pytest.mark.parametrize(
    "value",
    [1.0, [1.0], {"a": -0.0}, {"a": {"ü": 1}}, {"\U0001f600": 1}, (1, 2), [(1,)], Word.CLEAR, {"a": dt.date(2026, 1, 1)}],
)
def test_whatever_the_two_may_spell_differently_is_noticed(value: Any) -> None:
    assert not _serializers_agree(value)


def test_an_enumeration_member_is_its_text() -> None:
    assert canonical_bytes({"tlp": Word.CLEAR, Word.CLEAR: 1}) == b'{"clear":1,"tlp":"clear"}'


@pytest.mark.parametrize(
    "number", [LIMIT + 1, -LIMIT - 1, 2**64, float("nan"), float("inf"), float("-inf"), pytest.param(10**5000, id="5001 digits")]
)
def test_a_number_outside_the_range_is_refused(number: float) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        canonical_bytes({"n": [number]})
    assert refusal.value.code is Code.JSON_NUMBER_OUT_OF_RANGE


@pytest.mark.parametrize("value", ["\ud800", ["a\udc00"], {"\ud83d": 1}, {"\ud83d": 1, "b": 2}])
def test_a_lone_surrogate_is_refused(value: Any) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        canonical_bytes(value)
    assert refusal.value.code is Code.JSON_STRING_FORBIDDEN


@pytest.mark.parametrize("value", [{1: 2}, {b"a": 2}, b"bytes", {"a": {1, 2}}, dt.date(2026, 1, 1), object()])
def test_what_is_not_json_is_refused(value: Any) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        canonical_bytes(value)
    assert refusal.value.code is Code.REQUEST_INVALID


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(MalformedInputError) as refusal:
        canonical_bytes(value)
    assert refusal.value.code is Code.JSON_TOO_DEEP


def test_depth_beyond_the_fast_serializer_is_still_canonical() -> None:
    assert canonical_bytes(json.loads("[" * 300 + "]" * 300)) == b"[" * 300 + b"]" * 300


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(MalformedInputError) as refusal:
        canonical_bytes({"n": 12345678901234567890})
    assert "1234" not in str(refusal.value)
    assert refusal.value.__suppress_context__
