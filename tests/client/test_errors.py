"""Keeps the codes of refusals, and that what a program catches has one base."""

from __future__ import annotations

import re

import pytest

from breakwater_client import errors
from breakwater_client.errors import (
    Answer,
    BreakwaterError,
    Code,
    ExchangeError,
    ExchangeRefusedError,
    MalformedInputError,
    StateFileError,
)

TYPES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BreakwaterError) and value is not BreakwaterError
]


def test_codes_are_alphabetical_and_unique() -> None:
    values = [code.value for code in Code]
    assert values == sorted(set(values))
    assert [code.name for code in Code] == sorted(code.name for code in Code)


@pytest.mark.parametrize("code", Code)
def test_a_code_is_its_name_in_small_words(code: Code) -> None:
    assert code.value == code.name.lower().replace("_", "-")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.value)


@pytest.mark.parametrize("error_type", [each for each in TYPES if not issubclass(each, (ExchangeError, StateFileError))])
def test_an_error_has_its_types_code_unless_another_is_given(error_type: type[BreakwaterError]) -> None:
    assert error_type("A sentence.").code is error_type.default_code
    assert error_type("A sentence.", code=Code.INTERNAL, pointer="/a").pointer == "/a"


def test_the_base_type_means_an_internal_error() -> None:
    assert BreakwaterError("A sentence.").code is Code.INTERNAL


def test_an_error_can_be_caught_by_its_base() -> None:
    with pytest.raises(BreakwaterError):
        raise MalformedInputError("A sentence.")


def test_what_an_exchange_told_is_kept_as_it_told_it() -> None:
    told = ExchangeRefusedError("No.", told="not-found", pointer="/id", answer=Answer(404, "r-1"))
    assert (told.code, told.told, told.pointer, told.status, told.request_id) == (Code.NOT_FOUND, "not-found", "/id", 404, "r-1")
    unknown = ExchangeRefusedError("No.", told="of-tomorrow")
    assert (unknown.code, unknown.status, unknown.request_id) == (Code.REQUEST_INVALID, None, None)
