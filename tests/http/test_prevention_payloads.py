"""Days, and numbers that are not told."""

from __future__ import annotations

from datetime import date

import pytest
from marshmallow import ValidationError

from app.http.prevention_payloads import Day, ReleasedNumberPayload
from app.services.preventing.numbers import Told


@pytest.mark.parametrize("value", ["2025-6-1", "2025-06-31", "20250601", "\uff12025-06-01", "", None, 20250601])
def test_a_day_has_one_spelling(value: object) -> None:
    with pytest.raises(ValidationError):
        Day().deserialize(value)


def test_a_day_is_read_and_written_as_it_is_spelled() -> None:
    assert Day().deserialize("2025-06-01") == date(2025, 6, 1)


def test_not_enough_organisations_is_null() -> None:
    assert ReleasedNumberPayload().dump(Told()) == {"organisations": None, "trend": "unknown"}
