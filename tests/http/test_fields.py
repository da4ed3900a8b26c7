from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from app.domain.vocabulary import Purpose, Tlp
from app.http.fields import Count, Flag, Form, Moment, TimestampKey, Word, Words, name_field, uuid_field

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def loaded(field: fields.Field[Any], value: object) -> Any:
    return Schema.from_dict({"it": field})().load({"it": value})["it"]


def dumped(field: fields.Field[Any], value: object) -> Any:
    return Schema.from_dict({"it": field})().dump({"it": value})["it"]


def refuses(field: fields.Field[Any], value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        loaded(field, value)
    assert "secret" not in str(refusal.value.messages), "the refusal repeats the value"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T08:00:00Z", NOW),
        ("2026-01-31T08:00:00.0Z", NOW),
        ("2026-01-31T08:00:00.5Z", NOW.replace(microsecond=500_000)),
        ("2026-01-31T08:00:00.000001Z", NOW.replace(microsecond=1)),
        ("2026-01-31T08:00:00.0000019999Z", NOW.replace(microsecond=1)),
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond(text: str, moment: datetime) -> None:
    assert loaded(Moment(), text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T08:00:00",
        "2026-01-31T08:00:00+00:00",
        "2026-01-31T08:00:00.Z",
        "2026-01-31 08:00:00Z",
        "2026-01-31T08:00:00z",
        "2026-02-30T08:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T08:00:60Z",
        "2026-01-31T08:00:00Z\n",
        "\uff12\uff10\uff12\uff16-01-31T08:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-01-31",
        "secret",
        "",
        1769846400,
        None,
        True,
        ["2026-01-31T08:00:00Z"],
    ],
)
def test_what_is_no_moment_is_refused(text: object) -> None:
    refuses(Moment(), text)
    refuses(TimestampKey(), text)


def test_an_exclusive_upper_bound_is_rounded_up_so_that_it_cuts_off_nothing() -> None:
    assert loaded(Moment(round_up=True), "2026-01-31T08:00:00.0000001Z") == NOW.replace(microsecond=1)
    assert loaded(Moment(round_up=True), "2026-01-31T08:00:00.0000010Z") == NOW.replace(microsecond=1)
    refuses(Moment(round_up=True), "9999-12-31T23:59:59.9999991Z")


def test_a_moment_is_written_with_six_digits_and_z() -> None:
    assert dumped(Moment(), NOW) == "2026-01-31T08:00:00.000000Z"
    assert dumped(Moment(allow_none=True), None) is None


def test_a_timestamp_becomes_its_sort_key_to_the_last_digit() -> None:
    assert loaded(TimestampKey(), "2026-01-31T08:00:00.1234567890Z") == "2026-01-31T08:00:00.123456789"


@pytest.mark.parametrize("text", ["1", "10", "1000", "0001"])
def test_a_count_is_ascii_digits_within_bounds(text: str) -> None:
    assert loaded(Count(1, 1000), text) == int(text)


@pytest.mark.parametrize(
    "text", ["0", "1001", "-1", "+1", " 1", "1 ", "1.0", "1e2", "1_0", "٣", "", "x", "9" * 5_000, "00001", "secret"]
)
def test_other_counts_are_refused(text: str) -> None:
    refuses(Count(1, 1000), text)


def test_a_flag_is_true_or_false_and_no_number_that_equals_one() -> None:
    assert [loaded(Flag(), one) for one in (True, False)] == [True, False]
    for other in (0, 1, 0.0, "true", "secret", None, []):
        refuses(Flag(), other)


def test_a_word_is_its_member_both_ways() -> None:
    assert loaded(Word(Purpose), "detection") is Purpose.DETECTION
    assert dumped(Word(Purpose), Purpose.DETECTION) == "detection"


@pytest.mark.parametrize(
    "value", ["secret", "Detection", "DETECTION", "detection ", "curiosity", "", 1, None, ["detection"], {"a": 1}]
)
def test_no_other_word_is_taken(value: object) -> None:
    refuses(Word(Purpose), value)


def test_words_are_a_set_in_python_and_sorted_on_the_wire() -> None:
    assert loaded(Words(Word(Tlp)), ["red", "clear", "red"]) == frozenset({Tlp.RED, Tlp.CLEAR})
    assert dumped(Words(Word(Tlp)), frozenset({Tlp.RED, Tlp.AMBER, Tlp.CLEAR})) == ["amber", "clear", "red"]
    assert loaded(Words(Word(Tlp)), []) == frozenset()


@pytest.mark.parametrize("value", ["red", {"red": 1}, None, 1, ["red", "secret"], [["red"]]])
def test_what_is_no_list_of_the_words_is_refused(value: object) -> None:
    refuses(Words(Word(Tlp)), value)


def test_a_list_of_words_has_a_limit() -> None:
    assert len(loaded(Words(fields.String(), most=2), ["a", "b"])) == 2
    refuses(Words(fields.String(), most=2), ["a", "b", "c"])


@pytest.mark.parametrize("name", ["A", "Platform A", "Línea de ayuda", "x" * 100, "警察庁"])
def test_names_of_one_to_a_hundred_characters_are_taken(name: str) -> None:
    assert loaded(name_field(), name) == name


@pytest.mark.parametrize("name", ["", " ", " A", "A ", "A\n", "A\nB", "A\tB", "\x00A", "A\x85B", "\xa0A", "secret" * 17, 1, None])
def test_other_names_are_refused(name: object) -> None:
    refuses(name_field(), name)


def test_ids_of_ours_are_uuids_in_lower_case() -> None:
    number = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    assert loaded(uuid_field(), number) == number
    for other in (number.upper(), number + "\n", number[:-1], "{" + number + "}", number.replace("-", "")):
        refuses(uuid_field(), other)


def test_a_form_is_matched_from_end_to_end() -> None:
    field = fields.String(validate=Form("[A-Z]{2}|any", "No."))
    assert loaded(field, "NL") == "NL"
    for other in ("NLD", "xNL", "NL\n", "anyNL", "\uff2e\uff2c"):
        refuses(field, other)
