from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.recovery_payloads import NewRecoveryPayload
from app.services.signing_in.recover import NewRecovery

GIVEN = {"person_id": "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", "reason": "Lost.", "recognised": "In person."}


def test_a_proposal_becomes_the_services_value() -> None:
    assert NewRecoveryPayload().load(GIVEN) == NewRecovery(**GIVEN)


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"recognised": "x" * 501}, {"person_id": "nonsense"}, {"reason": None}, {"further": 1}]
)
def test_what_is_missing_too_long_or_unknown_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewRecoveryPayload().load(GIVEN | wrong)
