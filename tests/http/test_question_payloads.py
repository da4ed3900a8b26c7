from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.usage import QuestionKind
from app.http.question_payloads import QuestionQuery, QuestionSearchPayload
from app.services.limiting.look_up_questions import Asked
from tests.factories.policy_values import NOW

PARTNER = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_who_says_nothing_asks_for_all_from_the_start() -> None:
    assert QuestionQuery().load({}) == {"asked": Asked(), "limit": 1_000}


def test_everything_that_narrows_is_taken() -> None:
    given = {"partner_id": PARTNER, "kind": "simulation", "since": "2026-03-01T12:00:00Z", "limit": "5", "next": "17"}
    expected = Asked(PARTNER, QuestionKind.SIMULATION, NOW, None, 17)
    assert QuestionQuery().load(given) == {"asked": expected, "limit": 5}
    assert QuestionSearchPayload().load(given | {"limit": 5, "id": "x"}) == {"asked": expected, "limit": 5, "stix_id": "x"}


@pytest.mark.parametrize(
    "given", [{}, {"id": ""}, {"id": "x" * 301}, {"id": 1}, {"id": "x", "next": "-1"}, {"id": "x", "kind": "y"}]
)
def test_a_malformed_search_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        QuestionSearchPayload().load(given)
