from __future__ import annotations

import pytest
from flask import Flask

from app.domain.errors import MalformedInputError
from app.portal.forms import LONGEST_FIELD, fields


def sent() -> Flask:
    return Flask(__name__)


def test_a_field_that_is_absent_is_an_empty_text() -> None:
    with sent().test_request_context("/", method="POST", data={"name": "x", "forgery_word": "y"}):
        assert fields("name", "code") == {"name": "x", "code": ""}


@pytest.mark.parametrize(
    "data",
    [{"other": "x"}, {"name": ["x", "y"]}, {"name": "x" * (LONGEST_FIELD + 1)}, {"name": "a\0b"}],
    ids=["unknown", "twice", "long", "nul"],
)
def test_what_the_page_does_not_know_is_refused(data: dict[str, object]) -> None:
    with sent().test_request_context("/", method="POST", data=data), pytest.raises(MalformedInputError):
        fields("name")
