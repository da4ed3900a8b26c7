"""Forms of bodies; what they say is tried in ``test_partner_requests``."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.partner_request_payloads import NewRequestAnswerPayload, NewRequestPayload


@pytest.mark.parametrize("reference", ["", "a b", "x" * 65, "-a", "é"])
def test_a_reference_is_a_word(reference: str) -> None:
    with pytest.raises(ValidationError):
        NewRequestAnswerPayload().load({"outcome": "provided", "reference": reference})


def test_more_objects_than_may_be_are_refused() -> None:
    one = "note--00000000-0000-4000-8000-000000000001"
    with pytest.raises(ValidationError):
        NewRequestAnswerPayload().load({"outcome": "provided", "object_ids": [one] * 51})


def test_what_is_no_stix_id_is_refused() -> None:
    with pytest.raises(ValidationError):
        NewRequestPayload().load({"stix_id": "nothing"})
