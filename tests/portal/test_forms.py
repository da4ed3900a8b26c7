from __future__ import annotations

import pytest
from flask import Flask

from app.domain.errors import MalformedInputError
from app.portal.forms import LONGEST_FIELD, described, fields, sent


def server() -> Flask:
    return Flask(__name__)


def test_a_field_that_is_absent_is_an_empty_text() -> None:
    with server().test_request_context("/", method="POST", data={"name": "x", "forgery_word": "y"}):
        assert fields("name", "code") == {"name": "x", "code": ""}


@pytest.mark.parametrize(
    "data",
    [{"other": "x"}, {"name": ["x", "y"]}, {"name": "x" * (LONGEST_FIELD + 1)}, {"name": "a\0b"}],
    ids=["unknown", "twice", "long", "nul"],
)
def test_what_the_page_does_not_know_is_refused(data: dict[str, object]) -> None:
    with server().test_request_context("/", method="POST", data=data), pytest.raises(MalformedInputError):
        fields("name")


def test_boxes_come_several_times_where_the_page_has_them() -> None:
    with server().test_request_context("/", method="POST", data={"name": "x", "code": ["a", "b"]}):
        form = sent(["name"], ["code", "role"])
        assert (form["name"], form.repeated) == ("x", {"code": ["a", "b"], "role": []})


def test_a_field_is_tied_to_its_help_and_its_fault() -> None:
    assert described("name", "", "") == ""
    assert described("name", "help", "") == ' aria-describedby="name-help"'
    assert described("name", "help", "fault") == ' aria-describedby="name-fault name-help" aria-invalid="true"'
    assert described("name", "", "fault") == ' aria-describedby="name-fault" aria-invalid="true"'
