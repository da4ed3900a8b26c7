from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.http.notice_payloads import EnteredAnswerPayload, NoticeQuery


def test_a_query_is_for_all_notices_unless_it_says_otherwise() -> None:
    assert NoticeQuery().load({}) == {"open": False, "partner_id": None, "limit": 100, "next": None}
    assert NoticeQuery().load({"open": "true", "limit": "1"})["open"] is True


@pytest.mark.parametrize("query", [{"open": "yes"}, {"limit": "101"}, {"partner_id": "x"}, {"next": "!"}, {"closed": "true"}])
def test_a_query_is_read_strictly(query: Any) -> None:
    with pytest.raises(ValidationError):
        NoticeQuery().load(query)


@pytest.mark.parametrize("document", [{}, {"outcomes": []}, {"outcomes": ["deleted"]}, {"outcomes": [{}], "partner": "x"}])
def test_an_entered_answer_has_outcomes_and_no_more(document: Any) -> None:
    with pytest.raises(ValidationError):
        EnteredAnswerPayload().load(document)
