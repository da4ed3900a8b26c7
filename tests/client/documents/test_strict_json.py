"""Strict JSON: each limit from both sides, and the fast reading proved equal to the slow one."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.errors import BreakwaterError, Code, MalformedInputError, TooLargeError
from breakwater_client.documents.json_faults import first_fault
from breakwater_client.documents.strict_json import MAX_OBJECTS, parse, parse_envelope
from tests.factories.runaway import no_runaway

MEBIBYTE = 1024 * 1024
ID = "bundle--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"{}", {}),
        (b' \t\r\n[1, 2.5, true, null, "a"] ', [1, 2.5, True, None, "a"]),
        ('"schön 🛟 \\u00e4 \\ud83d\\udef6"'.encode(), "schön 🛟 ä 🛶"),
        (b'"\\\\ud800 \\\\u0000"', "\\ud800 \\u0000"),
        (b'"\\\\\\ud83d\\udef6"', "\\🛶"),
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", -(2**53) + 1),
        (b"-0", 0),
        (b"1e-400", 0.0),
        (b"0." + b"3" * 62, 1 / 3),
        (b"[" * 32 + b"]" * 32, None),
        (b'"' + b"a" * 65536 + b'"', None),
        (b'"' + "ä".encode() * 32768 + b'"', None),
        (b'{"' + b"a" * 65536 + b'":1}', None),
        (b'"' + b'\\"' * 65536 + b'"', None),
    ],
)
def test_what_json_says_within_the_limits_is_read(raw: bytes, expected: Any) -> None:
    value = parse(raw)
    assert expected is None or (value == expected and type(value) is type(expected))


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b"", Code.JSON_SYNTAX, ""),
        (b"{", Code.JSON_SYNTAX, ""),
        (b'{"id":1,}', Code.JSON_SYNTAX, ""),
        (b'{"id":[1,]}', Code.JSON_SYNTAX, "/id/1"),
        (b'{"id":[1 2]}', Code.JSON_SYNTAX, "/id/0"),
        (b'{"id" 1}', Code.JSON_SYNTAX, ""),
        (b"{'a':1}", Code.JSON_SYNTAX, ""),
        (b'{"id":01}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":1.}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":+1}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":tru}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":"b}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":"\\x41"}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":"\\u12"}', Code.JSON_SYNTAX, "/id"),
        (b'{"id":"b\nc"}', Code.JSON_SYNTAX, "/id"),
        (b"{} {}", Code.JSON_SYNTAX, ""),
        (b"\xef\xbb\xbf{}", Code.JSON_ENCODING, ""),
        ('{"id":1}'.encode("utf-16"), Code.JSON_ENCODING, ""),
        (b'{"id":["b\xff"]}', Code.JSON_ENCODING, "/id/0"),
        (b'{"id":"\xed\xa0\x80"}', Code.JSON_ENCODING, "/id"),
        (b'{"id":"\xc0\x80"}', Code.JSON_ENCODING, "/id"),
        (b'{"id":{"name":1,"name":2}}', Code.JSON_DUPLICATE_KEY, "/id/name"),
        (b'{"id":1,"\\u0069d":2}', Code.JSON_DUPLICATE_KEY, "/id"),
        (b'{"id":NaN}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":[-Infinity]}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id/0"),
        (b'{"id":9007199254740992}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":-9007199254740992}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":9007199254740992.0}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":1e400}', Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":0.' + b"3" * 63 + b"}", Code.JSON_NUMBER_OUT_OF_RANGE, "/id"),
        (b'{"id":"\\ud800"}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":"\\ud83dx\\udef6"}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":"\\udef6\\ud83d"}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":{"\\ud800":1}}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":"b\\u0000"}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":"b\x00"}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":{"b\\u0000":1}}', Code.JSON_STRING_FORBIDDEN, "/id"),
        (b'{"id":"' + b"b" * 65537 + b'"}', Code.JSON_STRING_TOO_LONG, "/id"),
        (b'{"id":"' + "ä".encode() * 32768 + b'b"}', Code.JSON_STRING_TOO_LONG, "/id"),
        (b'{"id":{"' + b"b" * 65537 + b'":1}}', Code.JSON_STRING_TOO_LONG, "/id"),
        (b"[" * 33 + b"]" * 33, Code.JSON_TOO_DEEP, "/0" * 32),
        (b'{"id":' * 33 + b"1" + b"}" * 33, Code.JSON_TOO_DEEP, "/id" * 32),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_place(raw: bytes, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        parse(raw)
    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"[" * 10_000 + b"]" * 10_000, id="10,000 deep"),
        pytest.param(b'{"a":' * 10_000, id="10,000 deep and unfinished"),
        pytest.param(b'{"a":' + b"1" * 5_000 + b"}", id="5,000 digits"),
        pytest.param(b'{"a":' + b"1" * 5_000 + b".5}", id="5,000 digits and a fraction"),
        pytest.param(b'{"a":1e' + b"1" * 5_000 + b"}", id="5,000 digits of an exponent"),
        pytest.param(b'{"a":"' + b"\\\\" * 1_000_000, id="a million escapes and no end"),
        pytest.param(b'{"a":' + b" " * MEBIBYTE, id="a mebibyte of blanks"),
    ],
)
def test_hostile_text_is_refused_at_once(raw: bytes) -> None:
    with no_runaway(), pytest.raises(MalformedInputError):
        parse(raw)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (b"nul", Code.JSON_SYNTAX),
        (b"1 2", Code.JSON_SYNTAX),
        (b'"\0"', Code.JSON_STRING_FORBIDDEN),
        (b'"\\ud800"', Code.JSON_STRING_FORBIDDEN),
        (b'{"a":1,"a":2}', Code.JSON_DUPLICATE_KEY),
        (b"NaN", Code.JSON_NUMBER_OUT_OF_RANGE),
        (b"1e300", Code.JSON_NUMBER_OUT_OF_RANGE),
        (b"9007199254740992", Code.JSON_NUMBER_OUT_OF_RANGE),
        (b"[" * 32 + b"]" * 32, Code.JSON_TOO_DEEP),
        (b"[" * 100_000 + b"]" * 100_000, Code.JSON_TOO_DEEP),
        (b'"' + b"a" * 65_537 + b'"', Code.JSON_STRING_TOO_LONG),
        (b'{"' + b"a" * 65_537 + b'":1}', Code.JSON_STRING_TOO_LONG),
        (b'"\xff"', Code.JSON_ENCODING),
    ],
)
def test_a_fault_far_into_a_body_has_its_code_and_no_place(fault: bytes, code: Code) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        parse(b"[" + b"0," * 30_000 + fault + b"]")
    assert (refusal.value.code, refusal.value.pointer) == (code, None)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" + "0," * 1_400_000 + "x]", id="numbers"),
        pytest.param("[" + "{}," * 1_400_000 + "x]", id="objects"),
        pytest.param("[" + '{"a":"b"},' * 1_000_000 + "x]", id="members"),
        pytest.param('["' + "\\n" * (8 * MEBIBYTE - 9), id="one text of escapes"),
        pytest.param('["' + "a" * (16 * MEBIBYTE - 9), id="one text of letters"),
        pytest.param("[" + ('"' + "\\n" * 60_000 + '",') * 139 + "x]", id="texts of escapes"),
        pytest.param("[" + " " * (16 * MEBIBYTE - 9) + "x]", id="blanks"),
        pytest.param("[" + "1" * (16 * MEBIBYTE - 9) + "]", id="digits"),
    ],
)
def test_the_place_of_a_fault_is_not_looked_for_without_end(text: str) -> None:
    with no_runaway():
        first_fault(text)


def test_a_body_above_sixteen_mebibytes_is_too_large() -> None:
    with pytest.raises(TooLargeError) as refusal:
        parse(b'"' + b"a" * (16 * MEBIBYTE) + b'"')
    assert refusal.value.code is Code.BODY_TOO_LARGE


def test_a_body_of_very_many_tiny_values_is_too_large() -> None:
    with pytest.raises(TooLargeError) as refusal:
        parse(b"[" + b"[]," * (5 * MEBIBYTE) + b"[]]")
    assert refusal.value.code is Code.BODY_TOO_LARGE


def test_no_refusal_repeats_what_was_sent() -> None:
    for raw in (
        b'{"a":"hunter2',
        b'{"hunter2 ":NaN}',
        b'{"a":"hunter2\\ud800"}',
        b"hunter2",
        b'{"hunter2@example.org":{"b":01}}',
    ):
        with pytest.raises(MalformedInputError) as refusal:
            parse(raw)
        assert "hunter2" not in refusal.value.sentence + str(refusal.value.pointer)
        assert refusal.value.__context__ is None, "the library's exception holds the whole text"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
DAMAGE = st.sampled_from(
    ["", '"', "\\", "\\u0000", "\\ud800", ",", "[", "]", "{", "}", ":", "1", "0", "-", ".", "e9", "NaN", "\0", " ", "a"]
)


def _reads(raw: bytes) -> bool:
    try:
        parse(raw)
    except BreakwaterError:
        return False
    return True


@given(
    value=JSON_VALUES,
    damage=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), DAMAGE), max_size=3),
    ascii_only=st.booleans(),
)
@settings(max_examples=500, deadline=None)
@example(value={"a": [1e308]}, damage=[], ascii_only=True)
def test_the_fast_reading_takes_exactly_what_the_slow_one_does(
    value: Any, damage: list[tuple[int, int, str]], *, ascii_only: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    for at, length, put in damage:
        text = text[:at] + put + text[at + length :]
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:
        return
    assert _reads(raw) == (first_fault(text) is None)


@given(JSON_VALUES)
@settings(max_examples=200, deadline=None)
def test_what_is_read_is_what_was_written(value: Any) -> None:
    raw = json.dumps(value).encode()
    if _reads(raw):
        again = json.dumps(parse(raw))
        assert again == json.dumps(value)
        assert math.inf not in _numbers(parse(raw))


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for member in value.values() for number in _numbers(member)]
    if isinstance(value, list):
        return [number for member in value for number in _numbers(member)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize(
    "extra", [{}, {"type": "bundle"}, {"type": "bundle", "id": ID}, {"more": False}, {"more": True, "next": "x"}]
)
def test_an_envelope_or_bundle_gives_its_objects_in_order_with_their_pointers(extra: dict[str, str]) -> None:
    objects = [{"type": "note", "position": position} for position in range(3)]
    assert parse_envelope(json.dumps({**extra, "objects": objects}).encode()) == [
        (f"/objects/{position}", {"type": "note", "position": position}) for position in range(3)
    ]


@pytest.mark.parametrize(
    ("envelope", "pointer"),
    [
        ([], ""),
        ("objects", ""),
        ({}, ""),
        ({"objects": {}}, ""),
        ({"type": "bundle"}, ""),
        ({"objects": []}, "/objects"),
        ({"type": "bundle", "objects": [{}], "more": False}, "/more"),
        ({"type": "bundle", "objects": [{}], "next": "x"}, "/next"),
        ({"objects": [{}], "id": ID}, "/id"),
        ({"type": "report", "objects": [{}]}, "/type"),
        ({"type": None, "objects": [{}]}, "/type"),
        ({"type": "bundle", "objects": [{}], "spec_version": "2.0"}, "/spec_version"),
        ({"type": "bundle", "objects": [{}], "hunter 2": 1}, ""),
        ({"type": "bundle", "objects": [{}], "id": "bundle--1"}, "/id"),
        ({"type": "bundle", "objects": [{}], "id": None}, "/id"),
        ({"type": "bundle", "objects": [{}], "id": ID.upper()}, "/id"),
        ({"type": "note", "id": "note--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"}, ""),
    ],
)
def test_what_is_no_envelope_is_refused(envelope: Any, pointer: str) -> None:
    with pytest.raises(MalformedInputError) as refusal:
        parse_envelope(json.dumps(envelope).encode())
    assert (refusal.value.code, refusal.value.pointer) == (Code.REQUEST_INVALID, pointer)


def test_what_is_no_object_is_left_to_who_judges_objects() -> None:
    raw = b'{"objects":[{},1,[],null]}'
    assert parse_envelope(raw) == [("/objects/0", {}), ("/objects/1", 1), ("/objects/2", []), ("/objects/3", None)]


def test_an_envelope_may_be_empty_where_it_is_said_so() -> None:
    assert parse_envelope(b'{"objects":[]}', may_be_empty=True) == []
    with pytest.raises(MalformedInputError):
        parse_envelope(b'{"objects":null}', may_be_empty=True)


def test_an_envelope_holds_five_thousand_objects_and_not_one_more() -> None:
    assert len(parse_envelope(json.dumps({"objects": [{}] * MAX_OBJECTS}).encode())) == 5_000
    with pytest.raises(TooLargeError) as refusal:
        parse_envelope(json.dumps({"objects": [{}] * (MAX_OBJECTS + 1)}).encode())
    assert (refusal.value.code, refusal.value.pointer) == (Code.TOO_MANY_OBJECTS, "/objects")
