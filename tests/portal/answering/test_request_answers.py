from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError
from app.domain.partner_request import DeclineReason, GrantWay, RequestOutcome
from app.portal.answering.request_answers import FIELDS, read_answer, where, word_in
from app.services.requesting.answer import NewAnswer


def filled(**given: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | given


def test_a_form_says_what_was_done() -> None:
    assert read_answer(filled(outcome="not-held")) == NewAnswer(RequestOutcome.NOT_HELD, None, [])
    named = filled(outcome="granted", way="handling", object_ids="indicator--1\r\n indicator--2", reference=" case-1 ")
    given = NewAnswer(RequestOutcome.GRANTED, "case-1", ["indicator--1", "indicator--2"], GrantWay.HANDLING)
    assert read_answer(named) == given
    assert word_in(DeclineReason, "not-now", "reason") is DeclineReason.NOT_NOW


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "granted", "way": "by-hand"}, "way"),
        ({"outcome": "declined", "reason": "because"}, "reason"),
        ({"outcome": "not-held", "reference": "a sentence about somebody"}, "reference"),
        ({"outcome": "provided", "object_ids": "indicator--1 " * 51}, "object_ids"),
    ],
)
def test_what_is_none_of_its_words_is_refused_at_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        read_answer(filled(**given))
    assert where(refused.value.pointer) == field


def test_a_pointer_elsewhere_is_about_no_field() -> None:
    assert [where(one) for one in (None, "/nothing", "/object_ids/3")] == ["", "", "object_ids"]
