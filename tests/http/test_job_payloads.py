"""Keeps the forms of jobs on the wire."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.job_payloads import JobQuery


def test_a_query_without_anything_asks_for_the_newest_hundred() -> None:
    assert JobQuery().load({}) == {"state": None, "kind": None, "partner_id": None, "limit": 100, "next": None}


@pytest.mark.parametrize("given", [{"state": "running"}, {"kind": "No Kind"}, {"limit": 0}, {"next": "-1"}, {"more": 1}])
def test_what_no_query_asks_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        JobQuery().load(given)
