from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.http.contest_payloads import NewContestPayload


@pytest.mark.parametrize(
    "document", [{}, {"object_id": "x"}, {"object_id": "", "reason": "outdated"}, {"object_id": "x", "reason": "I say so"}]
)
def test_a_contest_is_an_id_and_a_closed_word(document: Any) -> None:
    with pytest.raises(ValidationError):
        NewContestPayload().load(document)
    with pytest.raises(ValidationError):
        NewContestPayload().load({"object_id": "x", "reason": "outdated", "text": "He is innocent."})
