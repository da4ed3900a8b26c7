"""Keeps what an exchange's refusals carry."""

from __future__ import annotations

import pytest

from app.domain import errors
from app.domain.errors import BreakwaterError, Code, ExhaustedError, MalformedInputError, NotFoundError, RangeError, ReadOnlyError

TYPES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BreakwaterError) and value is not BreakwaterError
]


def test_every_error_type_is_a_breakwater_error_with_a_code_of_its_own() -> None:
    assert len(TYPES) >= 13
    assert len({error.default_code for error in TYPES}) == len(TYPES)
    assert all(error.__name__.endswith("Error") for error in TYPES)


@pytest.mark.parametrize(
    "error_type", [each for each in TYPES if each not in {ExhaustedError, NotFoundError, RangeError, ReadOnlyError}]
)
def test_an_error_has_its_types_code_unless_another_is_given(error_type: type[BreakwaterError]) -> None:
    usual = error_type("A sentence.")
    other = error_type("A sentence.", code=Code.INTERNAL, pointer="/objects/0")
    assert (usual.code, usual.sentence, usual.pointer) == (error_type.default_code, "A sentence.", None)
    assert (other.code, other.pointer) == (Code.INTERNAL, "/objects/0")
    assert str(other) == "A sentence."


def test_absent_and_hidden_cannot_be_told_apart_by_whoever_raises() -> None:
    first, second = NotFoundError(), NotFoundError()
    assert (first.code, first.sentence, first.pointer) == (second.code, second.sentence, None)
    assert first.code is Code.NOT_FOUND
    with pytest.raises(TypeError):
        NotFoundError("It is hidden.")  # type: ignore[call-arg]  # that this is impossible is the point


def test_an_error_can_be_caught_by_its_base() -> None:
    with pytest.raises(BreakwaterError):
        raise MalformedInputError("A sentence.")


def test_whoever_is_read_only_tells_callers_that_it_is_so_and_nothing_more() -> None:
    sentence = "The exchange takes nothing in just now; its operators are looking into it. Reading goes on."
    assert (ReadOnlyError().code, ReadOnlyError().sentence) == (Code.EXCHANGE_READ_ONLY, sentence)


def test_whoever_has_used_up_a_day_is_told_when_the_next_begins() -> None:
    used_up = ExhaustedError("A sentence.", retry_after_seconds=60)
    assert (used_up.code, used_up.sentence, used_up.retry_after_seconds) == (Code.VOLUME_EXHAUSTED, "A sentence.", 60)


def test_who_asks_for_what_lies_outside_of_a_file_is_told_how_long_it_is() -> None:
    outside = RangeError("A sentence.", size=60)
    assert (outside.code, outside.sentence, outside.size) == (Code.RANGE_NOT_SATISFIABLE, "A sentence.", 60)
