from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.log_payloads import ConsistencyQuery


def test_growth_is_asked_to_the_newest_checkpoint_unless_another_is_named() -> None:
    assert ConsistencyQuery().load({"first": "7"}) == {"first": 7, "second": None}
    assert ConsistencyQuery().load({"first": "0", "second": "9"}) == {"first": 0, "second": 9}


@pytest.mark.parametrize("given", [{}, {"second": "9"}, {"first": "-1"}, {"first": "1.0"}, {"first": "1" + "0" * 19}])
def test_what_is_no_size_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ConsistencyQuery().load(given)
