from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.http.hold_payloads import NewHoldPayload
from app.services.retention.keep_holds import NewHold

ID = "1f2f0a5e-6c43-4f0e-9d55-8b8f1a3ce001"


@pytest.mark.parametrize(
    ("given", "new"),
    [
        ({"object": f"indicator--{ID}"}, NewHold("r", f"indicator--{ID}")),
        ({"owner": ID}, NewHold("r", None, ID)),
        ({"recall": ID}, NewHold("r", None, None, ID)),
    ],
)
def test_what_is_to_be_held_is_named_by_one_id(given: dict[str, Any], new: NewHold) -> None:
    assert NewHoldPayload().load({"reference": "r"} | given) == new


@pytest.mark.parametrize(
    "given",
    [{}, {"reference": ""}, {"reference": "a\nb"}, {"reference": "a person, born then"}, {"reference": "r", "object": "x"}],
)
def test_other_forms_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewHoldPayload().load(given)
