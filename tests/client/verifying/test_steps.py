"""Steps: a refusal keeps code, sentence and pointer, and gets the number of its step."""

from __future__ import annotations

import pytest

from app.domain.errors import Code, MalformedInputError
from breakwater_client.verifying.steps import FailedStepError, at_step


def test_a_refusal_is_told_with_its_step() -> None:
    with pytest.raises(FailedStepError) as caught, at_step(3):
        raise MalformedInputError("No.", code=Code.JSON_SYNTAX, pointer="/a")
    assert (caught.value.number, caught.value.code, caught.value.sentence, caught.value.pointer) == (
        3,
        Code.JSON_SYNTAX,
        "No.",
        "/a",
    )


def test_the_outer_step_is_the_one_that_counts() -> None:
    with pytest.raises(FailedStepError) as caught, at_step(2), at_step(1):
        raise MalformedInputError("No.")
    assert caught.value.number == 2


def test_what_passes_is_left_alone_and_mistakes_stay_what_they_are() -> None:
    with at_step(1):
        pass
    with pytest.raises(ZeroDivisionError), at_step(1):
        raise ZeroDivisionError
